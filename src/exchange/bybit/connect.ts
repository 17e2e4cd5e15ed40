/**
 * One Bybit account as the contract's AccountConnection: private stream, orders (account-orders.ts), questions by REST. Puts the parts together; what rows and codes mean is decided in them. After each (re)connect
 * the streams are subscribed first, then snapshot and recent executions are read, so that nothing falls between.
 */
import type { EventOf, FollowedMarginMode } from "../../core/event.ts";
import type { AccountId, ClientOrderId, InstrumentId, VenueId } from "../../core/model/identifiers.ts";
import type { Instrument } from "../../core/model/instrument.ts";
import type { ApprovedChange, ApprovedOrder } from "../../core/order.ts";
import type {
  AccountConnection,
  AccountInspection,
  Capabilities,
  ConnectionEvent,
  ConnectionListener,
  KeyInspection,
  RiskTierSource,
} from "../exchange.ts";
import { ExchangeError } from "../exchange-error.ts";
import { type RawRow, troubleIn, UnknownState } from "../raw.ts";
import { Scope } from "../scope.ts";
import { SnapshotTurns } from "../snapshot-turns.ts";
import type { StreamHealth } from "../stream-health.ts";
import type { StreamSurroundings } from "../stream-session.ts";
import { StreamWatch, type StreamWatchHolder } from "../stream-watch.ts";
import type { Outside } from "../transport.ts";
import { AccountEvents, type AccountRole, type EventsHolder, TOPIC_METHODS } from "./account-events.ts";
import { type BybitAccountOptions, optionsFrom, type WholeOptions } from "./account-options.ts";
import { AccountOrders, type OrdersHolder } from "./account-orders.ts";
import {
  type AccountAccess,
  type MarketDescription,
  type OrderFinding,
  readMarket,
  readOrder,
} from "./account-reads.ts";
import type { RequestBudget } from "./budget.ts";
import { refusesAccount, rejectionOf } from "./errors.ts";
import { leverageBody, symbolOf } from "./format.ts";
import type { BybitUrls } from "./hosts.ts";
import { inspectAccount, inspectKey } from "./inspect.ts";
import { readSnapshotWithMode, type SnapshotWithMode, setMarginMode } from "./margin-mode.ts";
import { MissedExecutions } from "./missed-executions.ts";
import { PrivateStream, type PrivateStreamListener, type PrivateTopic } from "./private-stream.ts";
import { type AskResult, BybitRest } from "./rest.ts";
import type { Credentials } from "./signature.ts";
import { showWatch, tellWatch } from "./watched-rows.ts";

export interface BybitAccountParts {
  readonly account: AccountId;
  readonly venue: VenueId;
  readonly role: AccountRole;
  /**
   * Whether a leader's own open orders and the exits of its positions are read and told: a request more per snapshot and an
   * event per change, all of which is journaled. To be asked for only where a follower copies them; default false.
   */
  readonly followsOrders?: boolean;
  readonly credentials: Credentials;
  readonly urls: BybitUrls;
  readonly capabilities: Capabilities;
  /** "optional" where the venue may not answer what a key is allowed (demo); default "required". */
  readonly keyInspection?: "required" | "optional";
  readonly instruments: { get(id: InstrumentId): Instrument | undefined };
  readonly outside: Outside;
  /** One per internet address. */
  readonly budget: RequestBudget;
  /** One per venue, so that its accounts share one estimate of the server's clock; made here when absent. */
  readonly rest?: BybitRest;
  /** What a market is described after; without it nobody reads risk tiers. */
  readonly riskTiers?: RiskTierSource;
  readonly listener: ConnectionListener;
  /** Whether what increases, and was submitted before, may still go when its turn comes; absent: always. */
  readonly mayAdd?: () => boolean;
  readonly options?: Partial<BybitAccountOptions>;
}

export function connectBybitAccount(parts: BybitAccountParts): AccountConnection {
  return new BybitAccount(parts);
}

/** Of a leader whose orders are not followed. */
const FEW_TOPICS: readonly PrivateTopic[] = ["execution", "position", "wallet"];
const ALL_TOPICS: readonly PrivateTopic[] = ["execution", "position", "order", "wallet"];

