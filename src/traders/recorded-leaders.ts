/**
 * What copied leaders do, taken on from the engine's database into the trader store, so that each has a record that grows while it is
 * copied. Read behind the engine, never by it; a fill that is there already changes nothing, so reading may begin anywhere.
 */
import { createHash } from "node:crypto";
import type { FillPlace, FillRecord, Store } from "../store/store.ts";
import type { FillGroup, TraderFillRecord, TraderKey, TraderStore } from "../store/trader-store.ts";
import { FillGroups } from "./fill-groups.ts";
import { fillOfText } from "./formats/fill-text.ts";

/** Fills read and taken in at a time. */
const PAGE_FILLS = 5_000;
const COLUMNS = {
  time: "time",
  symbol: "symbol",
  side: "side",
  leg: "leg",
  price: "price",
  quantity: "quantity",
  realizedPnl: "realized_pnl",
  fee: "fee",
  positionBefore: "position_before",
  closedQuantity: "closed_quantity",
  leverage: "leverage",
  paidIsPositive: true,
};

export interface RecordedLeaders {
  /** Who of the accounts is recorded, and as whom. */
  readonly keys: ReadonlyMap<string, TraderKey>;
  readonly nowMs: number;
  /** Where the last reading ended; null: nothing was read yet. */
  readonly after: FillPlace | null;
}

export interface RecordingReport {
  /** Where the next reading goes on. */
  readonly after: FillPlace | null;
  readonly added: number;
  /** Rows that are no fills, in words. */
  readonly refused: readonly string[];
}

export async function recordLeaders(
  traders: TraderStore,
  engine: Pick<Store, "leaderFills" | "firstEquity">,
  { keys, nowMs, after }: RecordedLeaders,
): Promise<RecordingReport> {
  const taking = traders.beginImport(nowMs);
  const before = new Set((await traders.traders()).map(nameOf));
  const refused: string[] = [];
  const named = new Set<string>();
  let [place, added] = [after, 0];
  for (;;) {
    const page = await engine.leaderFills({ after: place, limit: PAGE_FILLS });
    const groups = groupsOf(page, keys, refused);
    if (groups.length > 0) added += (await taking.merge(groups, { dropDuplicates: false })).added;
    for (const { account } of page) if (keys.has(account)) named.add(account);
    place = page.at(-1) ?? place;
    if (page.length < PAGE_FILLS) break;
  }
  for (const account of named) {
    const key = keys.get(account);
    if (key === undefined) continue;
    // Capital counts from the beginning of a history: of one that was there before, this is not its capital.
    const equity = before.has(nameOf(key)) ? null : await engine.firstEquity(account);
    await taking.finish({ hash: sourceHash(key), name: "recorded while copying" }, [
      { key, seenMs: nowMs, history: "unknown", statedEquity: equity?.equity ?? null, rejectedRows: 0 },
    ]);
  }
  return { after: place === null ? null : placeOf(place), added, refused };
}

function groupsOf(
  page: readonly FillRecord[],
  keys: ReadonlyMap<string, TraderKey>,
  refused: string[],
): readonly FillGroup[] {
  const groups: FillGroup[] = [];
  const gathering = new FillGroups({ isBackwards: false, onGroup: (group) => groups.push(group) });
  for (const row of page) {
    const key = keys.get(row.account);
    if (key === undefined) continue;
    const fill = traderFill(row);
    if (typeof fill === "string") refused.push(`${row.account} ${row.tradeId}: ${fill}`);
    else gathering.add(key, fill);
  }
  gathering.end();
  return groups;
}

/** Through the same door as the rows of files. */
function traderFill(row: FillRecord): TraderFillRecord | string {
  const { symbol, side, price, quantity, fee, tradeId, positionBefore, venueTimeMs: timeMs } = row;
  const quoteAsset = symbol.includes("USDT") ? "USDT" : "USDC";
  return fillOfText(
    {
      kind: "trade",
      timeMs,
      symbol,
      quoteAsset,
      side,
      leg: row.leg,
      price,
      quantity,
      realizedPnl: "",
      fee,
      feeAsset: quoteAsset,
      liquidity: "unknown",
      tradeId,
      orderId: "",
      positionBefore,
      closedQuantity: "",
      leverage: "",
    },
    COLUMNS,
  );
}

function nameOf({ venue, trader }: TraderKey): string {
  return `${venue} ${trader}`;
}

/** One source for each leader, however often it is read. */
function sourceHash({ venue, trader }: TraderKey): string {
  return createHash("sha256").update(`recorded ${venue} ${trader}`).digest("hex");
}

function placeOf({ sequence, account, tradeId }: FillPlace): FillPlace {
  return { sequence, account, tradeId };
}
