/** A section of reports: the three best and the three worst days of the period. */
import type { ReportedDay, ReportSectionMaker } from "./report-contract.ts";

const SHOWN = 3;

const maker: ReportSectionMaker = {
  contract: 1,
  kind: "report-section",
  name: "best-and-worst-days",
  description: "the best and the worst days of the period",
  section: ({ days, coin, period }) => {
    const known = days.filter(({ lived }) => lived);
    if (period.kind === "daily" || known.length < 2 * SHOWN) return null;
    const inOrder = known.toSorted((one, other) => Number(other.profit) - Number(one.profit));
    return {
      title: "Best and worst days",
      paragraphs: [`Of ${known.length} days.`],
      table: {
        head: ["Day", `Profit, ${coin}`, "Trades"],
        rows: [...inOrder.slice(0, SHOWN), ...inOrder.slice(-SHOWN)].map(row),
      },
    };
  },
};

function row({ day, profit, trades }: ReportedDay): readonly string[] {
  return [day, Number(profit).toFixed(2), String(trades)];
}

export default maker;
