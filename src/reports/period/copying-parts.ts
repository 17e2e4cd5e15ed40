/** Which parts of a difference are shown: those that are more than nothing, and not far below a cent beside the rest. */
import type { ReportCopying } from "./period-report.ts";

const CENT_HALF = 0.005;
/** Of the largest amount. */
const SHARE_LEAST = 1e-3;

type Parts = Pick<ReportCopying, "leaderScaled" | "follower" | "components">;

export function shownParts(copying: Parts): ReportCopying["components"] {
  const isSeen = seenBeside(copying);
  return copying.components.filter(({ amount }) => isSeen(Number(amount)));
}

/** What is there, and too small to be shown. */
export function partsTooSmall(copying: Parts): readonly string[] {
  const isSeen = seenBeside(copying);
  return copying.components.flatMap(({ component, amount }) =>
    Number(amount) === 0 || isSeen(Number(amount)) ? [] : [component],
  );
}

function seenBeside({ leaderScaled, follower, components }: Parts): (amount: number) => boolean {
  const all = [leaderScaled, follower, ...components.map(({ amount }) => amount)];
  const largest = Math.max(...all.map((one) => Math.abs(Number(one))));
  return (amount) => amount !== 0 && Math.abs(amount) >= Math.min(CENT_HALF, SHARE_LEAST * largest);
}
