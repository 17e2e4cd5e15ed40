/**
 * One seeded history: accounts, settings and faults drawn from the seed, then a number of things that happen (trades of
 * leaders, the owners' own trades, prices, deaths, commands), then the faults stop and the world gets time to settle.
 */
import { proposalsOf } from "../../src/core/approval.ts";
import { Lots, Ticks } from "../../src/core/model/amounts.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import { type InstrumentSpec, quantityText } from "../../src/core/model/instrument.ts";
import { MARKET, type OrderForm } from "../../src/core/order.ts";
import { NO_LIMITS, type RiskLimits } from "../../src/core/risk-settings.ts";
import {
  type Allocation,
  type MinimumPolicy,
  plainAllocation,
  type SizingRule,
} from "../../src/core/settings.ts";
import { legTarget } from "../../src/core/target.ts";
import type { WorkTerms } from "../../src/core/work/terms.ts";
import { SeededChance } from "./chance.ts";
import { type Faults, NO_FAULTS } from "./model-connection.ts";
import { isOpen, type VenueAccount } from "./model-venue.ts";
import { drawGuards, drawRiskLimits, drawRules, RULED_START_MS } from "./rules.ts";
import { type DecisionWatcher, VENUE, World, type WorldParts } from "./world.ts";

/** After the faults stop, everything must be right within this much virtual time. */
export const SETTLE_MS = 180_000;

export const SYMBOLS: readonly InstrumentSpec[] = [
  instrument("BTCUSDT", {
    tickSize: "0.1",
    quantityStep: "0.001",
    minQuantity: "0.001",
    maxMarketQuantity: "100",
  }),
  instrument("DOGEUSDT", {
    tickSize: "0.00001",
    quantityStep: "1",
    minQuantity: "1",
    maxMarketQuantity: "500000",
  }),
  instrument("1000PEPEUSDT", {
    tickSize: "0.0000001",
    quantityStep: "100",
    minQuantity: "100",
    maxMarketQuantity: "800000",
  }),
];
/** Whole ticks. */
const FIRST_PRICES: readonly (readonly [string, number])[] = [
  ["BTCUSDT", 600_000],
  ["DOGEUSDT", 15_000],
  ["1000PEPEUSDT", 120_000],
];

/**
 * Whether each follower copies one leader, or two and more of two or three, with the same symbols or others; by hand where
 * owners also approve most of what is added. Ruled: one leader or several, with every rule, limit and guard, at a venue that keeps
 * money and under prices that run.
 */
export type Copying = "one-leader" | "several-leaders" | "by-hand" | "ruled";

export class Schedule {
  readonly world: World;
  readonly chance: SeededChance;
  readonly accounts: WorldParts["accounts"];
  /** Whether owners of followers trade by themselves in this history. */
  readonly #ownersTrade: boolean;
  readonly #copying: Copying;
  /** How large changes are worked in this history; null mostly. */
  readonly #work: WorkTerms | null;
  /** The checker judges by the settings of the end, so most histories of several leaders keep theirs. */
  readonly #settingsChange: boolean;
  /** Which rules were drawn, by name. */
  readonly drawn = new Set<string>();

  constructor(seed: number, chance: SeededChance, watch: DecisionWatcher, copying: Copying) {
    this.chance = chance;
    this.#copying = copying;
    this.accounts = this.#isRuled
      ? drawAccounts(chance, copying).map((account) => ruledAccount(chance, account, this.drawn))
      : withLimits(new SeededChance(seed + LIMITS_SEED), drawAccounts(chance, copying));
    this.#work = this.#isRuled ? null : drawWork(new SeededChance(seed + WORK_SEED));
    this.#ownersTrade = chance.hits(0.5);
    this.#settingsChange = copying === "one-leader" || chance.hits(0.3);
    this.world = new World({
      seed,
      instruments: SYMBOLS,
      accounts: this.accounts,
      allocations: this.#drawAllocations(),
      watch,
      ...(this.#isRuled ? { keepsMoney: true, startMs: RULED_START_MS } : {}),
    });
    for (const [symbol, ticks] of FIRST_PRICES) this.world.setPrice(symbol, ticks);
  }

  get #isRuled(): boolean {
    return this.#copying === "ruled";
  }

