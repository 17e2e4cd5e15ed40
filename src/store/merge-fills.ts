/**
 * How the fills of one moment come together with those that are stored: a fill is the same when its trade id is, or, without
 * ids, when every column is and it is the same one among equals. So importing twice changes nothing, and of equal rows as
 * many stay as the fullest file has. Pure; every database uses it.
 */
import type { TraderFillRecord } from "./trader-store.ts";

export interface StoredFill {
  readonly id: number;
  readonly fill: TraderFillRecord;
  /** An earlier row of the same file was this one. */
  readonly isClaimed: boolean;
}

/** What the group's order is afterwards: stored fills by their id, new ones whole. */
export type MergedFill = { readonly stored: number } | { readonly added: TraderFillRecord };

export interface Merge {
  /** Those of the moment, oldest first; those that only the store had come first. */
  readonly order: readonly MergedFill[];
  /** Ids of stored fills that rows of this group are. */
  readonly claimed: readonly number[];
  readonly added: number;
  readonly duplicates: number;
  readonly dropped: number;
  readonly repeatedIds: number;
  readonly conflicts: readonly { readonly fill: TraderFillRecord; readonly reason: string }[];
}

export interface MergeInput {
  readonly incoming: readonly TraderFillRecord[];
  /** Of the same moment. */
  readonly stored: readonly StoredFill[];
  /** Stored fills of any moment that have one of the group's trade ids. */
  readonly storedById: readonly StoredFill[];
  readonly dropDuplicates: boolean;
}

export function mergeFills({ incoming, stored, storedById, dropDuplicates }: MergeInput): Merge {
  const unclaimed = stored.filter(({ isClaimed }) => !isClaimed);
  const free = Map.groupBy(unclaimed, ({ fill }) => contentOf(fill));
  const byId = new Map(storedById.map((one) => [idOf(one.fill), one]));
  const seen = new Map<string, TraderFillRecord>();
  const rows: MergedFill[] = [];
  const claimed: number[] = [];
  const conflicts: { fill: TraderFillRecord; reason: string }[] = [];
  const counts = { added: 0, duplicates: 0, dropped: 0, repeatedIds: 0 };
  const ofMoment = new Set(stored.map(({ id }) => id));
  const claim = (one: StoredFill) => {
    claimed.push(one.id);
    if (ofMoment.has(one.id)) rows.push({ stored: one.id });
  };
  for (const fill of incoming) {
    const hasId = fill.tradeId !== "";
    const name = hasId ? idOf(fill) : contentOf(fill);
    const earlier = seen.get(name) ?? (hasId ? byId.get(name)?.fill : undefined);
    if (hasId && earlier !== undefined && !isSameTrade(earlier, fill)) {
      conflicts.push({ fill, reason: conflictText(earlier, fill) });
      continue;
    }
    const isRepeated = seen.has(name) || (hasId && byId.get(name)?.isClaimed === true);
    seen.set(name, fill);
    if (hasId && isRepeated) {
      counts.repeatedIds += 1;
      continue;
    }
    if (isRepeated && dropDuplicates) {
      counts.dropped += 1;
      continue;
    }
    if (isRepeated) counts.duplicates += 1;
    const known = hasId ? byId.get(name) : free.get(name)?.shift();
    if (known !== undefined) claim(known);
    else {
      counts.added += 1;
      rows.push({ added: fill });
    }
  }
  const told = new Set(rows.flatMap((row) => ("stored" in row ? [row.stored] : [])));
  const untold = stored.filter(({ id }) => !told.has(id)).map(({ id }) => ({ stored: id }));
  return { order: [...untold, ...rows], claimed, conflicts, ...counts };
}

/** A venue may use one id for both sides of a trade, and for each of its markets. */
function idOf({ symbol, side, tradeId }: TraderFillRecord): string {
  return `${tradeId}\n${symbol}\n${side}`;
}

/** Every column but time and trade id: rows that are equal in it are equal. */
export function contentOf(fill: TraderFillRecord): string {
  const { kind, symbol, quoteAsset, side, leg, price, quantity, realizedPnl, fee, feeAsset } = fill;
  const { liquidity, orderId, positionBefore, closedQuantity, leverage } = fill;
  return [
    ...[kind, symbol, quoteAsset, side, leg, price, quantity, realizedPnl, fee, feeAsset],
    ...[liquidity, orderId, positionBefore, closedQuantity, leverage],
  ].join("\n");
}

/** Another export of the same trade may tell less of it, or its time to the minute. */
function isSameTrade(one: TraderFillRecord, other: TraderFillRecord): boolean {
  return one.price === other.price && one.quantity === other.quantity && one.kind === other.kind;
}

function conflictText(stored: TraderFillRecord, fill: TraderFillRecord): string {
  return `the trade id ${fill.tradeId} is there with ${stored.quantity} at ${stored.price} already, and here with ${fill.quantity} at ${fill.price}`;
}
