/**
 * The forms that values of the configuration take, each with the words that say what would be right. Amounts may be
 * written as numbers or as decimal texts; they become exact decimal texts by `decimalText`, never doubles.
 */
import { z } from "zod";
import { Decimal } from "../core/model/decimal.ts";
import { parseWindow } from "./trading-hours.ts";

const DECIMAL_TEXT = /^\d{1,20}(\.\d{1,20})?$/;
const NICKNAME = /^[\p{L}\p{N}]([\p{L}\p{N} _.-]{0,38}[\p{L}\p{N}])?$/u;
/** Coins of Hyperliquid too: kPEPE is a thousand PEPE, xyz:CL a builder's market. */
const SYMBOL = /^([a-z0-9]{1,12}:)?k?[A-Z0-9]{1,30}(-[A-Z0-9]{1,12})?$/;
/** A symbol in which `*` stands for any letters. */
const SYMBOL_PATTERN = /^([a-z0-9*]{1,12}:)?k?[A-Z0-9*]{1,30}(-[A-Z0-9*]{1,12})?$/;
/** Enough for every symbol a venue lists. */
const SYMBOLS_MAX = 2_000;

const WINDOWS_MAX = 100;

export interface Range {
  /** At least this; or, when `above` is set, more than that. */
  readonly min?: number;
  readonly above?: number;
  readonly max: number;
}

/** A number or decimal text in a range, for amounts and factors. `wrong` says what would be right where more than that would be. */
export function decimal(range: Range, wrong = { error: `must be a number ${inWords(range)}` }) {
  return z
    .union([bounded(z.number(wrong), range, wrong), z.string(wrong).regex(DECIMAL_TEXT, wrong)], wrong)
    .refine((value) => isWithin(Number(value), range), wrong);
}

/** A plain number in a range, for times and statistics. */
export function number(range: Range) {
  const wrong = { error: `must be a number ${inWords(range)}` };
  return bounded(z.number(wrong), range, wrong);
}

export function wholeNumber(range: Range, wrong = { error: `must be a whole number ${inWords(range)}` }) {
  return bounded(z.int(wrong), range, wrong);
}

/** A share of one: 0.2 is 20 %. */
export function share() {
  return number({ min: 0, max: 1 });
}

export function flag() {
  return z.boolean({ error: "must be true or false" });
}

export function choice<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `must be one of ${values.join(", ")}` });
}

export function text(what: string, max = 200) {
  const wrong = { error: `must be ${what}` };
  return z.string(wrong).min(1, wrong).max(max, wrong);
}

export function nickname() {
  const wrong = { error: "must be a nickname: 1 to 40 letters, digits, blanks, dots, dashes or underscores" };
  return z.string(wrong).regex(NICKNAME, wrong);
}

export function symbol() {
  const wrong = { error: 'must be a symbol in capitals as the venue writes it, such as "BTCUSDT"' };
  return z.string(wrong).regex(SYMBOL, wrong);
}

/** A list of symbols or patterns; `whenAbsent` says what leaving the key out means. */
export function symbols(whenAbsent: string) {
  const one = {
    error:
      'must be a symbol in capitals as the venue writes it, such as "BTCUSDT", or a pattern such as "BTC*"',
  };
  const all = { error: `must be a list of at least one symbol; leave the key out to ${whenAbsent}` };
  return z.array(z.string(one).regex(SYMBOL_PATTERN, one), all).min(1, all).max(SYMBOLS_MAX, all);
}

/** Windows of the week in UTC. */
export function tradingHours() {
  const one = {
    error: 'must be a window in UTC such as "Mon-Fri 08:00-17:00", "Sat 22:00-02:00" or "00:00-24:00"',
  };
  const all = { error: "must be a list of at least one window; leave the key out to trade at all hours" };
  const window = z.string(one).refine((text) => parseWindow(text) !== undefined, one);
  return z.array(window, all).min(1, all).max(WINDOWS_MAX, all);
}

/** By the leader's symbol: the follower's, plain or with how many of its units make one of the leader's. */
export function symbolMap() {
  const one = { error: 'must be a symbol in capitals as the venue writes it, such as "PEPEUSDT"' };
  const all = { error: 'must be a group such as {"1000PEPEUSDT": {"symbol": "PEPEUSDT", "units": 1000}}' };
  const symbol = z.string(one).regex(SYMBOL, one);
  const counted = z.strictObject({ symbol, units: decimal({ above: 0, max: 1e9 }).optional() }, all);
  const same = { error: "maps a symbol to itself, which changes nothing" };
  return z
    .record(symbol, z.union([symbol, counted], all), all)
    .refine((map) => Object.entries(map).every(([from, to]) => changes(from, to)), same);
}

function changes(
  from: string,
  to: string | { symbol: string; units?: number | string | undefined },
): boolean {
  if (typeof to === "string") return to !== from;
  return to.symbol !== from || Number(to.units ?? 1) !== 1;
}

/** Keys of single symbols, by symbol or pattern. At most one of them may size the symbol. */
export function overrides<Shape extends z.ZodRawShape>(shape: Shape) {
  const all = {
    error: 'must be a group by symbol or pattern in capitals, such as {"BTCUSDT": {"max_leverage": 3}}',
  };
  const names = Object.keys(shape);
  const one = z
    .strictObject(shape, { error: `must be a group of keys: ${names.join(", ")}` })
    .refine((value) => Object.keys(value).length > 0, { error: `must say one of ${names.join(", ")}` })
    .refine((value) => SIZES.filter((name) => name in value).length < 2, {
      error: `must have only one of ${SIZES.join(", ")}: each of them sizes the symbol by itself`,
    });
  return z
    .record(z.string(all).regex(SYMBOL_PATTERN, all), one, all)
    .refine((value) => Object.keys(value).length <= SYMBOLS_MAX, all);
}

const SIZES = ["copy_multiplier", "fixed_notional", "fixed_quantity"] as const;

export function telegramId() {
  const wrong = { error: "must be a Telegram user id: a whole number" };
  return z.union([z.int(wrong).positive(wrong), z.string(wrong).regex(/^\d{1,20}$/, wrong)], wrong);
}

/** Exact plain notation of a number or decimal text that passed `decimal`: `0.8`, `1`, `0.0000001`. */
export function decimalText(value: number | string): string {
  return (typeof value === "number" ? Decimal.fromNumber(value) : Decimal.parse(value)).toString();
}

/** Whole milliseconds. */
export function inMs(seconds: number): number {
  return Math.round(seconds * 1_000);
}

function bounded<Schema extends z.ZodNumber>(schema: Schema, range: Range, wrong: { error: string }): Schema {
  const below = schema.max(range.max, wrong);
  return range.above === undefined ? below.min(range.min ?? 0, wrong) : below.gt(range.above, wrong);
}

function isWithin(value: number, range: Range): boolean {
  const high = range.above === undefined ? value >= (range.min ?? 0) : value > range.above;
  return high && value <= range.max;
}

/** `from 0 to 100`, `above 0, at most 1` */
export function inWords(range: Range): string {
  const from = range.above === undefined ? `from ${range.min ?? 0}` : `above ${range.above}`;
  return range.above === undefined ? `${from} to ${range.max}` : `${from}, at most ${range.max}`;
}
