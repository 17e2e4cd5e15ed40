/**
 * Sizes by a share of the equity: followers' equity / leader's equity x scaling x the leader's size, the proportion fixed at each increase
 * of the leader. In doubles where these cannot be wrong, by the core's exact rule (core/sizing/equity-proportional.ts) where a whole
 * lot or the edge of the rebalance band is near.
 */
import { Lots } from "../../core/model/amounts.ts";
import type { MinimumPolicy, RuleOf } from "../../core/settings.ts";
import { equityLeavesBand, sizeByEquity } from "../../core/sizing/equity-proportional.ts";
import type { Ratio } from "../../core/sizing/ratio.ts";
import { unitsText } from "../../exchange/simulated/fixed-point.ts";
import type { FastMarketTerms } from "./margin-watch.ts";
import { type MoneyUnits, TOLD_SCALE } from "./money.ts";

export interface MultiplierSizing {
  readonly kind: "multiplier";
  readonly minimumPolicy: MinimumPolicy;
  /** By market and follower: lots x top / bottom, safely up to lotsMax. */
  readonly top: Float64Array;
  readonly bottom: Float64Array;
  readonly lotsMax: Float64Array;
  /** Beyond lotsMax. */
  exact(pair: number, lots: number): number;
}

export interface ShareSizing {
  readonly kind: "share";
  readonly minimumPolicy: MinimumPolicy;
  readonly rule: RuleOf<"equity-proportional">;
  /** By market and follower. */
  readonly ratios: readonly Ratio[];
  /** What the leader's capital came to, one telling after the other; decimal texts above zero. */
  readonly capitals: readonly string[];
}

export type FastSizing = MultiplierSizing | ShareSizing;

/** Doubles are off by far less. */
const CLOSE = 1e-9;

export class ShareSizes {
  readonly #sizing: ShareSizing;
  readonly #markets: readonly FastMarketTerms[];
  readonly #ratio: Float64Array;
  /** By follower: the last equity that was told, in its last digit. */
  readonly #told: Float64Array;
  /** By market and follower: equity and number of the leader's capital of the proportion, 0 for none; leader's lots then. */
  readonly #equity: Float64Array;
  readonly #capital: Int32Array;
  readonly #leader: Float64Array;
  readonly #capitals: Float64Array;
  readonly #band: number;
  #now = 0;

  constructor(sizing: ShareSizing, markets: readonly FastMarketTerms[], followers: number) {
    const pairs = markets.length * followers;
    this.#sizing = sizing;
    this.#markets = markets;
    this.#ratio = Float64Array.from(sizing.ratios, (one) => Number(one.numerator) / Number(one.denominator));
    this.#told = new Float64Array(followers);
    this.#equity = new Float64Array(pairs);
    this.#capital = new Int32Array(pairs);
    this.#leader = new Float64Array(pairs);
    this.#capitals = Float64Array.from(sizing.capitals, Number);
    this.#band = Number(sizing.rule.rebalanceBand);
  }

  tell(follower: number, equity: number, { told }: MoneyUnits): void {
    this.#told[follower] = Math.round(equity / told);
  }

  tellCapital(number: number): void {
    this.#now = number;
  }

  /** NaN where the rule gives none. */
  size(market: number, follower: number, pair: number, leader: number): number {
    const before = this.#leader[pair] as number;
    const keeps =
      leader !== 0 && Math.sign(before) === Math.sign(leader) && Math.abs(leader) <= Math.abs(before);
    if (!keeps || this.#equity[pair] === 0) {
      this.#equity[pair] = leader === 0 ? 0 : (this.#told[follower] as number);
      this.#capital[pair] = this.#now;
    }
    this.#leader[pair] = leader;
    if (leader === 0) return 0;
    const [equity, capital] = [
      this.#equity[pair] as number,
      this.#capitals[this.#capital[pair] as number] as number,
    ];
    if (!(equity > 0)) return Number.NaN;
    const about = (leader * (this.#ratio[pair] as number) * (equity / TOLD_ONE)) / capital;
    const whole = Math.round(about);
    if (Math.abs(about - whole) > CLOSE * Math.max(1, Math.abs(about))) return Math.trunc(about);
    return this.#exactly(market, pair, leader);
  }

  /** Whether the proportion of now is so far from that of the last sizing that it is sized anew; forgets that one then. */
  leavesBand(market: number, follower: number, pair: number, wanted: number): boolean {
    const then = this.#equity[pair] as number;
    if (then === 0 || wanted === 0) return false;
    const capital = this.#capitals[this.#capital[pair] as number] as number;
    const before = then * (this.#capitals[this.#now] as number);
    const after = (this.#told[follower] as number) * capital;
    const apart = Math.abs(after - before);
    const edge = this.#band * before;
    const isNearEdge = Math.abs(apart - edge) <= CLOSE * (before + after);
    const leaves = isNearEdge ? this.#leavesExactly(market, follower, pair) : apart > edge;
    if (leaves) this.#equity[pair] = 0;
    return leaves;
  }

  #exactly(market: number, pair: number, leader: number): number {
    const proportion = this.#proportion(this.#equity[pair] as number, this.#capital[pair] as number);
    const leg = { leaderLots: Lots(leader), proportion };
    const found = sizeByEquity(this.#copy(market, pair, proportion), this.#sizing.rule, leg, Lots(leader));
    return found.kind === "sized" ? found.lots : Number.NaN;
  }

  #leavesExactly(market: number, follower: number, pair: number): boolean {
    const now = this.#proportion(this.#told[follower] as number, this.#now);
    const then = this.#proportion(this.#equity[pair] as number, this.#capital[pair] as number);
    return equityLeavesBand(this.#copy(market, pair, now), this.#sizing.rule, then);
  }

  #proportion(equity: number, capital: number): { readonly follower: string; readonly leader: string } {
    return { follower: unitsText(equity, TOLD_SCALE), leader: this.#sizing.capitals[capital] ?? "" };
  }

  #copy(
    market: number,
    pair: number,
    { follower, leader }: { readonly follower: string; readonly leader: string },
  ) {
    const [ratio, terms] = [this.#sizing.ratios[pair], this.#markets[market]];
    if (ratio === undefined || terms === undefined) throw new Error("a market that nobody laid out");
    const { instrument } = terms;
    return {
      ratio,
      leader: { equity: leader, balance: null },
      market: { instrument, follower: { equity: follower, balance: null, available: null } },
    };
  }
}

const TOLD_ONE = 10 ** TOLD_SCALE;
