/**
 * One seeded history over the venue's protocol: leaders trade, owners, prices, money and instruments move, while the exchange,
 * the network, the clocks and the disk make the trouble that is drawn and the copier dies and comes back; then all is quiet.
 */
import { AccountId } from "../../src/core/model/identifiers.ts";
import type { InstrumentSpec } from "../../src/core/model/instrument.ts";
import type { Allocation } from "../../src/core/settings.ts";
import { SeededChance } from "./chance.ts";
import { drawAllocations, drawWork, LIMITS_SEED, ruledAccount, WORK_SEED, withLimits } from "./draws.ts";
import { FIRST_PRICES, SYMBOLS } from "./markets.ts";
import { text } from "./model-venue.ts";
import { drawRules } from "./rules.ts";
import { drawTraits, drawWireAccounts, drawWireFaults, listingOf, type Trait } from "./wire-draws.ts";
import { playScene } from "./wire-scenes.ts";
import { JournalPhotos } from "./wire-store.ts";
import type { WireWatch } from "./wire-watch.ts";
import { CALM, type WireAccount, WireWorld } from "./wire-world.ts";
import type { DecisionWatcher } from "./world.ts";

/** Two minutes before the end of a day, so that days begin anew within a history. */
const START_MS = Date.UTC(2026, 0, 4, 23, 58);
const SETTLE_MS = 180_000;
/** The exchange's ten minutes, and a start. */
const SHUT_OUT_MS = 11 * 60_000;
const CLOCK_OFF_MAX_MS = 20_000;
const SECONDS_SEED = 7_000_001;
const SCENES_SEED = 8_000_009;
const SHARE_SCENES = 0.35;
const STORES_SEED = 9_000_011;
const SHARE_STORES = 0.25;
/** A lock is a file of the real disk, and a refusal waits for it as a real one does. */
const SHARE_LOCKED = 0.2;
const SHARE_SECONDS = 0.03;
/** Its terms change while it is held. */
export const CHANGING = "XRPUSDT";
const CHANGING_TICKS = 20_000;
/** Of the same moment as a new limit of leverage. */
const TICK_SIZES = { "5": "0.0005", "10": "0.0001", "50": "0.00001" } as const;
const QUANTITY_STEPS = ["0.1", "1", "10"] as const;
const INDEXES = { net: 0, long: 1, short: 2 } as const;
type Leg = keyof typeof INDEXES;

/** Of one event: where chance stood before it, and the pause after it. */
interface Beat {
  readonly mark: number;
  pauseMs: number;
}

/** Some of the events of a whole history, by number from 0: each is drawn as it was there, however many before it are left out. */
export interface Excerpt {
  readonly beats: readonly Readonly<Beat>[];
  readonly endMark: number;
  readonly kept: readonly number[];
}

export class WireSchedule {
  /** Of a history that ran whole. */
  readonly beats: Beat[] = [];
  endMark = 0;
  readonly world: WireWorld;
  readonly chance: SeededChance;
  readonly accounts: readonly WireAccount[];
  readonly isRuled: boolean;
  /** Whether the copier's books can be held against the account to the last unit. */
  get keepsBooks(): boolean {
    return !(["owners-trade", "power-cuts", "terms-change"] as const).some((trait) =>
      this.#traits.has(trait),
    );
  }

  /** How far the copier's clock may be from the time that the world's own records are by. */
  get clockOffMaxMs(): number {
    return this.#traits.has("clocks-jump") ? CLOCK_OFF_MAX_MS : 0;
  }

  get changesTerms(): boolean {
    return this.#traits.has("terms-change");
  }

  /** Which rules and traits were drawn, by name. */
  readonly drawn = new Set<string>();
  readonly #seed: number;
  readonly #several: boolean;
  readonly #traits: ReadonlySet<Trait>;
  readonly #symbols: readonly InstrumentSpec[];
  readonly #watch: WireWatch;
  /** Drawn apart: a second process changes nothing. */
  readonly #seconds: SeededChance;
  /** Drawn apart: other histories stay what they are. */
  readonly #scenes: SeededChance;
  /** Of the journal, where a database follows it. */
  readonly photos: JournalPhotos | null;