  #drawAllocations(): readonly Allocation[] {
    const drawn = drawAllocations(this.chance, this.accounts, this.#copying);
    if (!this.#isRuled) return this.#worked(drawn);
    return drawn.map((one) => drawRules(this.chance, one, this.drawn));
  }

  /** `events` things happen, some while the copier is down. */
  run(events: number): void {
    for (let count = this.chance.whole(0, 3); count > 0; count -= 1) this.#leaderTrades();
    if (this.#ownersTrade && this.chance.hits(0.4)) this.#ownerTrades();
    this.world.faults = drawFaults(this.chance);
    this.#start();
    for (let event = 0; event < events; event += 1) {
      this.#happen();
      if (this.#copying === "by-hand" && this.chance.hits(0.3)) this.#answers();
      this.world.clock.runUntil(this.world.clock.nowMs() + this.#pauseMs());
    }
  }

  settle(): void {
    const { world } = this;
    world.faults = NO_FAULTS;
    world.command({ kind: "resume" });
    world.clock.runUntil(world.clock.nowMs() + SETTLE_MS);
    for (const account of world.venue.accounts.values()) this.#ownerClosesSome(account);
    world.clock.runUntil(world.clock.nowMs() + SETTLE_MS / 2);
  }

  /** With all at rest an owner takes a part of a position away: it must stay away. */
  #ownerClosesSome(account: VenueAccount): void {
    const held = [...account.positions.values()].filter(({ steps }) => Math.abs(steps) > 1);
    if (held.length === 0 || !account.name.startsWith("follower")) return;
    const { symbol, leg, steps } = this.chance.pick(held);
    this.#reduce(account, symbol, leg, steps);
  }

  #start(): void {
    this.world.start();
    for (const [symbol, ticks] of this.world.venue.prices) this.world.setPrice(symbol, ticks);
  }

  #pauseMs(): number {
    const { chance } = this;
    if (chance.hits(0.6)) return chance.whole(0, 30);
    return chance.hits(0.8) ? chance.whole(30, 1_500) : chance.whole(1_500, 20_000);
  }

  #happen(): void {
    const { chance, world } = this;
    if (this.#isRuled && chance.hits(RULED_SHARE)) return this.#happenByRule();
    const dice = chance.next();
    if (dice < 0.62) return this.#leaderTrades();
    if (dice < 0.72) return this.#priceMoves();
    if (dice < 0.77) return this.#ownersTrade ? this.#ownerTrades() : this.#leaderTrades();
    if (dice < 0.8) return world.connection(this.#any().account)?.dropStream(chance.whole(10, 8_000));
    if (dice < 0.84) return this.#die();
    if (dice < 0.88) return this.#command();
    if (dice < 0.9) return this.#settingsChange ? this.#newSettings() : this.#leaderTrades();
    if (dice < 0.93) return this.#leverage();
    if (dice < 0.96) return this.#equity();
    world.faults = drawFaults(chance);
  }

  /** What makes rules, limits and guards speak. */
  #happenByRule(): void {
    const { chance, world } = this;
    const dice = chance.next();
    if (dice < 0.4) return this.#priceRuns();
    if (dice < 0.65) return this.#leaderExit();
    if (dice < 0.75)
      return world.setVolatility(this.#any("leader").account, chance.pick(["0.2", "0.5", "1.5"]));
    const { account } = this.#any("follower");
    const leader = this.#any("leader").account;
    if (dice < 0.9) {
      const symbol = chance.pick(SYMBOLS).symbol;
      const scope = chance.pick([{}, { leader }, { symbol }]);
      return world.command({ kind: "release", account, ...scope });
    }
    const scope = chance.pick([{ account }, { account, leader }]);
    world.command({ kind: "panic", ...scope });
  }

  /** Far enough that stops trigger, guards trip and entries are out of reach. */
  #priceRuns(): void {
    const { symbol } = this.chance.pick(SYMBOLS);
    const ticks = this.world.venue.prices.get(symbol) ?? 1;
    const most = this.chance.pick([0.003, 0.03, 0.12]);
    this.world.setPrice(symbol, Math.max(1_000, Math.round(ticks * this.chance.between(1 - most, 1 + most))));
  }

  /** A leader puts a take profit, a stop or a limit exit, of a part or of all, or takes one back. */
  #leaderExit(): void {
    const { chance } = this;
    const account = this.#account(this.#any("leader").account);
    const open = [...account.orders.values()].filter(isOpen);
    if (open.length > 3 || (open.length > 0 && chance.hits(0.25)))
      return this.world.venue.withdraw(account, chance.pick(open));
    const held = [...account.positions.values()].filter(({ steps }) => steps !== 0);
    if (held.length === 0) return this.#leaderTrades();
    const { symbol, leg, steps } = chance.pick(held);
    const price = this.world.venue.prices.get(symbol) ?? 1;
    const up = chance.hits(0.5);
    const at = Ticks(Math.round(price * (up ? 1 : -1) * chance.between(0.002, 0.05)) + price);
    const side = steps > 0 ? ("sell" as const) : ("buy" as const);
    const size = chance.hits(0.5) ? Math.abs(steps) : chance.whole(1, Math.abs(steps));
    const takesProfit = up === steps > 0;
    const form: OrderForm =
      takesProfit && chance.hits(0.5)
        ? { kind: "limit", price: at, timeInForce: "GTC" }
        : {
            kind: "conditional",
            trigger: at,
            by: "mark",
            direction: up ? "rises" : "falls",
            becomes: MARKET,
          };
    const ticket = { symbol, leg, side, steps: size, reduceOnly: true, clientOrderId: "", form };
    const answer = this.world.venue.place(account, ticket);
    if (answer.kind === "accepted")
      this.world.venue.match(account, answer.order, { share: 1, executions: 1 });
  }

