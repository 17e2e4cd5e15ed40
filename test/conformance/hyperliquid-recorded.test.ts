/** What real traders did, streamed anew by the Hyperliquid of our own in parts, with losses: all of it is told once and in order. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Decimal } from "../../src/core/model/decimal.ts";
import { address, Following } from "../hyperliquid/following.ts";
import type { Fill } from "../hyperliquid/ledger.ts";
import { HyperliquidServer } from "../hyperliquid/server.ts";
import { hasShared, sharedNote, sharedPath } from "../shared.ts";

const TRADER = address(1);

let server: HyperliquidServer;
let following: Following;

beforeEach(async () => {
  server = await new HyperliquidServer({ builders: { xyz: ["SMSN", "SKHX"] } }).start();
  following = new Following(server, ["xyz"]);
});

afterEach(async () => {
  following.close();
  await server.close();
});

/** As they came, the last of them now. */
function recorded(pair: string): readonly Fill[] {
  const text = gunzipSync(readFileSync(sharedPath(`data/traders/hyperliquid_pairs/${pair}.json.gz`)));
  const { leader } = JSON.parse(text.toString()) as { leader: { fills: Fill[] } };
  const nowMs = Date.now();
  return leader.fills.map((fill, index) => ({
    ...fill,
    time: nowMs + Math.floor(index / 4) - leader.fills.length,
  }));
}

describe.skipIf(!hasShared)(`fills of real traders${sharedNote}`, () => {
  test.each(["acc3", "acc6", "acc7", "acc10"])(
    "of %s are told once each, through losses too",
    async (pair) => {
      const fills = recorded(pair);
      const followed = following.follow(TRADER);
      followed.connection.open();
      await followed.next("leader-snapshot-taken");
      for (let first = 0; first < fills.length; first += 20) {
        const part = fills.slice(first, first + 20);
        server.ledger(TRADER).replay(part);
        // Of every fifth batch nobody hears before the connection is made anew.
        if (first % 100 === 80) server.hangUp();
        else server.stream(TRADER, part);
        if (first % 100 === 80) await followed.until(() => server.connections > 0);
      }
      const told = () => followed.events.filter((event) => event.kind === "leader-filled");
      await followed.until(() => told().length >= fills.length);
      expect(told().map(({ tradeId }) => String(tradeId))).toEqual(fills.map(({ tid }) => String(tid)));
      const coins = new Set(fills.map(({ coin }) => coin));
      const before = followed.events.length;
      followed.connection.requestSnapshot();
      await followed.until(() =>
        followed.events.slice(before).some(({ kind }) => kind === "leader-snapshot-taken"),
      );
      const shown = followed.events.findLast((event) => event.kind === "leader-snapshot-taken");
      for (const coin of coins) {
        const row = shown?.positions.find(({ instrument }) => instrument.startsWith(`${coin}@`));
        const held = Decimal.parse(server.ledger(TRADER).held(coin));
        expect(Decimal.parse(row?.quantity ?? "0").equals(held)).toBe(true);
        const last = told().findLast(({ instrument }) => instrument.startsWith(`${coin}@`));
        if (row !== undefined) expect(row.sequence).toBe(last?.sequence);
      }
    },
    30_000,
  );
});
