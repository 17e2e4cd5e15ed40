/**
 * The request budget of one internet address: nothing is sent to the venue without it. 600 requests in 5 s over all
 * REST hosts, each key's own limits, and a ramp for new streams (V5 documentation, "Rate Limit Rules"). Reductions go
 * before openings, openings before reads; reads take at most a stated share.
 *
 * Why the address's limit cannot be passed, however the exchange's window lies and however long the line is: a request
 * counts from its sending until a whole window after its answer. Take any window of the exchange and the last-sent
 * request in it; every other one in it was sent before and, having arrived inside the window, still counted at that
 * moment. So no window can hold more than were allowed to count at once.
 */
import type { ConnectionAttempt } from "../stream-session.ts";
import type { Clock, Timer } from "../transport.ts";
import { BLOCK_MS, type GroupMemory, UNDER_WAY_MS_MAX } from "./address-memory.ts";
import { ConnectionRamp, type RampOptions } from "./connection-ramp.ts";
import { KeyLane, type LimitNotice } from "./key-lane.ts";
import { SlidingCount } from "./sliding-count.ts";
import { isRead, PRIORITIES, type Priority, type Waiter, WaitingLine } from "./waiting-line.ts";

export interface BudgetOptions extends RampOptions {
  /** Requests per window and address. */
  readonly addressRequests: number;
  readonly addressWindowMs: number;
  /** For clocks that tick differently; added to each window. */
  readonly marginMs: number;
  /** Reads' part of the address's limit. */
  readonly readShareMax: number;
  /** Places that only reductions may use. */
  readonly reduceReserve: number;
  /** How long all traffic rests after the venue refused the address (HTTP 403). */
  readonly banMs: number;
  /** Waiting requests per priority; more are refused as never sent. */
  readonly waitingMax: number;
  /** Requests per second, key and endpoint, until the limit headers say otherwise. */
  readonly ordersPerSecond: number;
  readonly readsPerSecond: number;
}

export const BUDGET_DEFAULTS: BudgetOptions = {
  addressRequests: 600,
  addressWindowMs: 5_000,
  marginMs: 5,
  readShareMax: 0.4,
  reduceReserve: 6,
  banMs: 10 * 60_000,
  waitingMax: 20_000,
  ordersPerSecond: 10,
  readsPerSecond: 50,
  connections: 490,
  reconnectReserve: 120,
  connectionWindowMs: 5 * 60_000,
};

/** Which limits a request draws on. */
export interface Fare {
  readonly priority: Priority;
  /** API key, or "" for public endpoints, which have no limit of their own. */
  readonly key: string;
  readonly endpoint: string;
  /** Whether the endpoint only answers, whatever the priority; when absent the priority tells. */
  readonly answersOnly?: boolean;
}

const KEY_WINDOW_MS = 1_000;
/** So many requests are noted at once for whoever starts after this process. */
const BLOCK_REQUESTS = 30;
/** Read lanes that are idle by then are forgotten so often. */
const READ_LANES_SWEPT_EVERY_MS = 2 * KEY_WINDOW_MS;

export class RequestBudget {
  readonly #clock: Clock;
  readonly #options: BudgetOptions;
  readonly #address: SlidingCount;
  readonly #reads: SlidingCount;
  readonly #waiting: WaitingLine;
  /** Lanes of orders and settings stay; those of reads are made when needed, as most accounts seldom read. */
  readonly #orderLanes = new Map<string, KeyLane>();
  readonly #readLanes = new Map<string, KeyLane>();
  #sweepIsPlanned = false;
  readonly #known: GroupMemory | undefined;
  #block = { left: 0, untilMs: 0 };
  readonly #ramps = new Map<string, ConnectionRamp>();
  /** By elapsed time. */
  #restUntilMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | null = null;

  /** Without `known` what earlier processes did does not count. */
  constructor(clock: Clock, options: Partial<BudgetOptions> = {}, known?: GroupMemory) {
    this.#clock = clock;
    this.#known = known;
    this.#options = { ...BUDGET_DEFAULTS, ...options };
    const { addressRequests, addressWindowMs, marginMs, readShareMax, waitingMax } = this.#options;
    this.#address = new SlidingCount(clock, addressRequests, addressWindowMs + marginMs);
    const readsMax = Math.floor(addressRequests * readShareMax);
    this.#reads = new SlidingCount(clock, readsMax, addressWindowMs + marginMs);
    this.#waiting = new WaitingLine(waitingMax);
    if (known !== undefined) this.#recall(known);
  }

