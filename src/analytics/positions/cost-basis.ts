/**
 * What an open quantity cost, by the two usual rules. Average cost: closing leaves the average entry unchanged. FIFO: the oldest
 * lot is closed first. Between flat and flat both give the same profit; they differ on each partial close.
 */
import { Decimal } from "../../core/model/decimal.ts";

/** Where a share of the cost has no end in decimals it is rounded here; what is rounded off stays in the rest. */
const SHARE_SCALE = 40;

export type CostRule = "average-cost" | "fifo";

/** Quantities are above zero; cost is quantity x entry price, whichever the direction. */
export interface CostBasis {
  readonly quantity: Decimal;
  readonly cost: Decimal;
  open(quantity: Decimal, price: Decimal): void;
  /** Takes `quantity` (at most what is open) away and gives what it had cost. */
  close(quantity: Decimal): Decimal;
}

export function costBasis(rule: CostRule): CostBasis {
  return rule === "fifo" ? new FifoLots() : new AverageCost();
}

class AverageCost implements CostBasis {
  quantity = Decimal.zero;
  cost = Decimal.zero;

  open(quantity: Decimal, price: Decimal): void {
    this.quantity = this.quantity.plus(quantity);
    this.cost = this.cost.plus(quantity.times(price));
  }

  close(quantity: Decimal): Decimal {
    const isAll = quantity.equals(this.quantity);
    const share = isAll ? this.cost : shareOf(this.cost, quantity, this.quantity);
    this.quantity = isAll ? Decimal.zero : this.quantity.minus(quantity);
    this.cost = isAll ? Decimal.zero : this.cost.minus(share);
    return share;
  }
}

interface Lot {
  quantity: Decimal;
  readonly price: Decimal;
}

class FifoLots implements CostBasis {
  quantity = Decimal.zero;
  cost = Decimal.zero;
  #lots: Lot[] = [];
  /** Lots before this one are closed. */
  #first = 0;

  open(quantity: Decimal, price: Decimal): void {
    this.#lots.push({ quantity, price });
    this.quantity = this.quantity.plus(quantity);
    this.cost = this.cost.plus(quantity.times(price));
  }

  close(quantity: Decimal): Decimal {
    let left = quantity;
    let cost = Decimal.zero;
    while (!left.isZero) {
      const lot = this.#lots[this.#first];
      if (lot === undefined) throw new RangeError(`${left} more is closed than is open`);
      const isWhole = lot.quantity.compare(left) <= 0;
      const taken = isWhole ? lot.quantity : left;
      cost = cost.plus(taken.times(lot.price));
      left = left.minus(taken);
      if (isWhole) this.#first += 1;
      else lot.quantity = lot.quantity.minus(taken);
    }
    this.#forget();
    this.quantity = this.quantity.minus(quantity);
    this.cost = this.cost.minus(cost);
    return cost;
  }

  #forget(): void {
    if (this.#first * 2 < this.#lots.length) return;
    this.#lots = this.#lots.slice(this.#first);
    this.#first = 0;
  }
}

/** `amount` x `part` / `whole`. */
export function shareOf(amount: Decimal, part: Decimal, whole: Decimal): Decimal {
  return amount.times(part).dividedBy(whole, SHARE_SCALE, "half-even");
}
