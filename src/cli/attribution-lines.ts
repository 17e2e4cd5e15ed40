/** Why a follower made more or less than its leader, for people: the two results, what lies between them, and how well it follows. */
import { rangeText, timeText } from "../analytics/equity/day-text.ts";
import type {
  AttributedDifference,
  AttributedRow,
  AttributionReport,
} from "../control/attribution-report.ts";
import { explanationOf } from "../control/journal-report.ts";
import { Decimal } from "../core/model/decimal.ts";
import { coloured } from "./output.ts";
import { table } from "./table.ts";

/** What is shown of an amount; the JSON form has all digits. */
const PLACES = 4;

/** In the words of somebody who asks why. */
const MEANINGS: Readonly<Record<string, string>> = {
  "start-date": "what the leader held before it was copied",
  rounding: "sizes are whole steps",
  caps: "limits kept it smaller",
  minimum: "the exchange's smallest order",
  missed: "given up",
  late: "waited",
  delay: "the price moved until your order was decided on",
  spread: "the other side of the book had to be taken",
  impact: "filled beyond the best price",
  fees: "your fees, less the leader's scaled",
  funding: "your funding, less the leader's scaled",
};

export function attributionLines(report: AttributionReport): readonly string[] {
  const { window, journalFromMs, totals, rows, withoutPrice } = report;
  const isCut = window.fromMs < journalFromMs;
  const copies = rows.length === 1 ? "1 copy" : `${rows.length} rows`;
  return [
    `${rangeText(window)} UTC, ${copies}`,
    ...(isCut ? [`the journal begins at ${timeText(journalFromMs)}: nothing is known of before`] : []),
    ...(totals.length === 0 ? ["", "nothing was copied in this window"] : []),
    ...totals.flatMap((total) => ["", ...splitLines(total, total.coin), "", ...metricLines(total.metrics)]),
    ...(rows.length > 1 ? ["", ...rowLines(rows)] : []),
    ...noteLines(rows, withoutPrice),
  ];
}

function splitLines(split: AttributedDifference, coin: string): readonly string[] {
  const { leaderScaled, followerResult, difference, components, residual } = split;
  const isNothing = (amount: string) => amount === "0";
  const absent = components.filter(({ amount, reasons }) => isNothing(amount) && reasons.length === 0);
  const cells = components
    .filter((one) => !absent.includes(one))
    .flatMap(({ component, amount, reasons }) => [
      [component, amountText(amount), MEANINGS[component] ?? ""],
      ...reasons.map((one) => [`  ${one.reason}`, amountText(one.amount), reasonText(one.reason)]),
    ]);
  const residualText = residual === "0" ? "to the last digit" : coloured("red", `${residual} is unexplained`);
  return table(
    [{ title: coin }, { title: "AMOUNT", align: "right" }, { title: "WHY" }],
    [
      ["leader, scaled", amountText(leaderScaled.profit), "by the size rule, at the leader's prices"],
      ["you", amountText(followerResult.profit), verdict(difference)],
      ["difference", amountText(difference), ""].map((text) => coloured("bold", text)),
      ...cells.map(([name = "", amount = "", why = ""]) => [`  ${name}`, amount, why]),
      ...(absent.length === 0
        ? []
        : [["  nothing", "", absent.map(({ component }) => component).join(", ")]]),
      ["sum", amountText(difference), residualText],
    ],
    { overflow: "wrap" },
  );
}

function verdict(difference: string): string {
  const value = Decimal.parse(difference);
  if (value.isZero) return "as much as your leader";
  const size = value.absolute().dividedBy(Decimal.one, 2, "half-even").toFixed(2);
  return `${size} ${value.sign < 0 ? "less" : "more"} than your leader`;
}

function reasonText(reason: string): string {
  if (reason === "rounded-up") return "raised to the exchange's smallest order";
  if (reason === "ahead-of-leader") return "a pending entry filled before the leader's did";
  if (reason === "awaits-approval") return "you were asked to approve it";
  return explanationOf(reason);
}

function metricLines(metrics: AttributionReport["totals"][number]["metrics"]): readonly string[] {
  const { changes, copied, notCopied, executionDelayMs: delay, slippageBps } = metrics;
  const reasons = notCopied.map(({ reason, changes: count }) => `${count} ${reason}`).join(", ");
  return table(
    [{ title: "COPYING" }, { title: "" }],
    [
      ["changes copied", `${copied} of ${changes}${reasons === "" ? "" : `; not: ${reasons}`}`],
      [
        "execution delay",
        delay === null
          ? "-"
          : `p50 ${msText(delay.p50)}, p95 ${msText(delay.p95)}, p99 ${msText(delay.p99)}, from the leader's fill to yours (${delay.executions} executions)`,
      ],
      ["slippage", slippageBps === null ? "-" : `${slippageBps} bp from the leader's price (+ is worse)`],
      ["time in parity", percentText(metrics.timeInParity)],
      ["exposure error", percentText(metrics.exposureError)],
    ],
    { overflow: "wrap" },
  );
}

function rowLines(rows: readonly AttributedRow[]): readonly string[] {
  const columns = [
    { title: "LEADER" },
    { title: "FOLLOWER" },
    { title: "SYMBOL" },
    { title: "LEADER'S", align: "right" },
    { title: "YOURS", align: "right" },
    { title: "DIFFERENCE", align: "right" },
    { title: "MOSTLY" },
  ] as const;
  const cells = rows.map(({ leader, follower, symbol, trade, ...row }) => [
    leader,
    follower,
    trade === undefined ? symbol : `${symbol} ${trade === null ? "before" : `from ${trade}`}`,
    amountText(row.leaderScaled.profit),
    amountText(row.followerResult.profit),
    amountText(row.difference),
    mostly(row),
  ]);
  return table(columns, cells);
}

/** The two largest parts. */
function mostly({ components }: Pick<AttributedDifference, "components">): string {
  const parts = components
    .map(({ component, amount }) => ({ component, amount: Decimal.parse(shortened(amount)) }))
    .filter(({ amount }) => !amount.isZero)
    .sort((left, right) => right.amount.absolute().compare(left.amount.absolute()));
  return parts
    .slice(0, 2)
    .map(({ component, amount }) => `${component} ${signed(amount)}`)
    .join(", ");
}

function noteLines(rows: readonly AttributedRow[], withoutPrice: readonly string[]): readonly string[] {
  const unpriced = rows.reduce((sum, row) => sum + row.unpricedChanges, 0);
  return [
    ...(unpriced === 0
      ? []
      : [
          "",
          `${unpriced} leader changes were told without their price: they count at the price of that moment`,
        ]),
    ...withoutPrice.map((copy) => `left out, as no price is known: ${copy}`),
  ];
}

function amountText(text: string): string {
  return signed(Decimal.parse(shortened(text)));
}

function shortened(text: string): string {
  return Decimal.parse(text).dividedBy(Decimal.one, PLACES, "half-even").toString();
}

function signed(value: Decimal): string {
  return `${value.sign > 0 ? "+" : ""}${value.toFixed(PLACES)}`;
}

function msText(ms: number): string {
  return ms < 10_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function percentText(share: string | null): string {
  return share === null ? "-" : `${Decimal.parse(share).timesPowerOfTen(2)} %`;
}
