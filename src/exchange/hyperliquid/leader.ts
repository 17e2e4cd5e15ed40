/**
 * One public address as the contract's AccountConnection, to be copied as a leader: fills by stream or, where the venue streams no
 * more addresses, by polling; the whole state by snapshots. Both lead to the same plan. What is missed while nothing streams
 * is read afterwards, and where the venue does not keep it any more, the snapshot says what holds. It never trades.
 */
import type { EventOf } from "../../core/event.ts";
import type { AccountId, ClientOrderId, InstrumentId, VenueId } from "../../core/model/identifiers.ts";
import type { ApprovedOrder } from "../../core/order.ts";
import type {
  AccountConnection,
  AccountInspection,
  Capabilities,
  ConnectionEvent,
  ConnectionListener,
  KeyInspection,
} from "../exchange.ts";
import { ExchangeError } from "../exchange-error.ts";
import { Scope } from "../scope.ts";
import { SnapshotTurns } from "../snapshot-turns.ts";
import type { StreamHealth } from "../stream-health.ts";
import {
  STREAM_WATCH_DEFAULTS,
  StreamWatch,
  type StreamWatchHolder,
  type StreamWatchOptions,
} from "../stream-watch.ts";
import type { Outside } from "../transport.ts";
import type { Address } from "./address.ts";
import type { FillStream, FillStreamListener, FillStreams } from "./fill-streams.ts";
import type { InfoClient } from "./info.ts";
import { inspectAddress, inspectWithState } from "./inspect.ts";
import { partsOf } from "./instruments.ts";
import { readFills } from "./missed-fills.ts";
import { type FillList, parseFills } from "./parse.ts";
import { StateReader, type TimedState } from "./state-reads.ts";
import { Telling, type TellingHolder } from "./telling.ts";

export interface HyperliquidLeaderParts {
  readonly account: AccountId;
  readonly venue: VenueId;
  readonly address: Address;
  readonly info: InfoClient;
  /** Null where this address is not among those that are streamed. */
  readonly streams: FillStreams | null;
  /** Names of builders' markets. */
  readonly builders: () => readonly string[];
  readonly outside: Outside;
  readonly listener: ConnectionListener;
  readonly onNotice: (notice: string) => void;
  readonly options?: Partial<HyperliquidLeaderOptions>;
}

export interface HyperliquidLeaderOptions {
  /** Up to when an earlier run knew all fills, on the venue's clock; null when none has read the address. */
  readonly fillsSinceMs: number | null;
  /** Between two looks where it is not streamed. */
  readonly pollMs: number;
  readonly watch: StreamWatchOptions;
}

/** Fills that wait behind older ones that are being read; past it the snapshot has to do. */
const WAITING_MAX = 20_000;
/** A stream's history that begins so long after the last known fill leaves a gap. */
const OVERLAP_MS = 2_000;
/** So many looks in a row may fail before a polled address counts as not connected. */
const FAILURES_MAX = 2;
/** The venue keeps so many fills; where more happened some are lost. */
const KEPT_MAX = 10_000;

const DEFAULTS: HyperliquidLeaderOptions = {
  fillsSinceMs: null,
  pollMs: STREAM_WATCH_DEFAULTS.pollMs,
  watch: STREAM_WATCH_DEFAULTS,
};

const CAPABILITIES: Capabilities = { orderEntryStream: false, hedgeMode: false };

export function followHyperliquidAddress(parts: HyperliquidLeaderParts): AccountConnection {
  return new HyperliquidLeader(parts);
}

class HyperliquidLeader implements AccountConnection, FillStreamListener, StreamWatchHolder, TellingHolder {
  readonly account: AccountId;
  readonly venue: VenueId;
  readonly capabilities = CAPABILITIES;
  readonly #parts: HyperliquidLeaderParts;
  readonly #options: HyperliquidLeaderOptions;
  readonly #scope: Scope;
  readonly #states: StateReader;
  readonly #telling: Telling;
  readonly #watch: StreamWatch;
  #stream: FillStream | null = null;
  #isOpen = false;
  #isUp = false;
  #isPolled = false;
  readonly #snapshots = new SnapshotTurns();
  #failures = 0;
  /** Lists that wait until older fills were read; null while none are. */
  #waiting: FillList[] | null = null;

