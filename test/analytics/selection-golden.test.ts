/** Every value of the reference for selection statistics, from the same real series, within the tolerance it states. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { binomialTail } from "../../src/analytics/numeric/beta-function.ts";
import type { ReturnsSeries } from "../../src/analytics/returns-table.ts";
import { expectedMaximum } from "../../src/analytics/selection/deflated-sharpe.ts";
import {
  evidenceOfTable,
  falseDiscoveryOf,
  shrinkageOf,
} from "../../src/analytics/selection/table-evidence.ts";
import { wilsonInterval } from "../../src/analytics/selection/wilson.ts";
import { hasShared, sharedNote, sharedPath } from "../shared.ts";
import { bybitReturns, expectClose, golden, hyperliquidPnl, returnsOnCapital } from "./golden.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Entry = { readonly [key: string]: Json } & {
  readonly id: string;
  readonly input: Readonly<Record<string, string>>;
};

interface Selection {
  readonly probabilistic_sharpe: readonly Entry[];
  readonly deflated_sharpe: readonly (Entry & { readonly input: { readonly symbols: readonly string[] } })[];
  readonly expected_maximum_table: readonly {
    readonly trials: number;
    readonly expected_max_of_standard_normals: number;
  }[];
  readonly false_discovery: readonly (Entry & {
    readonly names: readonly string[];
    readonly p_values: readonly number[];
  })[];
  readonly shrinkage: readonly (Entry & {
    readonly names: readonly string[];
    readonly sharpe_per_day: readonly number[];
    readonly sampling_variance: readonly number[];
  })[];
  readonly wilson_intervals: {
    readonly rows: readonly {
      readonly id: string;
      readonly wins: number;
      readonly n: number;
      readonly "90": readonly number[];
      readonly "95": readonly number[];
      readonly "99": readonly number[];
    }[];
  };
}

/** Keys that name where values come from, or that tell of other libraries' variants. */
const LEFT_OUT = new Set(["id", "input", "variants_that_differ", "library_default_dsr"]);

/** Everything that is wanted is there and as close as it has to be. */
function expectAll(found: unknown, wanted: Json, path: string): void {
  if (typeof wanted === "number") expectClose(found as number, wanted, path);
  else if (wanted === null || typeof wanted !== "object") expect(found, path).toEqual(wanted);
  else {
    const values = (found ?? {}) as Readonly<Record<string, unknown>>;
    for (const [key, value] of Object.entries(wanted))
      if (!LEFT_OUT.has(key)) expectAll(values[key], value, `${path}.${key}`);
  }
}

const series = (name: string, returns: Float64Array): ReturnsSeries => ({ name, firstRow: 0, returns });
const yearOf = (symbol: string) => series(symbol, bybitReturns(symbol, "2023-06-30", "2024-06-30").returns);
const evidence = (all: readonly ReturnsSeries[]) => evidenceOfTable({ dates: [], series: all });

describe.skipIf(!hasShared)(`selection against the reference${sharedNote}`, () => {
  const all = hasShared ? golden<Selection>("selection") : undefined;
  const rows = <Row extends { readonly id: string }>(list: readonly Row[] | undefined) =>
    (list ?? []).map((row) => [row.id, row] as const);

  it.each(rows(all?.probabilistic_sharpe))("knows how sure the Sharpe ratio of %s is", (id, wanted) => {
    const name = wanted.input.filter?.split(" = ")[1] ?? "";
    const base = Number(/\((\d+) \+/.exec(wanted.input.returns ?? "")?.[1] ?? Number.NaN);
    const returns = Number.isNaN(base)
      ? bybitReturns(name, "", "9999").returns
      : returnsOnCapital(hyperliquidPnl(name).pnl, base, false);
    const [found] = evidence([series(id, returns)]).probabilistic_sharpe;
    expectAll(found, wanted, id);
  });

  it.each(rows(all?.deflated_sharpe))("deflates the best of %s", (id, wanted) => {
    const [found] = evidence(wanted.input.symbols.map(yearOf)).deflated_sharpe;
    const { dsr_of_each_trial: each, ...rest } = wanted;
    expectAll(found, rest, id);
    if (each !== null && each !== undefined) expectAll(found?.dsr_of_each_trial, each, id);
  });

  it("knows the expected maximum of many", () => {
    for (const { trials, expected_max_of_standard_normals: wanted } of all?.expected_maximum_table ?? [])
      expectClose(expectedMaximum(trials), wanted, String(trials));
  });

  it.each(rows(all?.false_discovery))("corrects the p-values of %s", (id, wanted) => {
    const { names: _, ...rest } = wanted;
    expectAll(falseDiscoveryOf(wanted.p_values), rest, id);
  });

  it("makes the same p-values of the same returns and wins", () => {
    const [coins, leads, accounts] = all?.false_discovery ?? [];
    const [mean] = evidence((coins?.names ?? []).map(yearOf)).false_discovery;
    expect(mean?.names).toEqual(coins?.names);
    expectAll(mean?.p_values, coins?.p_values ?? [], "coins");
    const [pnl] = evidence(
      (accounts?.names ?? []).map((name) => series(name, hyperliquidPnl(name).pnl)),
    ).false_discovery;
    expectAll(pnl?.p_values, accounts?.p_values ?? [], "accounts");
    const counted = new Map(all?.wilson_intervals.rows.map(({ id, wins, n }) => [id, { wins, n }]));
    const chances = leads?.names.map((name) =>
      binomialTail(counted.get(name)?.wins ?? 0, counted.get(name)?.n ?? 0),
    );
    expectAll(chances, leads?.p_values ?? [], "leads");
  });

  it.each(rows(all?.shrinkage))("draws the Sharpe ratios of %s together", (id, wanted) => {
    const { towards_zero = null, towards_grand_mean = null, heteroscedastic = null } = wanted;
    const parts: Json = { towards_zero, towards_grand_mean, heteroscedastic };
    expectAll(shrinkageOf(wanted.sharpe_per_day, wanted.sampling_variance), parts, id);
    if (id === "hand_made_6") return;
    const own = wanted.names.map((name) =>
      name.startsWith("0x") ? series(name, hyperliquidPnl(name).pnl) : yearOf(name),
    );
    expectAll(evidence(own).shrinkage[0], wanted, id);
  });

  it("has Wilson's interval for every lead's win rate", () => {
    const counts = winsOfLeads();
    for (const { id, wins, n, ...wanted } of all?.wilson_intervals.rows ?? []) {
      if (counts.has(id)) expect(counts.get(id), id).toEqual({ wins, n });
      for (const [confidence, [low = Number.NaN, high = Number.NaN]] of Object.entries(wanted)) {
        const found = wilsonInterval(wins, n, Number(confidence) / 100);
        expectClose(found?.[0], low, `${id} ${confidence}`);
        expectClose(found?.[1], high, `${id} ${confidence}`);
      }
    }
  });
});

function winsOfLeads(): ReadonlyMap<string, { readonly wins: number; readonly n: number }> {
  const text = gunzipSync(readFileSync(sharedPath("data/traders/binance_copy/fills.csv.gz"))).toString();
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const columns = header.split(",");
  const counts = new Map<string, { wins: number; n: number }>();
  for (const line of lines) {
    const cells = line.split(",");
    const id = cells[columns.indexOf("port_id")] ?? "";
    const pnl = Number(cells[columns.indexOf("realized_pnl")]);
    const { wins, n } = counts.get(id) ?? { wins: 0, n: 0 };
    counts.set(id, { wins: wins + (pnl > 0 ? 1 : 0), n: n + (pnl === 0 ? 0 : 1) });
  }
  return counts;
}
