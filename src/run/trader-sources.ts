/**
 * Where the record of a trader can be fetched from: fills of an address at Hyperliquid, positions of a lead trader at OKX. A source
 * reads from a moment on and tells of fills in the words of the trader store; nothing of it needs a key.
 */

import { Decimal } from "../core/model/decimal.ts";
import { ExchangeError } from "../exchange/exchange-error.ts";
import { type Address, addressOf } from "../exchange/hyperliquid/address.ts";
import { readFunding } from "../exchange/hyperliquid/funding-payments.ts";
import type { HistoryPage, HistoryPages, HistoryWanted } from "../exchange/hyperliquid/history-pages.ts";
import { readFills } from "../exchange/hyperliquid/missed-fills.ts";
import { readTransfers, type Transfer, type TransferPage } from "../exchange/hyperliquid/transfers.ts";
import { createRealOutside } from "../exchange/net/outside.ts";
import { OkxLeadTraders } from "../exchange/okx/lead-traders.ts";
import type { ContractValue, SubPosition } from "../exchange/okx/parse.ts";
import { OKX_URL, OkxPublicRest } from "../exchange/okx/public-rest.ts";
import { positionSize } from "../exchange/okx/size.ts";
import { Scope } from "../exchange/scope.ts";
import type {
  HistoryExtent,
  TraderFillRecord,
  TraderKey,
  TraderTransferRecord,
} from "../store/trader-store.ts";
import { counted } from "../traders/counted.ts";
import { openFormat } from "../traders/formats/formats.ts";
import { openHyperliquid } from "./hyperliquid.ts";
import type { TraderVenue } from "./trader-venues.ts";

export interface FetchedExtent {
  readonly history: HistoryExtent;
  /** What is to be known of it, in sentences. */
  readonly notes: readonly string[];
  /** Null where the source tells none. */
  readonly transfers: readonly TraderTransferRecord[] | null;
}

/** From when on something is asked for. */
export interface FetchSince {
  readonly fillsMs: number;
  /** Of funding payments; null: from the first fill on. */
  readonly fundingMs: number | null;
  readonly transfersMs: number;
}

export interface TraderSource {
  readonly key: TraderKey;
  /** Whether it can read from a moment on; otherwise it always tells all it has. */
  readonly readsSince: boolean;
  /** Fills, funding payments and transfers since then; those of that moment may come again. Rejects with an ExchangeError, or when stopped. */
  read(since: FetchSince, tell: (fill: TraderFillRecord) => void): Promise<FetchedExtent>;
  close(): void;
}

export interface TraderSourceParts {
  readonly venue: TraderVenue;
  readonly id: string;
  /** Null: the venue's own. */
  readonly url: string | null;
  readonly stop: AbortSignal;
}

/** Throws a TypeError that says what an id of the venue looks like. */
export function openTraderSource(parts: TraderSourceParts): TraderSource {
  return parts.venue === "hyperliquid" ? hyperliquidSource(parts) : okxSource(parts);
}

export const HYPERLIQUID_URL = "https://api.hyperliquid.xyz";
/** The venue keeps so many. */
const KEPT_MAX = 10_000;