  constructor(seed: number, decided: DecisionWatcher, watch: WireWatch) {
    const chance = new SeededChance(seed);
    this.chance = chance;
    this.#seed = seed;
    this.#watch = watch;
    this.#seconds = new SeededChance(seed + SECONDS_SEED);
    this.#scenes = new SeededChance(seed + SCENES_SEED);
    this.photos = new SeededChance(seed + STORES_SEED).hits(SHARE_STORES) ? new JournalPhotos() : null;
    this.isRuled = chance.hits(0.35);
    const accounts = drawWireAccounts(chance);
    this.#several = accounts.filter(({ role }) => role === "leader").length > 1 && chance.hits(0.7);
    const limited = this.isRuled
      ? accounts.map((account) => ruledAccount(chance, account, this.drawn))
      : withLimits(new SeededChance(seed + LIMITS_SEED), accounts);
    this.accounts = limited.map(({ equity, ...account }) => ({ ...account, balance: String(equity) }));
    this.#traits = drawTraits(chance, this.isRuled);
    for (const trait of this.#traits) this.drawn.add(trait);
    this.#symbols = this.#traits.has("terms-change") ? [...SYMBOLS, changingSpec()] : SYMBOLS;
    const prices = new Map([...FIRST_PRICES, [CHANGING, CHANGING_TICKS] as const]);
    this.world = new WireWorld({
      seed,
      startMs: START_MS,
      accounts: this.accounts,
      allocations: this.#drawAllocations(),
      instruments: this.#symbols.map((spec) => listingOf(spec, prices.get(spec.symbol) ?? 1)),
      decided,
      watch,
      isLocked: this.#seconds.hits(SHARE_LOCKED),
      photos: this.photos,
    });
    for (const { symbol, tickSize } of this.#symbols)
      this.world.exchange.movePrice(symbol, text(prices.get(symbol) ?? 1, tickSize));
    this.world.noteMoney();
  }

  /** `count` things happen, or those of them that are kept, some while the copier is down. */
  run(count: number, excerpt?: Excerpt): void {
    const { chance, world } = this;
    for (let left = chance.whole(0, 3); left > 0; left -= 1) this.#leaderTrades();
    if (this.#traits.has("owners-trade") && chance.hits(0.4)) this.#ownerTrades();
    if (this.#traits.has("funding")) this.#setFunding();
    world.start();
    if (chance.hits(0.7)) world.runFor(3_000);
    this.#newFaults();
    const sceneAt = this.#scenes.hits(SHARE_SCENES) ? this.#scenes.whole(0, count - 1) : null;
    const kept = excerpt && new Set(excerpt.kept);
    for (let event = 0; event < count; event += 1) {
      const past = excerpt?.beats[event];
      if (past !== undefined) chance.goTo(past.mark);
      // Before it happens: one at which the history stops is one of its events.
      const beat = { mark: chance.mark, pauseMs: 0 };
      this.beats.push(beat);
      if (kept === undefined || kept.has(event)) {
        if (event === sceneAt) this.#scene();
        this.#happen();
      }
      if (this.#seconds.hits(SHARE_SECONDS) && !world.startSecond())
        this.#watch.breach("a second process was let into the data folder of one that lives");
      beat.pauseMs = past?.pauseMs ?? this.#pauseMs();
      world.runFor(beat.pauseMs);
    }
    if (excerpt !== undefined) chance.goTo(excerpt.endMark);
    this.endMark = chance.mark;
  }

  settle(): void {
    const { world, chance } = this;
    world.exchange.putFaults({});
    world.changeWeather(CALM);
    world.disk.heal();
    if (this.#traits.has("terms-change")) this.#relist({ status: "Trading" });
    world.runFor(20_000);
    // Lives that follow each other at once ask more often than an address may, and are shut out for a while.
    for (let waitedMs = 0; world.engine === null && waitedMs < SHUT_OUT_MS; waitedMs += 20_000)
      world.runFor(20_000);
    world.command({ kind: "resume" });
    world.runFor(SETTLE_MS);
    for (const { account, role, mode } of this.accounts) {
      if (role === "follower" && chance.hits(0.5)) this.#ownerReduces(account, mode);
    }
    world.runFor(SETTLE_MS / 2);
  }

  #pauseMs(): number {
    const { chance } = this;
    if (chance.hits(0.6)) return chance.whole(0, 30);
    return chance.hits(0.85) ? chance.whole(30, 1_500) : chance.whole(1_500, 15_000);
  }

  #happen(): void {
    const { chance } = this;
    const dice = chance.next();
    if (dice < 0.5) return this.#leaderTrades();
    if (dice < 0.6) return this.#priceMoves();
    if (dice < 0.68) return this.#newFaults();
    if (dice < 0.76) return this.#die();
    if (dice < 0.8) return this.#leaderExit();
    if (dice < 0.82) return this.#leverage();
    this.#happenByTrait();
  }

  #happenByTrait(): void {
    const { chance } = this;
    const happenings: Readonly<Record<Exclude<Trait, "power-cuts">, () => void>> = {
      "owners-trade": () => this.#ownerTrades(),
      "money-moves": () => this.#moneyMoves(),
      funding: () => this.#setFunding(),
      "terms-change": () => this.#termsChange(),
      "settings-change": () => this.#newSettings(),
      "owner-commands": () => this.#command(),
      "disk-fails": () => this.#diskFails(),
      "clocks-jump": () => this.#clockJumps(),
      "prices-run": () => this.#priceRuns(),
    };
    const possible = Object.entries(happenings).filter(([trait]) => this.#traits.has(trait as Trait));
    if (possible.length === 0) return this.#leaderTrades();
    const [, happening] = chance.pick(possible);
    happening();
  }

  #newFaults(): void {
    const { chance, world } = this;
    world.exchange.putFaults(
      drawWireFaults(
        chance,
        this.accounts.map(({ account }) => account),
      ),
    );
    world.changeWeather({
      staleReads: chance.hits(0.5) ? chance.next() * 0.4 : 0,
      staleMaxMs: chance.pick([100, 700, 2_500]),
    });
    if (chance.hits(0.2)) this.#storm();
  }

  #scene(): void {
    const [leader, follower] = [this.#any("leader"), this.#any("follower")];
    const leaderTrades = () => this.#leaderTrades();
    const { world } = this;
    playScene({ world, chance: this.#scenes, traits: this.#traits, leader, follower, leaderTrades });
  }

  /** Connections break again and again, or all are refused for a while. */
  #storm(): void {
    const { chance, world } = this;
    if (chance.hits(0.5)) {
      for (let left = chance.whole(1, 6); left > 0; left -= 1) {
        world.breakConnections(chance.pick([0.2, 0.6, 1]));
        world.runFor(chance.whole(1, 400));
      }
      return;
    }
    world.exchange.putFaults({ streamDisconnect: true });
    world.runFor(chance.whole(10, 8_000));
    world.exchange.putFaults({});
  }

  #die(): void {
    const { chance, world } = this;
    const ending = this.#traits.has("power-cuts") && chance.hits(0.4) ? "power-cut" : "kill";
    const dice = chance.next();
    if (dice < 0.15) world.stop();
    else if (dice < 0.4) world.die(ending);
    else if (dice < 0.7) world.dieAfter({ steps: chance.whole(1, 120) }, ending);
    else if (dice < 0.9) world.dieAfter({ messages: chance.whole(1, 4) }, ending);
    else world.disk.tearNextWrite();
    if (chance.hits(0.6)) this.#leaderTrades();
    if (this.#traits.has("owners-trade") && chance.hits(0.3)) this.#ownerTrades();
  }

  #drawAllocations(): readonly Allocation[] {
    const { chance } = this;
    const copying = this.#several ? "several-leaders" : "one-leader";
    const drawn = drawAllocations(
      chance,
      this.accounts.map((one) => ({ ...one, equity: 0 })),
      copying,
    );
    if (this.isRuled) return drawn.map((one) => drawRules(chance, one, this.drawn));
    const work = drawWork(new SeededChance(this.#seed + WORK_SEED));
    return drawn.map((one) => ({ ...one, work }));
  }

  #any(role: WireAccount["role"]): WireAccount {
    return this.chance.pick(this.accounts.filter((account) => account.role === role));
  }

  #price(symbol: string): string {
    return this.world.exchange.prices.findLast((point) => point.symbol === symbol)?.price ?? "1";
  }

  /** What the venue counts in now. */
  #step(symbol: string): string {
    return this.world.protocol.state.venue.instrument(symbol)?.qtyStep ?? "1";
  }

  #isOpen(symbol: string): boolean {
    return this.world.protocol.state.venue.instrument(symbol)?.status === "Trading";
  }

  #legOf(mode: WireAccount["mode"]): Leg {
    return mode === "one-way" ? "net" : this.chance.pick(["long", "short"] as const);
  }

