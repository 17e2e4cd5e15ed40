/** Settings changed while everything runs, over real processes: in force at once, after kill -9 too, and in nobody's way. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { connectControl } from "../../src/control/client.ts";
import type { ControlAnswers, ControlKind, RequestOf } from "../../src/control/control.ts";
import { until } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { killPrograms, type Program } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

let venue: Venue;
let copier: Copier;
let engine: Program;
beforeAll(async () => {
  venue = await startVenue();
});
afterAll(killPrograms);

beforeEach(async () => {
  copier = new Copier(venue);
  await venue.price("BTCUSDT", "60000");
  for (const name of ["lead", "one"]) await venue.putAccount(name);
  copier.accountFile("lead", "leader");
  copier.accountFile("one", "follower", { copy_multiplier: 0.5, sl_loss_tiers_usd: [1000, 2000] });
  engine = await copier.started();
});
afterEach(async () => {
  await kill();
  copier.close();
});

async function kill(): Promise<void> {
  engine.kill("SIGKILL");
  await engine.exit;
}

async function holds(quantity: string): Promise<void> {
  const wanted = JSON.stringify(quantity === "0" ? {} : { BTCUSDT: quantity });
  const isHeld = async () => JSON.stringify(await venue.positions("one")) === wanted;
  await until(isHeld, 10_000, `one holds ${wanted}`);
}

/** As the command line does it, without a process for each question. */
async function ask<Kind extends ControlKind>(request: RequestOf<Kind>): Promise<ControlAnswers[Kind]> {
  const control = await connectControl(copier.data);
  if (control === null) throw new Error("nothing runs");
  try {
    return await control.ask<Kind>(request);
  } finally {
    await control.close();
  }
}

const tiers = (...values: readonly unknown[]) =>
  ({ kind: "settings", follower: "one", values: { sl_loss_tiers_usd: values } }) as const;

test("a stop tier is edited, strikes at its new amount, outlives kill -9, and loosening it releases nothing", async () => {
  await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.4" });
  await holds("0.2");
  const before = await ask({ kind: "changeable-settings", follower: "one" });
  const expected = before.followers[0]?.revision ?? "";
  const edit = ["stop-tiers", "one", "100:reduce:0.5", "5000:close", "--revision", expected];
  const asked = await copier.answered(...edit);
  expect(asked).toMatchObject({ code: 2, answer: { error: { kind: "not-confirmed" } } });
  const done = await copier.answered(...edit, "--yes");
  expect(done).toMatchObject({
    code: 0,
    answer: {
      command: "settings",
      running: true,
      preview: { changes: [{ keyPath: "sl_loss_tiers_usd", before: [1000, 2000] }], orders: [] },
    },
  });
  await expect(ask({ ...tiers(), expected })).rejects.toMatchObject({ failure: "conflict" });

  await venue.price("BTCUSDT", "59400");
  await holds("0.1");
  await kill();
  engine = await copier.started();
  const shown = await copier.json("stop-tiers", "one");
  expect(shown.revision).toBe(done.answer.revision);
  expect(shown.settings[0]).toMatchObject({
    source: "run-time",
    otherwise: { value: [1000, 2000], source: "accounts/one.json" },
  });

  await ask(tiers());
  await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.2" });
  const stands = async () => (await ask({ kind: "status" })).followers[0]?.stops?.map(({ guard }) => guard);
  await until(async () => (await stands()) !== undefined, 10_000, "the stop stands");
  expect(await stands()).toEqual(["loss-tier"]);
  expect(await venue.positions("one")).toEqual({ BTCUSDT: "0.1" });

  const command = tiers({ loss_usd: 50, action: "close" });
  const preview = await ask({ kind: "preview", command });
  expect(preview.begun).toMatchObject([{ follower: "one", guard: "loss-tier", action: "close" }]);
  expect(preview.orders).toMatchObject([{ side: "sell", quantity: "0.1", reduceOnly: true }]);
  await ask(command);
  await holds("0");
}, 120_000);

test("what is for all is changed, and written down for the next start while nothing runs", async () => {
  const set = ["settings", "set", "--portfolio"];
  const done = await copier.json(...set, "max_traders=3", "position_scaling=0.5", "--yes");
  expect(done.preview.changes).toContainEqual({
    leader: "lead",
    follower: "one",
    keyPath: "position_scaling",
    value: 0.5,
    source: "run-time",
    before: 1,
  });
  await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.4" });
  await holds("0.1");
  await kill();
  const wrong = await copier.answered(...set, "max_traders=0", "--yes");
  expect(wrong).toMatchObject({ code: 2, answer: { error: { kind: "bad-settings" } } });
  expect(await copier.json(...set, "position_scaling=", "--yes")).toMatchObject({ running: false });
  engine = await copier.started();
  await holds("0.2");
  const { portfolio } = await ask({ kind: "changeable-settings" });
  expect(portfolio?.settings).toContainEqual(
    expect.objectContaining({ keyPath: "max_traders", value: 3, source: "run-time" }),
  );
}, 120_000);
