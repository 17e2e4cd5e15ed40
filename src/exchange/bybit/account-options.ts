/** What a connection to an account may be asked to do otherwise than usual, and what is usual. */
import { STREAM_DEFAULTS, type StreamOptions } from "../stream-session.ts";
import { STREAM_WATCH_DEFAULTS, type StreamWatchOptions } from "../stream-watch.ts";

export interface BybitAccountOptions {
  /** Validity of an order at the venue, from the moment it was submitted to us. */
  readonly orderWindowMs: number;
  /** How long an answer on the order-entry stream may take. */
  readonly answerTimeoutMs: number;
  /** After a reconnect executions are read again from this long before the last one that was seen. */
  readonly overlapMs: number;
  /** Up to when an earlier run knew all executions, on the venue's clock; null when none has read the account. */
  readonly executionsSinceMs: number | null;
  readonly stream: Partial<StreamOptions>;
  /** When the private stream counts as silent, and how often is polled then. */
  readonly watch: StreamWatchOptions;
}

export const ACCOUNT_DEFAULTS: BybitAccountOptions = {
  orderWindowMs: 5_000,
  answerTimeoutMs: 5_000,
  overlapMs: 10_000,
  executionsSinceMs: null,
  stream: {},
  watch: STREAM_WATCH_DEFAULTS,
};

export interface WholeOptions extends BybitAccountOptions {
  readonly stream: StreamOptions;
}

/** What was asked for over the defaults; the streams of accounts that ask for nothing share one object. */
export function optionsFrom(asked: Partial<BybitAccountOptions> = {}): WholeOptions {
  const { stream = {} } = asked;
  const isUsual = Object.keys(stream).length === 0;
  return {
    ...ACCOUNT_DEFAULTS,
    ...asked,
    stream: isUsual ? STREAM_DEFAULTS : { ...STREAM_DEFAULTS, ...stream },
  };
}
