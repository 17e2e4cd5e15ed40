/**
 * OKX's lead traders, as everybody may read of them: ranks, statistics, open positions, and the positions that they closed in the last
 * three months (OKX API guide, "Copy Trading"). Rows that cannot be read are left out and counted, never guessed.
 */
import { MalformedMessage, type RawRow, rowsOf } from "../raw.ts";
import {
  type CoinShare,
  type ContractValue,
  type LeadStatistics,
  type LeadTrader,
  type PnlPeriod,
  parseClosedPosition,
  parseContractValue,
  parseOpenPosition,
  parsePnl,
  parsePreference,
  parseRank,
  parseStatistics,
  type SubPosition,
} from "./parse.ts";
import type { OkxPublicRest } from "./public-rest.ts";

export const RANK_ORDERS = [
  "overview",
  "pnl",
  "aum",
  "win_ratio",
  "pnl_ratio",
  "current_copy_trader_pnl",
] as const;
export type RankOrder = (typeof RANK_ORDERS)[number];

/** `lastDays`: 7, 30, 90 and 365 days. */
export const PERIODS = { "7d": "1", "30d": "2", "90d": "3", "365d": "4" } as const;
export type Period = keyof typeof PERIODS;

export interface RanksWanted {
  readonly order: RankOrder;
  readonly most: number;
  /** Only who can be copied now. */
  readonly vacant: boolean;
}

export interface ReadRows<Value> {
  readonly rows: readonly Value[];
  /** Why rows were left out. */
  readonly unreadable: readonly string[];
}

const PREFIX = "/api/v5/copytrading";
const SWAP = { instType: "SWAP" } as const;
const RANKS_PAGE = 20;
const HISTORY_PAGE = 100;
/** Far more than three months of anybody. */
const PAGES_MAX = 1_000;

export class OkxLeadTraders {
  readonly #rest: OkxPublicRest;

  constructor(rest: OkxPublicRest) {
    this.#rest = rest;
  }

  nowMs(): number {
    return this.#rest.nowMs();
  }

  /** Pages of one and the same version of the ranks. */
  async ranks({ order, most, vacant }: RanksWanted): Promise<ReadRows<LeadTrader>> {
    const rows: RawRow[] = [];
    let dataVer: string | undefined;
    for (let page = 1; rows.length < most && page <= PAGES_MAX; page += 1) {
      const [answer] = await this.#rest.get(`${PREFIX}/public-lead-traders`, {
        ...SWAP,
        sortType: order,
        state: vacant ? "1" : "0",
        dataVer,
        page: String(page),
        limit: String(RANKS_PAGE),
      });
      const ranks = rowsOf(answer?.ranks ?? [], "ranks");
      rows.push(...ranks);
      dataVer = typeof answer?.dataVer === "string" ? answer.dataVer : undefined;
      if (ranks.length === 0 || page >= Number(answer?.totalPage ?? 1)) break;
    }
    return readable(rows.slice(0, most), parseRank);
  }

  /** Null where OKX has none of this trader. */
  async statistics(trader: string, period: Period): Promise<LeadStatistics | null> {
    const query = { ...SWAP, uniqueCode: trader, lastDays: PERIODS[period] };
    const [row] = await this.#rest.get(`${PREFIX}/public-stats`, query);
    return row === undefined ? null : parseStatistics(row);
  }

  /** Of the last twelve weeks. */
  async weeklyPnl(trader: string): Promise<ReadRows<PnlPeriod>> {
    const rows = await this.#rest.get(`${PREFIX}/public-weekly-pnl`, { ...SWAP, uniqueCode: trader });
    return readable(rows, parsePnl);
  }

  async preferences(trader: string): Promise<ReadRows<CoinShare>> {
    const rows = await this.#rest.get(`${PREFIX}/public-preference-currency`, {
      ...SWAP,
      uniqueCode: trader,
    });
    return readable(rows, parsePreference);
  }

  async openPositions(trader: string): Promise<ReadRows<SubPosition>> {
    return this.#positions("public-current-subpositions", trader, parseOpenPosition);
  }

  /** Closed in the last three months, which is what OKX tells. */
  async closedPositions(trader: string): Promise<ReadRows<SubPosition>> {
    return this.#positions("public-subpositions-history", trader, parseClosedPosition);
  }

  /** Of linear swaps, by instrument. */
  async contractValues(): Promise<ReadonlyMap<string, ContractValue>> {
    const rows = await this.#rest.get("/api/v5/public/instruments", SWAP);
    const { rows: values } = readable(rows, parseContractValue);
    return new Map(values.flatMap((one) => (one === null ? [] : [[one.instrument, one] as const])));
  }

  /** Newest first; each page begins before the last id of the one before. */
  async #positions(
    path: string,
    trader: string,
    parse: (row: RawRow) => SubPosition,
  ): Promise<ReadRows<SubPosition>> {
    const rows: RawRow[] = [];
    let after: string | undefined;
    for (let page = 1; page <= PAGES_MAX; page += 1) {
      const query = { ...SWAP, uniqueCode: trader, after, limit: String(HISTORY_PAGE) };
      const found = await this.#rest.get(`${PREFIX}/${path}`, query);
      rows.push(...found);
      const last = found.at(-1)?.subPosId;
      if (found.length < HISTORY_PAGE || typeof last !== "string" || last === after) break;
      after = last;
    }
    return readable(rows, parse);
  }
}

const TOLD_MAX = 10;

function readable<Value>(rows: readonly RawRow[], parse: (row: RawRow) => Value): ReadRows<Value> {
  const read: Value[] = [];
  const unreadable: string[] = [];
  for (const row of rows) {
    try {
      read.push(parse(row));
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      if (unreadable.length < TOLD_MAX) unreadable.push(error.message);
    }
  }
  return { rows: read, unreadable };
}
