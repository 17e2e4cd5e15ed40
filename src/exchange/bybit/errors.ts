/**
 * What each Bybit code means for us, as data: whether the request certainly had no effect, and what may be done. Codes
 * and meanings from the venue's error table (V5 documentation, "Error Codes" and "Websocket Trade Guideline").
 * A code that is not listed is `unknown`: an order that got one is looked up before anything else is sent.
 */
import type { Rejection, RejectionClass } from "../../core/event.ts";
import { ExchangeError } from "../exchange-error.ts";

export type CodeClass =
  /** Nothing had to change: as good as done. */
  | "already-so"
  /** Certainly not carried out; may be asked again after a pause. */
  | "retry"
  /** Certainly not carried out; asking again will not help. */
  | "give-up"
  /** May have been carried out: find out first. */
  | "unknown";

export interface CodeMeaning {
  readonly code: number;
  readonly class: CodeClass;
  /** How a submission that got this code is reported, where it was certainly refused. */
  readonly rejection: RejectionClass;
  readonly meaning: string;
}

type Row = readonly [code: number, class_: CodeClass, rejection: RejectionClass, meaning: string];

/** "account-refused" halts the account: a refusal of one market alone is "market-closed", so that the others go on. */
const ROWS: readonly Row[] = [
  [-2015, "give-up", "account-refused", "the API key has expired"],
  [-1, "retry", "try-again", "the request had expired"],
  [429, "unknown", "try-again", "the trading service is overloaded"],
  [10000, "unknown", "try-again", "the server timed out"],
  [10001, "give-up", "bad-request", "a parameter is wrong"],
  [10002, "retry", "try-again", "the time-stamp is outside the window"],
  [10003, "give-up", "account-refused", "the API key is invalid or of another environment"],
  [10004, "give-up", "account-refused", "the signature is wrong"],
  [10005, "give-up", "account-refused", "the API key lacks the permission"],
  [10006, "retry", "rate-limited", "too many requests of this account"],
  [10007, "give-up", "account-refused", "authentication failed"],
  [10008, "give-up", "account-refused", "the account is banned or in another mode"],
  [10009, "give-up", "account-refused", "the venue does not serve this region"],
  [10010, "give-up", "account-refused", "this address is not in the key's list"],
  [10014, "unknown", "try-again", "a duplicate request"],
  [10016, "unknown", "try-again", "an internal error, or the service restarts"],
  [10017, "give-up", "bad-request", "the path or method does not exist"],
  [10018, "retry", "rate-limited", "too many requests of this address"],
  [10019, "unknown", "try-again", "the order stream restarts"],
  [10024, "give-up", "account-refused", "refused by compliance rules"],
  [10027, "give-up", "account-refused", "trading is banned for this account"],
  [10028, "give-up", "account-refused", "only unified accounts may do this"],
  [10029, "give-up", "market-closed", "the symbol is not on the key's list"],
  [10032, "give-up", "bad-request", "demo trading does not support this"],
  [10403, "retry", "rate-limited", "too many order requests of this address"],
  [10404, "give-up", "bad-request", "the operation or category is not supported"],
  [10429, "retry", "rate-limited", "the system protects itself"],
  [20001, "already-so", "bad-request", "authenticated already"],
  [20003, "retry", "rate-limited", "too many requests on this connection"],
  [20006, "unknown", "try-again", "the request id was used before"],
  [30208, "give-up", "price-out-of-band", "the price is above the highest buying price"],
  [30209, "give-up", "price-out-of-band", "the price is below the lowest selling price"],
  [30228, "give-up", "market-closed", "no new positions while the market is delisted"],
  [30133, "give-up", "market-closed", "the account's loan does not allow this market"],
  [30135, "give-up", "leverage-too-high", "the account's loan does not allow this leverage"],
  [30256, "give-up", "insufficient-margin", "the margin limit would be exceeded"],
  [33004, "give-up", "account-refused", "the API key has expired"],
  [34040, "already-so", "bad-request", "not modified"],
  [100028, "give-up", "bad-request", "not for unified accounts"],
  [110001, "give-up", "bad-request", "the order does not exist or is finished"],
  [110003, "give-up", "price-out-of-band", "the price is outside the permitted band"],
  [110004, "give-up", "insufficient-margin", "the wallet balance is insufficient"],
  [110005, "retry", "try-again", "the position's status does not allow it now"],
  [110006, "give-up", "insufficient-margin", "the assets cannot cover the position's margin"],
  [110007, "give-up", "insufficient-margin", "the available balance is insufficient"],
  [110008, "give-up", "bad-request", "the order is finished"],
  [110009, "give-up", "bad-request", "too many stop orders"],
  [110010, "give-up", "bad-request", "the order is cancelled"],
  [110011, "give-up", "insufficient-margin", "it would liquidate at once"],
  [110012, "give-up", "insufficient-margin", "the available balance is insufficient"],
  [110013, "give-up", "leverage-too-high", "the risk tier does not allow this leverage"],
  [110014, "give-up", "insufficient-margin", "not enough balance to add margin"],
  [110015, "give-up", "bad-request", "the position is in cross margin"],
  [110017, "give-up", "reduce-only-violation", "there is nothing to reduce"],
  [110018, "give-up", "bad-request", "the user id is illegal"],
  [110019, "give-up", "bad-request", "the order id is illegal"],
  [110020, "give-up", "bad-request", "too many active orders"],
  [110021, "give-up", "above-maximum", "the open-interest limit would be passed"],
  [110022, "give-up", "above-maximum", "the quantity may not be raised"],
  [110023, "give-up", "market-closed", "only reductions are allowed in this market"],
  [110024, "give-up", "position-mode-mismatch", "a position exists, the mode cannot change"],
  [110025, "already-so", "bad-request", "the position mode is so already"],
  [110026, "already-so", "bad-request", "the margin mode is so already"],
  [110027, "already-so", "bad-request", "the margin is so already"],
  [110028, "give-up", "position-mode-mismatch", "open orders exist, the mode cannot change"],
  [110029, "give-up", "position-mode-mismatch", "this market has no hedge mode"],
  [110030, "unknown", "try-again", "a duplicate order id"],
  [110031, "give-up", "bad-request", "no such risk limit"],
  [110032, "give-up", "bad-request", "the order is illegal"],
  [110033, "give-up", "bad-request", "no open position to set margin for"],
  [110034, "give-up", "bad-request", "there is no net position"],
  [110036, "give-up", "bad-request", "cross margin does not allow a change of leverage"],
  [110037, "give-up", "bad-request", "the user's settings lack this symbol"],
  [110038, "give-up", "bad-request", "portfolio margin does not allow a change of leverage"],
  [110039, "give-up", "insufficient-margin", "the maintenance margin rate is too high"],
  [110040, "give-up", "insufficient-margin", "the order would cause a liquidation"],
  [110035, "retry", "try-again", "cancellations before a liquidation are not finished"],
  [110042, "give-up", "market-closed", "only reductions before delivery"],
  [110043, "already-so", "bad-request", "the leverage is so already"],
  [110044, "give-up", "insufficient-margin", "the available margin is insufficient"],
  [110045, "give-up", "insufficient-margin", "the wallet balance is insufficient"],
  [110046, "give-up", "insufficient-margin", "it would liquidate at once"],
  [110047, "give-up", "insufficient-margin", "not enough margin for the risk limit"],
  [110048, "give-up", "above-maximum", "the position exceeds the risk limit"],
  [110049, "give-up", "bad-request", "a number was expected"],
  [110050, "give-up", "bad-request", "no such coin"],
  [110051, "give-up", "insufficient-margin", "the balance cannot cover the lowest price"],
  [110052, "give-up", "insufficient-margin", "the balance cannot cover this price"],
  [110053, "give-up", "insufficient-margin", "the balance cannot cover the market price"],
  [110057, "give-up", "bad-request", "stop parameters conflict"],
  [110058, "give-up", "bad-request", "the position is too small for these stops"],
  [110059, "give-up", "bad-request", "stops of a partly filled order cannot change"],
  [110060, "give-up", "bad-request", "full stops cannot be changed this way"],
  [110061, "give-up", "bad-request", "too many partial stops"],
  [110063, "retry", "market-closed", "settlement is in progress"],
  [110064, "give-up", "bad-request", "the new quantity is not above the filled one"],
  [110066, "give-up", "market-closed", "trading is not allowed now"],
  [110067, "give-up", "account-refused", "unified accounts are not supported"],
  [110068, "give-up", "account-refused", "leveraged trading is not allowed"],
  [110069, "give-up", "account-refused", "lending customers may not trade"],
  [110070, "give-up", "bad-request", "leveraged tokens cannot be traded"],
  [110072, "unknown", "try-again", "an order with this id exists"],
  [110073, "give-up", "bad-request", "the margin mode could not be set"],
  [110074, "give-up", "market-closed", "the contract is not live"],
  [110076, "give-up", "bad-request", "only in isolated margin"],
  [110077, "give-up", "bad-request", "not in portfolio margin"],
  [110079, "unknown", "try-again", "the order is being processed"],
  [110080, "give-up", "account-refused", "the account's loan is being liquidated"],
  [110085, "give-up", "above-maximum", "the risk limit of the contract has changed"],
  [110086, "give-up", "leverage-too-high", "the leverage is above the risk tier's"],
  [110087, "give-up", "leverage-too-high", "the leverage is above the loan's limit"],
  [110088, "give-up", "account-refused", "the account must be upgraded to trade"],
  [110089, "give-up", "above-maximum", "above the highest risk limit"],
  [110090, "give-up", "leverage-too-high", "the position would pass the limit of this leverage"],
  [110092, "give-up", "trigger-passed", "the trigger price has been passed"],
  [110093, "give-up", "trigger-passed", "the trigger price has been passed"],
  [110094, "give-up", "below-minimum", "the order's value is below the minimum"],
  [110095, "give-up", "market-closed", "no changes during the call auction"],
  [110096, "give-up", "market-closed", "pre-market trading needs another margin mode"],
  [110097, "give-up", "account-refused", "pre-market trading needs a unified account"],
  [110098, "give-up", "market-closed", "only resting orders during the call auction"],
  [110099, "give-up", "market-closed", "no stops during the call auction"],
  [110100, "give-up", "market-closed", "no pre-market orders in demo trading"],
  [110103, "give-up", "market-closed", "only post-only orders at this stage"],
  [110108, "give-up", "bad-request", "the slippage tolerance in ticks is out of range"],
  [110109, "give-up", "bad-request", "the slippage tolerance in percent is out of range"],
  [110118, "retry", "price-out-of-band", "no price for a market order: too little liquidity"],
  [110119, "give-up", "bad-request", "only market makers may send such orders"],
  [110120, "give-up", "price-out-of-band", "the price is below the limit"],
  [110121, "give-up", "price-out-of-band", "the price is above the limit"],
  [110123, "give-up", "account-refused", "the trading terms must be accepted"],
  [110124, "give-up", "account-refused", "a cooling-off period is in force"],
  [110125, "give-up", "market-closed", "the contract's terms must be accepted"],
  [110131, "give-up", "insufficient-margin", "the margin limit would be exceeded"],
  [110132, "give-up", "market-closed", "the product is not available in this region"],
  [110137, "give-up", "market-closed", "the contract is about to be settled"],
  [170213, "give-up", "bad-request", "the order does not exist"],
  [3200320, "give-up", "account-refused", "the account's loan is being liquidated"],
  [3200403, "give-up", "account-refused", "isolated margin cannot create this order"],
  [3400045, "give-up", "bad-request", "the margin mode was refused"],
  [3400139, "give-up", "above-maximum", "positions and orders exceed the risk limit"],
  [3400214, "unknown", "try-again", "a server error"],
];

