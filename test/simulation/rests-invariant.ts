/**
 * The other half of the second invariant: a limit that is passed without an order (by a price, a withdrawal, or as it was lowered) is
 * seen with the event that tells of it, and nothing but reductions follows. What rests to add is taken back, but for what is no more
 * than a twentieth past the limit.
 */
import type { Decision } from "../../src/core/decision.ts";
import type { Event } from "../../src/core/event.ts";
import type {
  FollowerLeg,
  FollowerMarket,
  FollowerState,
  State,
  WorkingOrder,
} from "../../src/core/state.ts";
import { compare, type Exact, exact, over, plus, show, times, ZERO } from "../checker/exact.ts";

const TOLERATED = over(exact("21"), exact("20"));
const RESTING: ReadonlySet<string> = new Set(["entry-rest", "slice", "pending-entry"]);

/** The value of a market at the furthest that its open orders can take it. */
export type ValueOf = (market: FollowerMarket) => Exact;

export function restsBreaches(event: Event, decision: Decision, state: State, worthOf: ValueOf): string[] {
  return told(event, state).flatMap((follower) => {
    const markets = [...follower.markets.values()];
    const rests = markets.flatMap((market) =>
      market.legs.flatMap((leg) => restingIn(leg, decision).map((order) => ({ market, order }))),
    );
    if (rests.length === 0) return [];
    const { portfolioExposure, portfolioLeverage, symbolExposure } = follower.limits;
    const all = markets.map(worthOf).reduce(plus, ZERO);
    return rests.flatMap(({ market, order: { clientOrderId } }) =>
      [
        past(follower, all, portfolioExposure?.measure === "gross" ? portfolioExposure.share : null),
        past(follower, all, portfolioLeverage),
        past(follower, worthOf(market), symbolExposure?.measure === "gross" ? symbolExposure.share : null),
      ].flatMap((numbers) =>
        numbers === null ? [] : [`${follower.account} ${clientOrderId} rests although ${numbers}`],
      ),
    );
  });
}

/** Whose figures or limits the event told. */
function told(event: Event, { followers }: State): readonly FollowerState[] {
  if (event.kind === "settings-changed") return [...followers.values()].filter(({ venue }) => venue !== null);
  if (event.kind !== "follower-snapshot-taken" && event.kind !== "equity-reported") return [];
  const follower = followers.get(event.account);
  return follower === undefined ? [] : [follower];
}

/** What adds there, is known to be at the venue, and is not being taken back or changed. */
function restingIn({ working, ownedLots }: FollowerLeg, { cancels }: Decision): readonly WorkingOrder[] {
  return [...working.values()].filter(
    ({ clientOrderId, purpose, status, reduceOnly, acceptedAtMs, change, lots }) =>
      RESTING.has(purpose) &&
      status === "accepted" &&
      acceptedAtMs > 0 &&
      !reduceOnly &&
      change === null &&
      Math.sign(lots) !== -Math.sign(ownedLots) &&
      cancels.every((cancel) => cancel.clientOrderId !== clientOrderId),
  );
}

function past({ equity }: FollowerState, value: Exact, share: string | null): string | null {
  if (share === null || equity === null || equity === "") return null;
  const most = times(times(exact(share), exact(equity)), TOLERATED);
  return compare(value, most) > 0 ? `${show(value)} is past ${show(most)}` : null;
}
