/**
 * Levels of an account's loss, each with its action. All levels that are reached act together as one stop, which goes deeper
 * with each further one; a level acts once, until the stop ends and the loss is measured anew. Levels that are changed while it
 * stands make it go further where they ask for more, and never less far.
 */
import { Decimal } from "../model/decimal.ts";
import type { FollowerState, State } from "../state.ts";
import { endOf } from "./account-loss.ts";
import type { LossTier, Share } from "./guard-settings.ts";
import {
  ALL,
  atLeast,
  goesFurther,
  NOTHING,
  type Stop,
  type StopAction,
  standingStop,
  type Verdict,
} from "./stop.ts";
import { guardsOf } from "./watch.ts";

export function judgeLossTiers(state: State, follower: FollowerState, equity: Decimal | null): Verdict[] {
  const tiers = guardsOf(state, follower)?.tiers ?? null;
  if (tiers === null || equity === null || follower.watch.tiers === null) return [];
  const from = Decimal.parse(follower.watch.tiers);
  const loss = from.minus(equity);
  const reached = tiers.levels.filter((tier) => loss.compare(Decimal.parse(tier.loss)) >= 0);
  const subject = { guard: "loss-tier", follower: follower.account, leader: null, instrument: null } as const;
  const standing = standingStop(follower, subject);
  if (reached.length === 0) return [];
  const keeps = keptAfter(reached);
  const deepest = reached.at(-1);
  const verdict: Verdict = {
    ...subject,
    action: actionOf(reached),
    keeps,
    bars: reached.some(({ action }) => action !== "reduce"),
    untilFlat: false,
    untilMs: reached.some(({ action }) => action === "halt") ? null : endOf(state, tiers.coolOffMs),
    level: reached.length,
    detail: {
      loss: loss.toString(),
      limit: deepest?.loss ?? "",
      from: from.toString(),
      equity: equity.toString(),
      level: reached.length,
      levels: tiers.levels.length,
      keeps: `${keeps.part}/${keeps.whole}`,
    },
  };
  // Levels that were changed since may be fewer than those that it stands for, and yet ask for more.
  const isNew = standing === undefined || reached.length > standing.level || goesFurther(verdict, standing);
  return isNew ? [withoutLoosening(verdict, standing)] : [];
}

function withoutLoosening(verdict: Verdict, standing: Stop | undefined): Verdict {
  const held = atLeast(verdict, standing);
  const { keeps, detail } = held;
  return { ...held, detail: { ...detail, keeps: `${keeps.part}/${keeps.whole}` } };
}

/** The most severe of those reached. */
function actionOf(reached: readonly LossTier[]): StopAction {
  const order = ["close", "halt", "pause"] as const;
  return order.find((action) => reached.some((tier) => tier.action === action)) ?? "reduce";
}

/** Shares count of what was held at the first level, so they add up. */
function keptAfter(reached: readonly LossTier[]): Share {
  if (reached.some(({ action }) => action === "close")) return NOTHING;
  return reached.reduce((left, { share }) => (share === null ? left : minus(left, share)), ALL);
}

function minus(left: Share, right: Share): Share {
  if (left.whole === right.whole) return { part: Math.max(left.part - right.part, 0), whole: left.whole };
  const part = Math.max(left.part * right.whole - right.part * left.whole, 0);
  return { part, whole: left.whole * right.whole };
}
