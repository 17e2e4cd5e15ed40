/**
 * A listener on the exchange's wire, for measuring: hears of messages at the moment they are complete or about to leave,
 * before the exchange does anything with them. Absent in normal use, and free then.
 */

export interface WireTap {
  /** A whole message or request body of so many characters has come in; the path of order entry is "/v5/trade". */
  received(path: string, apiKey: string | undefined, length: number): void;
  /** Stream messages are about to be handed to the socket. */
  sending(path: string, apiKey: string | undefined): void;
}
