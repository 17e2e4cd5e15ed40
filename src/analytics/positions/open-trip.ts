/** A round trip while it is open: gathers what its fills say until it is flat. */
import { Decimal } from "../../core/model/decimal.ts";
import type { CostBasis } from "./cost-basis.ts";
import type { PositionFill } from "./position-fill.ts";
import type { PositionTrip, TripAdd } from "./trip.ts";

/** Kept of a trip that is added to without end. */
const ADDS_MAX = 10_000;

export class OpenTrip {
  readonly #symbol: string;
  readonly direction: "long" | "short";
  readonly #openMs: number;
  readonly #adds: TripAdd[] = [];
  #pnl = Decimal.zero;
  #venuePnl: Decimal | null = Decimal.zero;
  #fees = Decimal.zero;
  #funding = Decimal.zero;
  #fills = 0;
  #maxQuantity = Decimal.zero;
  #maxNotional = Decimal.zero;
  #leverage: Decimal | null = null;
  #isPartlyUnseen = false;

  constructor(symbol: string, direction: "long" | "short", openMs: number) {
    this.#symbol = symbol;
    this.direction = direction;
    this.#openMs = openMs;
  }

  opened(
    fill: PositionFill,
    quantity: Decimal,
    before: { readonly quantity: Decimal; readonly cost: Decimal },
  ) {
    if (!before.quantity.isZero && this.#adds.length < ADDS_MAX) {
      const averageEntry = before.cost.toNumber() / before.quantity.toNumber();
      this.#adds.push({ atMs: fill.timeMs, quantity, price: fill.price, averageEntry });
    }
  }

  closed(fill: PositionFill, pnl: Decimal): void {
    this.#pnl = this.#pnl.plus(pnl);
    const told = fill.realizedPnl;
    this.#venuePnl = told === null || this.#venuePnl === null ? null : this.#venuePnl.plus(told);
  }

  /** What every fill brings, whatever it did. */
  saw(fill: PositionFill, fee: Decimal, { quantity, cost }: CostBasis): void {
    this.#fills += 1;
    this.#fees = this.#fees.plus(fee);
    if (quantity.compare(this.#maxQuantity) > 0) {
      this.#maxQuantity = quantity;
      this.#maxNotional = cost;
    }
    const { leverage } = fill;
    if (leverage !== null && (this.#leverage?.compare(leverage) ?? -1) < 0) this.#leverage = leverage;
  }

  paid(amount: Decimal): void {
    this.#funding = this.#funding.plus(amount);
  }

  isUnseenInPart(): void {
    this.#isPartlyUnseen = true;
  }

  /** As it stands; `closeMs` null while it is open. */
  trip(closeMs: number | null): PositionTrip {
    return {
      symbol: this.#symbol,
      direction: this.direction,
      openMs: this.#openMs,
      closeMs,
      pnl: this.#pnl,
      venuePnl: this.#venuePnl,
      fees: this.#fees,
      funding: this.#funding,
      fills: this.#fills,
      maxQuantity: this.#maxQuantity,
      maxNotional: this.#maxNotional,
      adds: this.#adds,
      leverage: this.#leverage,
      isPartlyUnseen: this.#isPartlyUnseen,
    };
  }
}
