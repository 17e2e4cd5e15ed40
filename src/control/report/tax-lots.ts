/**
 * What each closing of a year brought, lot by lot, for a tax return: first in first out, or at the average cost. Read from the journal; with what is
 * still open it is everything that the ledgers booked, which is checked at every call.
 */
import { existsSync } from "node:fs";
import { costOf, gainOf, type LotMethod, proceedsOf } from "../../analytics/lots/lot-book.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { openHistory } from "../../journal/history.ts";
import { csvText } from "../../reports/csv.ts";
import { assertAmong } from "../performance/asked-names.ts";
import { type LedgerRecord, type NamedClosing, readLedgers } from "./ledger-reading.ts";

export interface TaxLotRequest {
  readonly method: LotMethod;
  readonly year: number;
  /** Whose New Year: an IANA name such as Europe/Berlin. */
  readonly timeZone: string;
  /** Only this account; all with real money without one. */
  readonly account?: string;
}

/** Amounts are exact decimal texts in `coin`, quantities unsigned. */
export interface TaxLotRow {
  readonly account: string;
  readonly isPaper: boolean;
  readonly symbol: string;
  readonly coin: string;
  readonly side: "long" | "short";
  readonly openedMs: number;
  readonly closedMs: number;
  readonly quantity: string;
  readonly cost: string;
  readonly proceeds: string;
  readonly fees: string;
  readonly funding: string;
  /** proceeds - cost - fees + funding. */
  readonly gain: string;
  /** `taken`: closed by the owner or a liquidation, at the mark. `opening`: held before the record, at the price of entry. */
  readonly note: "" | "taken" | "opening" | "taken, opening";
}

export interface TaxLots {
  readonly method: LotMethod;
  readonly year: number;
  readonly timeZone: string;
  /** The first moment that is kept; what was closed before it is not in it. */
  readonly recordFromMs: number;
  /** In order of time. */
  readonly rows: readonly TaxLotRow[];
  readonly totals: readonly {
    readonly account: string;
    readonly symbol: string;
    readonly coin: string;
    readonly closings: number;
    readonly fees: string;
    readonly funding: string;
    readonly gain: string;
  }[];
  /** Of all that is kept, not of the year alone: what the ledgers booked, and what of it is closed and open. */
  readonly check: readonly {
    readonly coin: string;
    readonly ledgers: string;
    readonly closed: string;
    readonly open: string;
    /** Put down as the cost of what was held when the record begins. */
    readonly opening: string;
    /** Always "0". */
    readonly residual: string;
  }[];
}

/** Null where nothing was started yet. Yields how far it is; throws a ControlError for an account that is not known. */
export function* taxLots(
  dataDir: string,
  request: TaxLotRequest,
): Generator<{ readonly sequence: number; readonly of: number }, TaxLots | null, undefined> {
  const { journal } = dataFolderPaths(dataDir);
  const history = existsSync(journal) ? openHistory(journal) : null;
  if (history === null) return null;
  const { account, method } = request;
  // Paper is told of where it is asked about by name.
  const whose = account === undefined ? { isPaper: false } : { followers: [account] };
  const record = yield* readLedgers(history, { ...whose, method, fromMs: 0, toMs: 0 });
  assertAmong("follower", account, record.followers, "unknown-follower");
  return taxLotsOf(record, request);
}

export function taxLotsOf(record: LedgerRecord, { method, year, timeZone }: TaxLotRequest): TaxLots {
  const yearOf = new Intl.DateTimeFormat("en", { timeZone, year: "numeric" });
  const rows = record.closings.filter(({ closedMs }) => Number(yearOf.format(closedMs)) === year).map(rowOf);
  return {
    method,
    year,
    timeZone,
    recordFromMs: record.beginsMs ?? record.endsMs,
    rows,
    totals: totalsOf(rows),
    check: record.reconciliation.map(({ coin, net, closed, open, assumed, residual }) => ({
      coin,
      ledgers: net.toString(),
      closed: closed.toString(),
      open: open.toString(),
      opening: assumed.toString(),
      residual: residual.toString(),
    })),
  };
}

export function taxLotTable({ rows }: TaxLots): string {
  const head = [
    "account",
    "money",
    "instrument",
    "side",
    "opened",
    "closed",
    "quantity",
    "cost",
    "proceeds",
    "fees",
    "funding",
    "gain",
    "coin",
    "note",
  ];
  return csvText(
    head,
    rows.map((one) => [
      one.account,
      one.isPaper ? "paper" : "real",
      one.symbol,
      one.side,
      new Date(one.openedMs).toISOString(),
      new Date(one.closedMs).toISOString(),
      one.quantity,
      one.cost,
      one.proceeds,
      one.fees,
      one.funding,
      one.gain,
      one.coin,
      one.note,
    ]),
  );
}

function rowOf(closing: NamedClosing): TaxLotRow {
  const { follower, isPaper, symbol, coin, side, openedMs, closedMs, isTaken, isKnown } = closing;
  const opening = isKnown ? "" : "opening";
  return {
    account: follower,
    isPaper,
    symbol,
    coin,
    side,
    openedMs,
    closedMs,
    quantity: closing.quantity.toString(),
    cost: costOf(closing).toString(),
    proceeds: proceedsOf(closing).toString(),
    fees: closing.fees.toString(),
    funding: closing.funding.toString(),
    gain: gainOf(closing).toString(),
    note: isTaken ? (isKnown ? "taken" : "taken, opening") : opening,
  };
}

function totalsOf(rows: readonly TaxLotRow[]): TaxLots["totals"] {
  const groups = Map.groupBy(rows, ({ account, symbol, coin }) => JSON.stringify([account, symbol, coin]));
  const sum = (amounts: readonly string[]) =>
    amounts.reduce((all, one) => all.plus(Decimal.parse(one)), Decimal.zero).toString();
  const inOrder = [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
  return inOrder.flatMap(([, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const { account, symbol, coin } = first;
    const of = (name: "fees" | "funding" | "gain") => sum(own.map((one) => one[name]));
    return [
      {
        account,
        symbol,
        coin,
        closings: own.length,
        fees: of("fees"),
        funding: of("funding"),
        gain: of("gain"),
      },
    ];
  });
}