  /** All traffic rests until then (our clock); 0 when it does not. */
  get restUntilMs(): number {
    const restMs = this.#restMs();
    return restMs > 0 ? this.#clock.nowMs() + Math.ceil(restMs) : 0;
  }

  #restMs(): number {
    return this.#restUntilMs - this.#clock.elapsedMs();
  }

  /** Requests that the exchange may still count, how many it lets through, and how many wait here. */
  get use(): { readonly used: number; readonly most: number; readonly waiting: number } {
    const waiting = PRIORITIES.reduce((sum, priority) => sum + this.#waiting.length(priority), 0);
    return { used: this.#address.count, most: this.#address.limit, waiting };
  }

  /** Lets a REST request go now or in its turn. Whoever goes calls `answered` exactly once. */
  enter(fare: Fare, waiter: Waiter): void {
    const lane = this.laneOf(fare);
    if (this.#goesAtOnce(fare, lane)) waiter.go();
    else if (lane === null) this.#queue(waiter);
    else lane.enter(new LaneToAddress(waiter, lane, (next) => this.#queue(next)));
  }

  /** The answer, or the failure, of a request that went. */
  answered(fare: Fare, notice: LimitNotice | null): void {
    this.#address.answered();
    if (isRead(fare.priority)) this.#reads.answered();
    this.laneOf(fare)?.answered(notice);
    this.#pump();
  }

  /** The venue said "too many visits" to this key: its endpoint rests for so long. */
  refusedKey(fare: Fare, ms: number): void {
    this.laneOf(fare)?.rest(ms);
  }

  /** The venue refused the address: everything rests for the time of the ban. */
  refusedAddress(): void {
    this.#restUntilMs = this.#clock.elapsedMs() + this.#options.banMs;
    this.#known?.memory.banned(this.#known.group, this.restUntilMs);
    this.#schedule();
  }

  /** Lets a new stream connection to `host` begin, now or later; the result takes the wish back. */
  connect(host: string, attempt: ConnectionAttempt, go: () => void): () => void {
    let ramp = this.#ramps.get(host);
    if (ramp === undefined) {
      const memory = this.#known?.memory;
      const own = memory && {
        earlier: this.#past(memory.connections(host)),
        begun: (atMs: number) => memory.connectionBegun(host, atMs),
      };
      ramp = new ConnectionRamp(this.#clock, this.#options, own);
      this.#ramps.set(host, ramp);
    }
    return ramp.enter(attempt, go);
  }

  /** A key's own limit at an endpoint; the order-entry stream draws on this alone, not on the address's. */
  laneOf(fare: Fare): KeyLane | null {
    if (fare.key === "") return null;
    const name = `${fare.key} ${fare.endpoint}`;
    const answersOnly = fare.answersOnly ?? isRead(fare.priority);
    const lanes = answersOnly ? this.#readLanes : this.#orderLanes;
    let lane = lanes.get(name);
    if (lane === undefined) {
      const { ordersPerSecond, readsPerSecond, marginMs } = this.#options;
      const limit = answersOnly ? readsPerSecond : ordersPerSecond;
      lane = new KeyLane(this.#clock, limit, KEY_WINDOW_MS + marginMs);
      lanes.set(name, lane);
      if (lanes === this.#readLanes) this.#planSweep();
    }
    return lane;
  }

  /** Forgets read lanes that are idle; those in use are bounded by the requests that may be waiting or on their way. */
  #planSweep(): void {
    if (this.#sweepIsPlanned) return;
    this.#sweepIsPlanned = true;
    this.#clock.setTimer(READ_LANES_SWEPT_EVERY_MS, () => {
      this.#sweepIsPlanned = false;
      for (const [name, lane] of this.#readLanes) if (lane.isIdle) this.#readLanes.delete(name);
      if (this.#readLanes.size > 0) this.#planSweep();
    });
  }

  /** The usual case, without a place in any line: takes both permissions when nobody waits and both have room. */
  #goesAtOnce(fare: Fare, lane: KeyLane | null): boolean {
    if (!this.#waiting.isEmpty || this.#restMs() > 0) return false;
    if (this.#waitMs(fare.priority) > 0 || lane?.tryTake() === false) return false;
    this.#take(fare.priority);
    return true;
  }

  /** What an earlier process may have sent counts as on its way for a while, and a whole window after that. */
  #recall({ group, memory }: GroupMemory): void {
    const now = this.#clock.nowMs();
    const { addressWindowMs, banMs } = this.#options;
    for (const { atMs, count } of memory.requests(group)) {
      const leftMs = Math.min(atMs, now) + BLOCK_MS + UNDER_WAY_MS_MAX - now;
      if (leftMs + addressWindowMs <= 0) continue;
      for (let each = 0; each < count; each += 1) this.#address.take();
      this.#clock.setTimer(Math.max(leftMs, 0), () => {
        for (let each = 0; each < count; each += 1) this.#address.answered();
        this.#pump();
      });
    }
    this.#restUntilMs = this.#clock.elapsedMs() + Math.min(memory.bannedUntilMs(group) - now, banMs);
  }

  #past(times: readonly number[]): readonly number[] {
    const now = this.#clock.nowMs();
    return times.map((atMs) => Math.min(atMs, now)).sort((one, other) => one - other);
  }

  /** Before one more goes. */
  #remember(): void {
    if (this.#known === undefined) return;
    const { group, memory } = this.#known;
    const atMs = this.#clock.nowMs();
    if (this.#block.left === 0 || atMs >= this.#block.untilMs) {
      memory.requestsBegun(group, { atMs, count: BLOCK_REQUESTS });
      this.#block = { left: BLOCK_REQUESTS, untilMs: atMs + BLOCK_MS };
    }
    this.#block.left -= 1;
  }

  #take(priority: Priority): void {
    this.#remember();
    this.#address.take();
    if (isRead(priority)) this.#reads.take();
  }

  #queue(waiter: Waiter): void {
    this.#waiting.push(waiter);
    this.#pump();
  }

  #pump(): void {
    const now = this.#clock.nowMs();
    this.#waiting.expire(now);
    if (this.#restMs() <= 0) for (const priority of PRIORITIES) this.#letGo(priority, now);
    this.#schedule();
  }

  #letGo(priority: Priority, now: number): void {
    while (this.#waiting.length(priority) > 0 && this.#waitMs(priority) <= 0) {
      const waiter = this.#waiting.take(priority, now);
      if (waiter === undefined) return;
      this.#take(priority);
      waiter.go();
    }
  }

  #waitMs(priority: Priority): number {
    const reserved = priority === "reduce" ? 0 : this.#options.reduceReserve;
    const roomIn = this.#address.waitMs(reserved);
    return isRead(priority) ? Math.max(roomIn, this.#reads.waitMs()) : roomIn;
  }

  #schedule(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#waiting.isEmpty) return;
    const now = this.#clock.nowMs();
    const waiting = PRIORITIES.filter((priority) => this.#waiting.length(priority) > 0);
    const roomIn = Math.min(...waiting.map((priority) => this.#waitMs(priority)));
    const dueIn = Math.min(Math.max(roomIn, this.#restMs()), this.#waiting.nextDeadlineMs() - now);
    if (dueIn !== Number.POSITIVE_INFINITY) {
      this.#timer = this.#clock.setTimer(Math.max(1, Math.ceil(dueIn)), () => this.#pump());
    }
  }
}

/** A request that has its key's permission and now needs the address's. */
class LaneToAddress implements Waiter {
  readonly priority: Priority;
  readonly deadlineMs: number;
  readonly #waiter: Waiter;
  readonly #lane: KeyLane;
  readonly #queue: (next: Waiter) => void;
  #inLane = true;

  constructor(waiter: Waiter, lane: KeyLane, queue: (next: Waiter) => void) {
    this.priority = waiter.priority;
    this.deadlineMs = waiter.deadlineMs;
    this.#waiter = waiter;
    this.#lane = lane;
    this.#queue = queue;
  }

  go(): void {
    if (this.#inLane) {
      this.#inLane = false;
      this.#queue(this);
    } else this.#waiter.go();
  }

  refused(cause: string): void {
    this.#waiter.refused(cause);
    if (!this.#inLane) this.#lane.giveBack();
  }
}
