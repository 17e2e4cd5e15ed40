/**
 * Fills as they come out of a file, gathered into moments of one trader and put oldest first. Files run forwards or backwards in
 * time; within one moment only the file's order is known, and, where the venue tells the position before each fill, the chain
 * of those positions.
 */
import { Decimal } from "../core/model/decimal.ts";
import type { FillGroup, TraderFillRecord, TraderKey } from "../store/trader-store.ts";

/** A moment with more fills is told in parts. */
const GROUP_MAX = 20_000;
/** Traders of whom a moment may still go on. The texts of a fill keep the piece of the file that they were cut from in memory. */
const OPEN_MAX = 200;

interface Gathering {
  readonly key: TraderKey;
  timeMs: number;
  fills: TraderFillRecord[];
  isBackwards: boolean;
}

export class FillGroups {
  /** How the file ran when that was last seen. */
  #isBackwards: boolean;
  readonly #open = new Map<string, Gathering>();
  readonly #onGroup: (group: FillGroup) => void;

  /** `isBackwards` is what to think of a file that has only one moment. */
  constructor({
    isBackwards,
    onGroup,
  }: { readonly isBackwards: boolean; readonly onGroup: (group: FillGroup) => void }) {
    this.#isBackwards = isBackwards;
    this.#onGroup = onGroup;
  }

  add(key: TraderKey, fill: TraderFillRecord): void {
    const name = `${key.venue}\n${key.trader}`;
    const open = this.#open.get(name);
    if (open === undefined) {
      if (this.#open.size >= OPEN_MAX) this.#closeOldest();
      this.#open.set(name, { key, timeMs: fill.timeMs, fills: [fill], isBackwards: this.#isBackwards });
    } else if (open.timeMs === fill.timeMs && open.fills.length < GROUP_MAX) open.fills.push(fill);
    else {
      if (open.timeMs !== fill.timeMs) open.isBackwards = fill.timeMs < open.timeMs;
      this.#isBackwards = open.isBackwards;
      this.#close(open);
      open.timeMs = fill.timeMs;
      open.fills = [fill];
    }
  }

  end(): void {
    for (const open of this.#open.values()) this.#close(open);
    this.#open.clear();
  }

  #closeOldest(): void {
    for (const [name, open] of this.#open) {
      this.#close(open);
      this.#open.delete(name);
      return;
    }
  }

  #close({ key, timeMs, fills, isBackwards }: Gathering): void {
    this.#onGroup({ key, timeMs, fills: inOrder(fills, isBackwards) });
  }
}

/** Oldest first: as the chain of positions says, else as the file runs. */
function inOrder(fills: readonly TraderFillRecord[], isBackwards: boolean): readonly TraderFillRecord[] {
  if (fills.length === 1) return fills;
  const forwards = isBackwards ? fills.toReversed() : fills;
  const breaks = chainBreaks(forwards);
  if (breaks === 0) return forwards;
  const other = forwards.toReversed();
  return chainBreaks(other) < breaks ? other : forwards;
}

/** How often a fill does not begin with the position that the fill before it left. */
function chainBreaks(fills: readonly TraderFillRecord[]): number {
  const after = new Map<string, Decimal>();
  let breaks = 0;
  for (const { symbol, side, quantity, positionBefore } of fills) {
    if (positionBefore === null) continue;
    const before = Decimal.parse(positionBefore);
    if (after.get(symbol)?.equals(before) === false) breaks += 1;
    const size = Decimal.parse(quantity);
    after.set(symbol, side === "buy" ? before.plus(size) : before.minus(size));
  }
  return breaks;
}