  constructor(parts: HyperliquidLeaderParts) {
    this.account = parts.account;
    this.venue = parts.venue;
    this.#parts = parts;
    this.#options = { ...DEFAULTS, ...parts.options };
    this.#scope = new Scope(parts.outside.clock);
    this.#states = new StateReader(parts.info, this.#scope, parts.address, parts.builders);
    this.#telling = new Telling(this, this.#options.fillsSinceMs, this);
    const watch = { scope: this.#scope, options: this.#options.watch, pollsWhileDown: true };
    this.#watch = new StreamWatch(watch, this);
  }

  get streamHealth(): StreamHealth {
    return this.#watch.health;
  }

  inspectKey(done: (result: KeyInspection | ExchangeError) => void): void {
    inspectAddress({ ...this.#parts, scope: this.#scope }, done);
  }

  inspect(done: (result: AccountInspection | ExchangeError) => void): void {
    inspectWithState({ ...this.#parts, scope: this.#scope }, this.#states, done);
  }

  open(): void {
    if (this.#isOpen || this.#scope.isClosed) return;
    this.#isOpen = true;
    const { streams, address } = this.#parts;
    this.#stream = streams?.watch(address, this) ?? null;
    if (this.#stream === null) this.#poll();
    else this.#watch.down();
  }

  close(): void {
    this.#stream?.stop();
    this.#scope.close();
  }

  requestSnapshot(): void {
    if (!this.#snapshots.begin()) return;
    const requestedAtMs = this.#scope.nowMs();
    this.#states.read((state) => {
      if (state instanceof ExchangeError) this.#snapshotFailed(state);
      else this.#stateRead(state, requestedAtMs);
    });
  }

  describeMarket(instrument: InstrumentId): void {
    this.#questionFailed("describe-market", instrument, NEVER_TRADES);
  }

  /** Never asked for: accounts of this venue are leaders only. */
  submit(orders: readonly ApprovedOrder[]): void {
    const rejection = { class: "account-refused", code: 0, text: NEVER_TRADES } as const;
    const about = { account: this.account, rejection, atMs: this.#scope.nowMs() };
    for (const { clientOrderId } of orders) this.emit({ kind: "order-rejected", clientOrderId, ...about });
  }

  cancel(): void {
    // Nothing of ours is ever there.
  }

  amend(): void {
    // Nothing of ours is ever there.
  }

  lookUp(clientOrderId: ClientOrderId): void {
    this.#questionFailed("look-up", clientOrderId, NEVER_TRADES);
  }

  setLeverage(instrument: InstrumentId): void {
    this.#questionFailed("set-leverage", instrument, NEVER_TRADES);
  }

  /** For the stream, the watch and the telling only, as the methods down to `emit`. */
  fills(rows: unknown, isSnapshot: boolean): void {
    const list = parseFills(rows);
    if (!isSnapshot) return this.#take(list);
    this.#watch.up();
    this.#changed("up", "");
    this.#catchUp(list);
    this.requestSnapshot();
  }

  down(cause: string): void {
    this.#changed("down", cause);
    this.#watch.down();
  }

  refused(cause: string): void {
    this.notice(
      `its fills are not streamed (${cause}): it is polled every ${this.#options.pollMs / 1_000} s`,
    );
    this.#stream = null;
    this.#poll();
  }

  /** A polled address is looked at soon anyhow. */
  snapshotWanted(): void {
    if (!this.#isPolled) this.requestSnapshot();
  }

  giveUpStream(cause: string): void {
    this.#stream?.restart(cause);
  }

  told(coin: string, sequence: number): void {
    this.#states.noteActive(partsOf(coin).dex);
    this.#watch.told(coin, sequence);
  }

  nowMs(): number {
    return this.#scope.nowMs();
  }

  notice(text: string): void {
    this.#parts.onNotice(text);
  }

  emit(event: ConnectionEvent): void {
    if (!this.#scope.isClosed) this.#parts.listener(event);
  }

  /** The stream stands and begins with recent history; where that does not reach back far enough, the rest is read first. */
  #catchUp(list: FillList): void {
    this.#telling.begin(list);
    const sinceMs = this.#telling.knownUntilMs ?? 0;
    const reachesBack = list.rows === 0 || list.firstMs <= sinceMs;
    if (reachesBack) this.#take(list);
    else this.#readMissed(sinceMs, () => this.#telling.fills(list));
  }

  /** Fills since then; newer ones wait. */
  #readMissed(sinceMs: number, then: () => void): void {
    if (this.#waiting !== null) return then();
    this.#waiting = [];
    const { info, address } = this.#parts;
    const wanted = { address, sinceMs: Math.max(0, sinceMs - OVERLAP_MS), urgency: "ask" } as const;
    const over = (): void => {
      const waiting = this.#waiting ?? [];
      this.#waiting = null;
      then();
      for (const list of waiting) this.#telling.fills(list);
    };
    readFills(info, this.#scope, wanted, {
      page: (list) => this.#telling.fills(list),
      done: ({ rows, firstMs }) => {
        if (rows >= KEPT_MAX && firstMs > sinceMs) this.notice(gapText(sinceMs, firstMs));
        over();
      },
      failed: (error) => {
        this.notice(`fills that were missed cannot be read (${error.message}): its positions say what holds`);
        over();
      },
    });
  }

  #take(list: FillList): void {
    if (this.#waiting === null) return this.#telling.fills(list);
    this.#waiting.push(list);
    if (this.#waiting.reduce((sum, { rows }) => sum + rows, 0) > WAITING_MAX) this.#waiting.shift();
  }

  /** Where nothing streams, fills that explain a change are told before it. */
  #stateRead(state: TimedState, requestedAtMs: number): void {
    const sinceMs = this.#telling.knownUntilMs;
    const isStreamed = this.#isUp && !this.#isPolled;
    if (isStreamed || sinceMs === null || this.#telling.agrees(state)) this.#tellState(state, requestedAtMs);
    else this.#readMissed(sinceMs, () => this.#tellState(state, requestedAtMs));
  }

  #tellState(state: TimedState, requestedAtMs: number): void {
    this.#failures = 0;
    if (this.#isPolled) this.#changed("up", "");
    this.#watch.shown(this.#telling.state(state, requestedAtMs), requestedAtMs);
    if (this.#snapshots.end()) this.requestSnapshot();
  }

  #snapshotFailed({ message }: ExchangeError): void {
    this.#failures += 1;
    if (this.#isPolled && this.#failures >= FAILURES_MAX) this.#changed("down", message);
    this.#questionFailed("snapshot", "", message);
    if (this.#snapshots.end()) this.requestSnapshot();
  }

  #poll(): void {
    if (this.#isPolled) return;
    this.#isPolled = true;
    const look = (): void => {
      this.requestSnapshot();
      this.#scope.setTimer(this.#options.pollMs, look);
    };
    look();
  }

  #changed(state: "up" | "down", cause: string): void {
    if (this.#isUp === (state === "up")) return;
    this.#isUp = state === "up";
    this.emit({ kind: "connection-changed", account: this.account, state, cause, atMs: this.#scope.nowMs() });
  }

  #questionFailed(question: Question, subject: string, cause: string): void {
    const atMs = this.#scope.nowMs();
    this.emit({ kind: "question-failed", account: this.account, question, subject, cause, atMs });
  }
}

type Question = EventOf<"question-failed">["question"];

const NEVER_TRADES = "a public address is only followed: nothing is traded there";

function gapText(fromMs: number, untilMs: number): string {
  const [from, until] = [fromMs, untilMs].map((ms) => new Date(ms).toISOString());
  const kept = `the venue keeps the newest ${KEPT_MAX}`;
  return `fills between ${from} and ${until} are not to be had any more (${kept}): its positions say what holds`;
}
