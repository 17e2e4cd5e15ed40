/** `copytrader parity` on a copier that runs, dies, runs again and is stopped, over real processes. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { until } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { killPrograms, type Program } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

let venue: Venue;
let copier: Copier;
afterAll(killPrograms);

beforeEach(async () => {
  venue = await startVenue();
  copier = new Copier(venue);
  await venue.putAccount("lead");
  await venue.putAccount("one");
  copier.accountFile("lead", "leader");
  copier.accountFile("one", "follower", { copy_multiplier: 0.5 });
});
afterEach(() => copier.close());

async function parity(...options: readonly string[]) {
  const { stdout, stderr, code } = await copier.run(["parity", ...options, "--json"]);
  expect(stdout, stderr).not.toBe("");
  return { code, answer: JSON.parse(stdout) };
}

async function started(): Promise<Program> {
  const engine = copier.start();
  await engine.ready();
  return engine;
}

test("certificates survive a death, name the journal's records, and tell when copying is not in parity", async () => {
  expect(await parity()).toMatchObject({ code: 1, answer: { error: { kind: "not-running" } } });
  expect(await parity("--newest")).toMatchObject({ code: 1, answer: { error: { kind: "not-recorded" } } });
  expect(await parity("--verify")).toMatchObject({ code: 1, answer: { error: { kind: "not-recorded" } } });
  const first = await started();
  await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.4" });
  let fresh = await parity();
  await until(
    async () => {
      fresh = await parity();
      return fresh.answer.certificate.followers[0]?.rows[0]?.held === "0.2";
    },
    15_000,
    "the first trade certified",
  );
  const { certificate } = fresh.answer;
  expect(fresh).toMatchObject({ code: 0, answer: { unrecorded: "" } });
  expect(certificate).toMatchObject({
    cause: "asked",
    inParity: true,
    engineRunning: true,
    followers: [
      { nickname: "one", stale: false, rows: [{ symbol: "BTCUSDT", target: "0.2", parity: "at-target" }] },
    ],
  });
  first.kill("SIGKILL");
  await first.exit;
  const second = await started();
  await until(
    async () => (await parity("--newest")).answer.certificate.number > certificate.number,
    15_000,
    "the certificate of the start",
  );
  const newest = await parity("--newest");
  expect(newest.answer.certificate).toMatchObject({ cause: "start", number: certificate.number + 1 });
  expect(newest.answer.certificate.previous).toBe(certificate.hash);
  const last = newest.answer.certificate.number;
  expect(await parity("--verify")).toEqual({
    code: 0,
    answer: {
      certificates: last,
      first: 1,
      last,
      anchored: last,
      since: { records: expect.any(Number), starts: 0 },
    },
  });
  second.kill("SIGTERM");
  await second.exit;
  const stopped = await parity();
  expect(stopped.answer).toMatchObject({
    certificate: { engineRunning: false, counts: { unexplained: 0 } },
    unrecorded: "the engine does not run",
  });
  expect(stopped.answer.certificate.journal.sequence).toBeGreaterThan(certificate.journal.sequence);
  const text = (await copier.run(["parity"])).stdout;
  expect(text).toMatch(/parity, engine stopped, .* not recorded: the engine does not run, after record \d+ /);
  const verified = (await copier.run(["parity", "--verify"])).stdout;
  expect(verified).toMatch(
    /^certificates 1 to \d+ hold; .*\nafter the record of the newest the journal has \d+ more\n$/,
  );
  breakOne(join(copier.data, "parity"));
  const broken = await parity("--verify");
  expect(broken.code).toBe(1);
  expect(broken.answer.error.message).toMatch(
    /^certificate \d+ does not hold: it was changed after it was made$/,
  );
}, 90_000);

function breakOne(folder: string): void {
  const [name = ""] = readdirSync(folder);
  const path = join(folder, name);
  writeFileSync(path, readFileSync(path, "utf8").replace('"inParity":true', '"inParity":false'));
}
