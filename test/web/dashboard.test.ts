/**
 * The dashboard in a real browser, against the demo: the one-time link, every page on desktop and phone, pause and resume, the kill
 * switch, signing out and in. No error of the console, no breach of accessibility, nothing wider than the screen.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../e2e/await.ts";
import { killPrograms, Program, runProgram } from "../e2e/program.ts";
import { CHROMIUM, DESKTOP, faultsOf, launch, openPage, PHONE, type Watched } from "./browser.ts";

const PASSWORD = "a calm panel of instruments";
const PAGES = [
  "Overview",
  "Copies",
  "Leaders",
  "Copy quality",
  "Portfolio",
  "Backtests",
  "Risk",
  "Journal",
  "Settings",
];
const BUILD = fileURLToPath(new URL("../../scripts/build-web.ts", import.meta.url));
const PLACES = ["--config", "data/demo/config", "--data", "data/demo/data"];
/** The demo lives through a past before it begins. */
const BEGIN_MS = 90_000;
const SOON_MS = 30_000;

let folder = "";
let browser: Browser;
let api: Program;
let setUpUrl = "";

beforeAll(async () => {
  if (CHROMIUM === null) return;
  execFileSync(process.execPath, [BUILD, "--if-stale"], { stdio: "ignore" });
  folder = mkdtempSync(join(tmpdir(), "dashboard-"));
  new Program(["demo", "--seconds", "600", "--json"], { cwd: folder });
  await until(isRunning, BEGIN_MS, "the demo did not begin");
  api = new Program(["api", ...PLACES, "--port", "0", "--json"], { cwd: folder });
  const told = await api.line((line) => "setup" in line, SOON_MS);
  setUpUrl = String((told.setup as { readonly url: string }).url);
  browser = await launch();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await killPrograms();
  if (folder !== "") rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(CHROMIUM === null)("the dashboard", () => {
  let desktop: Watched;

  it("makes the owner by the one-time link, and opens with the overview of a simulated world", async () => {
    desktop = await openPage(browser, DESKTOP);
    const { page } = desktop;
    await page.goto(setUpUrl);
    // What is secret stands in the address no longer than it takes to read it.
    expect(page.url()).not.toContain("setup");
    await page.getByLabel("Name").fill("olga");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByLabel("Password again").fill(PASSWORD);
    expect(await faultsOf(page, "set-up")).toEqual([]);
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByRole("heading", { name: "Is my money where it should be?" }).waitFor();
    await page.locator(".band", { hasText: "Simulated" }).waitFor();
  }, 60_000);

  it.each([DESKTOP, PHONE])(
    "has every page in reach, readable and without fault: $name",
    async (screen) => {
      const state = await desktop.context.storageState();
      const { page, context, errors } = await openPage(browser, screen, state);
      await page.goto(new URL("/", setUpUrl).href);
      await page.getByRole("button", { name: "Kill switch" }).waitFor();
      const faults: string[] = [];
      for (const name of PAGES) {
        const link = page.getByRole("link", { name, exact: true }).filter({ visible: true });
        if ((await link.count()) === 0) await page.getByRole("button", { name: "More" }).click();
        await link.first().click();
        await page.getByRole("heading", { level: 1, name }).waitFor();
        await page.locator("main section").first().waitFor();
        await expect.poll(() => page.getByText("Asking for").count(), { timeout: SOON_MS }).toBe(0);
        expect(await page.getByRole("button", { name: "Kill switch" }).isVisible()).toBe(true);
        faults.push(...(await faultsOf(page, `${name}-${screen.name}`)));
      }
      await context.close();
      // What the server says of it is the cause of what the console says.
      const cause = errors.length === 0 ? "" : `${api.stdout}${api.stderr}`.slice(-4_000);
      expect({ faults, errors, cause }).toEqual({ faults: [], errors: [], cause: "" });
    },
    120_000,
  );

  it("pauses a follower after a preview, shows it, and resumes it", async () => {
    const { page } = desktop;
    await page.getByRole("link", { name: "Copies" }).first().click();
    const anna = page.locator("section", { has: page.getByRole("heading", { name: "anna", exact: true }) });
    await anna.getByRole("button", { name: "Pause" }).click();
    expect(await faultsOf(page, "pause-dialog")).toEqual([]);
    await confirmIn(page, "Pause");
    await anna.getByText("paused", { exact: true }).first().waitFor({ timeout: SOON_MS });
    await anna.getByRole("button", { name: "Resume" }).click();
    await confirmIn(page, "Resume");
    await anna.getByRole("button", { name: "Pause" }).waitFor({ timeout: SOON_MS });
  }, 120_000);

  it("pulls the kill switch on one follower in two steps, and shows what it holds back", async () => {
    const { page } = desktop;
    await page.getByRole("button", { name: "Kill switch" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("What").selectOption({ label: "dmitri" });
    await dialog.getByText("This preview can be confirmed").waitFor();
    expect(await faultsOf(page, "kill-switch")).toEqual([]);
    await dialog.getByRole("button", { name: "Close it now" }).click();
    await page.getByText("Kill switch pulled").waitFor();
    await page.getByRole("link", { name: "Risk" }).first().click();
    const locked = page.getByRole("group", { name: "What is stopped or cut now" });
    await locked.getByRole("row", { name: /dmitri/ }).waitFor({ timeout: SOON_MS });
  }, 120_000);

  it("edits a stop tier after a preview, and shows it in force", async () => {
    const { page } = desktop;
    await page.getByRole("link", { name: "Risk" }).first().click();
    const ben = page.locator("section", { has: page.getByRole("heading", { name: "ben", exact: true }) });
    await ben.getByRole("button", { name: "Edit stops" }).click();
    await page.getByLabel("Loss 3, USDT").fill("2600");
    expect(await faultsOf(page, "stops-editor")).toEqual([]);
    await page.getByRole("button", { name: "Preview" }).click();
    await confirmIn(page, "Change it");
    await ben.getByRole("cell", { name: "2,600", exact: true }).waitFor({ timeout: SOON_MS });
  }, 120_000);

  it("starts a backtest, watches it, and shows what came of it beside another strategy", async () => {
    const { page, errors } = desktop;
    const before = errors.length;
    await page.getByRole("link", { name: "Backtests" }).first().click();
    await page.getByRole("button", { name: "New backtest" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Capital, USDT").fill("much");
    await dialog.getByText("must be an amount above zero").waitFor();
    expect(await dialog.getByRole("button", { name: "Start it" }).isEnabled()).toBe(false);
    await dialog.getByLabel("Capital, USDT").fill("10000");
    await dialog.getByLabel("First day").fill(await dialog.getByLabel("Last day").inputValue());
    expect(await faultsOf(page, "new-backtest")).toEqual([]);
    await dialog.getByRole("button", { name: "Start it" }).click();
    await page.getByRole("row", { name: /#1 portfolio_copying, copy_all/ }).waitFor();
    await page.getByText("done", { exact: true }).waitFor({ timeout: BEGIN_MS });
    await page.getByRole("link", { name: /^#1 / }).click();
    await page.getByRole("heading", { name: "Who was in, who was out, and why" }).waitFor();
    await page.getByRole("columnheader", { name: "copy_all" }).waitFor();
    expect(await faultsOf(page, "backtest")).toEqual([]);
    expect(errors.slice(before)).toEqual([]);
  }, 180_000);

  it("shows a leader's trades, and asks what copying would have brought until it is cancelled", async () => {
    const { page, errors } = desktop;
    const before = errors.length;
    await page.goto(new URL("/leaders/bybit/rider", setUpUrl).href);
    await page.getByRole("group", { name: "Trades" }).getByRole("row").nth(5).waitFor();
    await page.getByRole("button", { name: "Ask what if" }).click();
    await page.getByRole("dialog").getByLabel("Your capital, USDT").fill("5000");
    await page.getByRole("button", { name: "Work it out" }).click();
    const asked = page.getByRole("row", { name: /5,000 USDT/ });
    await asked.getByRole("button", { name: /^Cancel/ }).click();
    await asked.getByText("cancelled").waitFor({ timeout: SOON_MS });
    expect(await faultsOf(page, "leader")).toEqual([]);
    expect(errors.slice(before)).toEqual([]);
  }, 120_000);

  it("puts strategies beside each other, and beside equal parts", async () => {
    const { page, errors } = desktop;
    const before = errors.length;
    await page.getByRole("link", { name: "Portfolio" }).first().click();
    await page.getByRole("button", { name: "Compare them" }).click();
    await page.getByRole("row", { name: /^dynamic_copying/ }).waitFor({ timeout: BEGIN_MS });
    await page.getByRole("columnheader", { name: "Equal parts" }).waitFor();
    expect(await faultsOf(page, "strategies")).toEqual([]);
    expect(errors.slice(before)).toEqual([]);
  }, 120_000);

  it("goes dark and light as it is told, signs out, and in again by the keyboard alone", async () => {
    const { page, errors } = desktop;
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByLabel("Appearance").selectOption("light");
    expect(await page.evaluate("getComputedStyle(document.body).colorScheme")).toBe("light");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await faultsOf(page, "sign-in")).toEqual([]);
    await page.keyboard.press("Tab");
    await page.keyboard.type("olga");
    await page.keyboard.press("Tab");
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Kill switch" }).waitFor();
    expect(errors).toEqual([]);
  }, 60_000);
});

async function isRunning(): Promise<boolean> {
  const { code, stdout } = await runProgram(["status", ...PLACES, "--json"], { cwd: folder });
  return code === 0 && JSON.parse(stdout).engine.running === true;
}

/** In the dialog that is open: once its preview is there. */
async function confirmIn(page: Page, verb: string): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name: verb, exact: true }).click();
  await page
    .getByText(/: done$/)
    .first()
    .waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}