function hyperliquidSource({ id, url, stop }: TraderSourceParts): TraderSource {
  const address = addressOf(id);
  if (address === undefined) throw new TypeError("an address at Hyperliquid is 0x and 40 hexadecimal digits");
  const outside = createRealOutside();
  const place = openHyperliquid({
    url: url ?? HYPERLIQUID_URL,
    streamUrl: null,
    outside,
    onNotice: () => {},
  });
  const scope = new Scope(outside.clock);
  const close = (): void => {
    scope.close();
    place.streams.close();
    place.feed.close();
    outside.close();
  };
  return {
    key: { venue: "hyperliquid", trader: address },
    readsSince: true,
    close,
    read: async ({ fillsMs, fundingMs, transfersMs }, tell) => {
      const counts = { rejected: 0, spot: 0 };
      const paid = new Set<string>();
      // A page begins with what the one before ended with, and payments have no id.
      const tellOnce = (fill: TraderFillRecord): void => {
        const name = `${fill.timeMs} ${fill.symbol}`;
        if (fill.kind === "funding" && paid.has(name)) return;
        if (fill.kind === "funding") paid.add(name);
        tell(fill);
      };
      const pages = <Page extends HistoryPage>(
        read: Reading<Page>,
        sinceMs: number,
        page: HistoryPages<Page>["page"],
      ) =>
        new Promise<HistoryEnd>((resolve, reject) => {
          stop.addEventListener("abort", () => reject(stop.reason), { once: true });
          const heard = { page, done: resolve, failed: reject };
          read(place.info, scope, { address, sinceMs, urgency: "look" }, heard);
        });
      const pagesOf = (read: Reading<HistoryPage>, sinceMs: number) =>
        pages(read, sinceMs, (_page, rows) => tellPage(address, rows, tellOnce, counts));
      const fills = await pagesOf(readFills, fillsMs);
      const isCut = fillsMs === 0 && fills.rows >= KEPT_MAX;
      const fromMs = fundingMs ?? fills.firstMs;
      const funding = fromMs === 0 ? null : await pagesOf(readFunding, fromMs);
      const transfers = new Map<string, TraderTransferRecord>();
      const untold = new Set<string>();
      const { isCut: isTransfersCut } = await pages<TransferPage>(readTransfers, transfersMs, (page) => {
        for (const transfer of page.transfers) transfers.set(transfer.id, transferRecord(transfer));
        for (const why of page.untold) untold.add(why);
      });
      const isFundingCut = funding?.isCut ?? false;
      const notes = hyperliquidNotes({ ...counts, isCut, isFundingCut, isTransfersCut, untold });
      return { history: isCut ? "truncated" : "complete", notes, transfers: [...transfers.values()] };
    },
  };
}

type Reading<Page extends HistoryPage> = (
  info: Parameters<typeof readFills>[0],
  scope: Scope,
  wanted: HistoryWanted,
  heard: HistoryPages<Page>,
) => void;

interface HistoryEnd {
  readonly rows: number;
  readonly firstMs: number;
  readonly isCut: boolean;
}

function hyperliquidNotes(found: {
  readonly rejected: number;
  readonly spot: number;
  readonly isCut: boolean;
  readonly isFundingCut: boolean;
  readonly isTransfersCut: boolean;
  readonly untold: ReadonlySet<string>;
}): readonly string[] {
  const { rejected, spot, isCut, isFundingCut, isTransfersCut, untold } = found;
  return [
    ...(isCut ? [`the venue keeps the newest ${KEPT_MAX} fills: what came before is not to be had`] : []),
    ...(isFundingCut ? ["there are more funding payments: the same command goes on with them"] : []),
    ...(isTransfersCut ? ["there are more transfers: the same command goes on with them"] : []),
    ...(untold.size > 0 ? [`transfers that are kept without an amount: ${untoldText(untold)}`] : []),
    ...(spot > 0 ? [`${counted(spot, "fill")} of spot pairs: not looked at`] : []),
    ...(rejected > 0 ? [`${counted(rejected, "row")} could not be read`] : []),
  ];
}

const UNTOLD_SHOWN = 5;

function untoldText(untold: ReadonlySet<string>): string {
  const shown = [...untold].slice(0, UNTOLD_SHOWN).join("; ");
  return untold.size > UNTOLD_SHOWN ? `${shown}; and ${untold.size - UNTOLD_SHOWN} other reasons` : shown;
}

function transferRecord({ id, timeMs, kind, amount }: Transfer): TraderTransferRecord {
  return { id, timeMs, kind, amount, asset: amount === null ? "" : "USDC" };
}

/** Through the same reader as files of the same answers. */
function tellPage(
  trader: Address,
  rows: unknown,
  tell: (fill: TraderFillRecord) => void,
  counts: { rejected: number; spot: number },
): void {
  if (Array.isArray(rows) && rows.length === 0) return;
  const text = JSON.stringify(rows);
  const { reader } = openFormat("hyperliquid", {
    head: text,
    trader,
    venue: "hyperliquid",
    emit: (item) => {
      if (item.kind === "fill") tell(item.fill);
      else if (item.kind === "skipped") counts.spot += 1;
      else if (item.kind === "rejected") counts.rejected += 1;
    },
  });
  reader.push(text);
  reader.end();
}

