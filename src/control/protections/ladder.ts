/**
 * Which protections there are, and which settings of each are tried: the one that is in force, a tighter and a looser one; of what is not
 * in use an example. Each is held against the same settings without that one protection.
 */
import { describeGuard, type GuardKey, type GuardTerms } from "../../config.ts";
import type { LossLimit, LossTiers, StopLoss } from "../../core/guard/guard-settings.ts";
import type { GuardKind } from "../../core/guard/stop.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { coolOffs, describeCoolOff, hasCoolOff, MOMENT_MS, withCoolOff } from "./cool-offs.ts";
import { decayLadder } from "./decay-ladder.ts";
import { replacementNames } from "./replacement-names.ts";
import type { Ladder, LadderQuestion, ProtectionName, RungLabel } from "./rung.ts";

/** How one protection is taken out, put in and moved. */
interface Protection {
  readonly key: GuardKey;
  readonly guard: GuardKind | null;
  isInUse(guards: GuardTerms): boolean;
  without(guards: GuardTerms): GuardTerms;
  example(guards: GuardTerms, question: LadderQuestion): GuardTerms;
  /** Acts at so many times the loss; null where there is no such setting. */
  scaled(guards: GuardTerms, factor: string): GuardTerms | null;
}

const HALF = "0.5";
const TWICE = "2";
const A_DAY_MS = 86_400_000;

export function laddersOf(question: LadderQuestion, only: readonly ProtectionName[]): readonly Ladder[] {
  return only.flatMap((name) => {
    const ladder = ladderNamed(name, question);
    return ladder.rungs.length === 0 ? [] : [ladder];
  });
}

function ladderNamed(name: ProtectionName, question: LadderQuestion): Ladder {
  if (name === "cool_off") return coolOffLadder(question);
  return name === "leader_decay" ? decayLadder(question) : ladderOf(name, question);
}

type GuardedName = Exclude<ProtectionName, "cool_off" | "leader_decay">;

function ladderOf(protection: GuardedName, question: LadderQuestion): Ladder {
  const { configured, asked } = question;
  const kind = KINDS[protection];
  const { key, guard } = kind;
  const isInUse = kind.isInUse(configured);
  const { source } = configured.values[key];
  const begun = isInUse ? withReplacements(configured, question) : kind.example(configured, question);
  const first: RungLabel = isInUse ? "as configured" : "example";
  const isMine = (one: LadderQuestion["asked"][number]) =>
    KEYS[protection].some((name) => one.keys.includes(name)) && kind.isInUse(one.guards);
  const own = asked
    .filter(isMine)
    .map(({ guards }) => ["as asked", withReplacements(guards, question), null] as const);
  // The same measure against a smaller loss strikes no later.
  const tighter = kind.scaled(begun, HALF);
  const usual = [
    [first, begun, tighter],
    ...(isInUse && source === "default"
      ? [["example", kind.example(configured, question), null] as const]
      : []),
    ["tighter", tighter, null],
    ["looser", kind.scaled(begun, TWICE), begun],
    ...(protection === "leader_replacement" ? [["close only", closing(begun), null] as const] : []),
  ] as const;
  const tried = asked.length === 0 ? usual : own.length > 0 && isInUse ? [usual[0], ...own] : own;
  return {
    protection,
    key,
    guard,
    inUse: isInUse ? describeGuard(key, configured) : null,
    source,
    without: kind.without(configured),
    rungs: tried.flatMap(([label, guards, strikesAfter]) =>
      guards === null ? [] : [{ label, rule: ruleText(key, guards), guards, strikesAfter }],
    ),
  };
}