  /** Steps, signed. */
  #held(account: string, symbol: string, leg: Leg): number {
    return heldIn(this.world, account, symbol, leg, this.#step(symbol));
  }

  /** Opens, adds, reduces, closes, flips; small and large. */
  #leaderTrades(): void {
    const { chance, world } = this;
    const { account, mode } = this.#any("leader");
    const { symbol } = chance.pick(this.#symbols);
    if (!this.#isOpen(symbol)) return;
    const leg = this.#legOf(mode);
    const held = this.#held(account, symbol, leg);
    const closes = held !== 0 && chance.hits(0.45);
    const opens = leg === "net" ? chance.pick([1, -1]) : leg === "long" ? 1 : -1;
    const steps = closes ? -Math.sign(held) * this.#part(held) : opens * this.#size(symbol);
    const quantity = text(steps, this.#step(symbol));
    const outcome = world.exchange.carry(account, { symbol, leg, quantity, price: this.#price(symbol) });
    if (outcome.kind === "refused") world.struck.add("leader refused");
    world.noteMoney();
  }

  #part(held: number): number {
    const share = this.chance.hits(0.4) ? 1 : this.chance.next();
    return Math.max(1, Math.floor(Math.abs(held) * share));
  }

  #size(symbol: string): number {
    const largest = symbol === "BTCUSDT" ? 400 : symbol === CHANGING ? 300 : 20_000;
    return this.chance.hits(0.2) ? this.chance.whole(1, 5) : this.chance.whole(1, largest);
  }

  /** A leader puts a stop or a limit exit, of a part or of all, or takes all back. */
  #leaderExit(): void {
    const { chance, world } = this;
    const { account, mode } = this.#any("leader");
    const { symbol, tickSize } = chance.pick(SYMBOLS);
    if (chance.hits(0.25)) {
      world.exchange.request(account, "/v5/order/cancel-all", { symbol });
      return;
    }
    const leg = this.#legOf(mode);
    const held = this.#held(account, symbol, leg);
    if (held === 0) return this.#leaderTrades();
    const up = chance.hits(0.5);
    const ticks = Math.round(Number(this.#price(symbol)) / Number(tickSize));
    const at = text(Math.round(ticks * (1 + (up ? 1 : -1) * chance.between(0.002, 0.02))), tickSize);
    const isLimit = up === held > 0 && chance.hits(0.5);
    const order = {
      symbol,
      side: held > 0 ? "Sell" : "Buy",
      qty: text(this.#part(held), this.#step(symbol)),
      positionIdx: INDEXES[leg],
      reduceOnly: true,
    };
    const form = isLimit
      ? { orderType: "Limit", price: at, timeInForce: "GTC" }
      : { orderType: "Market", triggerPrice: at, triggerBy: "MarkPrice", triggerDirection: up ? 1 : 2 };
    const code = world.exchange.request(account, "/v5/order/create", { ...order, ...form });
    world.struck.add(code === 0 ? "leader exit" : "leader exit refused");
  }

  /** The owner of a follower opens, adds to, reduces or closes a position by hand, or leaves an order far away. */
  #ownerTrades(): void {
    const { chance, world } = this;
    const { account, mode } = this.#any("follower");
    const { symbol, tickSize } = chance.pick(SYMBOLS);
    const leg = this.#legOf(mode);
    if (this.#held(account, symbol, leg) !== 0 && chance.hits(0.6)) return this.#ownerReduces(account, mode);
    const side = leg === "short" || (leg === "net" && chance.hits(0.5)) ? "Sell" : "Buy";
    const qty = text(this.#size(symbol), this.#step(symbol));
    const far = text(
      Math.round((Number(this.#price(symbol)) / Number(tickSize)) * (side === "Buy" ? 0.9 : 1.1)),
      tickSize,
    );
    const form = chance.hits(0.3)
      ? { orderType: "Limit", price: far, timeInForce: "GTC" }
      : { orderType: "Market" };
    const order = { symbol, side, qty, positionIdx: INDEXES[leg], ...form };
    const code = world.exchange.request(account, "/v5/order/create", order);
    world.struck.add(code === 0 ? `foreign ${form.orderType.toLowerCase()} order` : "foreign order refused");
    world.noteMoney();
  }

  #ownerReduces(account: string, mode: WireAccount["mode"]): void {
    const { chance, world } = this;
    const legs: readonly Leg[] = mode === "one-way" ? ["net"] : ["long", "short"];
    const held = SYMBOLS.flatMap(({ symbol }) =>
      legs.map((leg) => ({ symbol, leg, steps: this.#held(account, symbol, leg) })),
    ).filter(({ steps }) => Math.abs(steps) > 1);
    if (held.length === 0) return;
    const { symbol, leg, steps } = chance.pick(held);
    world.exchange.request(account, "/v5/order/create", {
      symbol,
      side: steps > 0 ? "Sell" : "Buy",
      orderType: "Market",
      qty: text(this.#part(steps), this.#step(symbol)),
      positionIdx: INDEXES[leg],
      reduceOnly: true,
    });
    world.struck.add("foreign reduction");
    world.noteMoney();
  }

  #priceMoves(): void {
    this.#movePrice(this.chance.pick([0.003, 0.02]));
  }

  /** Far enough that stops trigger, guards trip, entries are out of reach and accounts are liquidated. */
  #priceRuns(): void {
    this.#movePrice(this.chance.pick([0.05, 0.12, 0.25]));
    this.world.struck.add("price run");
  }

  #movePrice(most: number): void {
    const { symbol, tickSize } = this.chance.pick(this.#symbols);
    const ticks = Math.round(Number(this.#price(symbol)) / Number(tickSize));
    const moved = Math.max(1_000, Math.round(ticks * this.chance.between(1 - most, 1 + most)));
    this.world.exchange.movePrice(symbol, text(moved, tickSize));
    this.world.noteMoney();
  }

  #leverage(): void {
    const { symbol } = this.chance.pick(SYMBOLS);
    const { account } = this.#any("leader");
    const leverage = this.chance.pick(["1", "3", "5", "10", "20", "50"]);
    const asked = { symbol, buyLeverage: leverage, sellLeverage: leverage };
    const code = this.world.exchange.request(account, "/v5/position/set-leverage", asked);
    this.world.struck.add(code === 0 ? "leader leverage" : "leader leverage refused");
    if (this.chance.hits(0.4))
      this.world.setVolatility(this.#any("leader").account, this.chance.pick(["0.2", "0.5", "1.5"]));
  }

  #moneyMoves(): void {
    const { chance, world } = this;
    const { account } = this.#any(chance.hits(0.7) ? "follower" : "leader");
    const balance = Number(world.protocol.state.venue.wallet(account)?.totalAvailableBalance ?? "0");
    const isDeposit = chance.hits(0.5);
    const amount = (Math.max(balance, 100) * chance.between(0.05, isDeposit ? 1 : 0.7)).toFixed(2);
    const isDone = world.transfer(account, isDeposit ? amount : `-${amount}`);
    if (isDone) world.struck.add(isDeposit ? "deposit" : "withdrawal");
    world.noteMoney();
  }

  #setFunding(): void {
    const { chance, world } = this;
    world.struck.add("funding set");
    world.exchange.setFunding(chance.pick(SYMBOLS).symbol, 1, chance.pick(["0.0001", "-0.0003", "0.003"]));
  }

  /** Delisted for a while, other steps and minimums, less leverage allowed. */
  #termsChange(): void {
    const { chance, world } = this;
    const dice = chance.next();
    world.struck.add("terms changed");
    if (dice < 0.35) {
      const status = this.#isOpen(CHANGING) ? chance.pick(["Closed", "Delivering"] as const) : "Trading";
      return this.#relist({ status });
    }
    if (dice < 0.7) {
      const qtyStep = chance.pick(QUANTITY_STEPS);
      return this.#relist({ qtyStep, minOrderQty: qtyStep });
    }
    const maxLeverage = chance.pick(["5", "10", "50"] as const);
    this.#relist({ maxLeverage, tickSize: TICK_SIZES[maxLeverage] });
  }

  #relist(settings: Readonly<Record<string, string>>): void {
    this.world.exchange.putInstrument({ symbol: CHANGING, ...settings } as Parameters<
      WireWorld["exchange"]["putInstrument"]
    >[0]);
  }

  #newSettings(): void {
    const { chance, world } = this;
    const { settings } = world;
    const allocations = this.#drawAllocations().flatMap((fresh) => {
      if (chance.hits(0.1)) return [];
      const old = settings.allocations.find(({ id }) => id === fresh.id);
      return [old === undefined || chance.hits(0.4) ? fresh : old];
    });
    world.struck.add("settings changed");
    world.configure({ ...settings, allocations });
  }

  #command(): void {
    const { chance, world } = this;
    const account = AccountId(this.#any("follower").account);
    const leader = AccountId(this.#any("leader").account);
    const { symbol } = chance.pick(SYMBOLS);
    const dice = chance.next();
    if (dice < 0.3) return world.command({ kind: "pause", account });
    if (dice < 0.65) return world.command({ kind: "resume", account });
    if (dice < 0.8) return world.command({ kind: "close", account, ...chance.pick([{}, { symbol }]) });
    if (dice < 0.95)
      return world.command({ kind: "release", account, ...chance.pick([{}, { leader }, { symbol }]) });
    if (this.isRuled) world.command({ kind: "panic", account, ...chance.pick([{}, { leader }]) });
  }

  #diskFails(): void {
    const { chance, world } = this;
    const { disk } = world;
    const dice = chance.next();
    if (dice < 0.3) disk.heal();
    else if (dice < 0.5) disk.slowDown();
    else if (dice < 0.75) disk.fill();
    else if (dice < 0.9) disk.failNextWrite();
    else disk.failSyncs();
  }

  #clockJumps(): void {
    const { chance, world } = this;
    const [near, far] = [chance.whole(-900, 900), chance.whole(-CLOCK_OFF_MAX_MS, CLOCK_OFF_MAX_MS)];
    world.setMachineClock(chance.pick([0, near, far]));
  }
}

/** Of the given size, signed. */
export function heldIn(world: WireWorld, account: string, symbol: string, leg: Leg, lotSize: string): number {
  const { venue } = world.protocol.state;
  const row = venue
    .positions(account)
    .find((one) => one.symbol === symbol && one.positionIdx === INDEXES[leg]);
  if (row === undefined) return 0;
  return Math.round(Number(row.size) / Number(lotSize)) * (row.side === "Sell" ? -1 : 1);
}

function changingSpec(): InstrumentSpec {
  const [like] = SYMBOLS;
  if (like === undefined) throw new Error("no symbols");
  return {
    ...like,
    symbol: CHANGING,
    baseCoin: "XRP",
    tickSize: "0.0001",
    quantityStep: "0.1",
    minQuantity: "0.1",
    maxMarketQuantity: "100000",
    maxLimitQuantity: "100000",
  };
}