/** Case counts, and there may be only digits (OKX API guide, "Copy Trading"). */
const LEAD_TRADER = /^[A-Za-z0-9]{16,18}$/;

function okxSource({ id, url, stop }: TraderSourceParts): TraderSource {
  if (!LEAD_TRADER.test(id)) throw new TypeError("a lead trader's id at OKX is 16 or 18 letters and digits");
  const outside = createRealOutside();
  const traders = new OkxLeadTraders(new OkxPublicRest(outside, url ?? OKX_URL, stop));
  return {
    key: { venue: "okx", trader: id },
    readsSince: false,
    close: () => outside.close(),
    read: (_since, tell) => readOkx(traders, id, tell),
  };
}

async function readOkx(
  traders: OkxLeadTraders,
  id: string,
  tell: (fill: TraderFillRecord) => void,
): Promise<FetchedExtent> {
  const contracts = await traders.contractValues();
  const closed = await traders.closedPositions(id);
  const open = await traders.openPositions(id);
  const made = [...closed.rows, ...open.rows].map((position) => fillsOf(position, contracts));
  const fills = made.flatMap((one) => one.fills);
  for (const fill of fills.toSorted((left, right) => left.timeMs - right.timeMs)) tell(fill);
  const unreadable = closed.unreadable.length + open.unreadable.length;
  const [unlisted, doubtful] = [made.filter((one) => one.isUnlisted), made.filter((one) => one.isDoubtful)];
  return {
    // Nobody says what was before.
    history: "truncated",
    transfers: null,
    notes: [
      "OKX tells the positions of the last three months, each as one opening and one closing at their average prices, without fees",
      ...(unlisted.length > 0
        ? [
            `${unlisted.length} positions are in instruments whose contracts are not listed as linear: left out`,
          ]
        : []),
      ...(doubtful.length > 0
        ? [`the size of ${doubtful.length} positions fits neither their profit nor their margin`]
        : []),
      ...(unreadable > 0 ? [`${unreadable} positions could not be read`] : []),
    ],
  };
}

interface PositionFills {
  readonly fills: readonly TraderFillRecord[];
  readonly isUnlisted: boolean;
  readonly isDoubtful: boolean;
}

function fillsOf(position: SubPosition, contracts: ReadonlyMap<string, ContractValue>): PositionFills {
  const contract = contracts.get(position.instrument);
  if (contract === undefined) return { fills: [], isUnlisted: true, isDoubtful: false };
  const { quantity, isDoubtful } = positionSize(position, contract.value);
  const { closed } = position;
  const base = {
    kind: "trade",
    symbol: position.instrument,
    quoteAsset: position.currency || "USDT",
    leg: position.leg,
    quantity: quantity.toString(),
    fee: "0",
    feeAsset: position.currency || "USDT",
    liquidity: "unknown",
    orderId: position.id,
    positionBefore: null,
    leverage: position.leverage,
  } as const;
  const opening: TraderFillRecord = {
    ...base,
    timeMs: position.openedAtMs,
    side: position.side,
    price: position.openPrice,
    realizedPnl: "0",
    tradeId: `${position.id}-open`,
    closedQuantity: Decimal.zero.toString(),
  };
  if (closed === null) return { fills: [opening], isUnlisted: false, isDoubtful };
  const closing: TraderFillRecord = {
    ...base,
    timeMs: closed.atMs,
    side: position.side === "buy" ? "sell" : "buy",
    price: closed.price,
    realizedPnl: closed.pnl,
    tradeId: `${position.id}-close`,
    closedQuantity: base.quantity,
  };
  return { fills: [opening, closing], isUnlisted: false, isDoubtful };
}

/** What stopped a fetch, in the venue's words. */
export function fetchFailure(error: unknown): string | null {
  return error instanceof ExchangeError ? error.message : null;
}
