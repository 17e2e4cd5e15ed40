/** The work behind a what-if, step by step: lives through the engine, then the light simulation; each step is told before it begins. */
import { setImmediate } from "node:timers/promises";
import type { CopySettings } from "../../analytics/copying/copy-settings.ts";
import { COPY_DEFAULTS } from "../../analytics/copying/copy-settings.ts";
import { normalQuantile } from "../../analytics/numeric/normal.ts";
import { seededRandom } from "../../analytics/numeric/random.ts";
import { compensatedSum } from "../../analytics/numeric/sums.ts";
import {
  type DelayedResult,
  type DelayLimit,
  delayLimit,
  limitAround,
} from "../../analytics/what-if/delay-limit.ts";
import type { FollowerNet } from "../../traders/copying/follower-net.ts";
import { type EngineLife, type LifeTerms, type LivesParts, livedBy } from "./engine-lives.ts";
import { accountLimits, copyingCosts, type LeftOut, relationSettings, together } from "./left-out.ts";
import { lengthText } from "./length-text.ts";
import { lightBook } from "./light-book.ts";
import {
  type Between,
  type Capacity,
  capacityFor,
  type QuickParts,
  quickFollower,
  sumInterval,
} from "./quick-follower.ts";
import type { DelayCurve, DelayPoint, SettingCost, WhatIfProgress, WhatIfRequest } from "./report.ts";

type OnPoints = (by: DelayCurve["by"], points: readonly DelayPoint[]) => void;

export interface Work {
  readonly request: WhatIfRequest;
  readonly progress: WhatIfProgress;
  readonly quick: QuickParts;
  readonly lives: LivesParts;
}

export interface FoundCosts {
  readonly all: readonly SettingCost[];
  /** What was left out and changed nothing. */
  readonly idle: readonly string[];
}

export interface Reference {
  readonly whole: EngineLife;
  readonly isLimited: boolean;
}

export interface QuickFound {
  readonly reference: FollowerNet;
  readonly capacity: Capacity;
}

/** Tried beyond the delays of the curve, for where copying stops to pay. */
const LONG_DELAYS_MS = [300_000, 900_000, 3_600_000];

export class Steps {
  readonly #work: Work;
  /** What every life has in common: limits and guards that changed nothing are off from then on, as they take most of the time. */
  #terms: LifeTerms;
  readonly #limits: readonly LeftOut[];
  #done = 0;
  #of: number;

