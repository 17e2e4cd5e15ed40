/**
 * The stops and loss limits in force for each follower: run time before account file before YAML before default, with their
 * sources, as the core reads them and in words.
 */
import type {
  AccountGuards,
  LiquidationGuard,
  LossLimit,
  LossTier,
  LossTiers,
  PositionStop,
  RelationGuards,
  Share,
  StopLoss,
} from "../core/guard/guard-settings.ts";
import { Decimal } from "../core/model/decimal.ts";
import { AccountId } from "../core/model/identifiers.ts";
import type { AccountSource } from "./account-files.ts";
import { defaults } from "./defaults.ts";
import { type Effective, type Layer, pick } from "./effective.ts";
import { decimalText } from "./forms.ts";
import {
  type GuardKey,
  type GuardValues,
  guardKeys,
  type RelationGuardKey,
  relationGuardKeys,
} from "./guard-keys.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

type Value<Name extends GuardKey> = NonNullable<GuardValues[Name]>;

export type EffectiveGuards = {
  readonly [Name in GuardKey]: Effective<Value<Name> | null>;
};

export interface ConfiguredGuards {
  readonly follower: AccountId;
  readonly values: EffectiveGuards;
  readonly account: AccountGuards;
  /** Of each of its relations. */
  readonly relation: RelationGuards;
}

const MINUTE_MS = 60_000;
const GUARD_KEYS = Object.keys(guardKeys()).filter((name): name is GuardKey => name in guardKeys());
export const RELATION_GUARD_KEYS = Object.keys(relationGuardKeys()).filter(
  (name): name is RelationGuardKey => name in relationGuardKeys(),
);

/** As they stand in the YAML files; what applies to all followers. */
export function yamlGuards(
  yaml: YamlConfiguration,
  sourceOf: (topLevelKey: string) => string,
): Layer<GuardValues> {
  return { values: yaml.copy_trading?.risk_management ?? {}, sourceOf: () => sourceOf("copy_trading") };
}

/** Of an account; with what run time says of one relation, of that relation. `decided` is what it says of the account. */
export function configureGuards(
  follower: AccountSource,
  yaml: Layer<GuardValues>,
  runTime: GuardValues = {},
  decided: GuardValues = {},
): ConfiguredGuards {
  const values = resolveGuards([
    { values: runTime, sourceOf: () => "run-time" },
    { values: decided, sourceOf: () => "run-time" },
    { values: follower.content, sourceOf: () => follower.source },
    yaml,
  ]);
  return {
    follower: AccountId(follower.nickname),
    values,
    account: accountGuards(values),
    relation: relationGuards(values),
  };
}

function resolveGuards(layers: readonly Layer<GuardValues>[]): EffectiveGuards {
  const initial: GuardValues = defaults.guards;
  const one = <Name extends GuardKey>(name: Name) =>
    pick<Value<Name> | null>(
      layers.map(({ values, sourceOf }) => ({
        value: values[name] ?? undefined,
        source: () => sourceOf(name),
      })),
      initial[name] ?? null,
    );
  return {
    sl_loss_tiers_usd: one("sl_loss_tiers_usd"),
    sl_reference: one("sl_reference"),
    max_daily_loss: one("max_daily_loss"),
    max_account_drawdown: one("max_account_drawdown"),
    stop_loss: one("stop_loss"),
    allocated_capital: one("allocated_capital"),
    position_stop: one("position_stop"),
    liquidation_guard: one("liquidation_guard"),
    cool_off_minutes: one("cool_off_minutes"),
  };
}

function accountGuards(values: EffectiveGuards): AccountGuards {
  const minutes = values.cool_off_minutes.value ?? 0;
  return {
    tiers: lossTiers(values, minutes),
    dailyLoss: lossLimit(values.max_daily_loss.value, minutes),
    drawdown: lossLimit(values.max_account_drawdown.value, minutes),
    liquidation: liquidationGuard(values.liquidation_guard.value, minutes),
  };
}

function relationGuards(values: EffectiveGuards): RelationGuards {
  const minutes = values.cool_off_minutes.value ?? 0;
  const { value: capital } = values.allocated_capital;
  return {
    stopLoss: stopLoss(values.stop_loss.value, minutes),
    positionStop: positionStop(values.position_stop.value, minutes),
    allocatedCapital: capital === null ? null : decimalText(capital),
  };
}

