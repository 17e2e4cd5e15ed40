/** Sizing by a fixed factor: multiplier x scaling x the leader's size. Nothing is remembered; nothing but the leader moves it. */
import type { Lots } from "../model/amounts.ts";
import type { Copy } from "../state.ts";
import { scaleLots } from "./ratio.ts";
import { type Size, sizedLots } from "./size.ts";

export function sizeByMultiplier({ ratio, market }: Copy, leaderLots: Lots): Size {
  return sizedLots(scaleLots(leaderLots, ratio), market.instrument);
}
