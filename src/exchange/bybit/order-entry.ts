/**
 * Orders and their changes over the order-entry stream ("Websocket Trade Guideline"): one write for each, answers matched by request id.
 * Whatever is not answered (time-out, broken connection) is reported as unknown, never as refused.
 */
import type { ClientOrderId } from "../../core/model/identifiers.ts";
import { codeIn, isRow, numberIn, type RawRow } from "../raw.ts";
import type { Scope } from "../scope.ts";
import { type StreamHandlers, StreamSession, type StreamSurroundings } from "../stream-session.ts";
import type { RequestBudget } from "./budget.ts";
import { meaningOf, venueText } from "./errors.ts";
import { type OrderAction, orderFrame } from "./format.ts";
import type { KeyLane, LimitNotice } from "./key-lane.ts";
import { parseMessage } from "./private-stream.ts";
import type { ServerClock } from "./server-clock.ts";
import { type Credentials, loginMessage } from "./signature.ts";

/** An order, or a change of one, on its way in the venue's words. */
export interface Submission {
  readonly action: OrderAction;
  readonly clientOrderId: ClientOrderId;
  readonly body: string;
  readonly reduces: boolean;
  /** On our clock: the venue may not act on it later. */
  readonly validUntilMs: number;
}

export interface OrderEntryListener {
  answered(submission: Submission, code: number, text: string, venueOrderId: string): void;
  unknown(submission: Submission, cause: string): void;
  /** Never sent: no room in the limits before its deadline. */
  notSent(submission: Submission, cause: string): void;
  /** Never sent: no more risk was to be taken by its turn. */
  heldBack(submission: Submission): void;
  /** Never sent because the stream broke while it waited: another way may be taken. */
  notWritten(submission: Submission): void;
}

interface Pending {
  readonly requestId: number;
  readonly submission: Submission;
  readonly dueAtMs: number;
}

/** By REST; the stream draws on the same limits of the key. */
export function endpointOf(action: OrderAction): string {
  return `/v5/order/${action}`;
}

const LOGIN_VALID_MS = 10_000;
/** Less validity than this is not worth sending. */
const VALIDITY_MS_MIN = 500;
/** Orders without an answer; more are sent by REST, whose own limits are far below. */
const PENDING_MAX = 1_000;

export class OrderEntry implements StreamHandlers {
  readonly #session: StreamSession;
  readonly #scope: Scope;
  readonly #budget: RequestBudget;
  /** The key's limit on new orders; null where it has none. Those on changes are made when there is one. */
  readonly #lane: KeyLane | null;
  readonly #credentials: Credentials;
  readonly #clock: ServerClock;
  readonly #answerTimeoutMs: number;
  readonly #mayAdd: () => boolean;
  readonly #listener: OrderEntryListener;
  /** In the order of sending, which is nearly always the order of the answers; a list costs less than a map. */
  #pending: Pending[] = [];
  #lastRequestId = 0;
  #timerIsSet = false;

  constructor(
    around: StreamSurroundings<RequestBudget>,
    access: {
      readonly credentials: Credentials;
      readonly clock: ServerClock;
      readonly answerTimeoutMs: number;
      /** Whether what increases may still go when it has waited for its turn. */
      readonly mayAdd: () => boolean;
    },
    listener: OrderEntryListener,
  ) {
    this.#session = new StreamSession(around, this);
    this.#scope = around.scope;
    this.#budget = around.budget;
    this.#credentials = access.credentials;
    this.#lane = this.#makeLane("create");
    this.#clock = access.clock;
    this.#answerTimeoutMs = access.answerTimeoutMs;
    this.#mayAdd = access.mayAdd;
    this.#listener = listener;
  }

  get isReady(): boolean {
    return this.#session.isReady && this.#pending.length < PENDING_MAX;
  }

  start(): void {
    this.#session.start();
  }

  stop(): void {
    this.#session.stop();
    this.#loseAll("the connection was closed");
  }

  /** Written within this call when the key's limit has room. */
  submit(submission: Submission, nowMs: number): void {
    const lane = this.#laneOf(submission);
    if (lane === null || lane.tryTake()) {
      this.#write(submission, nowMs);
      return;
    }
    lane.enter({
      priority: submission.reduces ? "reduce" : "open",
      deadlineMs: submission.validUntilMs - VALIDITY_MS_MIN,
      go: () => this.#writeInTurn(submission),
      refused: (cause) => this.#listener.notSent(submission, cause),
    });
  }

