/**
 * How near each stop and loss limit of a follower is: the same figures that the guards compare, what stands of them until when
 * and why, and the source of each from the configuration. Pure.
 */
import { type Configuration, RELATION_GUARD_KEYS } from "../config.ts";
import { mostLoss } from "../core/guard/account-loss.ts";
import type { LossLimit } from "../core/guard/guard-settings.ts";
import { liquidationDistances } from "../core/guard/liquidation.ts";
import { lossOfPosition } from "../core/guard/position-stop.ts";
import { type GuardKind, type Stop, standingStop } from "../core/guard/stop.ts";
import { lossOfRelation } from "../core/guard/stop-loss.ts";
import { equityNow, guardsOf } from "../core/guard/watch.ts";
import { Decimal } from "../core/model/decimal.ts";
import type { AccountId, InstrumentId } from "../core/model/identifiers.ts";
import type { Copy, FollowerState, State } from "../core/state.ts";
import type { GuardUse } from "./control.ts";
import { GUARD_NAMES, type StopStatus, stopStatus } from "./stop-report.ts";

/** What the rows of one follower are made of. */
interface Subject {
  readonly state: State;
  readonly follower: FollowerState;
  readonly configuration: Configuration | null;
}

interface Place {
  readonly leader?: AccountId;
  readonly instrument?: InstrumentId;
}

export function guardUses(
  state: State,
  follower: FollowerState,
  configuration: Configuration | null,
): readonly GuardUse[] {
  const subject = { state, follower, configuration };
  const rows = [
    ...tierUses(subject),
    ...lossUses(subject),
    ...stopLossUses(subject),
    ...positionUses(subject),
    ...liquidationUses(subject),
  ];
  const told = new Set(rows.map(({ stands }) => stands?.id));
  const others = follower.stops.filter(({ id }) => !told.has(id)).map((stop) => standingAlone(subject, stop));
  const isPulled = follower.stops.some(({ guard }) => guard === "panic");
  return [...rows, ...others, ...(isPulled ? [] : [switchAtRest])];
}

/** Keys of guards that are off for a follower, whoever it copies. */
export function guardsOff(state: State, follower: FollowerState): readonly string[] {
  const account = guardsOf(state, follower);
  const relations = state.settings.allocations.filter((one) => one.follower === follower.account);
  const isOn = {
    sl_loss_tiers_usd: account?.tiers != null,
    max_daily_loss: account?.dailyLoss != null,
    max_account_drawdown: account?.drawdown != null,
    stop_loss: relations.some(({ guards }) => guards.stopLoss !== null),
    position_stop: relations.some(({ guards }) => guards.positionStop !== null),
    liquidation_guard: account?.liquidation != null,
  };
  return Object.entries(isOn).flatMap(([key, on]) => (on ? [] : [key]));
}

const switchAtRest: GuardUse = {
  guard: GUARD_NAMES.panic,
  of: "",
  use: "",
  at: "",
  left: "",
  unit: "",
  action: "close",
  source: "",
  note: "not pulled",
  stands: null,
};

function tierUses(subject: Subject): GuardUse[] {
  const tiers = guardsOf(subject.state, subject.follower)?.tiers ?? null;
  if (tiers === null) return [];
  const loss = lossSince(subject.follower, subject.follower.watch.tiers);
  const stands = standing(subject, "loss-tier", {});
  return tiers.levels.map((tier, index) => ({
    ...lossRow(subject, "loss-tier", loss, Decimal.parse(tier.loss)),
    of: `level ${index + 1} of ${tiers.levels.length}`,
    action: tier.action,
    stands: stands !== null && index < Number(stands.detail.level ?? 0) ? stands : null,
  }));
}

function lossUses(subject: Subject): GuardUse[] {
  const { state, follower } = subject;
  const { dailyLoss = null, drawdown = null } = guardsOf(state, follower) ?? {};
  const row = (guard: GuardKind, rule: LossLimit | null, from: string | null): GuardUse[] => {
    if (rule === null) return [];
    const most =
      from === null
        ? rule.limit.kind === "amount"
          ? Decimal.parse(rule.limit.value)
          : null
        : mostLoss(rule.limit, Decimal.parse(from));
    const use = lossRow(subject, guard, lossSince(follower, from), most);
    return [{ ...use, action: rule.action, stands: standing(subject, guard, {}) }];
  };
  return [
    ...row("daily-loss", dailyLoss, follower.watch.daily),
    ...row("drawdown", drawdown, follower.watch.peak),
  ];
}

function stopLossUses(subject: Subject): GuardUse[] {
  const { state, follower } = subject;
  return state.settings.allocations.flatMap((allocation): GuardUse[] => {
    const rule = allocation.guards.stopLoss;
    if (allocation.follower !== follower.account || rule === null) return [];
    const copies = copiesOf(follower).filter((copy) => copy.allocation.id === allocation.id);
    const found = lossOfRelation(state, follower, copies);
    const nothing = copies.length === 0 ? "nothing was copied yet" : "a price or its start is not known";
    return [
      {
        ...lossRow(subject, "stop-loss", found?.loss ?? null, found?.limit ?? null, allocation.leader),
        of: allocation.leader,
        action: rule.action,
        ...(found === null ? { note: nothing } : {}),
        stands: standing(subject, "stop-loss", { leader: allocation.leader }),
      },
    ];
  });
}

