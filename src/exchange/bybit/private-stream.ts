/**
 * The private stream of one account: log-in, subscription, and topic rows to whoever holds the account. Log-in and
 * heart-beat per "Connect"; topics per "Position", "Execution", "Order", "Wallet".
 */

import { isRow, MalformedMessage, type RawRow, rowsOf } from "../raw.ts";
import { type StreamHandlers, StreamSession, type StreamSurroundings } from "../stream-session.ts";
import { meaningOf, refusesAccount, venueText } from "./errors.ts";
import type { ServerClock } from "./server-clock.ts";
import { type Credentials, loginMessage } from "./signature.ts";

export type PrivateTopic = "execution" | "order" | "position" | "wallet";

export interface PrivateStreamListener {
  /** Logged in and subscribed: changes flow from here on. */
  up(): void;
  down(cause: string): void;
  rows(topic: PrivateTopic, rows: readonly RawRow[]): void;
  /** The venue would not log us in; the stream tries again later unless it is stopped. */
  loginRefused(cause: string, isFinal: boolean): void;
}

/** A log-in stays valid this long; the server only asks that it lies in the future. */
const LOGIN_VALID_MS = 10_000;

export class PrivateStream implements StreamHandlers {
  readonly #session: StreamSession;
  readonly #credentials: Credentials;
  readonly #clock: ServerClock;
  #topics: readonly PrivateTopic[];
  /** What this connection has subscribed. */
  #asked: readonly PrivateTopic[] = [];
  readonly #listener: PrivateStreamListener;
  #isUp = false;

  constructor(
    around: StreamSurroundings,
    access: {
      readonly credentials: Credentials;
      readonly clock: ServerClock;
      readonly topics: readonly PrivateTopic[];
    },
    listener: PrivateStreamListener,
  ) {
    this.#session = new StreamSession(around, this);
    this.#credentials = access.credentials;
    this.#clock = access.clock;
    this.#topics = access.topics;
    this.#listener = listener;
  }

  start(): void {
    this.#session.start();
  }

  stop(): void {
    this.#isUp = false;
    this.#session.stop();
  }

  /** Exactly these topics from now on. */
  subscribe(topics: readonly PrivateTopic[]): void {
    this.#topics = topics;
    if (this.#isUp) this.#adjust();
  }

  #adjust(): void {
    const before = this.#asked;
    this.#asked = this.#topics;
    this.#tell("subscribe", missingIn(before, this.#topics));
    this.#tell("unsubscribe", missingIn(this.#topics, before));
  }

  #tell(op: "subscribe" | "unsubscribe", args: readonly PrivateTopic[]): void {
    if (args.length > 0) this.#session.send(JSON.stringify({ op, args }));
  }

  restart(cause: string): void {
    this.#session.restart(cause);
  }

  opened(): void {
    this.#session.send(loginMessage(this.#credentials, this.#clock.nowMs() + LOGIN_VALID_MS));
  }

  received(message: string): void {
    const parsed = parseMessage(message);
    if (parsed === null) {
      this.restart("a message is not JSON");
      return;
    }
    const { topic } = parsed;
    if (typeof topic === "string") this.#receivedTopic(topic, parsed);
    else this.#receivedAnswer(parsed);
  }

  lost(cause: string): void {
    const wasUp = this.#isUp;
    this.#isUp = false;
    if (wasUp) this.#listener.down(cause);
  }

  #receivedTopic(topic: string, message: RawRow): void {
    const name = this.#topics.find((one) => one === topic);
    if (name === undefined) return;
    try {
      this.#listener.rows(name, rowsOf(message.data, topic));
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.restart(`a message of ${topic} could not be read: ${error.message}`);
    }
  }

  #receivedAnswer(message: RawRow): void {
    if (message.op === "auth") this.#loggedIn(message);
    else if (message.op === "subscribe") this.#subscribed(message);
  }

  #loggedIn(message: RawRow): void {
    if (message.success === true || message.retCode === 0) {
      this.#asked = this.#topics;
      this.#tell("subscribe", this.#topics);
      return;
    }
    const code = typeof message.retCode === "number" ? message.retCode : 0;
    const said = code === 0 ? wordsOf(message) : `${meaningOf(code).meaning} (${code}: ${wordsOf(message)})`;
    const cause = `the log-in was refused: ${said}`;
    this.restart(cause);
    this.#listener.loginRefused(cause, refusesAccount(code));
  }

  #subscribed(message: RawRow): void {
    if (message.success !== true) {
      this.restart(`the subscription was refused: ${wordsOf(message)}`);
      return;
    }
    this.#session.ready();
    if (this.#isUp) return;
    this.#isUp = true;
    this.#adjust();
    this.#listener.up();
  }
}

function missingIn(known: readonly PrivateTopic[], wanted: readonly PrivateTopic[]): readonly PrivateTopic[] {
  return wanted.filter((topic) => !known.includes(topic));
}

export function parseMessage(message: string): RawRow | null {
  try {
    const parsed: unknown = JSON.parse(message);
    return isRow(parsed) ? parsed : null;
  } catch {
    // Reported by the caller, which gives the connection up.
    return null;
  }
}

/** The venue's text; both spellings occur. */
function wordsOf(message: RawRow): string {
  return venueText(message.ret_msg ?? message.retMsg);
}
