/**
 * Risk tiers of one venue from `/v5/market/risk-limit`: one request for each symbol that is followed or copied, once a day, and
 * one event for all accounts. What cannot be had is not waited for: the venue's refusals say what is missing.
 */
import type { RiskLimitV5 } from "bybit-api";
import type { RiskTierRow } from "../../core/event.ts";
import type { InstrumentId, VenueId } from "../../core/model/identifiers.ts";
import type { RiskTierListener, RiskTierSource } from "../exchange.ts";
import { decimal, MalformedMessage, type RawRow } from "../raw.ts";
import { Scope } from "../scope.ts";
import type { Clock, Timer } from "../transport.ts";
import { readList } from "./account-reads.ts";
import { symbolOf } from "./format.ts";
import { CATEGORY } from "./parse.ts";
import type { BybitRest } from "./rest.ts";

export interface BybitRiskTierParts {
  readonly venue: VenueId;
  readonly clock: Clock;
  readonly rest: BybitRest;
  readonly listener: RiskTierListener;
  /** What is amiss but does not stop anything: tiers that could not be read. */
  readonly onNotice?: (text: string) => void;
}

/** An order waits for them no longer than this. */
const WAIT_MS_MAX = 2_000;
/** After a failure they are not asked for again before this, however many accounts come to the market. */
const REST_MS = 60_000;
/** The venue changes its tiers now and then: they are read again, sooner where they could not be. */
const RENEW_MS = 24 * 3_600_000;
const RETRY_MS = 3_600_000;

export class BybitRiskTiers implements RiskTierSource {
  readonly #parts: BybitRiskTierParts;
  readonly #scope: Scope;
  readonly #told = new Set<InstrumentId>();
  /** Until when they are not asked for again, and when they are by themselves. */
  readonly #restsUntilMs = new Map<InstrumentId, number>();
  readonly #renewals = new Map<InstrumentId, Timer>();
  /** Being read, with those who wait for it. */
  readonly #asking = new Map<InstrumentId, Set<() => void>>();

  constructor(parts: BybitRiskTierParts) {
    this.#parts = parts;
    this.#scope = new Scope(parts.clock);
  }

  /** Reads what is followed without anybody waiting for it. */
  follow(instruments: readonly InstrumentId[]): void {
    for (const instrument of instruments) this.#read(instrument, "read");
  }

  ask(instrument: InstrumentId): void {
    this.#read(instrument, "open");
  }

  whenTold(instrument: InstrumentId, done: () => void): void {
    this.#read(instrument, "open");
    const waiting = this.#asking.get(instrument);
    if (waiting === undefined || this.#told.has(instrument)) return done();
    const finish = (): void => {
      timer.cancel();
      waiting.delete(finish);
      done();
    };
    const timer = this.#scope.setTimer(WAIT_MS_MAX, finish);
    waiting.add(finish);
  }

  close(): void {
    this.#scope.close();
  }

  #read(instrument: InstrumentId, priority: "open" | "read"): void {
    const restsUntilMs = this.#restsUntilMs.get(instrument) ?? 0;
    const rests = this.#scope.nowMs() < restsUntilMs;
    if (this.#scope.isClosed || rests || this.#asking.has(instrument)) return;
    const waiting = new Set<() => void>();
    this.#asking.set(instrument, waiting);
    const symbol = symbolOf(instrument);
    const access = { rest: this.#parts.rest, scope: this.#scope, credentials: null, priority };
    readList(access, "/v5/market/risk-limit", { category: CATEGORY, symbol }, (result) => {
      this.#asking.delete(instrument);
      if (result.kind === "error") this.#unread(symbol, result.error.message);
      const isRead = result.kind === "ok" && this.#take(instrument, result.value);
      this.#planRenewal(instrument, isRead);
      for (const finish of [...waiting]) finish();
    });
  }

  #planRenewal(instrument: InstrumentId, isRead: boolean): void {
    this.#restsUntilMs.set(instrument, this.#scope.nowMs() + (isRead ? RENEW_MS : REST_MS));
    this.#renewals.get(instrument)?.cancel();
    const renew = (): void => this.#read(instrument, "read");
    this.#renewals.set(instrument, this.#scope.setTimer(isRead ? RENEW_MS : RETRY_MS, renew));
  }

  /** False where they could not be read. */
  #take(instrument: InstrumentId, rows: readonly RawRow[]): boolean {
    const tiers = this.#parsed(symbolOf(instrument), rows);
    if (tiers === null) return false;
    this.#told.add(instrument);
    this.#parts.listener({ kind: "risk-tiers-listed", instrument, tiers, atMs: this.#scope.nowMs() });
    return true;
  }

  #parsed(symbol: string, rows: readonly RawRow[]): readonly RiskTierRow[] | null {
    try {
      return parseRiskTiers(rows, symbol);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#unread(symbol, error.message);
      return null;
    }
  }

  #unread(symbol: string, cause: string): void {
    this.#parts.onNotice?.(`the risk tiers of ${symbol} could not be read: ${cause}`);
  }
}

/** The tiers of `symbol` in the venue's order; a list that has none for it is malformed. */
export function parseRiskTiers(rows: readonly RawRow[], symbol: string): readonly RiskTierRow[] {
  const own = rows.filter((row) => row.symbol === symbol);
  if (own.length === 0) throw new MalformedMessage(`the risk limits list no tier of ${symbol}`);
  return own.map((row) => ({
    limit: decimal<RiskLimitV5>(row, "riskLimitValue"),
    maxLeverage: decimal<RiskLimitV5>(row, "maxLeverage"),
  }));
}
