/** What a recorded trader did, as a backtest lives through it. */
import type { Leg, Side } from "../core/event.ts";
import type { Decimal } from "../core/model/decimal.ts";

export interface LeaderFill {
  /** Names the trader among all of the backtest. */
  readonly leader: string;
  readonly timeMs: number;
  /** As the leader's venue calls it. */
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: Side;
  readonly price: Decimal;
  /** Above zero. */
  readonly quantity: Decimal;
  /** Signed position of the leg before; null where the record does not tell it. */
  readonly positionBefore: Decimal | null;
  /** Whether the record says that it closed something: profit was realised. */
  readonly realises: boolean;
}