function coolOffMs(own: number | undefined, general: number): number | null {
  const minutes = own ?? general;
  return minutes === 0 ? null : Math.round(minutes * MINUTE_MS);
}

function lossTiers({ sl_loss_tiers_usd, sl_reference }: EffectiveGuards, minutes: number): LossTiers | null {
  const { value } = sl_loss_tiers_usd;
  if (value === null || value.length === 0) return null;
  const levels = value.map((level, _index, all): LossTier => {
    if (typeof level !== "object")
      return { loss: decimalText(level), action: "reduce", share: { part: 1, whole: all.length } };
    const { loss_usd, action, share } = level;
    return { loss: decimalText(loss_usd), action, share: share === undefined ? null : shareOf(share) };
  });
  levels.sort((left, right) => Decimal.parse(left.loss).compare(Decimal.parse(right.loss)));
  const isPlain = value.every((level) => typeof level !== "object");
  return {
    levels: isPlain ? closingAtLast(levels) : levels,
    reference: sl_reference.value ?? defaults.guards.sl_reference,
    coolOffMs: coolOffMs(undefined, minutes),
  };
}

/** The largest loss of a plain list closes what is left. */
function closingAtLast(levels: readonly LossTier[]): readonly LossTier[] {
  return levels.map((level, index) =>
    index === levels.length - 1 ? { loss: level.loss, action: "close", share: null } : level,
  );
}

const SHARE_DIGITS = 6;

/** To a millionth. */
function shareOf(share: number | string): Share {
  const exact = Decimal.parse(decimalText(share));
  const part = exact.roundedToStep(Decimal.of(1n, SHARE_DIGITS), "half-even").unitsAt(SHARE_DIGITS);
  return { part: Number(part), whole: 10 ** SHARE_DIGITS };
}

function lossLimit(value: Value<"max_daily_loss"> | null, minutes: number): LossLimit | null {
  if (value === null || value === "off") return null;
  if (typeof value !== "object")
    return {
      limit: { kind: "share", value: decimalText(value) },
      action: "pause",
      coolOffMs: coolOffMs(undefined, minutes),
    };
  return {
    limit:
      "usd" in value
        ? { kind: "amount", value: decimalText(value.usd) }
        : { kind: "share", value: decimalText(value.share) },
    action: value.action ?? "pause",
    coolOffMs: coolOffMs(value.cool_off_minutes, minutes),
  };
}

function stopLoss(value: Value<"stop_loss"> | null, minutes: number): StopLoss | null {
  if (value === null || value === "off") return null;
  const group = typeof value === "object" ? value : { share: value };
  return {
    share: decimalText(group.share),
    from: group.from ?? "start",
    action: group.action ?? "close",
    coolOffMs: coolOffMs(group.cool_off_minutes, minutes),
    ...(group.replacements === undefined
      ? {}
      : { replacements: group.replacements.map((name) => AccountId(name)) }),
  };
}

function positionStop(value: Value<"position_stop"> | null, minutes: number): PositionStop | null {
  if (value === null || value === "off") return null;
  const group = typeof value === "object" ? value : { share: value };
  return { share: decimalText(group.share), coolOffMs: coolOffMs(group.cool_off_minutes, minutes) };
}

function liquidationGuard(
  value: Value<"liquidation_guard"> | null,
  minutes: number,
): LiquidationGuard | null {
  if (value === null || value === "off") return null;
  const group = typeof value === "object" ? value : { action: value };
  const { liquidation } = defaults;
  return {
    action: group.action,
    distance: decimalText(group.distance ?? liquidation.distance),
    nearerThanLeader: decimalText(group.nearer_than_leader ?? liquidation.nearerThanLeader[group.action]),
    coolOffMs: coolOffMs(group.cool_off_minutes, minutes),
  };
}

interface GuardedRelation {
  readonly leader: string;
  readonly follower: string;
  readonly guards: ConfiguredGuards;
}

/** What `start` says: every stop and loss limit in force with its source, and those that are off. */
export function describeGuards(
  followers: readonly ConfiguredGuards[],
  relations: readonly GuardedRelation[] = [],
): readonly string[] {
  const lines = new Map<string, string[]>();
  for (const one of followers) {
    for (const name of GUARD_KEYS) {
      const text = describeGuard(name, one);
      if (text === null) continue;
      const line = `${name} ${text} (${one.values[name].source})`;
      lines.set(line, [...(lines.get(line) ?? []), one.follower]);
    }
  }
  const told = [...lines].map(([line, whose]) =>
    whose.length === followers.length ? line : `${line}, for ${whose.join(", ")}`,
  );
  const all = [...told, ...relations.flatMap(describeRunTime)];
  const off = WATCHED.filter((name) => followers.every((one) => describeGuard(name, one) === null));
  return followers.length === 0 || off.length === 0 ? all : [...all, `off: ${off.join(", ")}`];
}

