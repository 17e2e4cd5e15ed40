/**
 * The dashboard in a real browser, against the demo: on a desktop by the owner, who set it up by the one-time link, and on a phone by one
 * whom he invited: signing in, every page, ranking, what-if, copying until in parity, pause, a stop tier, the kill switch. Then by one who
 * may only look at one account, and when the engine has stopped. No error of the console, no breach of accessibility, nothing wider
 * than the screen.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../e2e/await.ts";
import { killPrograms, Program, runProgram } from "../e2e/program.ts";
import {
  CHROMIUM,
  DESKTOP,
  faultsOf,
  launch,
  openPage,
  PHONE,
  type Screen,
  type Watched,
} from "./browser.ts";

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
const BEGIN_MS = 300_000;
const SOON_MS = 120_000;
/** Of one test. A slow machine is no fault: what hangs is ended all the same. */
const WHOLE_MS = 900_000;

let folder = "";
let browser: Browser;
let demo: Program;
let api: Program;
let setUpUrl = "";

beforeAll(async () => {
  if (CHROMIUM === null) return;
  execFileSync(process.execPath, [BUILD, "--if-stale"], { stdio: "ignore" });
  folder = mkdtempSync(join(tmpdir(), "dashboard-"));
  demo = new Program(["demo", "--seconds", "1800", "--json"], { cwd: folder });
  await until(isRunning, BEGIN_MS, "the demo did not begin");
  api = new Program(["api", ...PLACES, "--port", "0", "--json"], { cwd: folder });
  const told = await api.line((line) => "setup" in line, BEGIN_MS);
  setUpUrl = String((told.setup as { readonly url: string }).url);
  browser = await launch();
}, WHOLE_MS);

afterAll(async () => {
  await browser?.close();
  await killPrograms();
  if (folder !== "") rmSync(folder, { recursive: true, force: true });
}, WHOLE_MS);

/** What one user does, on one screen. */
interface Story {
  readonly screen: Screen;
  readonly user: string;
  /** Of all leaders only this one trades `symbol`. */
  readonly copied: { readonly leader: string; readonly follower: string; readonly symbol: string };
  readonly paused: string;
  /** A new third tier of ben. */
  readonly tier: { readonly written: string; readonly shown: string };
  readonly killed: string;
}

const STORIES: readonly Story[] = [
  {
    screen: DESKTOP,
    user: "olga",
    copied: { leader: "rider", follower: "chloe", symbol: "SOLUSDT" },
    paused: "anna",
    tier: { written: "2600", shown: "2,600" },
    killed: "dmitri",
  },
  {
    screen: PHONE,
    user: "petra",
    copied: { leader: "doubler", follower: "anna", symbol: "1000PEPEUSDT" },
    paused: "chloe",
    tier: { written: "2700", shown: "2,700" },
    killed: "elif",
  },
];

