/**
 * THE CONTRACT of the trader store: the fills of traders whose record is studied, as imported, and what is derived from them.
 * A file of its own, apart from the engine's database. Nobody is ever forgotten: a trader that vanished from its venue stays,
 * with when it was last seen, or every later ranking would know winners only. Amounts are decimal strings, times UTC
 * milliseconds.
 */
import type { Leg, Side } from "../core/event.ts";

/** The same id may exist at two venues. */
export interface TraderKey {
  readonly venue: string;
  readonly trader: string;
}

/** What a row of a history is; all but funding change the position. */
export type FillKind = "trade" | "liquidation" | "deleveraging" | "settlement" | "funding";

export interface TraderFillRecord {
  readonly kind: FillKind;
  readonly timeMs: number;
  /** As the venue calls it; prices and quantities of multiples (1000PEPEUSDT, kBONK) are the venue's. */
  readonly symbol: string;
  /** What price and profit are counted in. */
  readonly quoteAsset: string;
  readonly side: Side;
  /** `untold`: the source does not say whether long and short may be held at once. */
  readonly leg: Leg | "untold";
  /** Above zero; for funding also "0", where the source has none. */
  readonly price: string;
  /** Base units, above zero; the position's size for funding. */
  readonly quantity: string;
  /** The venue's own figure before fees; null where the source has none. */
  readonly realizedPnl: string | null;
  /** As cash: negative is paid, positive a rebate. The funding payment itself for funding. */
  readonly fee: string;
  readonly feeAsset: string;
  readonly liquidity: "maker" | "taker" | "unknown";
  /** "" where the source has none. */
  readonly tradeId: string;
  readonly orderId: string;
  /** Signed position before this fill; null where the source does not say. */
  readonly positionBefore: string | null;
  /** How much of the quantity closed something; null where the source does not say. */
  readonly closedQuantity: string | null;
  readonly leverage: string | null;
}

/** Where what was paid in came from, or what was paid out went. */
export type TransferKind =
  | "deposit"
  | "withdrawal"
  | "address"
  | "sub-account"
  | "spot"
  | "vault"
  | "unknown";

/** Money that moved into or out of the account that positions are held with. */
export interface TraderTransferRecord {
  /** Names it among the trader's transfers. */
  readonly id: string;
  readonly timeMs: number;
  readonly kind: TransferKind;
  /** Positive is paid in; null where the source does not tell how much or which way. Fees of the transfer are not in it. */
  readonly amount: string | null;
  /** "" where the amount is null. */
  readonly asset: string;
}

export interface TraderTransfers {
  /** When a source last told them. */
  readonly readMs: number;
  /** Oldest first. */
  readonly rows: readonly TraderTransferRecord[];
}

export interface TransferCounts {
  /** Told better, too. */
  readonly added: number;
  readonly known: number;
}

/** Fills of one trader at one moment, oldest first: the unit in which histories are merged. */
export interface FillGroup {
  readonly key: TraderKey;
  readonly timeMs: number;
  readonly fills: readonly TraderFillRecord[];
}

/** What an account's history is known to be: cut by its source, whole, or nobody said. */
export type HistoryExtent = "unknown" | "complete" | "truncated";

export interface TraderRecord extends TraderKey {
  readonly firstSeenMs: number;
  /** The newest time at which a source named the trader. */
  readonly lastSeenMs: number;
  readonly history: HistoryExtent;
  /** Capital that the owner stated with the import; null when nobody did. */
  readonly statedEquity: string | null;
  /** Grows whenever fills, transfers or what was stated change; derived figures name the one they were made from. */
  readonly revision: number;
  /** Rows of its sources that were no fills. */
  readonly rejectedRows: number;
}

/** What one file said about one trader beside its fills. */
export interface TraderStatement {
  readonly key: TraderKey;
  /** When the source was made. */
  readonly seenMs: number;
  readonly history: HistoryExtent;
  readonly statedEquity: string | null;
  readonly rejectedRows: number;
}

export interface ImportSource {
  /** SHA-256 of the file's bytes, hexadecimal: the same file counts once, whatever it is called. */
  readonly hash: string;
  readonly name: string;
}

/** What became of the fills of some groups. */
export interface MergeCounts {
  readonly added: number;
  /** In the store before. */
  readonly known: number;
  /** Of those added or known: rows equal to an earlier row of the same file in every column, without a trade id. */
  readonly duplicates: number;
  /** Not taken because of `dropDuplicates`. */
  readonly dropped: number;
  /** The same trade id a second time in the same file. */
  readonly repeatedIds: number;
  /** The trade id is stored with another price or quantity, so one of the two is wrong. */
  readonly conflicts: readonly FillConflict[];
}

export interface FillConflict {
  readonly key: TraderKey;
  readonly fill: TraderFillRecord;
  readonly reason: string;
}

/** One file on its way in. Groups may come in any order; each call is one transaction. */
export interface TraderImport {
  /** Each fill of a group is new or one that is stored: of equal rows as many are kept as the fullest file has. */
  merge(groups: readonly FillGroup[], options: { readonly dropDuplicates: boolean }): Promise<MergeCounts>;
  /** Notes the traders that the file named, with or without fills. */
  finish(source: ImportSource, statements: readonly TraderStatement[]): Promise<void>;
}

export interface TraderStore {
  /** `seenMs`: when the file was made; another import of the same store must not be under way. */
  beginImport(seenMs: number): TraderImport;
  /** All that were ever seen, by venue and id. */
  traders(): Promise<readonly TraderRecord[]>;
  /** Pages of one trader's fills, oldest first, in the order of the venue within a moment. */
  fills(key: TraderKey): AsyncIterable<readonly TraderFillRecord[]>;
  /** Takes in those that are new; a stored one changes only where its amount was not told and is now. Rejects with a RangeError for an unknown trader. */
  takeTransfers(key: TraderKey, transfers: TraderTransfers): Promise<TransferCounts>;
  /** All of a trader's; null where no source tells transfers, which is another thing than none. */
  transfers(key: TraderKey): Promise<TraderTransfers | null>;
  /** A derived document, as it was saved under this name; null when there is none. */
  derived(key: TraderKey, name: string): Promise<DerivedDocument | null>;
  saveDerived(key: TraderKey, name: string, document: DerivedDocument): Promise<void>;
  /** Notes for good that these were looked at at a venue, whether or not anything of them is ever taken in. */
  noteScreened(keys: readonly TraderKey[], atMs: number): Promise<void>;
  /** Notes for good how many were looked at elsewhere, where no list names them. */
  noteScreenedElsewhere(note: Omit<ScreenedElsewhere, "id">): Promise<void>;
  /** In the order in which they were noted. */
  screenedElsewhere(): Promise<readonly ScreenedElsewhere[]>;
  /** Takes a note back that was wrong; false when there is none of this id. */
  takeBackScreenedElsewhere(id: number): Promise<boolean>;
  /** How many were ever looked at: those above, and all of `traders`, each once; and those noted without a name. */
  screened(): Promise<number>;
  close(): Promise<void>;
}

/** Some that were looked at and left out without being taken in: the best of many is lucky, whoever the others were. */
export interface ScreenedElsewhere {
  /** 1 and up. */
  readonly id: number;
  readonly count: number;
  readonly where: string;
  readonly atMs: number;
}

/** JSON made from a trader's fills. It counts for as long as `basis` is what it would be made from now. */
export interface DerivedDocument {
  readonly basis: string;
  readonly json: string;
}
