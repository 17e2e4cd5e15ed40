/**
 * The positions of 100 recorded leads against values computed with other tools: every row of every account, decimal strings
 * exactly. And the profit of each complete account as two analysts published it, one with duplicate rows, one without.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CostRule } from "../../src/analytics/positions/cost-basis.ts";
import { PositionLedger } from "../../src/analytics/positions/position-ledger.ts";
import { type PositionTrip, profitSign } from "../../src/analytics/positions/trip.ts";
import { Decimal } from "../../src/core/model/decimal.ts";
import type { TraderFillRecord } from "../../src/store/trader-store.ts";
import { csvCells } from "../../src/traders/formats/csv-records.ts";
import { positionFills } from "../../src/traders/position-fills.ts";
import { hasShared, sharedNote, sharedPath } from "../shared.ts";
import { LEADS_FOLDER, leadFills, withoutDuplicates } from "./lead-fills.ts";

interface RuleValues {
  readonly pnl: number;
  readonly round_trips: number;
  readonly round_trips_won: number;
  readonly round_trips_lost: number;
  readonly round_trips_even: number;
  readonly closing_fills: number;
  readonly closing_fills_won: number;
  readonly closing_fills_lost: number;
  readonly fills_with_unmatched_close: number;
  readonly keys_open_at_end: number;
  readonly flips_through_zero: number;
}

interface Values {
  readonly fills: number;
  readonly realized_pnl_exact: string;
  readonly fee_exact: string;
  readonly traded_notional: number;
  readonly rows_pnl_positive: number;
  readonly rows_pnl_negative: number;
  readonly rows_pnl_zero: number;
  readonly fifo: RuleValues;
  readonly average_cost: RuleValues;
}

interface Account {
  readonly port_id: string;
  readonly history: string;
  readonly with_duplicates: Values;
  readonly without_duplicates: Values;
  readonly duplicate_rows: number;
  readonly keys: readonly (readonly (string | number | boolean)[])[];
  readonly daily_realized_pnl_utc: Readonly<Record<string, string>>;
}

describe.skipIf(!hasShared)(`recorded leads${sharedNote}`, () => {
  const golden = JSON.parse(readFileSync(sharedPath("golden/binance-leads.json"), "utf8"));
  const accounts: readonly Account[] = hasShared ? golden.accounts : [];
  const fills = leadFills();
  const of = ({ port_id }: Account) => fills.get(port_id) ?? [];
  /** One has no history at all, and so no positions. */
  const traded = accounts.filter((account) => of(account).length > 0);

  it("have 100 accounts", () => {
    expect(accounts.length).toBe(100);
    expect(traded.length).toBe(99);
    expect([...fills.values()].flat().length).toBe(10_250);
  });

  it("have the golden sums with duplicates", () => {
    for (const account of accounts) expectSums(of(account), account.with_duplicates, account.port_id);
  });

  it("have the golden sums without duplicates", () => {
    for (const account of accounts) {
      const kept = withoutDuplicates(of(account));
      expect(of(account).length - kept.length, account.port_id).toBe(account.duplicate_rows);
      expectSums(kept, account.without_duplicates, account.port_id);
    }
  });

  it.each(["fifo", "average-cost"] as const)("have the golden positions by %s", (rule) => {
    const name = rule === "fifo" ? "fifo" : "average_cost";
    for (const account of traded) {
      expectRule(of(account), rule, account.with_duplicates[name], account.port_id);
      expectRule(withoutDuplicates(of(account)), rule, account.without_duplicates[name], account.port_id);
    }
  });

  it("have the golden row of every instrument and leg", () => {
    const rows = traded.flatMap((account) => {
      const found = keyRows(of(account));
      expect(found, account.port_id).toEqual(account.keys);
      return found;
    });
    expect(rows.length).toBeGreaterThan(300);
  });

  it("have the golden realised profit of every UTC day", () => {
    for (const account of traded)
      expect(daily(of(account)), account.port_id).toEqual(account.daily_realized_pnl_utc);
  });

  it.each(["average-cost", "fifo"] as const)(
    "agree with the venue's own profit by %s as often as golden",
    (rule) => {
      const name = rule === "fifo" ? "fifo" : "average_cost";
      const found = { keys_compared: 0, keys_equal: 0, closing_fills_compared: 0, closing_fills_equal: 0 };
      for (const account of traded) {
        for (const differences of venueDifferences(of(account), rule).values()) {
          const equal = differences.filter((difference) => difference <= 1e-6).length;
          found.keys_compared += 1;
          found.keys_equal += isVenues(differences) ? 1 : 0;
          found.closing_fills_compared += differences.length;
          found.closing_fills_equal += equal;
        }
      }
      expect(found).toEqual(
        golden.summary.computed_against_venue_realized_pnl_where_nothing_was_carried_in[name],
      );
    },
  );

  it("agree with the venue where rows are equal only when all of them count", () => {
    const found = { keys_with_duplicates_compared: 0, equal_with_duplicates: 0, equal_without_duplicates: 0 };
    for (const account of traded) {
      const [all, once] = [of(account), withoutDuplicates(of(account))];
      const without = venueDifferences(once, "average-cost");
      for (const [key, differences] of venueDifferences(all, "average-cost")) {
        const own = (fills: readonly TraderFillRecord[]) =>
          fills.filter((fill) => keyOf(fill) === key).length;
        const kept = without.get(key);
        // Without the duplicates more is closed than was opened on many: those prove the same, and golden leaves them out.
        if (own(all) === own(once) || kept === undefined) continue;
        found.keys_with_duplicates_compared += 1;
        found.equal_with_duplicates += isVenues(differences) ? 1 : 0;
        found.equal_without_duplicates += isVenues(kept) ? 1 : 0;
      }
    }
    expect(found).toEqual(golden.summary.average_cost_against_venue_on_keys_that_hold_duplicates);
  });

  it("reproduce both published profits of every complete account", () => {
    const [header = "", ...lines] = readFileSync(sharedPath(`${LEADS_FOLDER}/accounts.csv`), "utf8")
      .trim()
      .split("\n");
    const names = csvCells(header.trim());
    let complete = 0;
    for (const line of lines) {
      const cells = csvCells(line.trim());
      const cell = (name: string) => cells[names.indexOf(name)] ?? "";
      if (cell("history") !== "complete") continue;
      complete += 1;
      const own = fills.get(cell("port_id")) ?? [];
      expect(cell("pubB_total_positions")).toBe(`${own.length}.0`);
      expect(cell("pubA_total_positions")).toBe(`${withoutDuplicates(own).length}.0`);
      // The analysts added floats: the same to the last of their digits that can be right.
      expectClose(venuePnl(own).toNumber(), Number(cell("pubB_pnl")));
      expectClose(venuePnl(withoutDuplicates(own)).toNumber(), Number(cell("pubA_pnl")));
    }
    expect(complete).toBe(25);
  });
});

