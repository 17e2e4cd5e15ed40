/**
 * Rows of Hyperliquid into our words: fills of an account (`userFills`, `userFillsByTime`) and its state
 * (`clearinghouseState`). Positions are one-way and signed; `dir` is a text for people and is not read (official
 * documentation, "Info endpoint").
 */
import type { ClearinghouseStateResponse, UserFillsResponse } from "@nktkas/hyperliquid";
import type { EquityReport, Side } from "../../core/event.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { decimal, integer, MalformedMessage, type RawRow, rowOf, rowsOf, text } from "../raw.ts";
import { isSpot } from "./instruments.ts";

type FillRow = UserFillsResponse[number];
type State = ClearinghouseStateResponse;
type Position = State["assetPositions"][number]["position"];

export interface CoinFill {
  readonly coin: string;
  readonly tid: string;
  readonly oid: string;
  readonly side: Side;
  /** Unsigned decimal text. */
  readonly quantity: string;
  readonly price: string;
  /** Paid is positive; in `feeToken`, USDC for perpetuals. */
  readonly fee: string;
  readonly feeToken: string;
  /** Realised, before fees. */
  readonly closedPnl: string;
  readonly before: Decimal;
  readonly after: Decimal;
  readonly timeMs: number;
  /** Its order rested and was taken; absent where it took. */
  readonly isMaker?: true;
}

