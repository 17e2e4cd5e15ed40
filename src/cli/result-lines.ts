/** What copying brought in and cost, as a table: each leader, what is no leader's, and the account's sum. */
import type { CopyResult, FollowerResults } from "../control/control.ts";
import { coloured } from "./output.ts";
import { table } from "./table.ts";

export interface FollowerWithResults {
  readonly follower: string;
  readonly results: readonly FollowerResults[];
}

export function resultLines(followers: readonly FollowerWithResults[]): readonly string[] {
  const rows = followers.flatMap(({ follower, results }) =>
    results.flatMap(({ coin, leaders, unattributed, account }) => [
      ...leaders.map(({ leader, ...result }) => resultRow(follower, leader, coin, result)),
      ...(isNothing(unattributed) ? [] : [resultRow(follower, "(no leader's)", coin, unattributed)]),
      resultRow(follower, "(account)", coin, account).map((text) => coloured("bold", text)),
    ]),
  );
  if (rows.length === 0) return [];
  const columns = [
    { title: "FOLLOWER" },
    { title: "LEADER" },
    { title: "TRADES", align: "right" },
    { title: "FEES", align: "right" },
    { title: "FUNDING", align: "right" },
    { title: "PROFIT", align: "right" },
    { title: "COIN" },
  ] as const;
  return table(columns, rows);
}

/** Where a price is missing it cannot be told apart, and the account's row says so. */
function isNothing({ trades, fees, funding }: CopyResult): boolean {
  return (trades === "0" || trades === "") && fees === "0" && funding === "0";
}

/** In full: the rows sum to the account's, and cut amounts would not. */
function resultRow(
  follower: string,
  leader: string,
  coin: string,
  { trades, fees, funding, profit }: CopyResult,
): readonly string[] {
  return [follower, leader, known(trades), fees, funding, known(profit), coin];
}

function known(amount: string): string {
  return amount === "" ? "no price" : amount;
}