/** What was decided of one relation while running. */
function describeRunTime({ leader, follower, guards }: GuardedRelation): readonly string[] {
  const ofStopLoss = ["stop_loss", "allocated_capital"] as const;
  const { values } = guards;
  const isDecided = (name: RelationGuardKey) =>
    (name === "stop_loss" ? ofStopLoss : [name]).some((one) => values[one].source === "run-time");
  return WATCHED_RELATION.filter(isDecided).map(
    (name) => `${name} ${describeGuard(name, guards) ?? "off"} (run-time), for ${leader} > ${follower}`,
  );
}

const WATCHED_RELATION = RELATION_GUARD_KEYS.filter((name) => name !== "allocated_capital");

const WATCHED = GUARD_KEYS.filter(
  (name) => !["sl_reference", "allocated_capital", "cool_off_minutes"].includes(name),
);

/** In words: `0.25 of the day's first equity: pause until released`; null when it is off or belongs to another. */
export function describeGuard(
  name: GuardKey,
  { account, relation }: Pick<ConfiguredGuards, "account" | "relation">,
): string | null {
  switch (name) {
    case "sl_loss_tiers_usd":
      return account.tiers === null ? null : describeTiers(account.tiers);
    case "max_daily_loss":
      return account.dailyLoss === null ? null : describeLoss(account.dailyLoss, "the day's first equity");
    case "max_account_drawdown":
      return account.drawdown === null ? null : describeLoss(account.drawdown, "the largest equity");
    case "stop_loss": {
      const rule = relation.stopLoss;
      if (rule === null) return null;
      const { allocatedCapital } = relation;
      const capital = allocatedCapital === null ? "its part of the equity" : `${allocatedCapital} USDT`;
      return `${rule.share} of ${capital} from its ${rule.from === "peak" ? "best result" : "start"}: ${rule.action} ${replacedBy(rule)}${until(rule.action === "replace" ? null : rule.coolOffMs)}`;
    }
    case "position_stop": {
      const rule = relation.positionStop;
      return rule === null ? null : `${rule.share} of the position: close while the leader holds it`;
    }
    case "liquidation_guard": {
      const guard = account.liquidation;
      return guard === null ? null : describeLiquidation(guard);
    }
    case "sl_reference":
    case "allocated_capital":
    case "cool_off_minutes":
      return null;
  }
}

function replacedBy({ action, replacements = [] }: StopLoss): string {
  if (action !== "replace") return "";
  return replacements.length === 0
    ? "by nobody, as none is named, "
    : `by the best of ${replacements.join(", ")}, `;
}

function describeTiers({ levels, reference, coolOffMs: coolOff }: LossTiers): string {
  const words = levels.map(({ loss, action, share }) =>
    share === null ? `${loss} ${action}` : `${loss} reduce by ${shareText(share)}`,
  );
  return `USDT since ${reference}: ${words.join(", ")}; ${until(coolOff)}`;
}

function describeLiquidation({ action, distance, nearerThanLeader }: LiquidationGuard): string {
  const compared = nearerThanLeader === "0" ? "" : `, or of ${nearerThanLeader} of the leader's`;
  return `${action} below a distance of ${distance}${compared}`;
}

/** The form in which it was written: `1/3` of a plain list, `0.5` of the long form. */
function shareText({ part, whole }: Share): string {
  if (whole !== 10 ** SHARE_DIGITS) return `${part}/${whole}`;
  return Decimal.of(BigInt(part), SHARE_DIGITS).toString();
}

function describeLoss({ limit, action, coolOffMs: coolOff }: LossLimit, from: string): string {
  const amount = limit.kind === "share" ? `${limit.value} of ${from}` : `${limit.value} USDT from ${from}`;
  return `${amount}: ${action} ${until(action === "halt" ? null : coolOff)}`;
}

function until(coolOff: number | null): string {
  return coolOff === null ? "until released" : `for ${coolOff / MINUTE_MS} minutes`;
}