describe.skipIf(CHROMIUM === null)("the dashboard", { timeout: WHOLE_MS }, () => {
  /** Who set a password, each in a browser of his own. */
  const watched = new Map<Story, Watched>();
  const of = (story: Story): Watched => {
    const one = watched.get(story);
    if (one === undefined) throw new Error(`${story.user} never got in`);
    return one;
  };
  const desktop = () => of(STORIES[0] as Story);

  it.each(STORIES)("sets a password by a one-time link: $user on a $screen.name", async (story) => {
    const { screen, user } = story;
    const link = screen === DESKTOP ? setUpUrl : await invited(desktop().page, { name: user, role: "owner" });
    const opened = await openPage(browser, screen);
    const { page } = opened;
    await page.goto(link);
    // What is secret stands in the address no longer than it takes to read it.
    expect(page.url()).not.toContain("setup");
    if (screen === DESKTOP) await page.getByLabel("Name").fill(user);
    await page.getByLabel("Password again").fill(PASSWORD);
    expect(await faultsOf(page, `set-up-${screen.name}`)).toEqual([]);
    await setPassword(page);
    await page.locator(".band", { hasText: "Simulated" }).waitFor();
    watched.set(story, opened);
  });

  it.each(STORIES)(
    "goes dark and light as it is told, signs out, and in again by the keyboard alone: $screen.name",
    async (story) => {
      const { page, errors } = of(story);
      await page.getByRole("button", { name: "Account" }).click();
      await page.getByLabel("Appearance").selectOption("light");
      expect(await page.evaluate("getComputedStyle(document.body).colorScheme")).toBe("light");
      await page.getByLabel("Appearance").selectOption("device");
      await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      expect(await faultsOf(page, `sign-in-${story.screen.name}`)).toEqual([]);
      await page.keyboard.press("Tab");
      await page.keyboard.type(story.user);
      await page.keyboard.press("Tab");
      await page.keyboard.type(PASSWORD);
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Kill switch" }).waitFor();
      expect(errors).toEqual([]);
    },
  );

  it.each(STORIES)("has every page in reach, readable and without fault: $screen.name", async (story) => {
    const { page, errors } = of(story);
    const faults: string[] = [];
    for (const name of PAGES) {
      await goTo(page, name);
      await isAnswered(page);
      expect(await page.getByRole("button", { name: "Kill switch" }).isVisible()).toBe(true);
      faults.push(...(await faultsOf(page, `${name}-${story.screen.name}`)));
    }
    // What the server says of it is the cause of what the console says.
    const cause = errors.length === 0 ? "" : `${api.stdout}${api.stderr}`.slice(-4_000);
    expect({ faults, errors, cause }).toEqual({ faults: [], errors: [], cause: "" });
  });

  describe.each(STORIES)("on a $screen.name", (story) => {
    const { screen, copied, paused, tier, killed } = story;
    const errors = () => of(story).errors;
    const look = async (name: string) =>
      expect(await faultsOf(of(story).page, `${name}-${screen.name}`)).toEqual([]);

    it("ranks, opens a leader, and asks what copying would have brought until it is cancelled", async () => {
      const { page } = of(story);
      await goTo(page, "Leaders");
      await page.getByLabel("Least days").fill("130");
      await page.getByRole("button", { name: "Rank", exact: true }).click();
      await page.getByRole("row", { name: /^remnant.*record too short/ }).waitFor();
      await page.getByRole("link", { name: copied.leader, exact: true }).click();
      await page.getByRole("group", { name: "Trades" }).getByRole("row").nth(5).waitFor();
      await page.getByRole("button", { name: "Ask what if" }).click();
      await page.getByRole("dialog").getByLabel("Your capital, USDT").fill("5000");
      await look("what-if");
      await page.getByRole("button", { name: "Work it out" }).click();
      const asked = page.getByRole("row", { name: /5,000 USDT/ });
      await asked.getByRole("button", { name: /^Cancel/ }).click();
      await asked.getByText("cancelled").waitFor({ timeout: SOON_MS });
      await look("leader");
      expect(errors()).toEqual([]);
    });

    it("copies the leader after a preview, until its position has arrived and is in parity", async () => {
      const { page } = of(story);
      await page.getByRole("button", { name: "Copy", exact: true }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Follower", { exact: true }).selectOption(copied.follower);
      await dialog.getByRole("button", { name: "Preview" }).click();
      await dialog.getByText("Would be set").waitFor();
      await look("copy");
      await confirmIn(page, "Copy it");
      await goTo(page, "Copies");
      const follower = sectionOf(page, copied.follower);
      await follower.getByText(new RegExp(`^copies .*${copied.leader}`)).waitFor({ timeout: SOON_MS });
      const place = follower.locator("tbody", { hasText: copied.symbol });
      // Target and held the same, and not nothing.
      const inParity = new RegExp(`${copied.follower}[^\\t\\n]*\\t([+−][\\d.,]+)\\t\\1\\t[^]*at target`);
      await expect.poll(() => textIn(place), { timeout: BEGIN_MS }).toMatch(inParity);
      await follower.getByText("in sync").waitFor({ timeout: SOON_MS });
      await look("copied");
      expect(errors()).toEqual([]);
    });

    it("pauses a follower after a preview, shows it, and resumes it", async () => {
      const { page } = of(story);
      const follower = sectionOf(page, paused);
      await follower.getByRole("button", { name: "Pause" }).click();
      await look("pause");
      await confirmIn(page, "Pause");
      await follower.getByText("paused", { exact: true }).first().waitFor({ timeout: SOON_MS });
      await follower.getByRole("button", { name: "Resume" }).click();
      await confirmIn(page, "Resume");
      await follower.getByRole("button", { name: "Pause" }).waitFor({ timeout: SOON_MS });
      expect(errors()).toEqual([]);
    });

    it("edits a stop tier after a preview, and shows it in force", async () => {
      const { page } = of(story);
      await goTo(page, "Risk");
      const ben = sectionOf(page, "ben");
      await ben.getByRole("button", { name: "Edit stops" }).click();
      await page.getByLabel("Loss 3, USDT").fill(tier.written);
      await look("stops");
      await page.getByRole("button", { name: "Preview" }).click();
      await confirmIn(page, "Change it");
      await ben.getByRole("cell", { name: tier.shown, exact: true }).waitFor({ timeout: SOON_MS });
      expect(errors()).toEqual([]);
    });

    it("pulls the kill switch on one follower in two steps, and shows what it holds back", async () => {
      const { page } = of(story);
      await page.getByRole("button", { name: "Kill switch" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("What").selectOption({ label: killed });
      await dialog.getByText("This preview can be confirmed").waitFor();
      await look("kill-switch");
      await dialog.getByRole("button", { name: "Close it now" }).click();
      await page.getByText("Kill switch pulled").waitFor();
      const locked = page.getByRole("group", { name: "What is stopped or cut now" });
      await locked
        .getByRole("row", { name: new RegExp(killed) })
        .first()
        .waitFor({ timeout: SOON_MS });
      await goTo(page, "Copies");
      const holdsSome = new RegExp(`${killed}[^\\t\\n]*\\t[^\\t]*\\t[+−]`);
      await expect.poll(() => textIn(sectionOf(page, killed)), { timeout: SOON_MS }).not.toMatch(holdsSome);
      expect(errors()).toEqual([]);
    });
  });

  it("starts a backtest, watches it, and shows what came of it beside another strategy", async () => {
    const { page, errors } = desktop();
    await goTo(page, "Backtests");
    await page.getByRole("button", { name: "New backtest" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Capital, USDT").fill("much");
    await dialog.getByText("must be an amount above zero").waitFor();
    expect(await dialog.getByRole("button", { name: "Start it" }).isEnabled()).toBe(false);
    await dialog.getByLabel("Capital, USDT").fill("10000");
    await dialog.getByLabel("First day").fill(await dialog.getByLabel("Last day").inputValue());
    expect(await faultsOf(page, "new-backtest")).toEqual([]);
    await dialog.getByRole("button", { name: "Start it" }).click();
    await page.getByRole("row", { name: /#\d+ portfolio_copying, copy_all/ }).waitFor();
    await page.getByText("done", { exact: true }).waitFor({ timeout: BEGIN_MS });
    await page.getByRole("link", { name: /^#\d+ portfolio_copying/ }).click();
    await page.getByRole("heading", { name: "Who was in, who was out, and why" }).waitFor();
    await page.getByRole("columnheader", { name: "copy_all" }).waitFor();
    expect(await faultsOf(page, "backtest")).toEqual([]);
    expect(errors).toEqual([]);
  });

  it("puts strategies beside each other, and beside equal parts", async () => {
    const { page, errors } = desktop();
    await goTo(page, "Portfolio");
    await page.getByRole("button", { name: "Compare them" }).click();
    await page.getByRole("row", { name: /^dynamic_copying/ }).waitFor({ timeout: BEGIN_MS });
    await page.getByRole("columnheader", { name: "Equal parts" }).waitFor();
    expect(await faultsOf(page, "strategies")).toEqual([]);
    expect(errors).toEqual([]);
  });

  it("shows one who may look at one account that account alone, and nothing to act with", async () => {
    const link = await invited(desktop().page, { name: "vera", role: "viewer", given: "ben" });
    const { page, errors } = await openPage(browser, PHONE);
    await page.goto(link);
    await setPassword(page);
    const faults: string[] = [];
    for (const name of PAGES.filter((one) => one !== "Overview")) {
      await goTo(page, name);
      await isAnswered(page);
      faults.push(...(await faultsOf(page, `${name}-viewer`)));
      expect(await page.getByRole("button", { name: "Kill switch" }).isDisabled()).toBe(true);
      expect(await page.getByRole("button", { name: /^(Pause|Resume|Close|Edit stops)/ }).count()).toBe(0);
      expect(await page.locator("main").innerText()).not.toMatch(/\b(anna|chloe|dmitri|elif)\b/);
    }
    expect({ faults, errors }).toEqual({ faults: [], errors: [] });
  });

  it("follows a one-time link in a tab that shows the dashboard already", async () => {
    const { page } = desktop();
    await page.goto(new URL("/settings/nothing", setUpUrl).href);
    await page.getByText("No such page").first().waitFor();
    await page.evaluate('location.hash = "#setup=ctl_another"');
    await page.getByRole("heading", { name: "Set up" }).waitFor();
    expect(page.url()).not.toContain("setup");
    await page.goto(new URL("/", setUpUrl).href);
    await isAnswered(page);
  });

  it("keeps nicknames that are long and without a break on a narrow screen", async () => {
    const { page } = of(STORIES[1] as Story);
    const renamed = await page.context().newPage();
    renamed.setDefaultTimeout(SOON_MS);
    await renamed.routeWebSocket(/stream/, (socket) => socket.close());
    await renamed.route("**/api/v1/**", async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replaceAll(/\b(ben|rider)\b/g, (name) =>
        name.padEnd(40, "nickname"),
      );
      await route.fulfill({ response, body });
    });
    await renamed.goto(new URL("/", setUpUrl).href);
    await isAnswered(renamed);
    const faults: string[] = [];
    for (const name of PAGES) {
      await goTo(renamed, name);
      await isAnswered(renamed);
      faults.push(...(await faultsOf(renamed, `${name}-long-names`)));
    }
    await renamed.close();
    expect(faults).toEqual([]);
  });

  it("says on every page when the engine has stopped, and still shows what was", async () => {
    const { page, errors } = desktop();
    demo.kill("SIGTERM");
    expect((await demo.exit).code).toBe(0);
    const notice = page.getByText("The engine is stopped: nothing is copied", { exact: true });
    await notice.waitFor();
    const faults: string[] = [];
    for (const name of PAGES) {
      await goTo(page, name);
      await isAnswered(page);
      expect(await notice.isVisible()).toBe(true);
      faults.push(...(await faultsOf(page, `${name}-stopped`)));
    }
    expect({ faults, errors }).toEqual({ faults: [], errors: [] });
  });
});

async function isRunning(): Promise<boolean> {
  const { code, stdout } = await runProgram(["status", ...PLACES, "--json"], { cwd: folder });
  return code === 0 && JSON.parse(stdout).engine.running === true;
}

/** By the navigation that this screen has. */
async function goTo(page: Page, name: string): Promise<void> {
  const link = page.getByRole("link", { name, exact: true }).filter({ visible: true });
  if ((await link.count()) === 0) await page.getByRole("button", { name: "More", exact: true }).click();
  await link.first().click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

function sectionOf(page: Page, title: string): Locator {
  return page.locator("section", { has: page.getByRole("heading", { name: title, exact: true }) });
}

/** What of it is on the screen, cells with tabs between; "" while it is not there. */
async function textIn(place: Locator): Promise<string> {
  return (await place.count()) === 0 ? "" : place.innerText();
}

/** Nothing that the page asked for is still on its way. */
async function isAnswered(page: Page): Promise<void> {
  await page.locator("main section").first().waitFor();
  await expect.poll(() => page.getByText("Asking for").count(), { timeout: SOON_MS }).toBe(0);
}

interface Invited {
  readonly name: string;
  readonly role: "owner" | "viewer";
  /** The one account that somebody who is no owner gets to see. */
  readonly given?: string;
}

/** The owner adds somebody, and hands the link on. */
async function invited(page: Page, { name, role, given }: Invited): Promise<string> {
  await goTo(page, "Settings");
  await page.getByRole("link", { name: "Users" }).click();
  await page.getByRole("button", { name: "Add a user" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel("Role", { exact: true }).selectOption(role);
  if (given !== undefined) await dialog.getByLabel(given, { exact: true }).check();
  await dialog.getByRole("button", { name: "Add a user" }).click();
  await dialog.getByRole("button", { name: "Make the link" }).click();
  const link = await dialog.locator("code").innerText();
  await dialog.getByRole("button", { name: "Done" }).click();
  return link;
}

/** Where a one-time link led to. */
async function setPassword(page: Page): Promise<void> {
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password again").fill(PASSWORD);
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByRole("heading", { name: "Is my money where it should be?" }).waitFor();
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
