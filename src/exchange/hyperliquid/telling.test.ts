/** What is told of an address leads the core to what the address holds, whatever is lost, late or read too early. */

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { coinFill } from "../../../test/hyperliquid/coin-fill.ts";
import {
  applyFill,
  applyReport,
  applySnapshotAbsence,
  applySnapshotRow,
  emptyHolding,
  type Holding,
  parseRow,
} from "../../core/holding.ts";
import { Lots } from "../../core/model/amounts.ts";
import { AccountId, InstrumentId, VenueId } from "../../core/model/identifiers.ts";
import { type Instrument, lotsFrom } from "../../core/model/instrument.ts";
import type { ConnectionEvent } from "../exchange.ts";
import { parseInstruments } from "./instruments.ts";
import type { CoinFill } from "./parse.ts";
import { Telling } from "./telling.ts";

const VENUE = VenueId("hyperliquid");
const COIN: Instrument | undefined = parseInstruments(
  { universe: [{ name: "ETH", szDecimals: 0, maxLeverage: 5 }] },
  VENUE,
).instruments[0];

/** A leader's holding as the core folds it from what is told. */
class Folded {
  nowMs = 1_000_000;
  readonly holding: Holding = emptyHolding("net");
  readonly notices: string[] = [];
  readonly events: ConnectionEvent[] = [];
  readonly telling = new Telling({ account: AccountId("whale"), venue: VENUE }, 0, {
    nowMs: () => this.nowMs,
    emit: (event) => this.#fold(event),
    notice: (text) => this.notices.push(text),
    told: () => {},
    snapshotWanted: () => {},
  });

  #fold(event: ConnectionEvent): void {
    this.events.push(event);
    if (COIN === undefined) return;
    if (event.kind === "leader-filled") {
      const lots = lotsFrom(COIN, event.quantity) ?? Lots(0);
      const { tradeId, sequence, venueTimeMs } = event;
      applyFill(this.holding, {
        tradeId,
        sequence,
        venueTimeMs,
        lots: event.side === "buy" ? lots : Lots(-lots),
      });
    } else if (event.kind === "leader-position-reported") {
      const row = parseRow(COIN, event.position);
      if (row !== undefined) applyReport(this.holding, row);
    } else if (event.kind === "leader-snapshot-taken") this.#snapshot(event);
  }

  #snapshot({ positions, serverTimeMs }: Extract<ConnectionEvent, { kind: "leader-snapshot-taken" }>): void {
    const row = positions.find(({ instrument }) => instrument === InstrumentId("ETH", VENUE));
    const parsed = row === undefined || COIN === undefined ? undefined : parseRow(COIN, row);
    if (parsed === undefined) applySnapshotAbsence(this.holding, serverTimeMs);
    else applySnapshotRow(this.holding, parsed, serverTimeMs);
  }

  hears(fills: readonly CoinFill[]): void {
    this.telling.fills({ fills, spot: 0, rows: fills.length, firstMs: 0, lastMs: 0 });
  }

  /** A state stamped now that shows so much. */
  reads(quantity: number): void {
    const position = {
      coin: "ETH",
      quantity: String(quantity),
      entryPrice: "1",
      leverage: "5",
      liquidationPrice: "",
    };
    const state = {
      positions: quantity === 0 ? [] : [position],
      equity: { equity: "1", available: "1", balance: "1" },
      isEmpty: false,
      timeMs: this.nowMs,
      sentAtMs: this.nowMs,
      receivedAtMs: this.nowMs,
    };
    this.telling.state(state, this.nowMs);
  }
}

const fillOf = (before: number, by: number, timeMs: number) => coinFill("ETH", before, by, timeMs);

const step = fc.record({
  by: fc.integer({ min: -4, max: 4 }).filter((by) => by !== 0),
  waitMs: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 20_000 })),
  /** A state is read after it, and shows what was held so long before. */
  staleMs: fc.option(fc.integer({ min: 0, max: 2_500 }), { nil: null }),
  lost: fc.boolean(),
});

interface Past {
  readonly atMs: number;
  readonly held: number;
}

function heldAt(past: readonly Past[], atMs: number): number {
  return past.findLast((one) => one.atMs <= atMs)?.held ?? 0;
}

test("while every fill is told, no state that was read too early ever moves what is held", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const folded = new Folded();
      const past: Past[] = [];
      let held = 0;
      for (const { by, waitMs, staleMs } of steps) {
        folded.nowMs += waitMs;
        folded.hears([fillOf(held, by, folded.nowMs)]);
        held += by;
        past.push({ atMs: folded.nowMs, held });
        if (staleMs !== null) folded.reads(heldAt(past, folded.nowMs - staleMs));
        expect(folded.holding.lots).toBe(held);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("whatever fills are lost, the next one that is told or a later state says what is held", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const folded = new Folded();
      const past: Past[] = [];
      let held = 0;
      for (const { by, waitMs, staleMs, lost } of steps) {
        folded.nowMs += waitMs;
        const fill = fillOf(held, by, folded.nowMs);
        held += by;
        past.push({ atMs: folded.nowMs, held });
        if (!lost) folded.hears([fill]);
        if (staleMs !== null && lost) folded.reads(heldAt(past, folded.nowMs - staleMs));
      }
      for (let look = 0; look < 3; look += 1) {
        folded.nowMs += 10_000;
        folded.reads(held);
      }
      expect(folded.holding.lots).toBe(held);
      expect(folded.holding.disputed).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

test("a fill that is told after lost ones is right at once, without any state", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const folded = new Folded();
      let held = 0;
      for (const { by, waitMs, lost } of steps) {
        folded.nowMs += waitMs;
        const fill = fillOf(held, by, folded.nowMs);
        held += by;
        if (lost) continue;
        folded.hears([fill]);
        expect(folded.holding.lots).toBe(held);
      }
    }),
    { numRuns: 2_000 },
  );
});

describe("what is not told", () => {
  it("is a fill of the far future: it would make all others old", () => {
    const folded = new Folded();
    folded.hears([fillOf(0, 1, folded.nowMs + 2 * 24 * 3_600_000)]);
    folded.hears([fillOf(0, 2, folded.nowMs)]);
    expect(folded.holding.lots).toBe(2);
  });

  it("is a fill too old to be acted on", () => {
    const folded = new Folded();
    folded.nowMs = 10_000_000;
    folded.hears([fillOf(0, 1, folded.nowMs - 15 * 60_000)]);
    expect(folded.events).toEqual([]);
  });
});