  constructor(work: Work) {
    this.#work = work;
    this.#terms = lifeTerms(work.request);
    this.#limits = accountLimits(this.#terms);
    const relation = relationSettings(this.#terms).length;
    this.#of =
      work.request.lives + copyingCosts().length + relation + 1 + QUICK_STEPS + work.request.delaysMs.length;
  }

  /** The life as asked, and whether its limits and guards changed anything. */
  async reference(): Promise<Reference> {
    const whole = await this.#live("as asked", this.#terms);
    if (this.#limits.length === 0) return { whole, isLimited: false };
    const off = together(this.#limits)(this.#terms);
    const free = await this.#live("without limits and guards", off);
    const isLimited = !isSameLife(free, whole);
    if (isLimited) this.#of += this.#limits.length;
    else this.#terms = off;
    return { whole, isLimited };
  }

  /** Every fill is heard of anew, around a median that is drawn by the same model: some days everything is slow. */
  async otherDelays(): Promise<readonly EngineLife[]> {
    const { delay } = this.#terms;
    const random = seededRandom(delay.seed);
    const lives: EngineLife[] = [];
    for (let life = 1; life < this.#work.request.lives; life += 1) {
      const deviation = normalQuantile(random() * (1 - 2 ** -32) + 2 ** -33);
      const medianMs = Math.round(delay.medianMs * Math.exp(delay.spread * deviation));
      const drawn = { ...this.#terms, delay: { ...delay, medianMs, seed: delay.seed + life } };
      lives.push(await this.#live(`with other delays, around ${medianMs} ms`, drawn));
    }
    return lives;
  }

  /** `onFound` is told after each. */
  async costs(
    { whole, isLimited }: Reference,
    onFound: (costs: FoundCosts) => void = () => {},
  ): Promise<FoundCosts> {
    const relation = relationSettings(this.#terms);
    const found: SettingCost[] = [];
    const idle: string[] = [];
    const look = async (one: LeftOut) => {
      const free = await this.#live(`without ${one.name}`, one.without(this.#terms));
      if (isSameLife(free, whole)) idle.push(one.name);
      else found.push(this.#costOf(one, whole, free));
      onFound({ all: [...found], idle: [...idle] });
    };
    for (const one of [...copyingCosts(), ...relation]) await look(one);
    if (isLimited) for (const one of this.#limits) await look(one);
    else idle.push(...this.#limits.map(({ name }) => name));
    return { all: found, idle };
  }

  #costOf({ name, kind }: LeftOut, whole: EngineLife, free: EngineLife): SettingCost {
    const daily = free.daily.map((profit, day) => profit - (whole.daily[day] ?? 0));
    return { name, kind, cost: free.profit - whole.profit, interval: sumInterval(daily, this.#work.request) };
  }

  async quickly(settings: CopySettings): Promise<QuickFound> {
    const reference = await this.#quick("the light simulation", settings, "counts");
    await this.#tell("room for followers' money");
    const { quick, request } = this.#work;
    const capacity = await capacityFor(quick, { ...settings, impactFactor: request.impactFactor }, request);
    return { reference, capacity };
  }

  async curve(settings: CopySettings, onPoints: OnPoints = () => {}): Promise<DelayCurve> {
    const { delaysMs } = this.#work.request;
    const longest = delaysMs.at(-1) ?? 0;
    const all = [...delaysMs, ...LONG_DELAYS_MS.filter((ms) => ms > longest)];
    const points: DelayPoint[] = [];
    let first: FollowerNet | null = null;
    for (const delayMs of all) {
      await this.#tell(`${lengthText(delayMs)} late`);
      const late = { ...settings, delayMs };
      const likely = await quickFollower(this.#work.quick, late, "nothing");
      const careful = await quickFollower(this.#work.quick, late, "counts");
      first ??= careful;
      points.push(this.#point(likely, careful, first));
      onPoints("light", points.slice(0, delaysMs.length));
    }
    await this.#tell("the delay past which it does not pay");
    const likely = points.map(({ delayMs, profit }) => ({ delayMs, profit: profit ?? 0 }));
    return {
      by: "light",
      points: points.slice(0, delaysMs.length),
      limit: await this.#limit(likely, settings, "nothing"),
      carefulLimit: await this.#limit(carefullyOf(points), settings, "counts"),
      triedMs: all.at(-1) ?? 0,
    };
  }

  /** With every setting in force; the engine counts all that bars leave open against the follower. */
  async curveByEngine(onPoints: OnPoints = () => {}): Promise<DelayCurve> {
    const { request } = this.#work;
    const { delay } = this.#terms;
    const points: DelayPoint[] = [];
    let first: EngineLife | null = null;
    for (const medianMs of request.delaysMs) {
      const late = { ...this.#terms, delay: { ...delay, medianMs, spread: 0 } };
      const life = await this.#live(`${lengthText(medianMs)} late`, late);
      first ??= life;
      const { daily, profit } = first;
      const lost = daily.map((one, day) => one - (life.daily[day] ?? 0));
      points.push({
        delayMs: medianMs,
        profit: null,
        interval: null,
        carefulProfit: life.profit,
        carefulInterval: sumInterval(life.daily, request),
        lost: profit - life.profit,
        lostInterval: sumInterval(lost, request),
      });
      onPoints("engine", [...points]);
    }
    const carefulLimit = delayLimit(carefullyOf(points));
    return { by: "engine", points, limit: null, carefulLimit, triedMs: request.delaysMs.at(-1) ?? 0 };
  }

  /** Between the last delay that pays and the first that does not, halved until they are near each other. */
  async #limit(
    tried: readonly DelayedResult[],
    settings: CopySettings,
    between: Between,
  ): Promise<DelayLimit> {
    let { pays, fails } = limitAround(tried);
    while (pays !== undefined && fails !== undefined && fails.delayMs / pays.delayMs > NEAR) {
      const delayMs = Math.round(Math.sqrt(pays.delayMs * fails.delayMs));
      if (delayMs === pays.delayMs || delayMs === fails.delayMs) break;
      const net = await quickFollower(this.#work.quick, { ...settings, delayMs }, between);
      const middle = { delayMs, profit: compensatedSum(net.pnl) };
      if (middle.profit > 0) pays = middle;
      else fails = middle;
      await setImmediate();
      this.#work.progress.stop.throwIfAborted();
    }
    return delayLimit([pays, fails].filter((one) => one !== undefined));
  }

  #point(likely: FollowerNet, careful: FollowerNet, first: FollowerNet): DelayPoint {
    const { request } = this.#work;
    const lost = first.pnl.map((profit, day) => profit - (careful.pnl[day] ?? 0));
    return {
      delayMs: likely.settings.delayMs,
      profit: compensatedSum(likely.pnl),
      interval: sumInterval(likely.pnl, request),
      carefulProfit: compensatedSum(careful.pnl),
      carefulInterval: sumInterval(careful.pnl, request),
      lost: compensatedSum(lost),
      lostInterval: sumInterval(lost, request),
    };
  }

  async #quick(what: string, settings: CopySettings, between: Between): Promise<FollowerNet> {
    await this.#tell(what);
    return quickFollower(this.#work.quick, settings, between);
  }

  async #live(what: string, terms: LifeTerms): Promise<EngineLife> {
    await this.#tell(what);
    const { progress, lives } = this.#work;
    return livedBy(lives, terms, (part) => progress.onStep(what, this.#done - 1 + part, this.#of));
  }

  async #tell(what: string): Promise<void> {
    const { progress } = this.#work;
    this.#of = Math.max(this.#of, this.#done + 1);
    progress.onStep(what, this.#done, this.#of);
    this.#done += 1;
    await setImmediate();
    progress.stop.throwIfAborted();
  }
}

function carefullyOf(points: readonly DelayPoint[]): readonly DelayedResult[] {
  return points.map(({ delayMs, carefulProfit: profit }) => ({ delayMs, profit }));
}

/** Beside the delays of the curve: the reference, the longer ones, where it ends, and the capacity. */
const QUICK_STEPS = 3 + LONG_DELAYS_MS.length;
/** Delays so near to each other are one. */
const NEAR = 1.15;

function lifeTerms({ equity, terms, delay, orderLatencyMs, feeRate, slippage }: WhatIfRequest): LifeTerms {
  const fee = feeRate.toFixed(RATE_PLACES);
  return {
    equity,
    allocation: terms.allocation,
    settings: terms.follower,
    delay,
    orderLatencyMs,
    slippage,
    feeRates: { maker: fee, taker: fee },
    paysFunding: true,
    hasSteps: true,
  };
}

/** Digits of a rate. */
const RATE_PLACES = 8;

/** To the last digit, hour by hour. */
function isSameLife(one: EngineLife, other: EngineLife): boolean {
  const [left, right] = [one.hours.equity, other.hours.equity];
  return left.length === right.length && left.every((equity, hour) => equity === right[hour]);
}

/** The same follower for the light simulation. */
export function quickSettings(request: WhatIfRequest, capital: number): CopySettings {
  const { delay, orderLatencyMs, feeRate } = request;
  return {
    ...COPY_DEFAULTS,
    equity: capital.toFixed(RATE_PLACES),
    delayMs: delay.medianMs + orderLatencyMs,
    feeRate,
    ...lightBook(request),
  };
}
