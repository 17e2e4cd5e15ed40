/**
 * One seeded history: accounts, settings and faults drawn from the seed, then a number of things that happen (trades of
 * leaders, the owners' own trades, prices, deaths, commands), then the faults stop and the world gets time to settle. What is
 * drawn is recorded as it happens (happenings.ts), so that it can run again, or a part of it.
 */
import { proposalsOf } from "../../src/core/approval.ts";
import type { Command } from "../../src/core/event.ts";
import { Lots, Ticks } from "../../src/core/model/amounts.ts";
import { quantityText } from "../../src/core/model/instrument.ts";
import { MARKET, type OrderForm } from "../../src/core/order.ts";
import { NO_LIMITS } from "../../src/core/risk-settings.ts";
import type { Allocation } from "../../src/core/settings.ts";
import type { WorkTerms } from "../../src/core/slicing/terms.ts";
import { legTarget } from "../../src/core/target.ts";
import { drawMeasured, drawTiers, withMarginModes, withMeasuredLimits } from "./broad.ts";
import { SeededChance } from "./chance.ts";
import {
  type Copying,
  drawAccounts,
  drawAllocations,
  drawFaults,
  drawLimits,
  drawWork,
  isRuledBy,
  LIMITS_SEED,
  ruledAccount,
  WORK_SEED,
  withLimits,
} from "./draws.ts";
import { begin, goDown, type Happening, happenOnce, type PlainHappening } from "./happenings.ts";
import { SYMBOLS } from "./markets.ts";
import { isOpen, type VenueAccount } from "./model-venue.ts";
import { type Recording, type Setting, settle, worldOf } from "./recording.ts";
import { drawGuards, drawRiskLimits, drawRules } from "./rules.ts";
import { drawWaiting, WAITING_SHARE, withdrawn } from "./waiting.ts";
import type { DecisionWatcher, World, WorldParts } from "./world.ts";

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
  /** Where owners change limits of their accounts as it runs; null mostly. */
  readonly #relimits: SeededChance | null;
  /** Where owners change guards of their accounts as it runs; null mostly. */
  readonly #reguards: SeededChance | null;
  /** Where an account is out of reach for longer than what is known of it may be old; null mostly. */
  readonly #outages: SeededChance | null;
  readonly setting: Setting;
  /** What happened so far before the copier began, and after. */
  readonly #before: Happening[] = [];
  readonly #then: Happening[] = [];
  readonly #closes: Happening[] = [];
  /** Where what happens is written now. */
  #into: Happening[] = this.#before;
  /** Which rules were drawn, by name. */
  readonly drawn = new Set<string>();

  constructor(seed: number, chance: SeededChance, watch: DecisionWatcher, copying: Copying) {
    this.chance = chance;
    this.#copying = copying;
    this.accounts = this.#isRuled
      ? drawAccounts(chance, copying).map((account) =>
          this.#broader(ruledAccount(chance, account, this.drawn)),
        )
      : this.#isPending
        ? drawAccounts(chance, copying)
        : withLimits(new SeededChance(seed + LIMITS_SEED), drawAccounts(chance, copying));
    this.#work = this.#isRuled ? null : drawWork(new SeededChance(seed + WORK_SEED));
    // What rests may fill before the copier sees what its owner opened there, which the checker cannot tell apart.
    this.#ownersTrade = chance.hits(0.5) && !this.#isPending;
    const outages = new SeededChance(seed + OUTAGE_SEED);
    this.#outages = outages.hits(OUTAGE_SHARE) ? outages : null;
    const relimits = new SeededChance(seed + RELIMIT_SEED);
    this.#relimits = relimits.hits(RELIMIT_SHARE) ? relimits : null;
    this.#reguards = copying === "guarded" ? new SeededChance(seed + REGUARD_SEED) : null;
    this.#settingsChange = copying === "one-leader" || (!this.#isPending && chance.hits(0.3));
    const allocations = this.#drawAllocations();
    const tiers = this.#isBroad
      ? {
          tiers: drawTiers(
            chance,
            SYMBOLS.map(({ symbol }) => symbol),
            this.drawn,
          ),
        }
      : {};
    this.setting = { seed, isRuled: this.#isRuled, accounts: this.accounts, allocations, ...tiers };
    this.world = worldOf(this.setting, watch);
  }

  /** Everything that happened, to run again without drawing. */
  get recording(): Recording {
    return { setting: this.setting, before: this.#before, happenings: this.#then, closes: this.#closes };
  }

  get #isRuled(): boolean {
    return isRuledBy(this.#copying);
  }

  get #isPending(): boolean {
    return this.#copying === "pending";
  }

  get #isBroad(): boolean {
    return this.#copying === "broad";
  }

  #broader(account: WorldParts["accounts"][number]): WorldParts["accounts"][number] {
    if (!this.#isBroad || account.role === "leader") return account;
    const limits = withMeasuredLimits(this.chance, account.limits ?? NO_LIMITS, this.drawn);
    return { ...account, limits };
  }

  #drawAllocations(): readonly Allocation[] {
    const drawn = drawAllocations(this.chance, this.accounts, this.#copying);
    if (this.#isPending) return drawn;
    if (!this.#isRuled) return this.#worked(drawn);
    const ruled = drawn.map((one) => drawRules(this.chance, one, this.drawn));
    return this.#isBroad ? withMarginModes(this.chance, ruled, this.drawn) : ruled;
  }

  /** `events` things happen, some while the copier is down. */
  run(events: number): void {
    if (this.#isBroad) this.#marginModes();
    for (let count = this.chance.whole(0, 3); count > 0; count -= 1) this.#leaderTrades();
    if (this.#ownersTrade && this.chance.hits(0.4)) this.#ownerTrades();
    this.#do({ kind: "faults", faults: drawFaults(this.chance) });
    begin(this.world);
    this.#into = this.#then;
    if (this.#isBroad) for (const { account } of this.#leaders()) this.#measured(account);
    for (let event = 0; event < events; event += 1) {
      if (this.#outages?.hits(OUTAGES) === true) this.#outage(this.#outages);
      if (this.#relimits?.hits(RELIMITS) === true) this.#newLimits(this.#relimits);
      if (this.#reguards?.hits(REGUARDS) === true) this.#newGuards(this.#reguards);
      this.#happen();
      if (this.#copying === "by-hand" && this.chance.hits(0.3)) this.#answers();
      this.#do({ kind: "pass", ms: this.#pauseMs() });
    }
  }

  #do(happening: PlainHappening): void {
    this.#into.push(happening);
    happenOnce(this.world, happening);
  }

  settle(): void {
    this.#into = this.#closes;
    settle(this.world, () => {
      if (this.#isPending && this.chance.hits(0.5))
        for (const { account } of this.#leaders())
          for (const happening of withdrawn(this.#account(account))) this.#do(happening);
      for (const account of this.world.venue.accounts.values()) this.#ownerClosesSome(account);
    });
  }

  /** With all at rest an owner takes a part of a position away: it must stay away. */
  #ownerClosesSome(account: VenueAccount): void {
    const held = [...account.positions.values()].filter(({ steps }) => Math.abs(steps) > 1);
    if (held.length === 0 || !account.name.startsWith("follower")) return;
    const { symbol, leg, steps } = this.chance.pick(held);
    this.#reduce(account, symbol, leg, steps);
  }

  #pauseMs(): number {
    const { chance } = this;
    if (chance.hits(0.6)) return chance.whole(0, 30);
    return chance.hits(0.8) ? chance.whole(30, 1_500) : chance.whole(1_500, 20_000);
  }

  #happen(): void {
    const { chance } = this;
    if (this.#isBroad && chance.hits(BROAD_SHARE)) return this.#happenBroadly();
    if (this.#isPending && chance.hits(WAITING_SHARE)) return this.#waits();
    if (this.#isRuled && chance.hits(RULED_SHARE)) return this.#happenByRule();
    const dice = chance.next();
    if (dice < 0.62) return this.#leaderTrades();
    if (dice < 0.72) return this.#priceMoves();
    if (dice < 0.77) return this.#ownersTrade ? this.#ownerTrades() : this.#leaderTrades();
    if (dice < 0.8) return this.#streamBreaks();
    if (dice < 0.84) return this.#die();
    if (dice < 0.88) return this.#command();
    if (dice < 0.9) return this.#settingsChange ? this.#newSettings() : this.#leaderTrades();
    if (dice < 0.93) return this.#leverage();
    if (dice < 0.96) return this.#equity();
    this.#do({ kind: "faults", faults: drawFaults(chance) });
  }

  #waits(): void {
    const next = drawWaiting(this.chance, this.world, this.#account(this.#any("leader").account));
    if (next?.kind === "price") this.#price(next.symbol, next.ticks);
    else if (next !== null) this.#do(next);
  }

  #streamBreaks(): void {
    const { account } = this.#any();
    this.#do({ kind: "stream-break", account, ms: this.chance.whole(10, 8_000) });
  }

  /** Others than before, mostly, and now and then none at all. */
  #newLimits(chance: SeededChance): void {
    const { account } = chance.pick(this.accounts.filter(({ role }) => role === "follower"));
    const drawn = this.#isRuled ? drawRiskLimits(chance, this.drawn) : drawLimits(chance);
    const limits = this.#isBroad ? withMeasuredLimits(chance, drawn, this.drawn) : drawn;
    this.#do({ kind: "limits", account, limits: chance.hits(0.2) ? NO_LIMITS : limits });
  }

  #newGuards(chance: SeededChance): void {
    const { account } = chance.pick(this.accounts.filter(({ role }) => role === "follower"));
    this.#do({ kind: "guards", account, guards: drawGuards(chance, this.drawn) });
  }

  /** Of one account, while leaders go on trading. */
  #outage(chance: SeededChance): void {
    const { account } = this.#any();
    const [ms, streamToo] = [chance.whole(70_000, 120_000), chance.hits(0.5)];
    this.#do({ kind: "outage", account, ms, streamToo });
    for (let passedMs = 0; passedMs < ms; ) {
      const pauseMs = chance.whole(10_000, 25_000);
      this.#do({ kind: "pass", ms: pauseMs });
      this.#leaderTrades();
      passedMs += pauseMs;
    }
  }

  /** What makes rules, limits and guards speak. */
  #happenByRule(): void {
    const { chance } = this;
    const dice = chance.next();
    if (dice < 0.4) return this.#priceRuns();
    if (dice < 0.65) return this.#leaderExit();
    if (dice < 0.75) return this.#volatility();
    const { account } = this.#any("follower");
    const leader = this.#any("leader").account;
    if (dice < 0.9) {
      const symbol = chance.pick(SYMBOLS).symbol;
      const scope = chance.pick([{}, { leader }, { symbol }]);
      return this.#say({ kind: "release", account, ...scope });
    }
    const scope = chance.pick([{ account }, { account, leader }]);
    this.#say({ kind: "panic", ...scope });
  }

  #say(command: Command): void {
    this.#do({ kind: "command", command });
  }

  #volatility(): void {
    const { account } = this.#any("leader");
    if (this.#isBroad) return this.#measured(account);
    this.#do({ kind: "volatility", account, volatility: this.chance.pick(VOLATILITIES) });
  }

  #leaders(): WorldParts["accounts"] {
    return this.accounts.filter(({ role }) => role === "leader");
  }

  #measured(account: string): void {
    const others = this.#leaders().flatMap((one) => (one.account === account ? [] : [one.account]));
    const measured = drawMeasured(this.chance, others);
    this.#do({ kind: "volatility", account, volatility: this.chance.pick(VOLATILITIES), measured });
  }

  /** At first, mostly one for all; the copier finds its followers in cross margin. */
  #marginModes(): void {
    const { chance } = this;
    const mode = chance.pick(["cross", "isolated", "isolated"] as const);
    for (const { account } of this.#leaders())
      this.#do({ kind: "margin-mode", account, mode: chance.hits(0.8) ? mode : "cross" });
  }

  /** A leader is measured anew, changes its margin mode, or closes all and then changes it. */
  #happenBroadly(): void {
    const { chance } = this;
    const { account } = this.#any("leader");
    if (chance.hits(0.4)) return this.#measured(account);
    const own = this.#account(account);
    if (chance.hits(0.6))
      for (const { symbol, leg, steps } of [...own.positions.values()])
        if (steps !== 0)
          this.#do({
            kind: "trade",
            account,
            symbol,
            leg,
            side: steps > 0 ? "sell" : "buy",
            steps: Math.abs(steps),
            reduceOnly: true,
            executions: 1,
          });
    this.#do({ kind: "margin-mode", account, mode: chance.pick(["cross", "isolated"] as const) });
  }

  /** Far enough that stops trigger, guards trip and entries are out of reach. */
  #priceRuns(): void {
    const { symbol } = this.chance.pick(SYMBOLS);
    const ticks = this.world.venue.prices.get(symbol) ?? 1;
    const most = this.chance.pick([0.003, 0.03, 0.12]);
    this.#price(symbol, ticks * this.chance.between(1 - most, 1 + most));
  }

  /** A leader puts a take profit, a stop or a limit exit, of a part or of all, or takes one back. */
  #leaderExit(): void {
    const { chance } = this;
    const account = this.#account(this.#any("leader").account);
    const open = [...account.orders.values()].filter(isOpen);
    if (open.length > 3 || (open.length > 0 && chance.hits(0.25)))
      return this.#do({
        kind: "withdraw",
        account: account.name,
        place: open.indexOf(chance.pick(open)),
      });
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
    this.#do({ kind: "exit", account: account.name, symbol, leg, side, steps: size, form });
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
    const ticket = { symbol, leg, side, steps, reduceOnly: false };
    this.#do({ kind: "trade", account: account.name, ...ticket, executions: this.chance.whole(1, 3) });
  }

  #reduce(account: VenueAccount, symbol: string, leg: "net" | "long" | "short", held: number): void {
    const share = this.chance.hits(0.4) ? 1 : this.chance.next();
    const steps = Math.max(1, Math.floor(Math.abs(held) * share));
    const side = held > 0 ? "sell" : "buy";
    const ticket = { symbol, leg, side, steps, reduceOnly: true } as const;
    this.#do({ kind: "trade", account: account.name, ...ticket, executions: this.chance.whole(1, 3) });
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
    const ticket = { symbol, leg, side, steps, reduceOnly: false };
    this.#do({ kind: "trade", account: account.name, ...ticket, executions: 1 });
  }

  #priceMoves(): void {
    const { symbol } = this.chance.pick(SYMBOLS);
    const ticks = this.world.venue.prices.get(symbol) ?? 1;
    this.#price(symbol, ticks * this.chance.between(0.97, 1.03));
  }

  #price(symbol: string, ticks: number): void {
    this.#do({ kind: "price", symbol, ticks: Math.max(1_000, Math.round(ticks)) });
  }

  #die(): void {
    const isStop = this.chance.hits(0.15);
    const lostRecords = !isStop && this.chance.hits(0.25) ? this.chance.whole(1, 6) : 0;
    const meanwhile: Happening[] = [];
    const down = { kind: "down", by: isStop ? "stop" : "kill", lostRecords, meanwhile } as const;
    const outer = this.#into;
    outer.push(down);
    goDown(this.world, down);
    this.#into = meanwhile;
    this.#do({ kind: "pass", ms: this.chance.whole(0, 4_000) });
    if (this.chance.hits(0.5)) this.#leaderTrades();
    if (this.#ownersTrade && this.chance.hits(0.3)) this.#ownerTrades();
    this.#into = outer;
    begin(this.world);
  }

  #command(): void {
    const { account } = this.#any("follower");
    const kind = this.chance.pick(["pause", "resume", "resume", "close"] as const);
    if (kind !== "close") return this.#say({ kind, account });
    const all = this.chance.hits(0.3);
    const symbol = this.chance.pick(SYMBOLS).symbol;
    this.#say(all ? { kind, account } : { kind, account, symbol });
  }

  /** An owner approves (as seen now, or less) or declines what waits, or wants back what was given up. */
  #answers(): void {
    const { chance, world } = this;
    const waiting = proposalsOf(world.engine.state);
    if (waiting.length === 0 || chance.hits(0.1))
      return chance.hits(0.2)
        ? this.#say({ kind: "release", account: this.#any("follower").account })
        : undefined;
    const { market, part, proposal } = chance.pick(waiting);
    const about = { account: market.follower.account, proposal: proposal.id };
    if (chance.hits(0.2)) return this.#say({ kind: "decline", ...about });
    const lots = chance.hits(0.8) ? legTarget(part) : Lots(Math.trunc(legTarget(part) / 2));
    this.#say({ kind: "approve", ...about, target: quantityText(market.instrument, lots) });
  }

  #newSettings(): void {
    const { settings } = this.world;
    const drawn = this.#drawAllocations();
    const allocations = drawn.flatMap((fresh) => {
      if (this.chance.hits(0.1)) return [];
      const old = settings.allocations.find(({ id }) => id === fresh.id);
      return [old === undefined || this.chance.hits(0.4) ? fresh : old];
    });
    this.#do({ kind: "settings", allocations });
  }

  #worked(allocations: readonly Allocation[]): readonly Allocation[] {
    return allocations.map((allocation) => ({ ...allocation, work: this.#work }));
  }

  #leverage(): void {
    const { account } = this.#any("leader");
    const { symbol } = this.chance.pick(SYMBOLS);
    this.#do({ kind: "leverage", account, symbol, leverage: this.chance.pick([1, 3, 5, 10, 20, 50]) });
  }

  #equity(): void {
    const account = this.#account(this.#any().account);
    const equity = Math.max(50, Math.round(account.equity * this.chance.between(0.7, 1.4)));
    this.#do({ kind: "equity", account: account.name, equity });
  }
}

/** Drawn apart, so that a seed's history is otherwise the same. */
const OUTAGE_SEED = 48_000_003;
const OUTAGE_SHARE = 0.1;
/** In how many of all happenings. */
const OUTAGES = 0.02;
const RELIMIT_SEED = 49_000_009;
const RELIMIT_SHARE = 0.3;
const RELIMITS = 0.03;
const REGUARD_SEED = 51_000_017;
const REGUARDS = 0.06;
/** How much of a ruled history is about rules. */
const RULED_SHARE = 0.35;
const BROAD_SHARE = 0.1;
const VOLATILITIES = ["0.2", "0.5", "1.5"] as const;
