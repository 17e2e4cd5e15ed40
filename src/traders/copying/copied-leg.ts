/**
 * One position of a leader and the follower's copy of it. Sizes are the engine's own (core/sizing, core/minimum): in proportion of the
 * capitals, in whole steps, increases below the venue's minimum left until they add up, reductions kept in step.
 */
import type { PositionLeg } from "../../analytics/positions/position-fill.ts";
import { meetMinimumAt, reducibleLots } from "../../core/minimum.ts";
import { addLots, Lots, subtractLots, ZERO_LOTS } from "../../core/model/amounts.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { toWholeSteps } from "../../core/model/instrument.ts";
import { equityLeavesBand, sizeByEquity } from "../../core/sizing/equity-proportional.ts";
import type { Proportion } from "../../core/state.ts";
import type { CopiedMarket } from "./copied-market.ts";

/** As the configuration has it by default. */
const RULE = { kind: "equity-proportional", rebalanceBand: "0.1" } as const;
const POLICY = { kind: "accumulate" } as const;

/** As decimal strings. */
export interface Capitals {
  readonly leader: string;
  readonly follower: string;
}

export class CopiedLeg {
  readonly symbol: string;
  readonly leg: PositionLeg;
  readonly market: CopiedMarket;
  /** The leader's, signed. */
  held = Decimal.zero;
  #leaderLots = ZERO_LOTS;
  #proportion: Proportion | null = null;
  #target = ZERO_LOTS;
  #owned = ZERO_LOTS;

  constructor(symbol: string, leg: PositionLeg, market: CopiedMarket) {
    this.symbol = symbol;
    this.leg = leg;
    this.market = market;
  }

  /** What the follower wants to hold, in its lots. */
  get target(): Lots {
    return this.#target;
  }

  /** What the follower holds, signed, in the leader's units. */
  get owned(): Decimal {
    return this.#inLeaderUnits(this.#owned);
  }

  /** The leader holds `held` now. */
  follow(capitals: Capitals): void {
    const { lotSize } = this.market.leader;
    const lots = Lots(Number(this.held.dividedBy(lotSize, 0, "towards-zero").units));
    if (lots !== this.#leaderLots) this.#size(lots, capitals);
  }

  /** The capitals have moved apart so far that the size is made anew. True when the target moved. */
  rebalance(capitals: Capitals): boolean {
    if (this.#proportion === null || this.#target === 0) return false;
    if (!equityLeavesBand(this.#copy(capitals), RULE, this.#proportion)) return false;
    const before = this.#target;
    this.#proportion = null;
    this.#size(this.#leaderLots, capitals);
    return this.#target !== before;
  }

  #size(lots: Lots, capitals: Capitals): void {
    const memory = { leaderLots: this.#leaderLots, proportion: this.#proportion };
    const size =
      lots === 0
        ? { kind: "sized" as const, lots: ZERO_LOTS, proportion: null }
        : sizeByEquity(this.#copy(capitals), RULE, memory, lots);
    this.#leaderLots = lots;
    // Without a size nothing is added; what is held goes down with the leader once there is one again.
    if (size.kind === "unsized") return;
    this.#target = size.lots;
    this.#proportion = size.proportion;
  }

  #copy({ leader, follower }: Capitals) {
    return {
      ratio: this.market.ratio,
      leader: { equity: leader, balance: null },
      market: {
        instrument: this.market.follower,
        follower: { equity: follower, balance: null, available: null },
      },
    };
  }

  /** Orders (signed lots) towards a target at a price of one of the leader's units; two for a turn. Nothing where the venue takes none. */
  ordersTo(target: Lots, price: number): readonly Lots[] {
    const owned = this.#owned;
    const isTurn = Math.sign(target) === -Math.sign(owned) && owned !== 0;
    const goal = isTurn ? ZERO_LOTS : target;
    const isReduction = Math.abs(goal) < Math.abs(owned);
    if (!isReduction) return this.#increase(subtractLots(target, owned), price);
    const missing = Lots(Math.abs(owned - goal));
    const lots = reducibleLots(this.market.follower, missing, { closes: goal === 0, takesRemainder: true });
    const closing = lots === 0 ? [] : [Lots(owned > 0 ? -lots : lots)];
    return isTurn ? [...closing, ...this.#increase(target, price)] : closing;
  }

  #increase(missing: Lots, price: number): readonly Lots[] {
    const { follower, units } = this.market;
    const wanted = toWholeSteps(follower, missing);
    if (wanted === 0) return [];
    const ticks = Math.max(Math.round(price / units.toNumber() / follower.tickSize.toNumber()), 1);
    const sized = meetMinimumAt(ticks, follower, { lots: wanted, unboughtExcess: 0 }, POLICY);
    return sized.kind === "enough" ? [sized.lots] : [];
  }

  /** An order is filled: gives its quantity, unsigned, in the leader's units. */
  fill(lots: Lots): Decimal {
    this.#owned = addLots(this.#owned, lots);
    return this.#inLeaderUnits(lots).absolute();
  }

  #inLeaderUnits(lots: Lots): Decimal {
    const { follower, units } = this.market;
    const quantity = follower.lotSize.times(Decimal.of(BigInt(lots), 0));
    return units.equals(Decimal.one) ? quantity : quantity.dividedBy(units, UNITS_SCALE, "half-even");
  }
}

/** Units are powers of ten, so that this loses nothing. */
const UNITS_SCALE = 20;