function coolOffLadder({ configured, asked }: LadderQuestion): Ladder {
  const isInUse = hasCoolOff(configured);
  const example: LossLimit = { limit: { kind: "share", value: "0.05" }, action: "pause", coolOffMs: null };
  // Without a cool-off of the owner's own the example needs something that stops at all.
  const carrier = isInUse ? configured : withAccount(configured, { dailyLoss: example });
  const own = asked.filter(({ keys }) => keys.includes("cool_off_minutes"));
  const usual = coolOffs(carrier, isInUse);
  const rungs =
    asked.length === 0
      ? usual
      : own.map(({ guards }) => ({
          label: "as asked" as const,
          guards,
        }));
  const without = withCoolOff(own.length > 0 ? configured : carrier, MOMENT_MS);
  return {
    protection: "cool_off",
    key: "cool_off_minutes",
    guard: null,
    inUse: isInUse ? describeCoolOff(configured) : null,
    source: configured.values.cool_off_minutes.source,
    without,
    // How long something stays stopped is nothing where nothing is; settings that were asked for may stop at another loss.
    rungs: rungs.map((rung) => ({
      ...rung,
      rule: describeCoolOff(rung.guards),
      strikesAfter: asked.length === 0 ? without : null,
    })),
  };
}

/** A list of everybody would hide what is said. */
function ruleText(key: GuardKey, guards: GuardTerms): string {
  const text = describeGuard(key, guards) ?? "off";
  const names = key === "stop_loss" ? (guards.relation.stopLoss?.replacements ?? []) : [];
  return names.length === 0 ? text : text.replace(names.join(", "), replacementNames(names));
}

const KEYS: Readonly<Record<GuardedName, readonly string[]>> = {
  loss_tiers: ["sl_loss_tiers_usd", "sl_reference"],
  daily_loss: ["max_daily_loss"],
  account_drawdown: ["max_account_drawdown"],
  leader_stop: ["stop_loss", "allocated_capital"],
  trailing_stop: ["stop_loss", "allocated_capital"],
  leader_replacement: ["stop_loss", "allocated_capital"],
  position_stop: ["position_stop"],
  liquidation_guard: ["liquidation_guard"],
};

const STOP_EXAMPLE: StopLoss = { share: "0.1", from: "start", action: "close", coolOffMs: null };

const KINDS: Readonly<Record<GuardedName, Protection>> = {
  loss_tiers: {
    key: "sl_loss_tiers_usd",
    guard: "loss-tier",
    isInUse: ({ account }) => account.tiers !== null,
    without: (guards) => withAccount(guards, { tiers: null }),
    example: (guards, { equity }) => withAccount(guards, { tiers: tiersFor(equity) }),
    scaled: (guards, factor) => {
      const { tiers } = guards.account;
      if (tiers === null) return null;
      const levels = tiers.levels.map((level) => ({ ...level, loss: product(level.loss, factor) }));
      return withAccount(guards, { tiers: { ...tiers, levels } });
    },
  },
  daily_loss: accountLimit("dailyLoss", "max_daily_loss", "daily-loss", {
    limit: { kind: "share", value: "0.05" },
    action: "pause",
    coolOffMs: A_DAY_MS,
  }),
  account_drawdown: accountLimit("drawdown", "max_account_drawdown", "drawdown", {
    limit: { kind: "share", value: "0.1" },
    action: "close",
    coolOffMs: A_DAY_MS,
  }),
  leader_stop: stopKind("start", () => STOP_EXAMPLE),
  trailing_stop: stopKind("peak", () => ({ ...STOP_EXAMPLE, from: "peak" })),
  leader_replacement: stopKind("replace", ({ others }) => ({
    ...STOP_EXAMPLE,
    action: "replace",
    replacements: others,
  })),
  position_stop: {
    key: "position_stop",
    guard: "position-stop",
    isInUse: ({ relation }) => relation.positionStop !== null,
    without: (guards) => withRelation(guards, { positionStop: null }),
    example: (guards) => withRelation(guards, { positionStop: { share: "0.1", coolOffMs: null } }),
    scaled: (guards, factor) => {
      const { positionStop } = guards.relation;
      const share = positionStop === null ? null : shareTimes(positionStop.share, factor);
      if (positionStop === null || share === null) return null;
      return withRelation(guards, { positionStop: { ...positionStop, share } });
    },
  },
  liquidation_guard: {
    key: "liquidation_guard",
    guard: "liquidation",
    // One that only warns moves nothing.
    isInUse: ({ account }) => account.liquidation !== null && account.liquidation.action !== "warn",
    without: (guards) => withAccount(guards, { liquidation: null }),
    example: (guards) =>
      withAccount(guards, {
        liquidation: { action: "cut", distance: "0.1", nearerThanLeader: "0", coolOffMs: null },
      }),
    scaled: (guards, factor) => {
      const { liquidation } = guards.account;
      if (liquidation === null) return null;
      // What acts at a larger distance is tighter.
      const distance = shareTimes(liquidation.distance, factor === HALF ? TWICE : HALF);
      return distance === null ? null : withAccount(guards, { liquidation: { ...liquidation, distance } });
    },
  },
};

