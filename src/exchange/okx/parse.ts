/**
 * What OKX publishes of its lead traders, in our words (OKX API guide, "Copy Trading": public lead trader ranks, stats, pnl, currency
 * preference, positions). Ratios are fractions; amounts are decimal texts in `ccy`.
 */
import type {
  LeadTraderCurrentPosition,
  LeadTraderPnl,
  LeadTraderPositionHistory,
  LeadTraderPreference,
  LeadTraderRank,
  LeadTraderStats,
} from "okx-api";
import type { Leg, Side } from "../../core/event.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { decimal, integer, MalformedMessage, optionalText, type RawRow, text } from "../raw.ts";

/** OKX leaves a figure empty that it does not have. */
function figure<Row>(row: RawRow, name: keyof Row & string): string | null {
  return optionalText<Row>(row, name) === "" ? null : decimal<Row>(row, name);
}

export interface LeadTrader {
  /** `uniqueCode`, by which everything else is asked. */
  readonly id: string;
  readonly name: string;
  readonly pnl: string | null;
  readonly pnlRatio: string | null;
  readonly winRatio: string | null;
  readonly leadDays: string | null;
  /** Under management, of those who copy. */
  readonly aum: string | null;
  readonly copiers: string | null;
  readonly copiersMax: string | null;
  readonly currency: string;
  readonly instruments: readonly string[];
}

export function parseRank(row: RawRow): LeadTrader {
  const instruments = Array.isArray(row.traderInsts)
    ? row.traderInsts.filter((one) => typeof one === "string")
    : [];
  return {
    id: text<LeadTraderRank>(row, "uniqueCode"),
    name: optionalText<LeadTraderRank>(row, "nickName"),
    pnl: figure<LeadTraderRank>(row, "pnl"),
    pnlRatio: figure<LeadTraderRank>(row, "pnlRatio"),
    winRatio: figure<LeadTraderRank>(row, "winRatio"),
    leadDays: figure<LeadTraderRank>(row, "leadDays"),
    aum: figure<LeadTraderRank>(row, "aum"),
    copiers: figure<LeadTraderRank>(row, "copyTraderNum"),
    copiersMax: figure<LeadTraderRank>(row, "maxCopyTraderNum"),
    currency: optionalText<LeadTraderRank>(row, "ccy"),
    instruments,
  };
}

export interface LeadStatistics {
  readonly winRatio: string | null;
  readonly profitDays: string | null;
  readonly lossDays: string | null;
  /** The trader's own money in lead trading. */
  readonly invested: string | null;
  readonly averagePosition: string | null;
  /** What those who copy now have made. */
  readonly copiersPnl: string | null;
  readonly currency: string;
}

export function parseStatistics(row: RawRow): LeadStatistics {
  return {
    winRatio: figure<LeadTraderStats>(row, "winRatio"),
    profitDays: figure<LeadTraderStats>(row, "profitDays"),
    lossDays: figure<LeadTraderStats>(row, "lossDays"),
    invested: figure<LeadTraderStats>(row, "investAmt"),
    averagePosition: figure<LeadTraderStats>(row, "avgSubPosNotional"),
    copiersPnl: figure<LeadTraderStats>(row, "curCopyTraderPnl"),
    currency: optionalText<LeadTraderStats>(row, "ccy"),
  };
}

export interface PnlPeriod {
  readonly beginMs: number;
  readonly pnl: string;
  readonly pnlRatio: string;
}

export function parsePnl(row: RawRow): PnlPeriod {
  return {
    beginMs: integer<LeadTraderPnl>(row, "beginTs"),
    pnl: decimal<LeadTraderPnl>(row, "pnl"),
    pnlRatio: decimal<LeadTraderPnl>(row, "pnlRatio"),
  };
}

export interface CoinShare {
  readonly coin: string;
  readonly share: string;
}

export function parsePreference(row: RawRow): CoinShare {
  return { coin: text<LeadTraderPreference>(row, "ccy"), share: decimal<LeadTraderPreference>(row, "ratio") };
}

/** One position that a lead trader opened, and closed where `closed` is not null. */
export interface SubPosition {
  readonly id: string;
  /** `BTC-USDT-SWAP`. */
  readonly instrument: string;
  readonly leg: Leg;
  /** Of the opening. */
  readonly side: Side;
  /** Unsigned, in contracts. */
  readonly contracts: string;
  readonly leverage: string;
  /** Null where it is not told. */
  readonly margin: string | null;
  readonly openPrice: string;
  readonly openedAtMs: number;
  readonly currency: string;
  readonly closed: { readonly price: string; readonly atMs: number; readonly pnl: string } | null;
}

export function parseOpenPosition(row: RawRow): SubPosition {
  return { ...openingOf(row), closed: null };
}

export function parseClosedPosition(row: RawRow): SubPosition {
  return {
    ...openingOf(row),
    closed: {
      price: decimal<LeadTraderPositionHistory>(row, "closeAvgPx"),
      atMs: integer<LeadTraderPositionHistory>(row, "closeTime"),
      pnl: decimal<LeadTraderPositionHistory>(row, "pnl"),
    },
  };
}

function openingOf(row: RawRow): Omit<SubPosition, "closed"> {
  const signed = Decimal.parse(decimal<LeadTraderCurrentPosition>(row, "subPos"));
  const contracts = signed.sign < 0 ? Decimal.zero.minus(signed) : signed;
  const leg = legOf(text<LeadTraderCurrentPosition>(row, "posSide"));
  const isShort = leg === "short" || signed.sign < 0;
  return {
    id: text<LeadTraderCurrentPosition>(row, "subPosId"),
    instrument: text<LeadTraderCurrentPosition>(row, "instId"),
    leg,
    side: isShort ? "sell" : "buy",
    contracts: contracts.toString(),
    leverage: decimal<LeadTraderCurrentPosition>(row, "lever"),
    margin: figure<LeadTraderCurrentPosition>(row, "margin"),
    openPrice: decimal<LeadTraderCurrentPosition>(row, "openAvgPx"),
    openedAtMs: integer<LeadTraderCurrentPosition>(row, "openTime"),
    currency: optionalText<LeadTraderCurrentPosition>(row, "ccy"),
  };
}

function legOf(word: string): Leg {
  if (word === "long" || word === "short" || word === "net") return word;
  throw new MalformedMessage("posSide is neither long, short nor net");
}

/** How much of the coin one contract is; linear swaps only. */
export interface ContractValue {
  readonly instrument: string;
  readonly value: Decimal;
}

/** Null for a contract that does not count its coin: inverse ones count dollars. */
export function parseContractValue(row: RawRow): ContractValue | null {
  if (row.ctType !== "linear") return null;
  const value = Decimal.parse(decimal<{ ctVal: string }>(row, "ctVal"));
  const multiplier = optionalText<{ ctMult: string }>(row, "ctMult");
  const factor = multiplier === "" ? Decimal.one : Decimal.parse(decimal<{ ctMult: string }>(row, "ctMult"));
  return { instrument: text<{ instId: string }>(row, "instId"), value: value.times(factor) };
}
