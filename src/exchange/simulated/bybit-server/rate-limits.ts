/**
 * The exchange's budgets: rolling one-second windows per user and endpoint (rate-limit headers, 10006), 600 HTTP
 * requests in five seconds per address (403 and a ban), new WebSocket connections and order-entry messages per
 * address. Every table is bounded.
 */

export interface LimitHeaders {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number;
}

/** The last `limit` acceptances within a rolling window; constant memory. */
export class RollingWindow {
  readonly limit: number;
  readonly windowMs: number;
  readonly #times: Float64Array;
  #next = 0;
  #count = 0;

  constructor(limit: number, windowMs: number) {
    this.limit = limit;
    this.windowMs = windowMs;
    this.#times = new Float64Array(limit);
  }

  /** Takes one unit; false when the window is full. */
  take(now: number): boolean {
    this.#expire(now);
    if (this.#count >= this.limit) return false;
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.limit;
    this.#count += 1;
    return true;
  }

  remaining(now: number): number {
    this.#expire(now);
    return this.limit - this.#count;
  }

  /** When the oldest unit comes back; now when some are left. */
  resetAt(now: number): number {
    this.#expire(now);
    return this.#count < this.limit ? now : this.#oldest() + this.windowMs;
  }

  #oldest(): number {
    return this.#times[(this.#next - this.#count + this.limit) % this.limit] ?? 0;
  }

  #expire(now: number): void {
    // A clock that was set back (a fault) must not keep old units for ever: stamps ahead of now count as expired too.
    while (this.#count > 0) {
      const age = now - this.#oldest();
      if (age >= 0 && age < this.windowMs) return;
      this.#count -= 1;
    }
  }
}

/** Endpoint budgets for linear contracts, requests per second and user. */
const PER_SECOND: Readonly<Record<string, number>> = {
  "order.create": 10,
  "order.amend": 10,
  "order.cancel": 10,
  "order.cancel-all": 10,
  "order.create-batch": 10,
  "order.amend-batch": 10,
  "order.cancel-batch": 10,
  "order.pre-check": 10,
  "order.realtime": 50,
  "order.history": 50,
  "execution.list": 50,
  "position.list": 50,
  "position.closed-pnl": 50,
  "position.write": 10,
  "account.read": 50,
  "account.transaction-log": 25,
  "account.fee-rate": 5,
  "account.set-margin-mode": 5,
  "account.instruments-info": 10,
  "user.query-api": 10,
  "asset.coin": 5,
};
const UNKNOWN_BUCKET_PER_SECOND = 10;
const UNLIMITED = 1_000_000;

export class UserLimits {
  readonly #real: boolean;
  readonly #windows = new Map<string, RollingWindow>();

  constructor(real: boolean) {
    this.#real = real;
  }

  /** Takes up to `units` of a bucket; says how many were granted and what the headers are to show. */
  take(user: string, bucket: string, units: number, now: number): { granted: number; headers: LimitHeaders } {
    if (!this.#real) {
      return { granted: units, headers: { limit: UNLIMITED, remaining: UNLIMITED - units, resetAt: now } };
    }
    const window = this.#window(`${user} ${bucket}`, PER_SECOND[bucket] ?? UNKNOWN_BUCKET_PER_SECOND);
    let granted = 0;
    while (granted < units && window.take(now)) granted += 1;
    const headers = { limit: window.limit, remaining: window.remaining(now), resetAt: window.resetAt(now) };
    return { granted, headers };
  }

  forget(user: string): void {
    for (const key of this.#windows.keys()) if (key.startsWith(`${user} `)) this.#windows.delete(key);
  }

  #window(key: string, limit: number): RollingWindow {
    const known = this.#windows.get(key);
    if (known !== undefined) return known;
    const made = new RollingWindow(limit, 1000);
    this.#windows.set(key, made);
    return made;
  }
}

const ADDRESSES_MAX = 10_000;

interface AddressState {
  readonly http: RollingWindow;
  readonly connections: RollingWindow;
  readonly orderMessages: RollingWindow;
  bannedUntil: number;
}

/** Per address: HTTP requests, new WebSocket connections, order-entry messages. */
export class AddressLimits {
  readonly #real: boolean;
  readonly #banMs: number;
  readonly #states = new Map<string, AddressState>();

  constructor(real: boolean, banMs: number) {
    this.#real = real;
    this.#banMs = banMs;
  }

  /** False when the address is banned, or is banned by this very request. */
  admitRequest(address: string, now: number): boolean {
    if (!this.#real) return true;
    const state = this.#state(address);
    if (now < state.bannedUntil) return false;
    if (state.http.take(now)) return true;
    state.bannedUntil = now + this.#banMs;
    return false;
  }

  admitConnection(address: string, now: number): boolean {
    return !this.#real || this.#state(address).connections.take(now);
  }

  admitOrderMessage(address: string, now: number): boolean {
    return !this.#real || this.#state(address).orderMessages.take(now);
  }

  #state(address: string): AddressState {
    const known = this.#states.get(address);
    if (known !== undefined) return known;
    if (this.#states.size >= ADDRESSES_MAX) this.#dropOldest();
    const made = {
      http: new RollingWindow(600, 5000),
      connections: new RollingWindow(500, 300_000),
      orderMessages: new RollingWindow(3000, 1000),
      bannedUntil: 0,
    };
    this.#states.set(address, made);
    return made;
  }

  #dropOldest(): void {
    const oldest = this.#states.keys().next();
    if (oldest.done !== true) this.#states.delete(oldest.value);
  }
}