function accountLimit(
  name: "dailyLoss" | "drawdown",
  key: GuardKey,
  guard: GuardKind,
  example: LossLimit,
): Protection {
  return {
    key,
    guard,
    isInUse: ({ account }) => account[name] !== null,
    without: (guards) => withAccount(guards, { [name]: null }),
    example: (guards) => withAccount(guards, { [name]: example }),
    scaled: (guards, factor) => {
      const rule = guards.account[name];
      if (rule === null) return null;
      const { kind } = rule.limit;
      const value =
        kind === "amount" ? product(rule.limit.value, factor) : shareTimes(rule.limit.value, factor);
      return value === null ? null : withAccount(guards, { [name]: { ...rule, limit: { kind, value } } });
    },
  };
}

/** The one key stop_loss is three protections: a fixed stop, a trailing one, and one that replaces the leader. */
function stopKind(
  which: StopLoss["from"] | "replace",
  example: (question: LadderQuestion) => StopLoss,
): Protection {
  return {
    key: "stop_loss",
    guard: "stop-loss",
    isInUse: ({ relation: { stopLoss } }) =>
      stopLoss !== null && (stopLoss.action === "replace" ? which === "replace" : which === stopLoss.from),
    without: (guards) => withRelation(guards, { stopLoss: null }),
    example: (guards, question) => withRelation(guards, { stopLoss: example(question) }),
    scaled: (guards, factor) => {
      const { stopLoss } = guards.relation;
      const share = stopLoss === null ? null : shareTimes(stopLoss.share, factor);
      return stopLoss === null || share === null
        ? null
        : withRelation(guards, { stopLoss: { ...stopLoss, share } });
    },
  };
}

/** The same stop without anybody in the place of who is stopped. */
function closing(guards: GuardTerms): GuardTerms | null {
  const { stopLoss } = guards.relation;
  if (stopLoss === null) return null;
  const { share, from } = stopLoss;
  return withRelation(guards, { stopLoss: { share, from, action: "close", coolOffMs: null } });
}

/** Where a stop replaces and names nobody of whom there is a record, everybody else may take the place. */
function withReplacements(guards: GuardTerms, { others }: LadderQuestion): GuardTerms {
  const { stopLoss } = guards.relation;
  if (stopLoss?.action !== "replace") return guards;
  const named = (stopLoss.replacements ?? []).filter((name) => others.includes(name));
  return withRelation(guards, { stopLoss: { ...stopLoss, replacements: named.length > 0 ? named : others } });
}

/** A fortieth, a twentieth and a tenth of the equity, in whole units: a third is cut at each, all at the last. */
function tiersFor(equity: string): LossTiers {
  const losses = ["0.025", "0.05", "0.1"].map((share) =>
    Decimal.parse(equity).times(Decimal.parse(share)).roundedToStep(Decimal.one, "away-from-zero").toString(),
  );
  return {
    levels: losses.map((loss, at) =>
      at === losses.length - 1
        ? { loss, action: "close", share: null }
        : { loss, action: "reduce", share: { part: 1, whole: losses.length } },
    ),
    reference: "start",
    coolOffMs: null,
  };
}

function withAccount(
  { account, relation, decay }: GuardTerms,
  more: Partial<GuardTerms["account"]>,
): GuardTerms {
  return { account: { ...account, ...more }, relation, decay };
}

function withRelation(
  { account, relation, decay }: GuardTerms,
  more: Partial<GuardTerms["relation"]>,
): GuardTerms {
  return { account, relation: { ...relation, ...more }, decay };
}

function product(value: string, factor: string): string {
  return Decimal.parse(value).times(Decimal.parse(factor)).toString();
}

/** Null where it is all, or more. */
function shareTimes(share: string, factor: string): string | null {
  const value = Decimal.parse(share).times(Decimal.parse(factor));
  return value.compare(Decimal.one) >= 0 ? null : value.toString();
}