  #any(role?: "leader" | "follower"): WorldParts["accounts"][number] {
    return this.chance.pick(this.accounts.filter((account) => role === undefined || account.role === role));
  }

  #account(name: string): VenueAccount {
    const account = this.world.venue.accounts.get(name);
    if (account === undefined) throw new Error(`no account ${name}`);
    return account;
  }

  /** Opens, adds, reduces, closes, flips; small and large. */
  #leaderTrades(): void {
    const account = this.#account(this.#any("leader").account);
    const { symbol } = this.chance.pick(SYMBOLS);
    const leg = account.mode === "one-way" ? ("net" as const) : this.chance.pick(["long", "short"] as const);
    const held = this.world.venue.position(account, symbol, leg).steps;
    const steps = this.#size(symbol);
    if (held !== 0 && this.chance.hits(0.45)) return this.#reduce(account, symbol, leg, held);
    const side = leg === "net" ? this.chance.pick(["buy", "sell"] as const) : leg === "long" ? "buy" : "sell";
    this.world.venue.trade(account, { symbol, leg, side, steps, reduceOnly: false }, this.chance.whole(1, 3));
  }

  #reduce(account: VenueAccount, symbol: string, leg: "net" | "long" | "short", held: number): void {
    const share = this.chance.hits(0.4) ? 1 : this.chance.next();
    const steps = Math.max(1, Math.floor(Math.abs(held) * share));
    const side = held > 0 ? "sell" : "buy";
    this.world.venue.trade(account, { symbol, leg, side, steps, reduceOnly: true }, this.chance.whole(1, 3));
  }

  #size(symbol: string): number {
    const largest = symbol === "BTCUSDT" ? 400 : 20_000;
    return this.chance.hits(0.2) ? this.chance.whole(1, 5) : this.chance.whole(1, largest);
  }

  /** The owner of a follower opens, adds to, reduces or closes a position by hand. */
  #ownerTrades(): void {
    const account = this.#account(this.#any("follower").account);
    const { symbol } = this.chance.pick(SYMBOLS);
    const leg = account.mode === "one-way" ? ("net" as const) : this.chance.pick(["long", "short"] as const);
    const held = this.world.venue.position(account, symbol, leg).steps;
    if (held !== 0 && this.chance.hits(0.7)) return this.#reduce(account, symbol, leg, held);
    const side = leg === "net" ? this.chance.pick(["buy", "sell"] as const) : leg === "long" ? "buy" : "sell";
    const steps = this.#size(symbol);
    this.world.venue.trade(account, { symbol, leg, side, steps, reduceOnly: false }, 1);
  }

  #priceMoves(): void {
    const { symbol } = this.chance.pick(SYMBOLS);
    const ticks = this.world.venue.prices.get(symbol) ?? 1;
    this.world.setPrice(symbol, Math.max(1_000, Math.round(ticks * this.chance.between(0.97, 1.03))));
  }

  #die(): void {
    if (this.chance.hits(0.15)) this.world.stop();
    else this.world.kill(this.chance.hits(0.25) ? this.chance.whole(1, 6) : 0);
    this.world.clock.runUntil(this.world.clock.nowMs() + this.chance.whole(0, 4_000));
    if (this.chance.hits(0.5)) this.#leaderTrades();
    if (this.#ownersTrade && this.chance.hits(0.3)) this.#ownerTrades();
    this.#start();
  }

  #command(): void {
    const { account } = this.#any("follower");
    const kind = this.chance.pick(["pause", "resume", "resume", "close"] as const);
    if (kind !== "close") return this.world.command({ kind, account });
    const all = this.chance.hits(0.3);
    const symbol = this.chance.pick(SYMBOLS).symbol;
    this.world.command(all ? { kind, account } : { kind, account, symbol });
  }

  /** An owner approves (as seen now, or less) or declines what waits, or wants back what was given up. */
  #answers(): void {
    const { chance, world } = this;
    const waiting = proposalsOf(world.engine.state);
    if (waiting.length === 0 || chance.hits(0.1))
      return chance.hits(0.2)
        ? world.command({ kind: "release", account: this.#any("follower").account })
        : undefined;
    const { market, part, proposal } = chance.pick(waiting);
    const about = { account: market.follower.account, proposal: proposal.id };
    if (chance.hits(0.2)) return world.command({ kind: "decline", ...about });
    const lots = chance.hits(0.8) ? legTarget(part) : Lots(Math.trunc(legTarget(part) / 2));
    world.command({ kind: "approve", ...about, target: quantityText(market.instrument, lots) });
  }

  #newSettings(): void {
    const { settings } = this.world;
    const drawn = this.#drawAllocations();
    const allocations = drawn.flatMap((fresh) => {
      if (this.chance.hits(0.1)) return [];
      const old = settings.allocations.find(({ id }) => id === fresh.id);
      return [old === undefined || this.chance.hits(0.4) ? fresh : old];
    });
    this.world.configure({ ...settings, allocations });
  }

  #worked(allocations: readonly Allocation[]): readonly Allocation[] {
    return allocations.map((allocation) => ({ ...allocation, work: this.#work }));
  }

  #leverage(): void {
    const account = this.#account(this.#any("leader").account);
    account.leverage.set(this.chance.pick(SYMBOLS).symbol, this.chance.pick([1, 3, 5, 10, 20, 50]));
  }

  #equity(): void {
    const account = this.#account(this.#any().account);
    this.world.setEquity(
      account.name,
      Math.max(50, Math.round(account.equity * this.chance.between(0.7, 1.4))),
    );
  }
}

