/**
 * Which side of a leader is copied, and to which side of the follower: longs only, shorts only, the opposite. The side is
 * the leader's; an inverse copy of its longs is short.
 */
import type { Leg } from "../event.ts";
import { addLots, Lots } from "../model/amounts.ts";
import type { Allocation, CopySide } from "../settings.ts";

type Shape = Pick<Allocation, "side" | "inverse">;

/** What a leader holds of one instrument, by leg, signed, in its lots. */
export interface LeaderLegs {
  readonly net: Lots;
  readonly long: Lots;
  readonly short: Lots;
}

/** The part of the leader's position that belongs on one of the follower's legs, with the follower's sign. */
export function shapedLots(shape: Shape, legs: LeaderLegs, leg: Leg): Lots {
  if (shape.side === "both" && !shape.inverse) return onLeg(legs, leg);
  const sided = { net: onSide(legs.net, shape.side), long: legs.long, short: legs.short };
  if (shape.side === "short") sided.long = Lots(0);
  if (shape.side === "long") sided.short = Lots(0);
  return onLeg(shape.inverse ? turned(sided) : sided, leg);
}

/** What is left out of it because only the other side is copied. */
export function leftOutLots({ side, inverse }: Shape, legs: LeaderLegs, leg: Leg): Lots {
  if (side === "both") return Lots(0);
  return shapedLots({ side: side === "long" ? "short" : "long", inverse }, legs, leg);
}

/** The follower's leg for a position of the leader on `leg`. */
export function turnedLeg(leg: Leg, { inverse }: Pick<Shape, "inverse">): Leg {
  if (!inverse || leg === "net") return leg;
  return leg === "long" ? "short" : "long";
}

function onSide(lots: Lots, side: CopySide): Lots {
  if (side === "long") return Lots(Math.max(lots, 0));
  return side === "short" ? Lots(Math.min(lots, 0)) : lots;
}

function turned({ net, long, short }: LeaderLegs): LeaderLegs {
  return { net: Lots(-net), long: Lots(-short), short: Lots(-long) };
}

/** A one-way position is on the leg of its side; a hedge account's legs make one net position. */
export function onLeg({ net, long, short }: LeaderLegs, leg: Leg): Lots {
  switch (leg) {
    case "net":
      return addLots(net, addLots(long, short));
    case "long":
      return addLots(long, Lots(Math.max(net, 0)));
    case "short":
      return addLots(short, Lots(Math.min(net, 0)));
  }
}
