/** Loss of one relation as a share of the capital that is allocated to it, from its start or from its best result. */
import { Decimal } from "../model/decimal.ts";
import type { Copy, FollowerState, State } from "../state.ts";
import { endOf } from "./account-loss.ts";
import type { StopLoss } from "./guard-settings.ts";
import { ALL, NOTHING, standingStop, type Verdict } from "./stop.ts";
import { profitOfAll, relationsOf } from "./watch.ts";

export function judgeStopLosses(state: State, follower: FollowerState): Verdict[] {
  return relationsOf(follower).flatMap((copies) => {
    const [first] = copies;
    const rule = first?.allocation.guards.stopLoss ?? null;
    return first === undefined || rule === null ? [] : judgeRelation(state, follower, copies, first, rule);
  });
}

/** What a relation's copies (all of them) have lost and may lose; null while a figure or a price is not known. */
export function lossOfRelation(
  state: State,
  follower: FollowerState,
  copies: readonly Copy[],
): { readonly loss: Decimal; readonly limit: Decimal; readonly capital: string } | null {
  const [first] = copies;
  const rule = first?.allocation.guards.stopLoss ?? null;
  if (first === undefined || rule === null) return null;
  const { allocation } = first;
  const watch = follower.relations.find((one) => one.allocation === allocation.id);
  const from = rule.from === "peak" ? watch?.peak : watch?.base;
  const capital = statedCapital(allocation) ?? watch?.capital;
  const profit = profitOfAll(state, copies);
  if (from == null || capital == null || profit === null) return null;
  const limit = Decimal.parse(capital).times(Decimal.parse(rule.share));
  return { loss: Decimal.parse(from).minus(profit), limit, capital };
}

function judgeRelation(
  state: State,
  follower: FollowerState,
  copies: readonly Copy[],
  { leader }: Copy,
  rule: StopLoss,
): Verdict[] {
  const found = lossOfRelation(state, follower, copies);
  if (found === null) return [];
  const subject = {
    guard: "stop-loss",
    follower: follower.account,
    leader: leader.account,
    instrument: null,
  } as const;
  const { loss, limit, capital } = found;
  if (loss.sign <= 0 || loss.compare(limit) < 0 || standingStop(follower, subject) !== undefined) return [];
  const { action, coolOffMs } = rule;
  const detail = { loss: loss.toString(), limit: limit.toString(), capital, from: rule.from, action };
  return [
    {
      ...subject,
      action,
      keeps: action === "pause" ? ALL : NOTHING,
      bars: true,
      untilFlat: false,
      // Another leader is in its place meanwhile.
      untilMs: action === "replace" ? null : endOf(state, coolOffMs),
      level: 0,
      detail,
    },
  ];
}

function statedCapital({ guards, sizing }: Copy["allocation"]): string | null {
  if (guards.allocatedCapital !== null) return guards.allocatedCapital;
  const base = "capital" in sizing ? sizing.capital : undefined;
  return base?.kind === "fixed-sum" ? base.amount : null;
}