/** How much of a ruled history is about rules. */
const RULED_SHARE = 0.35;

function ruledAccount(
  chance: SeededChance,
  account: WorldParts["accounts"][number],
  drawn: Set<string>,
): WorldParts["accounts"][number] {
  if (account.role === "leader") return account;
  const guards = drawGuards(chance, drawn);
  const equity = chance.pick([1_000, 10_000, 100_000]);
  return {
    ...account,
    equity,
    limits: drawRiskLimits(chance, drawn),
    ...(guards === null ? {} : { guards }),
  };
}

function drawAccounts(chance: SeededChance, copying: Copying): WorldParts["accounts"] {
  const mode = () => chance.pick(["one-way", "one-way", "hedge"] as const);
  const alone = copying === "one-leader" || (copying === "ruled" && chance.hits(0.6));
  const leaders = Array.from({ length: alone ? chance.whole(1, 2) : chance.whole(2, 3) }, (_, index) => ({
    account: AccountId(`leader${index + 1}`),
    venue: VENUE,
    role: "leader" as const,
    mode: mode(),
    equity: chance.whole(20_000, 400_000),
  }));
  const followers = Array.from({ length: chance.whole(1, alone ? 4 : 2) }, (_, index) => ({
    account: AccountId(`follower${index + 1}`),
    venue: VENUE,
    role: "follower" as const,
    mode: mode(),
    equity: chance.pick([200, 5_000, 50_000, 1_000_000]),
  }));
  return [...leaders, ...followers];
}

/** Drawn apart, so that a seed's history is otherwise the same with and without them. */
function withLimits(chance: SeededChance, accounts: WorldParts["accounts"]): WorldParts["accounts"] {
  if (chance.hits(0.7)) return accounts;
  return accounts.map((account) =>
    account.role === "leader" ? account : { ...account, limits: drawLimits(chance) },
  );
}

function drawLimits(chance: SeededChance): RiskLimits {
  const exposure = (...shares: readonly string[]) =>
    chance.hits(0.3) ? null : { share: chance.pick(shares), measure: "gross" as const };
  return {
    ...NO_LIMITS,
    portfolioExposure: exposure("0.5", "2", "10"),
    symbolExposure: exposure("0.3", "1.5"),
    freeMarginReserve: chance.hits(0.5) ? "0.05" : null,
    ordersPerMinute: chance.pick([null, 5, 600]),
  };
}

const LIMITS_SEED = 1_000_003;
const WORK_SEED = 2_000_003;