class BybitAccount
  implements AccountConnection, PrivateStreamListener, OrdersHolder, EventsHolder, StreamWatchHolder
{
  readonly account: AccountId;
  readonly venue: VenueId;
  readonly capabilities: Capabilities;
  readonly #parts: BybitAccountParts;
  readonly #options: WholeOptions;
  readonly #scope: Scope;
  readonly #access: AccountAccess;
  readonly #events: AccountEvents;
  readonly #stream: PrivateStream;
  readonly #watch: StreamWatch;
  readonly #orders: AccountOrders;
  readonly #missed: MissedExecutions;
  #isOpen = false;
  #wasUp = false;
  readonly #snapshots = new SnapshotTurns();
  #openedAtServerMs = 0;
  #saidRefused = "";
  #tellsMarginMode = false;
  /** Questions under way. */
  #asking: Set<string> | null = null;

  constructor(parts: BybitAccountParts) {
    this.account = parts.account;
    this.venue = parts.venue;
    this.capabilities = parts.capabilities;
    this.#parts = parts;
    this.#options = optionsFrom(parts.options);
    this.#scope = new Scope(parts.outside.clock);
    const rest = parts.rest ?? new BybitRest(parts.outside, parts.urls.rest, parts.budget);
    const { venue, credentials } = parts;
    this.#access = { venue, credentials, rest, scope: this.#scope, priority: "ask" };
    this.#events = new AccountEvents(parts, this);
    this.#stream = this.#makeStream(rest);
    const watch = {
      scope: this.#scope,
      options: this.#options.watch,
      pollsWhileDown: parts.role === "leader",
    };
    this.#watch = new StreamWatch(watch, this);
    this.#orders = this.#makeOrders();
    const subject = "recent executions";
    this.#missed = new MissedExecutions({
      access: this.#access,
      againMs: this.#options.answerTimeoutMs,
      read: (rows) => this.#fromRead("snapshot", subject, () => this.#events.executions(rows)),
      failed: (error) => this.#questionFailed("snapshot", subject, error),
    });
  }

  inspect(done: (result: AccountInspection | ExchangeError) => void): void {
    const { clock } = this.#access.rest;
    clock.use(() => {
      inspectAccount(this.#access, this.account, this.#parts.keyInspection ?? "required", (result) => {
        clock.release();
        done(result);
      });
    });
  }

  inspectKey(done: (result: KeyInspection | ExchangeError) => void): void {
    const { clock } = this.#access.rest;
    // Not among the reads, whose share would keep a start waiting: nothing trades before every key was looked at.
    const access: AccountAccess = { ...this.#access, priority: "open" };
    clock.use(() => {
      inspectKey(access, this.account, this.#parts.keyInspection ?? "required", (result) => {
        clock.release();
        done(result);
      });
    });
  }

  open(): void {
    if (this.#isOpen || this.#scope.isClosed) return;
    this.#isOpen = true;
    this.#access.rest.clock.use(() => {
      if (this.#scope.isClosed) return;
      this.#openedAtServerMs = this.#access.rest.clock.nowMs();
      this.#missExecutions();
      this.#stream.start();
      this.#orders.start();
    });
  }

  close(): void {
    if (this.#scope.isClosed) return;
    this.#stream.stop();
    this.#orders.stop();
    this.#scope.close();
    if (this.#isOpen) this.#access.rest.clock.release();
  }

  followOrders(wanted: boolean): void {
    if (this.#parts.role !== "leader" || wanted === this.#events.followsOrders) return;
    this.#events.followsOrders = wanted;
    this.#stream.subscribe(wanted ? ALL_TOPICS : FEW_TOPICS);
    if (this.#isOpen) this.requestSnapshot();
  }

  requestSnapshot(): void {
    if (!this.#snapshots.begin()) return;
    const requestedAtMs = this.#scope.nowMs();
    // A thousand followers' rounds fill the limit; a leader's state behind them would always be too old to act on.
    const isFollower = this.#parts.role === "follower";
    const access: AccountAccess = isFollower ? { ...this.#access, priority: "read" } : this.#access;
    const followed = this.#events.followsOrders ? "leader's" : "none";
    const wanted = { orders: isFollower ? "ours" : followed, marginMode: this.#tellsMarginMode } as const;
    readSnapshotWithMode(access, wanted, (result) => {
      const isWantedAgain = this.#snapshots.end();
      if (result.kind === "error") this.#questionFailed("snapshot", "", result.error);
      else this.#snapshotTaken(result.value, requestedAtMs);
      if (isWantedAgain) this.requestSnapshot();
    });
  }

  describeMarket(instrument: InstrumentId): void {
    // An order waits for it, so it takes its turn among the orders: the reads' share would hold a thousand for 21 s.
    const access: AccountAccess = { ...this.#access, priority: "open" };
    this.#parts.riskTiers?.ask(instrument);
    this.#once(`describe ${instrument}`, (answered) => {
      readMarket(access, symbolOf(instrument), (result) => {
        this.#afterRiskTiers(instrument, () => {
          answered();
          if (result.kind === "error") this.#questionFailed("describe-market", instrument, result.error);
          else this.#marketRead(instrument, result.value);
        });
      });
    });
  }

  /** The first order in a market goes at a leverage that its tiers allow. */
  #afterRiskTiers(instrument: InstrumentId, action: () => void): void {
    const { riskTiers } = this.#parts;
    if (riskTiers === undefined) return action();
    riskTiers.whenTold(instrument, () => {
      if (!this.#scope.isClosed) action();
    });
  }

  #marketRead(instrument: InstrumentId, { mode, leverage }: MarketDescription): void {
    this.#fromStream(() => this.#events.learn(symbolOf(instrument), mode, leverage));
    const atMs = this.#scope.nowMs();
    this.emit({ kind: "market-described", account: this.account, instrument, mode, leverage, atMs });
  }

  /** A question that is asked again while it waits for its turn or its answer is not asked twice. */
  #once(question: string, ask: (answered: () => void) => void): void {
    this.#asking ??= new Set();
    if (this.#asking.has(question)) return;
    this.#asking.add(question);
    ask(() => {
      this.#asking?.delete(question);
      if (this.#asking?.size === 0) this.#asking = null;
    });
  }

  submit(orders: readonly ApprovedOrder[]): void {
    this.#orders.submit(orders);
  }

  cancel(clientOrderId: ClientOrderId, instrument: InstrumentId): void {
    this.#orders.cancel(clientOrderId, instrument);
  }

  amend(clientOrderId: ClientOrderId, instrument: InstrumentId, change: ApprovedChange): void {
    this.#orders.amend(clientOrderId, instrument, change);
  }

  lookUp(clientOrderId: ClientOrderId, instrument: InstrumentId): void {
    this.#once(`look up ${clientOrderId}`, (answered) => {
      readOrder(this.#access, symbolOf(instrument), clientOrderId, (result) => {
        answered();
        if (result.kind === "error") this.#questionFailed("look-up", clientOrderId, result.error);
        else this.#found(clientOrderId, result.value);
      });
    });
  }

  setLeverage(instrument: InstrumentId, leverage: string): void {
    const { rest, credentials, scope } = this.#access;
    const payload = leverageBody(symbolOf(instrument), leverage);
    const request = {
      method: "POST",
      path: "/v5/position/set-leverage",
      payload,
      credentials,
      priority: "open",
    } as const;
    this.#once(`set ${leverage} ${instrument}`, (answered) => {
      rest.ask(request, scope, (result) => {
        answered();
        this.#leverageAnswered(instrument, leverage, result);
      });
    });
  }

  #leverageAnswered(instrument: InstrumentId, leverage: string, result: AskResult): void {
    const about = { account: this.account, instrument, leverage, atMs: this.#scope.nowMs() };
    if (result.kind === "ok") this.emit({ kind: "leverage-set", ...about });
    else if (result.error.class === "give-up" && result.error.code > 0) {
      const rejection = rejectionOf(result.error.code, result.error.message);
      this.emit({ kind: "leverage-refused", ...about, rejection });
    } else this.#questionFailed("set-leverage", instrument, result.error);
  }

  tellMarginMode(wanted: boolean): void {
    if (wanted === this.#tellsMarginMode) return;
    this.#tellsMarginMode = wanted;
    if (wanted && this.#isOpen) this.requestSnapshot();
  }

  setMarginMode(mode: FollowedMarginMode): void {
    this.#once(`margin ${mode}`, (answered) => {
      setMarginMode(this.#access, mode, (answer) => {
        answered();
        if (answer.kind === "failed") this.#questionFailed("set-margin-mode", mode, answer.error);
        else this.emit({ ...answer, account: this.account, marginMode: mode, atMs: this.#scope.nowMs() });
      });
    });
  }

  #makeStream(rest: BybitRest): PrivateStream {
    const { credentials, role, followsOrders } = this.#parts;
    const topics = role === "leader" && followsOrders !== true ? FEW_TOPICS : ALL_TOPICS;
    return new PrivateStream(
      this.#surroundings("/v5/private"),
      { credentials, clock: rest.clock, topics },
      this,
    );
  }

  #makeOrders(): AccountOrders {
    const { account, instruments, role, capabilities, mayAdd = () => true } = this.#parts;
    const { orderWindowMs, answerTimeoutMs } = this.#options;
    const byStream = role === "follower" && capabilities.orderEntryStream;
    const stream = byStream ? this.#surroundings("/v5/trade") : null;
    const times = { orderWindowMs, answerTimeoutMs };
    return new AccountOrders({ account, instruments, access: this.#access, ...times, stream, mayAdd }, this);
  }

  #surroundings(path: string): StreamSurroundings<RequestBudget> {
    const { urls, outside, budget } = this.#parts;
    return {
      url: `${urls.stream}${path}`,
      outside,
      budget,
      scope: this.#scope,
      options: this.#options.stream,
    };
  }

  /** For the parts only, as the methods down to `emit`: a thousand accounts would each keep a dozen closures else. */
  up(): void {
    this.#saidRefused = "";
    this.#watch.up();
    this.#connectionChanged("up", "");
    this.requestSnapshot();
    this.#missed.read();
    this.#wasUp = true;
  }

  down(cause: string): void {
    this.#connectionChanged("down", cause);
    this.#missExecutions();
    this.#watch.down();
  }

  rows(topic: PrivateTopic, rows: readonly RawRow[]): void {
    this.#fromStream(() => {
      this.#events[TOPIC_METHODS[topic]](rows);
      if (topic === "execution" || topic === "position") tellWatch(this.#watch, rows);
    });
  }

  get streamHealth(): StreamHealth {
    return this.#watch.health;
  }

  giveUpStream(cause: string): void {
    this.#stream.restart(cause);
  }

  nowMs(): number {
    return this.#scope.nowMs();
  }

  serverNowMs(): number {
    return this.#access.rest.clock.nowMs();
  }

  snapshotWanted(): void {
    this.requestSnapshot();
  }

  emit(event: ConnectionEvent): void {
    if (!this.#scope.isClosed) this.#parts.listener(event);
  }

  /** A follower of which no earlier run knew has no order of ours; what it holds comes with the snapshot. */
  #missExecutions(): void {
    const { executionsSinceMs, overlapMs } = this.#options;
    if (!this.#wasUp && this.#parts.role === "follower" && executionsSinceMs === null) return;
    const last = this.#events.lastExecutionMs || (executionsSinceMs ?? this.#openedAtServerMs);
    this.#missed.miss(last - overlapMs);
  }

  /** A refusal that may pass (a clock, a burst of log-ins) is checked by a signed read before anything is concluded. */
  loginRefused(cause: string, isFinal: boolean): void {
    if (isFinal) this.#refused(cause);
    else {
      this.#access.rest.clock.doubt();
      this.requestSnapshot();
    }
  }

  /** Fills go out before the order's state, so that a filled order never stands without them. */
  #found(clientOrderId: ClientOrderId, found: OrderFinding): void {
    const isRead = this.#fromRead("look-up", clientOrderId, () => this.#events.executions(found.executions));
    if (!isRead) return;
    const about = { account: this.account, atMs: this.#scope.nowMs() };
    if (found.order !== null) this.emit({ kind: "order-reported", ...about, order: found.order });
    else if (found.executions.length === 0) {
      this.emit({ kind: "order-not-found", ...about, clientOrderId, serverTimeMs: found.serverTimeMs });
    } else {
      const cause = "the order's fills are visible but not the order yet";
      this.emit({ kind: "question-failed", ...about, question: "look-up", subject: clientOrderId, cause });
    }
  }

  modeWanted(symbol: string): void {
    readMarket(this.#access, symbol, (result) => {
      if (result.kind !== "error") {
        const { mode, leverage } = result.value;
        return this.#fromStream(() => this.#events.learn(symbol, mode, leverage));
      }
      this.#questionFailed("describe-market", symbol, result.error);
      // A snapshot tells what a leader holds; what an order of a lost journal did, only its fills tell.
      const isAskedAgain = this.#parts.role === "follower" && result.error.class === "retry";
      if (!isAskedAgain) return this.#events.forget(symbol);
      this.#scope.setTimer(this.#options.answerTimeoutMs, () => this.modeWanted(symbol));
    });
  }

  #snapshotTaken(snapshot: SnapshotWithMode, requestedAtMs: number): void {
    for (const position of snapshot.positions) {
      const mode = position.leg === "net" ? "one-way" : "hedge";
      this.#fromStream(() => this.#events.learn(symbolOf(position.instrument), mode, position.leverage));
    }
    const kind = `${this.#parts.role}-snapshot-taken` as const;
    const receivedAtMs = this.#scope.nowMs();
    const { waitingSinceMs } = this.#events;
    const untoldSinceMs = this.#missed.untoldSinceMs(waitingSinceMs);
    const isAwaiting = this.#parts.role === "follower" && (this.#missed.isAwaited || waitingSinceMs !== null);
    if (isAwaiting) this.#missed.readUnstreamed();
    const awaits = {
      ...(isAwaiting ? { awaitsExecutions: true as const } : {}),
      ...(untoldSinceMs === null ? {} : { untoldSinceMs }),
    };
    this.emit({ kind, account: this.account, ...snapshot, ...awaits, requestedAtMs, receivedAtMs });
    showWatch(this.#watch, snapshot.positions, requestedAtMs);
  }

  /** Rows of the stream (also those that waited): malformed ones reopen it, a state nobody knows stops the account. */
  #fromStream(action: () => void): void {
    const trouble = troubleIn(action);
    if (trouble instanceof UnknownState) this.#refused(`${NOT_UNDERSTOOD}: ${trouble.message}`);
    else if (trouble !== null) this.#stream.restart(`a message could not be read: ${trouble.message}`);
  }

  /** Rows of an answer: whatever is wrong with them fails the question. True when all went well. */
  #fromRead(question: Question, subject: string, action: () => void): boolean {
    const trouble = troubleIn(action);
    if (trouble === null) return true;
    this.#questionFailed(
      question,
      subject,
      new ExchangeError("give-up", 0, trouble.message, { cause: trouble }),
    );
    return false;
  }

  #questionFailed(question: Question, subject: string, error: ExchangeError): void {
    if (refusesAccount(error.code)) this.#refused(error.message);
    if (error.cause instanceof UnknownState) this.#refused(`${NOT_UNDERSTOOD}: ${error.message}`);
    const atMs = this.#scope.nowMs();
    this.emit({
      kind: "question-failed",
      account: this.account,
      question,
      subject,
      cause: error.message,
      atMs,
    });
  }

  /** Said once until the account is up again. */
  #refused(cause: string): void {
    if (this.#saidRefused === cause) return;
    this.#saidRefused = cause;
    this.emit({ kind: "account-refused", account: this.account, cause, atMs: this.#scope.nowMs() });
  }

  #connectionChanged(state: "up" | "down", cause: string): void {
    const atMs = this.#scope.nowMs();
    this.emit({ kind: "connection-changed", account: this.account, state, cause, atMs });
  }
}

type Question = EventOf<"question-failed">["question"];

const NOT_UNDERSTOOD = "the venue reports a state that is not understood";
