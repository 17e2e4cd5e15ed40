/**
 * What owners closed of our part must stay closed: until the leader itself goes down, flat or to the other side, or the owner wants it
 * back, our part may not grow past the target less what was closed.
 */
import type { CheckedAccount, Evidence } from "./evidence.ts";
import { compare, type Exact, exact, magnitude, minus, plus, sign, times, ZERO } from "./exact.ts";
import type { LedgerStep } from "./ledger.ts";
import type { TargetPoint } from "./targets.ts";

const INSIDE_BAND = exact("0.92");

export interface OwnersClose {
  readonly atMs: number;
  readonly quantity: Exact;
  /** Of the position that was closed. */
  readonly side: number;
}

/** What `step` took from our part, when the owner (or a liquidation) did it. */
export function ownersClose(step: LedgerStep): OwnersClose | null {
  if (step.ours) return null;
  const quantity = minus(magnitude(step.ownBefore), magnitude(step.ownAfter));
  return sign(quantity) > 0 ? { atMs: step.fill.atMs, quantity, side: sign(step.ownBefore) } : null;
}

/** A venue's clock may differ from the copier's by this. */
export const CLOCKS_MS = 2_000;

/** Those that the owner did not want back by `atMs`. */
export function unreleased(
  closes: readonly OwnersClose[],
  { commands }: Pick<Evidence, "commands">,
  { account }: Pick<CheckedAccount, "account">,
  place: { readonly symbol: string; readonly atMs: number },
): readonly OwnersClose[] {
  const releases = commands.filter(
    ({ kind, follower, symbol = place.symbol }) =>
      kind === "release" && (follower ?? account) === account && symbol === place.symbol,
  );
  if (releases.length === 0) return closes;
  const untilMs = place.atMs + CLOCKS_MS;
  return closes.filter(
    (close) => !releases.some(({ atMs = untilMs }) => atMs >= close.atMs - CLOCKS_MS && atMs <= untilMs),
  );
}

/** How much of the target at `atMs` is certainly given up. */
export function stillClosed(
  closes: readonly OwnersClose[],
  lines: readonly (readonly TargetPoint[])[],
  atMs: number,
  slackMs: number,
): Exact {
  return closes.reduce(
    (sum, { quantity, atMs: closedAtMs }) =>
      lines.some((line) => moved(line, closedAtMs - slackMs, atMs + slackMs)) ? sum : plus(sum, quantity),
    ZERO,
  );
}

/** A target by figures stays inside its band, or else may have gone anywhere between its ends. */
function isAdrift({ least, most }: TargetPoint): boolean {
  return compare(magnitude(least), times(magnitude(most), INSIDE_BAND)) < 0;
}

/** Down, flat or to the other side; also where the figures that size it may have moved it by themselves. */
function moved(line: readonly TargetPoint[], fromMs: number, toMs: number): boolean {
  const first = Math.max(
    line.findLastIndex((point) => point.atMs <= fromMs),
    0,
  );
  return line.some((point, index) => {
    const before = line[index - 1];
    if (index >= first && point.atMs <= toMs && isAdrift(point)) return true;
    if (index <= first || point.atMs > toMs || before === undefined) return false;
    return (
      sign(point.least) !== sign(before.least) || compare(magnitude(point.least), magnitude(before.least)) < 0
    );
  });
}
