/**
 * A listener on the exchange's wire, for measuring: hears of messages at the moment they are complete or about to leave,
 * before the exchange does anything with them. Absent in normal use, and free then.
 */

export interface WireTap {
  /** A whole message or request has come in; `path` is its path, "/v5/trade" for order entry. */
  received(path: string, apiKey: string | undefined): void;
  /** Stream messages are about to be handed to the socket. */
  sending(path: string, apiKey: string | undefined): void;
}