export interface FillList {
  /** Of perpetuals, oldest first. */
  readonly fills: readonly CoinFill[];
  /** Rows of spot pairs, which are not positions. */
  readonly spot: number;
  /** Of all rows, spot ones too; 0 without any. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly rows: number;
}

/** The venue answers newest first in some places and oldest first in others. Throws a MalformedMessage. */
export function parseFills(value: unknown): FillList {
  const rows = rowsOf(value, "fills");
  const times = rows.map(moment);
  const perpetuals = rows.filter((row) => !isSpot(text<FillRow>(row, "coin")));
  const [firstMs, lastMs] = times.reduce(
    ([first, last], time) => [Math.min(first, time), Math.max(last, time)],
    [Number.POSITIVE_INFINITY, 0],
  );
  return {
    fills: inOrder(perpetuals.map(parseFill)),
    spot: rows.length - perpetuals.length,
    firstMs: rows.length === 0 ? 0 : firstMs,
    lastMs,
    rows: rows.length,
  };
}

export function parseFill(row: RawRow): CoinFill {
  const side = sideOf(text<FillRow>(row, "side"));
  const quantity = decimal<FillRow>(row, "sz");
  const before = Decimal.parse(decimal<FillRow>(row, "startPosition"));
  const size = Decimal.parse(quantity);
  if (size.sign < 0) throw new MalformedMessage("sz is below zero");
  return {
    coin: text<FillRow>(row, "coin"),
    tid: tradeIdOf(row),
    oid: String(integer<FillRow>(row, "oid")),
    side,
    quantity,
    price: decimal<FillRow>(row, "px"),
    fee: row.fee === undefined ? "0" : decimal<FillRow>(row, "fee"),
    feeToken: row.feeToken === undefined ? "USDC" : text<FillRow>(row, "feeToken"),
    closedPnl: row.closedPnl === undefined ? "0" : decimal<FillRow>(row, "closedPnl"),
    before,
    after: side === "buy" ? before.plus(size) : before.minus(size),
    timeMs: moment(row),
    ...(row.crossed === false ? ({ isMaker: true } as const) : {}),
  };
}

/** Fills of 2023 have no trade id; these fields together name them as well. */
function tradeIdOf(row: RawRow): string {
  if (row.tid !== undefined) return String(integer<FillRow>(row, "tid"));
  const texts = (["startPosition", "sz", "px"] as const).map((name) => decimal<FillRow>(row, name));
  return [integer<FillRow>(row, "oid"), moment(row), ...texts].join("-");
}

/** The year 2223: places of changes are made of moments, and stay whole numbers up to there. */
const LATEST_MS = 8e12;

/** Throws a MalformedMessage where `time` is none. */
export function moment(row: RawRow): number {
  const timeMs = integer<FillRow>(row, "time");
  if (timeMs <= 0 || timeMs > LATEST_MS) throw new MalformedMessage("time is no moment");
  return timeMs;
}

function sideOf(word: string): Side {
  if (word === "B") return "buy";
  if (word === "A") return "sell";
  throw new MalformedMessage("side is neither B nor A");
}

/**
 * By time, and within one moment by the chain of positions: each fill begins where the one before it ended. Where rows come
 * newest first that order is turned round; where the chain is broken the given order stays.
 */
function inOrder(fills: readonly CoinFill[]): readonly CoinFill[] {
  const isTurned = (fills[0]?.timeMs ?? 0) > (fills.at(-1)?.timeMs ?? 0);
  const given = isTurned ? [...fills].reverse() : [...fills];
  const sorted = given.sort((left, right) => left.timeMs - right.timeMs);
  return isTurned || isChained(sorted) ? sorted : chained(sorted);
}

function isChained(fills: readonly CoinFill[]): boolean {
  const held = new Map<string, Decimal>();
  for (const { coin, before, after } of fills) {
    if (held.get(coin)?.equals(before) === false) return false;
    held.set(coin, after);
  }
  return true;
}

/** Turns the fills of a coin within one moment round where only that continues the chain. */
function chained(fills: readonly CoinFill[]): readonly CoinFill[] {
  const groups = new Map<string, CoinFill[]>();
  for (const fill of fills) {
    const key = `${fill.timeMs} ${fill.coin}`;
    groups.set(key, [...(groups.get(key) ?? []), fill]);
  }
  return [...groups.values()].flatMap((group) => {
    const turned = [...group].reverse();
    return !isChained(group) && isChained(turned) ? turned : group;
  });
}

export interface CoinPosition {
  readonly coin: string;
  /** Signed. */
  readonly quantity: string;
  readonly entryPrice: string;
  readonly leverage: string;
  /** "" where none is stated. */
  readonly liquidationPrice: string;
}

export interface AccountState {
  readonly positions: readonly CoinPosition[];
  readonly equity: Required<EquityReport>;
  /** Zero or one place of money in the whole account. */
  readonly isEmpty: boolean;
  readonly timeMs: number;
}

/** Throws a MalformedMessage. */
export function parseState(value: unknown): AccountState {
  const row = rowOf(value, "clearinghouseState");
  const summary = rowOf(row.marginSummary, "marginSummary");
  const equity = decimal<State["marginSummary"]>(summary, "accountValue");
  const rows = rowsOf(row.assetPositions, "assetPositions").map((one) => rowOf(one.position, "position"));
  const open = rows.reduce(
    (sum, position) => sum.plus(Decimal.parse(decimal<Position>(position, "unrealizedPnl"))),
    Decimal.zero,
  );
  return {
    positions: rows.map(positionOf),
    equity: {
      equity,
      available: decimal<State>(row, "withdrawable"),
      balance: Decimal.parse(equity).minus(open).toString(),
    },
    isEmpty: rows.length === 0 && Decimal.parse(equity).sign === 0,
    timeMs: moment(row),
  };
}

function positionOf(row: RawRow): CoinPosition {
  const leverage = rowOf(row.leverage, "leverage");
  const isStated = row.liquidationPx !== null && row.liquidationPx !== undefined;
  return {
    coin: text<Position>(row, "coin"),
    quantity: decimal<Position>(row, "szi"),
    entryPrice: row.entryPx === null ? "" : decimal<Position>(row, "entryPx"),
    leverage: String(integer<Position["leverage"]>(leverage, "value")),
    liquidationPrice: isStated ? decimal<Position>(row, "liquidationPx") : "",
  };
}