/** Short, so that much of it is over within a history. */
function drawWork(chance: SeededChance): WorkTerms | null {
  if (chance.hits(0.75)) return null;
  const slices = chance.whole(1, 5);
  return {
    above: chance.pick(["10", "500", "5000"]),
    slices,
    overMs: slices * chance.pick([1_000, 3_000]),
    chase: chance.hits(0.7),
    crossAfterMs: chance.pick([null, 0, 700]),
    exits: chance.hits(0.5),
  };
}

function drawAllocations(
  chance: SeededChance,
  accounts: WorldParts["accounts"],
  copying: Copying,
): Allocation[] {
  const leaders = accounts.filter(({ role }) => role === "leader").map(({ account }) => account);
  const followers = accounts.filter(({ role }) => role === "follower").map(({ account }) => account);
  if (copying === "one-leader" || (copying === "ruled" && leaders.length < 2)) {
    return followers.map((follower, index) =>
      drawAllocation(chance, leaders[index % leaders.length] ?? AccountId(""), follower, FILTERS_ALONE),
    );
  }
  return followers.flatMap((follower) => {
    const left = leaders.length > 2 && chance.hits(0.3) ? chance.pick(leaders) : null;
    return leaders
      .filter((leader) => leader !== left)
      .map((leader) => drawAllocation(chance, leader, follower, FILTERS_SHARED))
      .map((allocation) => (copying === "by-hand" ? drawApproval(chance, allocation) : allocation));
  });
}

/** Short, so that many are over before they are answered. */
function drawApproval(chance: SeededChance, allocation: Allocation): Allocation {
  return { ...allocation, autoCopy: chance.hits(0.3), proposalExpiresMs: chance.whole(200, 20_000) };
}

function drawAllocation(
  chance: SeededChance,
  leader: AccountId,
  follower: AccountId,
  filters: readonly (readonly string[])[],
): Allocation {
  return {
    ...plainAllocation(leader, follower),
    sizing: drawSizing(chance),
    positionScaling: chance.pick(["1", "1", "0.5"]),
    minimumPolicy: drawPolicy(chance),
    symbols: chance.hits(0.8) ? null : chance.pick(filters),
    delayMs: chance.hits(0.8) ? 0 : 2_000,
    startMode: chance.hits(0.8) ? "all" : "new-only",
    leverageMax: chance.pick(["5", "10", "25"]),
  };
}

const FILTERS_ALONE = [["BTCUSDT", "DOGEUSDT"]] as const;
/** Overlapping ones, and ones that have nothing in common. */
const FILTERS_SHARED = [["BTCUSDT", "DOGEUSDT"], ["BTCUSDT"], ["DOGEUSDT", "1000PEPEUSDT"]] as const;

function drawSizing(chance: SeededChance): SizingRule {
  if (chance.hits(0.3)) return { kind: "equity-proportional", rebalanceBand: "0.1" };
  return { kind: "multiplier", multiplier: chance.pick(["1", "0.5", "0.1", "0.037", "2", "0.001"]) };
}

function drawPolicy(chance: SeededChance): MinimumPolicy {
  const kind = chance.pick(["accumulate", "accumulate", "skip", "round-up"] as const);
  return kind === "round-up" ? { kind, excessMax: chance.pick(["0.5", "1", "20"]) } : { kind };
}

function drawFaults(chance: SeededChance): Faults {
  if (chance.hits(0.3)) return NO_FAULTS;
  const rate = (most: number): number => (chance.hits(0.5) ? 0 : chance.next() * most);
  return {
    requestLost: rate(0.3),
    answerLost: rate(0.4),
    rateLimited: rate(0.2),
    latencyMaxMs: chance.pick([5, 50, 800]),
    heldUp: rate(0.15),
    partialFills: rate(0.4),
    streamDropped: rate(0.4),
    streamDoubled: rate(0.4),
    streamDelayMaxMs: chance.pick([3, 60, 900]),
    readLagMaxMs: chance.pick([0, 100, 700]),
    readLost: rate(0.4),
  };
}

function instrument(
  symbol: string,
  filters: Pick<InstrumentSpec, "tickSize" | "quantityStep" | "minQuantity" | "maxMarketQuantity">,
): InstrumentSpec {
  return {
    venue: VENUE,
    symbol,
    baseCoin: symbol.replace("USDT", ""),
    settleCoin: "USDT",
    status: "trading",
    maxLimitQuantity: filters.maxMarketQuantity,
    minNotional: "5",
    minPrice: filters.tickSize,
    maxPrice: "9999999",
    maxLeverage: "50",
    leverageStep: "0.01",
    fundingIntervalMinutes: 480,
    ...filters,
  };
}
