/**
 * The retCodes this exchange answers with and their texts, after the error table and the literals seen in real
 * answers (docs/exchanges/bybit.md). Clients branch on the code; the texts are there because people read them.
 */

/** An answer that refuses: what ends up as `retCode` and `retMsg`. */
export interface Refusal {
  readonly code: number;
  readonly text: string;
}

const TEXTS = {
  10000: "Server Timeout",
  10001: "params error",
  10002: "invalid request, please check your server timestamp or recv_window param.",
  10003: "API key is invalid.",
  10004: "error sign! please check your signature generation algorithm.",
  10005: "Permission denied, please check your API key permissions.",
  10006: "Too many visits!",
  10010: "Unmatched IP, please check your API key's bound IP addresses.",
  10016: "Request timeout, please try again later",
  10017: "Route not found.",
  10403: "Exceed IP rate limit.",
  10404: "op type is not found or category is not supported",
  20001: "repeat auth",
  20003: "Frequency is too high",
  20006: "reqId is duplicated",
  33004: "Your api key has expired.",
  34040: "not modified",
  100028: "The API cannot be accessed by unified account users.",
  3400045: "Set margin mode failed",
  110001: "order not exists or too late to cancel",
  110003: "Order price is out of permissible range",
  110004: "Wallet balance is insufficient",
  110005: "Position status error",
  110007: "ab not enough for new order",
  110009: "The number of stop orders exceeds the maximum allowable limit",
  110012: "Insufficient available balance",
  110013: "Cannot set leverage due to risk limit level",
  110015: "Position is in cross margin mode",
  110017: "Reduce-only rule not satisfied",
  110020: "Not allowed to have more than 500 active orders",
  110023: "Currently you can only reduce your position on this contract",
  110024: "There is an existing position, so position mode cannot be switched",
  110025: "Position mode is not modified",
  110026: "Cross/isolated margin mode is not modified",
  110028: "There are existing open orders, so position mode cannot be switched",
  110029: "Hedge mode is not supported for this symbol",
  110043: "leverage not modified",
  110061: "Not more than 20 partial TP/SLs",
  110064: "The order modified during this process is not above the filled quantity",
  110072: "OrderLinkedID is duplicate",
  110074: "This contract is not live",
  110076: "Only isolated mode can set auto-add-margin",
  110090: "Position would exceed the maximum limit of this leverage",
  110092: "expect Rising, but trigger_price is not above current price",
  110093: "expect Falling, but trigger_price is not below current price",
  110094: "Order does not meet minimum order value",
  110108: "slippageTolerance is out of range",
  110109: "slippageTolerance is out of range",
  110120: "Order price is below the minimum allowed",
  110121: "Order price is above the maximum allowed",
} as const;

export type ErrorCode = keyof typeof TEXTS;

/** The refusal of a code with its usual text, or with a more precise one. */
export function refusal(code: ErrorCode, text: string = TEXTS[code]): Refusal {
  return { code, text };
}

export function badParameter(text: string): Refusal {
  return { code: 10001, text };
}