export const CODE_MEANINGS: ReadonlyMap<number, CodeMeaning> = new Map(
  ROWS.map(([code, class_, rejection, meaning]) => [code, { code, class: class_, rejection, meaning }]),
);

/** Success in all of Bybit's answers. */
export const SUCCESS = 0;

export function meaningOf(code: number): CodeMeaning {
  return (
    CODE_MEANINGS.get(code) ?? {
      code,
      class: "unknown",
      rejection: "try-again",
      meaning: "a code we do not know",
    }
  );
}

/** Of a cancellation or an amendment: the order is finished, or the venue knows none with this id (any more, or yet). */
const GONE = new Set([110001, 110008, 110010, 170213]);

export function isGone(code: number): boolean {
  return GONE.has(code);
}

/** The venue's text is kept for people, cut to a length that suits a journal. */
const TEXT_CHARACTERS_MAX = 300;

/**
 * The venue's words, in one line and without control characters: they are shown on terminals. A wrong signature is answered
 * with the text that should have been signed, which holds the API key.
 */
export function venueText(words: unknown): string {
  if (typeof words !== "string") return "";
  return words
    .replace(/origin_string\[[^\]]*\]?/gi, "origin_string[...]")
    .slice(0, TEXT_CHARACTERS_MAX)
    .replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu, " ");
}