function expectSums(fills: readonly TraderFillRecord[], values: Values, account: string): void {
  const profits = fills.map(({ realizedPnl }) => Decimal.parse(realizedPnl ?? "0").sign);
  expect(fills.length, account).toBe(values.fills);
  expect(venuePnl(fills).toString(), account).toBe(values.realized_pnl_exact);
  expect(sum(fills.map(({ fee }) => fee)).toString(), account).toBe(values.fee_exact);
  const notional = sum(
    fills.map(({ price, quantity }) => Decimal.parse(price).times(Decimal.parse(quantity)).toString()),
  );
  expectClose(notional.toNumber(), values.traded_notional);
  expect(profits.filter((sign) => sign > 0).length, account).toBe(values.rows_pnl_positive);
  expect(profits.filter((sign) => sign < 0).length, account).toBe(values.rows_pnl_negative);
  expect(profits.filter((sign) => sign === 0).length, account).toBe(values.rows_pnl_zero);
}

function expectRule(
  fills: readonly TraderFillRecord[],
  rule: CostRule,
  values: RuleValues,
  account: string,
): void {
  const { ledger, trips } = rebuilt(fills, rule);
  const books = [...ledger.books];
  const signs = trips.map(({ pnl }) => profitSign(pnl));
  const counts = (name: keyof (typeof books)[number]["counts"]) =>
    books.reduce((total, book) => total + book.counts[name], 0);
  expectClose(sum(books.map(({ pnl }) => pnl.toString())).toNumber(), values.pnl);
  expect(
    {
      round_trips: trips.length,
      round_trips_won: signs.filter((sign) => sign > 0).length,
      round_trips_lost: signs.filter((sign) => sign < 0).length,
      round_trips_even: signs.filter((sign) => sign === 0).length,
      closing_fills: counts("closingFills"),
      closing_fills_won: counts("closingFillsWon"),
      closing_fills_lost: counts("closingFillsLost"),
      fills_with_unmatched_close: counts("fillsWithUnmatchedClose"),
      keys_open_at_end: books.filter(({ quantity }) => !quantity.isZero).length,
      flips_through_zero: counts("flips"),
    },
    `${account} ${rule}`,
  ).toEqual({
    round_trips: values.round_trips,
    round_trips_won: values.round_trips_won,
    round_trips_lost: values.round_trips_lost,
    round_trips_even: values.round_trips_even,
    closing_fills: values.closing_fills,
    closing_fills_won: values.closing_fills_won,
    closing_fills_lost: values.closing_fills_lost,
    fills_with_unmatched_close: values.fills_with_unmatched_close,
    keys_open_at_end: values.keys_open_at_end,
    flips_through_zero: values.flips_through_zero,
  });
}

