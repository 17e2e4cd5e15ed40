/**
 * A backup made while copying goes on, the disk lost, the exchange moved on under a later run, and the backup restored: nothing is sent
 * without the owner's word; with it every account reaches its target, what was copied meanwhile is ours, and the owner's own is not.
 */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until, untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand, type LeaderHand } from "./leaders.ts";
import { killPrograms, type Program, runProgram, TEST_KEY } from "./program.ts";
import { keyOf, secretOf, startVenue, type Venue } from "./venue.ts";

/** How fast is measured elsewhere: on a busy machine it takes as long as it takes. */
const COPIED_MAX_MS = 30_000;

let venue: Venue;
let copier: Copier;
let hand: LeaderHand;

beforeAll(async () => {
  venue = await startVenue();
  copier = new Copier(venue);
  for (const name of ["lead", "half", "own"]) await venue.putAccount(name);
  copier.accountFile("lead", "leader");
  copier.accountFile("half", "follower", { copy_multiplier: 0.5 });
  copier.accountFile("own", "follower", { copy_multiplier: 1 });
  hand = bybitApiHand(venue, "lead");
});

afterAll(async () => {
  await killPrograms();
  copier.close();
});

const buys = (symbol: string, quantity: string) => hand.market({ symbol, side: "buy", quantity });
const sells = (symbol: string, quantity: string) => hand.market({ symbol, side: "sell", quantity });

async function reaches(name: string, wanted: Readonly<Record<string, string>>): Promise<void> {
  await untilEqual(() => venue.positions(name), wanted, COPIED_MAX_MS);
}

async function killed(engine: Program): Promise<void> {
  engine.kill("SIGKILL");
  await engine.exit;
}

test("restored onto an empty folder, it refuses to trade, is reconciled, and reaches parity", async () => {
  // A busy machine is no trouble that this is about.
  const yaml = "backup: { every_hours: 24, keep: 3 }\nwatchdogs: { loop_delay_ms: 10000 }\n";
  writeFileSync(join(copier.config, "backup.yaml"), yaml);
  const first = await copier.started();
  await buys("BTCUSDT", "0.4");
  await buys("ETHUSDT", "2");
  await reaches("half", { BTCUSDT: "0.2", ETHUSDT: "1" });
  // None is there yet, so the first scheduled one is due at once.
  const scheduled = () => backupsIn(join(copier.data, "backups"));
  await until(() => scheduled().length === 1, 60_000, "the scheduled backup is made");

  const file = join(copier.folder, "made.backup");
  let isDone = false;
  const trading = (async () => {
    while (!isDone) {
      await buys("XRPUSDT", "100");
      await sells("XRPUSDT", "100");
    }
  })();
  const { code, answer } = await copier.answered("backup", "--to", file);
  isDone = true;
  await trading;
  expect(code).toBe(0);
  expect(answer).toMatchObject({ file, encryptedWith: "key", leftOut: ["logs"], removed: [] });
  expect(answer.journalSequence).toBeGreaterThan(20);
  const bytes = readFileSync(file, "latin1");
  for (const name of ["lead", "half", "own"])
    for (const secret of [keyOf(name), secretOf(name)]) expect(bytes).not.toContain(secret);

  expect(await script("monitor", { MONITOR_BACKUP_HOURS: "1" })).toEqual({ code: 0, told: "" });
  expect(await script("backup")).toEqual({ code: 0, told: "" });
  expect(scheduled()).toHaveLength(2);

  await buys("BTCUSDT", "0.2");
  await reaches("half", { BTCUSDT: "0.3", ETHUSDT: "1" });
  await reaches("own", { BTCUSDT: "0.6", ETHUSDT: "2" });
  await killed(first);
  const second = await copier.started();
  await sells("ETHUSDT", "2");
  await buys("SOLUSDT", "10");
  await reaches("half", { BTCUSDT: "0.3", SOLUSDT: "5" });
  await reaches("own", { BTCUSDT: "0.6", SOLUSDT: "10" });
  await killed(second);
  expect(await script("monitor")).toEqual({
    code: 1,
    told: "copytrader: no engine runs: nothing is copied\n",
  });

  rmSync(copier.data, { recursive: true });
  rmSync(copier.config, { recursive: true });
  await buys("BTCUSDT", "0.2");
  await sells("SOLUSDT", "4");
  await bybitApiHand(venue, "own").market({ symbol: "ADAUSDT", side: "buy", quantity: "50" });

  const wrongKey = {
    ...copier.options,
    env: { COPYTRADER_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64") },
  };
  const refused = await runProgram(["restore", file, "--into", copier.folder], wrongKey);
  expect([refused.code, existsSync(copier.data)]).toEqual([2, false]);
  expect(refused.stderr).toContain("does not open with the encryption keys that are here");
  const looked = await copier.answered("restore", file, "--dry-run");
  expect(looked).toMatchObject({
    code: 0,
    answer: { journalSequence: answer.journalSequence, dryRun: true },
  });
  expect(existsSync(copier.data)).toBe(false);
  const restored = await runProgram(["restore", file, "--into", copier.folder], copier.options);
  expect(restored).toMatchObject({ code: 0, stderr: "" });
  expect(restored.stdout).toContain("copytrader start --after-restore");
  expect(copier.filesWithSecretsOf(["lead", "half", "own"])).toEqual([]);

  const requests = async () => (await venue.account("half")).orderRequests.length;
  const before = await requests();
  const without = copier.start();
  expect(await without.exit).toMatchObject({ code: 2, stdout: expect.stringContaining("--after-restore") });
  expect(await requests()).toBe(before);

  const third = await copier.started(["--after-restore"]);
  const notes = third.lines.flatMap(({ message }) => (typeof message === "string" ? [message] : []));
  expect(notes).toContainEqual("1 later run(s) of this engine were taken over");
  await reaches("half", { BTCUSDT: "0.4", SOLUSDT: "3" });
  await reaches("own", { ADAUSDT: "50", BTCUSDT: "0.8", SOLUSDT: "6" });
  expect(existsSync(join(copier.data, "restored.json"))).toBe(false);
  const states = async () =>
    (await copier.status()).followers.map(({ nickname, state }) => [nickname, state]);
  await untilEqual(
    states,
    [
      ["half", "in-sync"],
      ["own", "in-sync"],
    ],
    COPIED_MAX_MS,
  );
  await sells("BTCUSDT", "0.8");
  await reaches("half", { SOLUSDT: "3" });
  await reaches("own", { ADAUSDT: "50", SOLUSDT: "6" });
  third.kill("SIGTERM");
  expect((await third.exit).code).toBe(0);
  // What was taken over is journaled like everything else: today's code decides the same again.
  const replayed = await runProgram(["replay", copier.data, "--against", "--json"], copier.options);
  expect(replayed.code, replayed.stdout).toBe(0);
}, 300_000);

/** As cron runs it. */
async function script(name: "backup" | "monitor", more: Readonly<Record<string, string>> = {}) {
  const file = fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url));
  const { PATH = "" } = process.env;
  const env = { PATH, COPYTRADER_ENCRYPTION_KEY: TEST_KEY, ...more };
  const run = promisify(execFile)(file, ["--config", copier.config, "--data", copier.data], { env });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, told: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, told: stdout + stderr }),
  );
}

function backupsIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".backup")) : [];
}
