/**
 * Each fault of the exchange alone, while a leader trades through it: no order is doubled meanwhile, and once the fault is
 * over every follower reaches parity within a bounded time. What the streams hide is healed by snapshots while they hide it.
 */
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, it } from "vitest";
import { untilEqual } from "./await.ts";
import { bybitApiHand } from "./leaders.ts";
import { type Json, killPrograms } from "./program.ts";
import { nothingDoubled, startWorld } from "./troubled-world.ts";
import { keyOf } from "./venue.ts";

const HEALED_MAX_MS = 15_000;
/** Snapshots are read every second here; a closed position is believed when two of them agree. */
const SNAPSHOT_HEALS_MS = 8_000;

afterAll(killPrograms);

/** Faults that can run one after the other on one exchange; the lanes run side by side. */
const LANES: readonly (readonly (readonly [name: string, faults: Json])[])[] = [
  [
    ["requests that are lost", { requestLost: 0.3 }],
    ["answers that are lost after processing", { responseLost: 0.5 }],
    ["slow requests", { latencyMs: [50, 400] }],
    ["partial fills", { partialFills: 0.8 }],
    ["dropped stream messages", { streamDropped: 0.4 }],
  ],
  [
    ["5xx answers", { http5xx: 0.5 }],
    ["internal errors", { retCode10016: 0.4 }],
    ["too many requests", { retCode10006: 0.4 }],
    ["doubled stream messages", { streamDuplicated: 0.7 }],
    ["reordered stream messages", { streamReordered: 0.5 }],
    ["late stream messages", { streamDelayMs: [50, 1_500] }],
  ],
  [
    ["a skewed clock ahead", { clockSkewMs: 8_000 }],
    ["a skewed clock behind", { clockSkewMs: -8_000 }],
    ["silent streams", { streamSilent: true }],
    ["refused streams", { streamDisconnect: true }],
  ],
];

describe("each fault alone ends in parity", () => {
  it.concurrent.each(LANES.map((lane) => ({ names: lane.map(([name]) => name).join(", "), lane })))(
    "$names",
    async ({ lane }) => {
      const world = await startWorld();
      for (const [name, faults] of lane) {
        await world.trade(faults);
        await pause(200);
        await world.venue.faults({});
        const tookMs = await world.parity(HEALED_MAX_MS).catch((error: unknown) => {
          throw new Error(`after ${name}: ${String(error)}\n${world.engine.stderr.slice(-2_000)}`);
        });
        console.log(`${name}: parity after ${Math.round(tookMs)} ms`);
        await nothingDoubled(world.venue);
      }
      await world.close();
    },
    90_000,
  );
});

describe("while streams tell nothing", () => {
  it.concurrent("positions are healed by snapshots, silent or refused", async () => {
    const world = await startWorld();
    const hand = bybitApiHand(world.venue, "lead");
    for (const faults of [{ streamSilent: true }, { streamDisconnect: true }]) {
      await world.venue.faults(faults);
      await hand.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.05" });
      await world.parity(SNAPSHOT_HEALS_MS);
      await hand.market({ symbol: "BTCUSDT", side: "sell", quantity: "0.05", reduceOnly: true });
      await world.parity(SNAPSHOT_HEALS_MS);
      await world.venue.faults({});
    }
    await nothingDoubled(world.venue);
    await world.close();
  });

  it.concurrent("of one follower, the others go on at full speed", async () => {
    const world = await startWorld();
    const hand = bybitApiHand(world.venue, "lead");
    await world.venue.faults({ responseLost: 1, accounts: [keyOf("both")] });
    await hand.market({ symbol: "ETHUSDT", side: "sell", quantity: "0.5" });
    await untilEqual(() => world.venue.positions("single"), { ETHUSDT: "-0.5" }, 1_000);
    await world.venue.faults({});
    await world.parity(HEALED_MAX_MS);
    await nothingDoubled(world.venue);
    await world.close();
  });
});