/** By instrument and leg where nothing was carried in: how far each closing fill is from the venue's profit on it. */
function venueDifferences(
  fills: readonly TraderFillRecord[],
  rule: CostRule,
): ReadonlyMap<string, readonly number[]> {
  const ledger = new PositionLedger(rule);
  const found = new Map<string, number[]>();
  for (const fill of fills.flatMap(positionFills)) {
    const { pnl, closed } = ledger.apply(fill);
    if (closed.isZero) continue;
    const difference = Math.abs(pnl.minus(fill.realizedPnl ?? Decimal.zero).toNumber());
    found.set(keyOf(fill), [...(found.get(keyOf(fill)) ?? []), difference]);
  }
  for (const book of ledger.books) if (book.isCarriedIn) found.delete(keyOf(book));
  return found;
}

const keyOf = ({ symbol, leg }: { readonly symbol: string; readonly leg: string }) => `${symbol} ${leg}`;
const isVenues = (differences: readonly number[]) => differences.every((difference) => difference <= 1e-6);

function rebuilt(fills: readonly TraderFillRecord[], rule: CostRule) {
  const ledger = new PositionLedger(rule);
  const trips: PositionTrip[] = [];
  for (const fill of fills.flatMap(positionFills)) trips.push(...ledger.apply(fill).ended);
  return { ledger, trips };
}

/** In the golden file's columns and order. */
function keyRows(fills: readonly TraderFillRecord[]) {
  const { ledger, trips } = rebuilt(fills, "average-cost");
  const rows = [...ledger.books].map(({ symbol, leg, quantity, unmatchedQuantity, isCarriedIn }) => {
    const own = fills.filter((fill) => fill.symbol === symbol && fill.leg === leg);
    const [buys, sells] = [
      own.filter(({ side }) => side === "buy"),
      own.filter(({ side }) => side === "sell"),
    ];
    const ended = trips.filter((trip) => trip.symbol === symbol && legOf(trip, leg));
    const bought = sum(buys.map((fill) => fill.quantity));
    const sold = sum(sells.map((fill) => fill.quantity));
    return [
      symbol,
      leg === "net" ? "BOTH" : leg.toUpperCase(),
      buys.length,
      sells.length,
      bought.toString(),
      sold.toString(),
      bought.minus(sold).toString(),
      notional(buys),
      notional(sells),
      venuePnl(own).toString(),
      quantity.toString(),
      unmatchedQuantity.toString(),
      isCarriedIn,
      ended.length,
      ended.filter(({ pnl }) => profitSign(pnl) > 0).length,
    ];
  });
  return rows.sort((one, other) => (`${one[0]} ${one[1]}` < `${other[0]} ${other[1]}` ? -1 : 1));
}

const legOf = ({ direction }: PositionTrip, leg: string) => leg === "net" || leg === direction;

function notional(fills: readonly TraderFillRecord[]): string {
  return sum(
    fills.map(({ price, quantity }) => Decimal.parse(price).times(Decimal.parse(quantity)).toString()),
  ).toString();
}

function venuePnl(fills: readonly TraderFillRecord[]): Decimal {
  return sum(fills.map(({ realizedPnl }) => realizedPnl ?? "0"));
}

function sum(amounts: readonly string[]): Decimal {
  return amounts.reduce((total, amount) => total.plus(Decimal.parse(amount)), Decimal.zero);
}

function daily(fills: readonly TraderFillRecord[]): Readonly<Record<string, string>> {
  const days: Record<string, Decimal> = {};
  for (const { timeMs, realizedPnl } of fills) {
    const day = new Date(timeMs).toISOString().slice(0, 10);
    days[day] = (days[day] ?? Decimal.zero).plus(Decimal.parse(realizedPnl ?? "0"));
  }
  return Object.fromEntries(Object.entries(days).map(([day, pnl]) => [day, pnl.toString()]));
}

/** As the golden file allows floats: 1e-9 of the value, 1e-12 near zero. */
function expectClose(found: number, wanted: number): void {
  expect(Math.abs(found - wanted)).toBeLessThanOrEqual(Math.max(1e-9 * Math.abs(wanted), 1e-12));
}
