/** Closings and open lots are everything that the ledgers booked, to the last digit, whatever happened and by whichever method. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bookMoves,
  first,
  type Move,
  type PlayOptions,
  playInto,
  second,
  settings,
} from "../../../test/journal-fixture.ts";
import { DAY_MS, utcDay } from "../../analytics/equity/days.ts";
import { gainOf, LOT_METHODS, type LotMethod } from "../../analytics/lots/lot-book.ts";
import { worthOf } from "../../core/ledger.ts";
import { Lots } from "../../core/model/amounts.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { profitIn, resultSums } from "../../core/results.ts";
import type { State } from "../../core/state.ts";
import { MemoryJournal } from "../../journal/memory.ts";
import { type LedgerRecord, type LedgerScope, readLedgers } from "./ledger-reading.ts";

const ALWAYS = { isPaper: false, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER } as const;
const BUY: Move = { kind: "trade", symbol: 0, side: "buy", quantity: 20 };
const SELL: Move = { kind: "trade", symbol: 0, side: "sell", quantity: 20 };
const SETTLE: Move = { kind: "settle" };
const HALF: Move = { kind: "half-day" };
const price = (to: number): Move => ({ kind: "price", to });

function played(moves: readonly Move[], options: PlayOptions = {}) {
  const journal = new MemoryJournal();
  const { state } = playInto(journal, moves, undefined, { tellsEquity: true, ...options });
  return { journal, state };
}

function read(
  journal: MemoryJournal,
  scope: Partial<LedgerScope> & { readonly method: LotMethod },
): LedgerRecord {
  const records = [...journal.read(1)];
  const steps = readLedgers({ records, last: records.length }, { ...ALWAYS, ...scope });
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}

const sum = (amounts: readonly Decimal[]) => amounts.reduce((all, one) => all.plus(one), Decimal.zero);

/** What lots and closings say that copying brought: closed, and what is open at its price. */
function profitOf(state: State, { closings, open }: LedgerRecord): string {
  const gains = sum(closings.map(gainOf));
  const held = open.map(({ symbol, quantity, cash, fees, funding }) => {
    const market = state.markets.find(({ instrument }) => instrument.spec.symbol === symbol);
    if (market === undefined) throw new Error(symbol);
    const { instrument } = market;
    const lots = Lots(Number(quantity.dividedBy(instrument.lotSize, 0, "towards-zero").toString()));
    const mark = state.quotes.get(instrument.id)?.mark ?? 0;
    return cash
      .minus(fees)
      .plus(funding)
      .plus(worthOf(instrument, lots, mark));
  });
  return gains.plus(sum(held)).toString();
}

function toldBy(state: State, of: "accounts" | "leaders"): string {
  const sums = [...state.followers.values()].flatMap((follower) => resultSums(state, follower));
  const parts = sums.flatMap(({ account, leaders }) =>
    of === "accounts" ? [account] : [...leaders.values()],
  );
  return sum(parts.map((one) => profitIn(one) ?? Decimal.zero)).toString();
}

describe("lots of a journal", () => {
  test.each(LOT_METHODS)(
    "%s: with what is open they are what the ledgers say that copying brought",
    (method) => {
      fc.assert(
        fc.property(bookMoves(), (moves) => {
          const { journal, state } = played([BUY, SETTLE, ...moves, price(60_500)]);
          const accounts = read(journal, { method });
          expect(accounts.reconciliation.map(({ residual }) => residual.toString())).toEqual(["0"]);
          expect(profitOf(state, accounts)).toBe(toldBy(state, "accounts"));
          const leaders = read(journal, { method, leader: "lead" });
          expect(leaders.reconciliation.map(({ residual }) => residual.toString())).toEqual(["0"]);
          expect(profitOf(state, leaders)).toBe(toldBy(state, "leaders"));
        }),
        { numRuns: 60 },
      );
    },
    60_000,
  );

  test("a record that begins in the middle puts the venue's price of entry down as the cost, and says so", () => {
    const { journal, state } = played([
      BUY,
      SETTLE,
      price(61_000),
      { kind: "restart" },
      { kind: "snapshots" },
      SELL,
      SETTLE,
    ]);
    const records = [...journal.read(1)];
    const from = records.findLastIndex(({ type }) => type === "checkpoint");
    const steps = readLedgers(
      { records: records.slice(from), last: records.length },
      { ...ALWAYS, method: "fifo" },
    );
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    const [told] = step.value.reconciliation;
    expect(told?.residual.toString()).toBe("0");
    expect(told?.assumed.isZero).toBe(false);
    expect(step.value.closings.map(({ isKnown }) => isKnown)).toContain(false);
    expect(state.followers.size).toBe(2);
  });
});

test("an account that becomes another has books of its own there, and new ones when it comes back", () => {
  const journal = new MemoryJournal();
  const paper = {
    ...settings,
    accounts: settings.accounts.map((one) =>
      one.account === first ? { ...one, paper: true as const } : one,
    ),
  };
  const moves: readonly Move[] = [BUY, SETTLE, price(61_000), SELL, SETTLE, price(60_000), BUY, SETTLE];
  let state: State | undefined;
  for (const now of [settings, paper, settings])
    state = playInto(journal, moves, state, { settings: now, tellsEquity: true }).state;
  const own = { followers: [first], method: "fifo" } as const;
  for (const isPaper of [false, true]) {
    const told = read(journal, { ...own, isPaper });
    expect(told.reconciliation.map(({ residual }) => residual.toString())).toEqual(["0"]);
    // Nothing is closed or lost by the change itself: what was held there stays open in its books.
    expect(told.closings.every(({ closeCash }) => closeCash.sign > 0)).toBe(true);
    const books = new Set(told.open.map(({ book }) => book));
    expect(books.size).toBe(isPaper ? 1 : 2);
  }
});

describe("what one closing is", () => {
  const story = [
    price(60_000),
    BUY,
    SETTLE,
    HALF,
    HALF,
    price(62_000),
    BUY,
    SETTLE,
    HALF,
    price(61_000),
    SELL,
    SETTLE,
  ];

  test("first in first out closes the oldest, the average a part of all", () => {
    const { journal } = played(story);
    const gains = (method: LotMethod) =>
      read(journal, { method, followers: [first] }).closings.map(({ quantity, openCash, closeCash }) => [
        quantity.toString(),
        openCash.plus(closeCash).toString(),
      ]);
    expect(gains("fifo")).toEqual([["0.01", "10"]]);
    expect(gains("average")).toEqual([["0.01", "0"]]);
  });

  test("trades, orders and exposure are those of the window", () => {
    const { journal, state } = played(story);
    const all = read(journal, { method: "average", followers: [second] });
    expect(all.orders).toEqual({ sent: 3, filled: 3, rejected: 0 });
    expect([...all.traded.values()].map(({ fills, value }) => [fills, value.toString()])).toEqual([
      [1, "360"],
      [1, "372"],
      [1, "366"],
    ]);
    const today = utcDay(state.nowMs);
    expect(all.exposure.get(today)?.gross.toString()).toBe("366");
    const window = { fromMs: today * DAY_MS, toMs: (today + 1) * DAY_MS };
    expect(read(journal, { method: "average", followers: [second], ...window }).orders.sent).toBe(1);
  });
});