  #laneOf({ action }: Submission): KeyLane | null {
    return action === "create" ? this.#lane : this.#makeLane(action);
  }

  #makeLane(action: OrderAction): KeyLane | null {
    return this.#budget.laneOf({
      priority: "open",
      key: this.#credentials.apiKey,
      endpoint: endpointOf(action),
    });
  }

  opened(): void {
    this.#session.send(loginMessage(this.#credentials, this.#clock.nowMs() + LOGIN_VALID_MS));
  }

  received(message: string): void {
    const parsed = parseMessage(message);
    if (parsed === null) this.#session.restart("a message is not JSON");
    else if (parsed.op === "auth") this.#loggedIn(parsed);
    else if (parsed.op !== "pong" && parsed.op !== "ping") this.#answered(parsed);
  }

  lost(cause: string): void {
    this.#loseAll(`the order stream broke: ${cause}`);
  }

  /** Much may have happened while it waited. */
  #writeInTurn(submission: Submission): void {
    if (submission.reduces || this.#mayAdd()) return this.#write(submission, this.#scope.nowMs());
    this.#laneOf(submission)?.giveBack();
    this.#listener.heldBack(submission);
  }

  #write(submission: Submission, nowMs: number): void {
    const requestId = ++this.#lastRequestId;
    const windowMs = Math.floor(submission.validUntilMs - nowMs);
    const stamp = { stampMs: this.#clock.at(nowMs), windowMs };
    const frame = orderFrame(submission.action, requestId, stamp, submission.body);
    if (!this.#session.isReady || !this.#session.send(frame)) {
      this.#laneOf(submission)?.giveBack();
      this.#listener.notWritten(submission);
      return;
    }
    this.#pending.push({ requestId, submission, dueAtMs: nowMs + this.#answerTimeoutMs });
    if (!this.#timerIsSet) this.#setTimer(this.#answerTimeoutMs);
  }

  #loggedIn(message: RawRow): void {
    const { retCode } = message;
    if (retCode === 0 || message.success === true || retCode === ALREADY_LOGGED_IN) this.#session.ready();
    else this.#session.restart(`the order stream's log-in was refused (${codeIn(retCode)})`);
  }

  #answered(message: RawRow): void {
    const code = codeIn(message.retCode);
    const text = venueText(message.retMsg);
    const pending = this.#take(message.reqId);
    if (pending === undefined) this.#answeredNobody(message, code, text);
    else if (Number.isNaN(code))
      this.#finish(pending.submission, null, () => this.#listener.unknown(pending.submission, UNREADABLE));
    else {
      const orderId = isRow(message.data) ? message.data.orderId : undefined;
      const venueOrderId = typeof orderId === "string" ? orderId : "";
      const notice = noticeIn(message, this.#clock);
      if (meaningOf(code).rejection === "rate-limited") {
        this.#laneOf(pending.submission)?.rest(REST_AFTER_REFUSAL_MS);
      }
      this.#finish(pending.submission, notice, () =>
        this.#listener.answered(pending.submission, code, text, venueOrderId),
      );
    }
    if (RESTARTING.has(code)) this.#session.restart(`the venue says: ${text} (${code})`);
  }

  /** Some refusals leave the request id out: they are somebody's, so everybody's fate is to be looked up. */
  #answeredNobody(message: RawRow, code: number, text: string): void {
    if (message.reqId !== undefined || code === 0 || Number.isNaN(code)) return;
    this.#loseAll(`an answer without a request id: ${text.slice(0, 100)} (${code})`);
  }

  #take(requestId: unknown): Pending | undefined {
    const id = typeof requestId === "string" ? Number(requestId) : Number.NaN;
    const index = this.#pending.findIndex((one) => one.requestId === id);
    if (index < 0) return undefined;
    const [pending] = this.#pending.splice(index, 1);
    return pending;
  }

  #finish(submission: Submission, notice: LimitNotice | null, tell: () => void): void {
    this.#laneOf(submission)?.answered(notice);
    tell();
  }

  #loseAll(cause: string): void {
    const lost = this.#pending;
    this.#pending = [];
    for (const one of lost)
      this.#finish(one.submission, null, () => this.#listener.unknown(one.submission, cause));
  }

  #setTimer(delayMs: number): void {
    this.#timerIsSet = true;
    this.#scope.setTimer(delayMs, () => this.#expire());
  }

  /** Orders are answered late in the order they were sent, so the first that is not due ends the search. */
  #expire(): void {
    this.#timerIsSet = false;
    const now = this.#scope.nowMs();
    const cause = `no answer within ${this.#answerTimeoutMs} ms`;
    for (let first = this.#pending[0]; first !== undefined; first = this.#pending[0]) {
      if (first.dueAtMs > now) {
        this.#setTimer(first.dueAtMs - now);
        return;
      }
      const { submission } = first;
      this.#pending.shift();
      this.#finish(submission, null, () => this.#listener.unknown(submission, cause));
    }
  }
}

/** How long a key's orders rest after "too many visits". */
const REST_AFTER_REFUSAL_MS = 1_000;
const ALREADY_LOGGED_IN = 20001;
/** After these the stream takes no more orders: 10019 restarting, 10016 internal, 10003 too many sessions. */
const RESTARTING = new Set([10019, 10003]);
const UNREADABLE = "the answer could not be read";

function noticeIn(message: RawRow, clock: ServerClock): LimitNotice | null {
  if (!isRow(message.header)) return null;
  const limit = numberIn(message.header["X-Bapi-Limit"]);
  const remaining = numberIn(message.header["X-Bapi-Limit-Status"]);
  const resetAt = numberIn(message.header["X-Bapi-Limit-Reset-Timestamp"]);
  if (!(limit > 0) || Number.isNaN(remaining)) return null;
  return { limit, remaining, resetAtMs: Number.isNaN(resetAt) ? 0 : clock.toOursMs(resetAt) };
}
