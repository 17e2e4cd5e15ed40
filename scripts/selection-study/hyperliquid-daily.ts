/**
 * Daily realised profits of Hyperliquid accounts (`account,date_ist,realised_pnl_usd,...`, only days with fills), cut into periods. Nobody told
 * the capital: taken is ten times the largest day that was known, so that no day before moved it by more than a tenth.
 */
import { readFileSync } from "node:fs";
import { returnsOn } from "../../src/analytics/equity/capital.ts";
import { DAY_MS } from "../../src/analytics/equity/days.ts";
import { rankRecords } from "../../src/analytics/ranking/rank-records.ts";
import type { Period, PeriodCandidate } from "../../src/analytics/walk-forward/holding.ts";
import type { DaySpan } from "../../src/traders/walk-forward/spans.ts";

const DAYS_OF_CAPITAL = 10;

interface Account {
  readonly name: string;
  readonly firstDay: number;
  /** A day each, 0 where nothing was closed, to the last day of the file. */
  readonly profits: Float64Array;
}

export function readAccounts(path: string): {
  readonly accounts: readonly Account[];
  readonly lastDay: number;
} {
  const [header = "", ...lines] = readFileSync(path, "utf8").trim().split("\n");
  const columns = header.split(",");
  const [name, date, profit] = ["account", "date_ist", "realised_pnl_usd"].map((one) => columns.indexOf(one));
  const rows = lines.map((line) => {
    const cells = line.split(",");
    return {
      account: cells[name ?? 0] ?? "",
      day: Date.parse(cells[date ?? 1] ?? "") / DAY_MS,
      profit: Number(cells[profit ?? 2]),
    };
  });
  const lastDay = Math.max(...rows.map(({ day }) => day));
  const accounts = [...Map.groupBy(rows, ({ account }) => account)].map(([account, own]) => {
    const firstDay = Math.min(...own.map(({ day }) => day));
    const profits = new Float64Array(lastDay - firstDay + 1);
    for (const one of own) profits[one.day - firstDay] = one.profit;
    return { name: account, firstDay, profits };
  });
  return { accounts, lastDay };
}

export interface AccountNeeds {
  /** From the first day with a fill on. */
  readonly days: number;
  /** Days on which something was closed. */
  readonly closingDays: number;
}

/** In the order of the careful ranking of the time; periods without a candidate are left out. */
export function accountPeriods(
  accounts: readonly Account[],
  spans: readonly DaySpan[],
  needs: AccountNeeds,
): readonly Period[] {
  return spans
    .map((span) => {
      const known = accounts.flatMap((account) => candidateOf(account, span, needs));
      const { ranked } = rankRecords(known, { screened: accounts.length });
      const candidates = ranked.flatMap(({ name }) => known.find((one) => one.name === name) ?? []);
      return { ...span, candidates };
    })
    .filter(({ candidates }) => candidates.length > 0);
}

function candidateOf(account: Account, { beginDay, days }: DaySpan, needs: AccountNeeds): PeriodCandidate[] {
  const place = beginDay - account.firstDay;
  if (place < needs.days) return [];
  const before = account.profits.subarray(0, place);
  if (before.filter((profit) => profit !== 0).length < needs.closingDays) return [];
  const capital = DAYS_OF_CAPITAL * before.reduce((most, profit) => Math.max(most, Math.abs(profit)), 0);
  if (capital === 0) return [];
  const returns = before.map((profit) => profit / capital);
  const outcome = returnsOn(capital, account.profits.slice(place, place + days)).returns;
  return [{ name: account.name, returns, outcome }];
}
