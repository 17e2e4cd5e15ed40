/**
 * What an endpoint is: its method and path, who may call it, which budget it draws on, and the function that answers.
 */
import type { Account } from "../accounts.ts";
import type { ExchangeState } from "../exchange-state.ts";
import type { Parameters } from "../parameters.ts";
import type { Answer } from "../wire.ts";

export interface Call {
  readonly state: ExchangeState;
  readonly parameters: Parameters;
  /** The server's clock as the caller sees it. */
  readonly nowMs: number;
  /** To be added to every stamp of a row. */
  readonly skewMs: number;
}

export interface PrivateCall extends Call {
  readonly account: Account;
  /** The raw body. */
  readonly body: string;
}

export interface PublicEndpoint {
  readonly kind: "public";
  readonly method: "GET";
  readonly path: string;
  readonly answer: (call: Call) => Answer;
}

export interface PrivateEndpoint {
  readonly kind: "private";
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly bucket: string;
  /** What the key must be allowed to do. */
  readonly needs: "nothing" | "trade" | "positions";
  readonly answer: (call: PrivateCall) => Answer;
}

export const CATEGORIES = ["spot", "linear", "inverse", "option"] as const;
export type Category = (typeof CATEGORIES)[number];
