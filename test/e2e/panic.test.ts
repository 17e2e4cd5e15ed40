/**
 * The kill switch on real processes, each way: the command, a file where the engine takes no commands, two signals, and the
 * command alone when the engine is dead. One of two followers is at an exchange of its own that does not answer.
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until, untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand, type LeaderHand } from "./leaders.ts";
import { type Exit, killPrograms, type Program } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

const CLOSED_MAX_MS = 10_000;
const HELD = { BTCUSDT: "0.5" };

let near: Venue;
let far: Venue;
let copier: Copier;
let engine: Program;
let hand: LeaderHand;

beforeEach(async () => {
  [near, far] = await Promise.all([startVenue(), startVenue()]);
  for (const venue of [near, far]) await venue.price("BTCUSDT", "60000");
  copier = new Copier(near);
  await near.putAccount("leader");
  await near.putAccount("one");
  await far.putAccount("two");
  copier.accountFile("leader", "leader");
  copier.accountFile("one", "follower", { copy_multiplier: 0.5 });
  copier.accountFile("two", "follower", { copy_multiplier: 0.5, url: far.rest, stream_url: far.stream });
  engine = await copier.started();
  hand = bybitApiHand(near, "leader");
  await hand.market({ symbol: "BTCUSDT", side: "buy", quantity: "1" });
  await untilEqual(() => near.positions("one"), HELD, CLOSED_MAX_MS);
  await untilEqual(() => far.positions("two"), HELD, CLOSED_MAX_MS);
  // The engine has heard of it, too, before a test may kill it.
  const heard = async () => (await copier.status()).followers.map(({ instruments }) => instruments[0]?.held);
  await untilEqual(heard, ["0.5", "0.5"], CLOSED_MAX_MS);
});

afterEach(async () => {
  far.program.kill("SIGCONT");
  await killPrograms();
  copier.close();
});

async function panic(...more: readonly string[]): Promise<Exit & { readonly answer: PanicAnswer }> {
  const exit = await copier.run(["panic", "--json", ...more]);
  return { ...exit, answer: JSON.parse(exit.stdout) };
}

interface PanicAnswer {
  readonly flat: boolean;
  readonly way: string;
  readonly left: readonly { readonly follower: string }[];
}

/** The leader goes on, and nobody follows. */
async function staysFlat(): Promise<void> {
  await hand.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.2" });
  await until(
    async () => {
      const { followers } = await copier.status();
      return followers.every(({ instruments }) => instruments.some(({ reason }) => reason === "stopped"));
    },
    CLOSED_MAX_MS,
    "every follower says that it is stopped",
  );
  expect([await near.positions("one"), await far.positions("two")]).toEqual([{}, {}]);
}

test("by command: asks first, closes what it reaches, names what is left, and goes on trying (pain 34)", async () => {
  const asked = await panic("--all");
  expect([asked.code, await near.positions("one")]).toEqual([2, HELD]);
  far.program.kill("SIGSTOP");
  const { code, answer } = await panic("--all", "--yes", "--wait", "5");
  expect([code, answer.flat, answer.way]).toEqual([1, false, "engine"]);
  expect(answer.left.map(({ follower }) => follower)).toEqual(["two"]);
  expect(await near.positions("one")).toEqual({});
  far.program.kill("SIGCONT");
  await untilEqual(() => far.positions("two"), {}, 30_000);
  expect(await panic("--all", "--yes")).toMatchObject({ code: 0, answer: { flat: true } });
  await staysFlat();
  const resumed = await copier.run(["resume", "--yes"]);
  expect(resumed.code).toBe(0);
  expect(resumed.stderr).toMatch(/Would be lifted: one: closed by the kill switch, until resume or release/);
  await hand.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.4" });
  await untilEqual(() => near.positions("one"), { BTCUSDT: "0.2" }, CLOSED_MAX_MS);
}, 90_000);

test("by command, on one follower, or of one leader", async () => {
  expect(await panic("--follower", "one", "--yes")).toMatchObject({ code: 0, answer: { flat: true } });
  expect([await near.positions("one"), await far.positions("two")]).toEqual([{}, HELD]);
  expect(await panic("--leader", "leader", "--yes")).toMatchObject({ code: 0, answer: { flat: true } });
  expect(await far.positions("two")).toEqual({});
  const { stdout } = await copier.run(["journal"]);
  expect(stdout).toMatch(/one +BTCUSDT +sell 0\.\d+ filled at [\d.]+, closed by the kill\s+switch/);
  const nobody = await copier.run(["panic", "--follower", "who", "--yes", "--json"]);
  expect([nobody.code, nobody.stdout]).toEqual([2, expect.stringContaining("one, two")]);
  expect((await copier.run(["panic", "--yes", "--json"])).code).toBe(2);
});

test("by a file, written by hand or by the command where the engine takes none", async () => {
  writeFileSync(join(copier.data, "PANIC"), "follower one");
  await untilEqual(() => near.positions("one"), {}, CLOSED_MAX_MS);
  expect(existsSync(join(copier.data, "PANIC"))).toBe(false);
  expect(await far.positions("two")).toEqual(HELD);
  rmSync(join(copier.data, "engine.sock"));
  expect(await panic("--all", "--yes")).toMatchObject({ code: 0, answer: { flat: true, way: "file" } });
  expect(await far.positions("two")).toEqual({});
});

test("by SIGUSR2 twice within ten seconds; SIGUSR1 opens no inspector", async () => {
  engine.kill("SIGUSR1");
  engine.kill("SIGUSR2");
  await until(() => engine.stderr.includes("once more"), CLOSED_MAX_MS, "the first signal is answered");
  expect([await near.positions("one"), engine.isOver]).toEqual([HELD, false]);
  engine.kill("SIGUSR2");
  await untilEqual(() => near.positions("one"), {}, CLOSED_MAX_MS);
  await untilEqual(() => far.positions("two"), {}, CLOSED_MAX_MS);
  expect(engine.stderr).not.toContain("Debugger");
  await staysFlat();
});

test("by the command alone when the engine is dead, and the next start buys nothing", async () => {
  engine.kill("SIGKILL");
  await engine.exit;
  far.program.kill("SIGSTOP");
  const first = await panic("--all", "--yes", "--wait", "12");
  expect([first.code, first.answer.way, first.answer.flat]).toEqual([1, "self", false]);
  expect(first.answer.left.map(({ follower }) => follower)).toEqual(["two"]);
  expect(await near.positions("one")).toEqual({});
  far.program.kill("SIGCONT");
  expect(await panic("--all", "--yes", "--wait", "30")).toMatchObject({ code: 0, answer: { flat: true } });
  expect(await far.positions("two")).toEqual({});
  engine = await copier.started();
  await staysFlat();
}, 120_000);
