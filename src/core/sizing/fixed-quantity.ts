/** Sizing by a fixed quantity of the base coin for each position of the leader; what adding and closing do: opening.ts. */
import type { Lots } from "../model/amounts.ts";
import type { Copy, CopyLeg } from "../state.ts";
import { openingAt, sizeByBase } from "./opening.ts";
import type { Size } from "./size.ts";

export function sizeByQuantity(copy: Copy, leg: CopyLeg, leaderLots: Lots): Size {
  return sizeByBase(copy, leaderLots, copy.ratio, openingAt(leg, leaderLots, noPrice));
}

function noPrice(): null {
  return null;
}
