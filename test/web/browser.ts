/**
 * A real Chromium for the tests of the dashboard: found on this machine, watched for errors of its console, looked at with axe, and for
 * anything wider than the screen. WEB_SHOTS=FOLDER keeps a picture of every page that is looked at.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

const CANDIDATES = [
  process.env.CHROMIUM ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Null where there is none; `.ci/run` installs one. */
export const CHROMIUM = CANDIDATES.find((path) => path !== "" && existsSync(path)) ?? null;

/** A slow machine is no fault. */
const PATIENCE_MS = 120_000;

export interface Screen {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: "dark" | "light";
}

export const DESKTOP: Screen = { name: "desktop", width: 1280, height: 800, colorScheme: "dark" };
export const PHONE: Screen = { name: "phone", width: 360, height: 740, colorScheme: "light" };

export function launch(): Promise<Browser> {
  // Chromium's own sandbox needs rights that a container rarely has; only pages of ours are opened.
  return chromium.launch({
    ...(CHROMIUM === null ? {} : { executablePath: CHROMIUM }),
    args: ["--no-sandbox"],
  });
}

export interface Watched {
  readonly page: Page;
  /** What the console complained of, and what nobody caught. */
  readonly errors: string[];
}

export async function openPage(browser: Browser, { width, height, colorScheme }: Screen): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => errors.push(error.message));
  return { page, errors };
}

/** What is wrong with what is on the screen now: breaches of accessibility, and what sticks out sideways. */
export async function faultsOf(page: Page, name: string): Promise<readonly string[]> {
  await keepPicture(page, name);
  const out = Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send("Runtime.evaluate", {
    expression: `${axe.source};axe.run(document, { runOnly: ${JSON.stringify(AXE_RULES)} }).then((found) => JSON.stringify(
      found.violations.map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target.join(" ")).join("; "))))`,
    awaitPromise: true,
  });
  await session.detach();
  const breaches: readonly string[] = JSON.parse(String(result.value));
  return [...breaches, ...(out > 0 ? [`${out} pixels wider than the screen`] : [])].map(
    (one) => `${name}: ${one}`,
  );
}

async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.WEB_SHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