/** How an order that certainly did not reach the book is reported; `text` as `venueText` gives it. */
export function rejectionOf(code: number, text: string): Rejection {
  return { class: rejectionClassOf(code, text), code, text: text.slice(0, TEXT_CHARACTERS_MAX) };
}

/**
 * 10001 covers many causes; the words decide only how it is shown and grouped, never whether it was refused.
 * Literals from issue threads and from the venue's own examples.
 */
function rejectionClassOf(code: number, text: string): RejectionClass {
  const { rejection } = meaningOf(code);
  if (code !== 10001) return rejection;
  const words = text.toLowerCase();
  if (words.includes("position idx not match") || words.includes("position_mode"))
    return "position-mode-mismatch";
  if (words.includes("minimum limit") || words.includes("below the lower limit")) return "below-minimum";
  if (words.includes("maximum limit")) return "above-maximum";
  if (words.includes("not supported symbols") || words.includes("symbol invalid")) return "market-closed";
  return rejection;
}

/** True when the code says that the account itself is refused, whatever is asked. */
export function refusesAccount(code: number): boolean {
  const meaning = meaningOf(code);
  return (
    meaning.class === "give-up" && meaning.rejection === "account-refused" && REFUSES_EVERYTHING.has(code)
  );
}

/** The others of that class refuse one kind of request (trading, a permission, a symbol). */
const REFUSES_EVERYTHING = new Set([-2015, 10003, 10004, 10007, 10008, 10009, 10010, 33004]);

/** A code of an answered read or setting as the contract's error. */
export function errorOf(code: number, text: string): ExchangeError {
  const meaning = meaningOf(code);
  const kind = meaning.class === "already-so" ? "give-up" : meaning.class;
  return new ExchangeError(kind, code, `${meaning.meaning} (${code}: ${text.slice(0, TEXT_CHARACTERS_MAX)})`);
}
