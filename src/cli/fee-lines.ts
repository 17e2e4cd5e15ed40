/** The ledger of performance fees, for people: what each leader has earned of each follower, and how each period came to it. */
import { timeText } from "../analytics/equity/day-text.ts";
import type { FeeAccount, FeesReport } from "../control/performance/fees.ts";
import { Decimal } from "../core/model/decimal.ts";
import { table } from "./table.ts";

const PLACES = 4;
const right = (title: string) => ({ title, align: "right" as const });

export function feeLines({ asOfMs, accounts, totals }: FeesReport): readonly string[] {
  if (accounts.length === 0)
    return [
      "no performance fee was agreed: performance_fee in a leader's file, or under copy_trading, says one",
    ];
  const cells = accounts.flatMap(accountCells);
  const columns = [
    { title: "LEADER" },
    { title: "FOLLOWER" },
    { title: "PERIOD" },
    right("RATE"),
    right("PROFIT"),
    right("MARK"),
    right("FEE"),
    { title: "" },
  ];
  const sums = totals.map(({ leader, coin, isPaper, settled, accrued, paid, owed }) => [
    paperName(leader, isPaper),
    ...(isPaper ? [amountText(settled), "-", "-"] : [settled, paid, owed].map(amountText)),
    amountText(accrued),
    coin,
  ]);
  const cut = accounts.filter(({ knownFrom }) => knownFrom !== null);
  return [
    `as of ${timeText(asOfMs - (asOfMs % 60_000))} UTC; a ledger, no money moves`,
    "",
    ...table(columns, cells),
    "",
    ...table(
      [
        { title: "LEADER" },
        right("SETTLED"),
        right("PAID"),
        right("OWED"),
        right("RUNNING"),
        { title: "COIN" },
      ],
      sums,
    ),
    ...cut.map(
      ({ leader, follower, knownFrom }) =>
        `of ${leader} on ${follower} nothing is known before ${knownFrom}: what there was of profit by then counts as settled`,
    ),
  ];
}

function accountCells(account: FeeAccount): readonly (readonly string[])[] {
  return account.rows.map(({ period, rate, profit, mark, fee, settled }, at) => [
    at === 0 ? paperName(account.leader, account.isPaper) : "",
    at === 0 ? account.follower : "",
    period,
    `${Decimal.parse(rate).timesPowerOfTen(2)} %`,
    amountText(profit),
    amountText(mark),
    amountText(fee),
    settled ? "" : "running",
  ]);
}

function paperName(name: string, isPaper: boolean): string {
  return isPaper ? `${name} (paper)` : name;
}

function amountText(text: string): string {
  return Decimal.parse(text).dividedBy(Decimal.one, PLACES, "half-even").toFixed(PLACES);
}