/** Of what is held, and of what a stop closed. */
function positionUses(subject: Subject): GuardUse[] {
  const { state, follower } = subject;
  return copiesOf(follower).flatMap((copy): GuardUse[] => {
    const rule = copy.allocation.guards.positionStop;
    const { instrument } = copy.market;
    const place = { leader: copy.leader.account, instrument: instrument.id };
    const stands = standing(subject, "position-stop", place);
    const found = lossOfPosition(state, copy);
    if (rule === null || (stands === null && copy.opened === null)) return [];
    return [
      {
        ...lossRow(subject, "position-stop", found?.loss ?? null, found?.limit ?? null, place.leader),
        of: `${place.leader} ${instrument.spec.symbol}`,
        action: "close",
        ...(found === null ? { note: stands === null ? "a price or its cost is not known" : "" } : {}),
        stands,
      },
    ];
  });
}

function liquidationUses(subject: Subject): GuardUse[] {
  const { state, follower } = subject;
  const guard = guardsOf(state, follower)?.liquidation ?? null;
  if (guard === null) return [];
  const legs = [...follower.markets.values()].flatMap((market) => market.legs);
  const rows = legs.flatMap((leg): GuardUse[] => {
    if (leg.ownedLots === 0) return [];
    const { instrument } = leg.market;
    const found = liquidationDistances(state, leg, guard);
    const at = found === null ? null : found.limit > found.nearest ? found.limit : found.nearest;
    const own = found?.own ?? null;
    const side = leg.leg === "net" ? "" : ` ${leg.leg}`;
    return [
      {
        guard: GUARD_NAMES.liquidation,
        of: `${instrument.spec.symbol}${side}`,
        use: own === null ? "" : millionthsText(own),
        at: at === null ? guard.distance : millionthsText(at),
        left: own === null || at === null ? "" : millionthsText(own - at),
        unit: "of the mark",
        action: guard.action,
        source: sourceOf(subject, GUARD_NAMES.liquidation),
        note: own === null ? "the venue states no liquidation price" : "",
        stands: standing(subject, "liquidation", { instrument: instrument.id }),
      },
    ];
  });
  if (rows.length > 0) return rows;
  const idle = { use: "", at: guard.distance, left: "", unit: "of the mark", note: "nothing is held" };
  const source = sourceOf(subject, GUARD_NAMES.liquidation);
  return [{ guard: GUARD_NAMES.liquidation, of: "", ...idle, action: guard.action, source, stands: null }];
}

function millionthsText(value: bigint): string {
  return Decimal.of(value, 6).toString();
}

function lossRow(
  subject: Subject,
  guard: GuardKind,
  loss: Decimal | null,
  most: Decimal | null,
  leader?: AccountId,
): Omit<GuardUse, "action" | "stands"> {
  const lost = loss === null || loss.sign > 0 ? loss : Decimal.zero;
  return {
    guard: GUARD_NAMES[guard],
    of: "",
    use: lost?.toString() ?? "",
    at: most?.toString() ?? "",
    left: lost === null || most === null ? "" : most.minus(lost).toString(),
    unit: "USDT",
    source: sourceOf(subject, GUARD_NAMES[guard], leader),
    note: noteOf(subject, lost),
  };
}

/** By the last report, also before the account is read in this run: the guard itself waits for that. */
function lossSince({ equity, watch }: FollowerState, from: string | null): Decimal | null {
  const reported = equity === null ? undefined : Decimal.tryParse(equity);
  if (reported === undefined || from === null) return null;
  return Decimal.parse(from).minus(reported.plus(Decimal.parse(watch.drift)));
}

function noteOf({ follower }: Subject, loss: Decimal | null): string {
  if (loss === null) return "what it is measured from is not known yet";
  return equityNow(follower) === null ? "by the last report: it acts once the account is read" : "";
}

function copiesOf({ markets }: FollowerState): readonly Copy[] {
  return [...markets.values()].flatMap(({ copies }) => copies);
}

function standing({ state, follower }: Subject, guard: GuardKind, place: Place): StopStatus | null {
  const { leader = null, instrument = null } = place;
  const stop = standingStop(follower, { guard, leader, instrument });
  return stop === undefined ? null : stopStatus(state, stop);
}

/** A stop whose guard is not set any more, or is the kill switch. */
function standingAlone(subject: Subject, stop: Stop): GuardUse {
  const { state } = subject;
  const { guard, leader, instrument, action, detail } = stop;
  const symbol = instrument === null ? undefined : state.instruments.get(instrument)?.spec.symbol;
  const numberOf = (name: string) => (detail[name] === undefined ? "" : String(detail[name]));
  return {
    guard: GUARD_NAMES[guard],
    of: [leader ?? "", symbol ?? ""].filter((text) => text !== "").join(" "),
    use: numberOf("loss") || numberOf("distance"),
    at: numberOf("limit"),
    left: "",
    unit: detail.loss === undefined ? "" : "USDT",
    action,
    source: sourceOf(subject, GUARD_NAMES[guard], leader ?? undefined),
    note: guard === "panic" ? "" : "as it was when it stopped",
    stands: stopStatus(state, stop),
  };
}

function sourceOf({ configuration, follower }: Subject, key: string, leader?: AccountId): string {
  const isOfRelation = leader !== undefined && RELATION_GUARD_KEYS.some((name) => name === key);
  const own = isOfRelation
    ? configuration?.allocations.find((one) => one.follower === follower.account && one.leader === leader)
        ?.guards
    : configuration?.guards.find((one) => one.follower === follower.account);
  return Object.entries(own?.values ?? {}).find(([name]) => name === key)?.[1].source ?? "";
}
