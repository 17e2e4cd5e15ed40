/**
 * What is watched while positions are held: the keys of stops and loss limits, which stand in YAML
 * (copy_trading.risk_management) for all followers and in an account file for one. `off` is the deliberate word for none.
 */
import { z } from "zod";
import {
  defaults,
  liquidationActions,
  lossActions,
  lossReferences,
  stopActions,
  stopOrigins,
} from "./defaults.ts";
import { choice, decimal, nickname, number } from "./forms.ts";
import { key, section } from "./key-facts.ts";

/** More tiers than anybody sets, fewer than a mistake makes. */
const TIERS_MAX = 50;
const USD_MAX = 1e12;
const REPLACEMENTS_MAX = 100;
const SHARE = { above: 0, max: 1 } as const;
const own = defaults.guards;

/** A fresh set of schemas each time, because a schema carries the facts of one place. */
export function guardKeys() {
  return {
    sl_loss_tiers_usd: key(lossTiers(), {
      meaning:
        "Losses of the account in USDT, each with what is done then. A plain list cuts an equal part at each and closes all at the largest.",
      status: "in-force",
    }),
    sl_reference: key(choice(lossReferences), {
      meaning:
        "What sl_loss_tiers_usd counts from: the start of copying, the day (UTC), or the largest equity.",
      status: "in-force",
      default: own.sl_reference,
    }),
    max_daily_loss: key(lossLimit(), {
      meaning:
        "Loss of the account since the day's (UTC) first equity at which it stops; a share of that, or USDT.",
      status: "in-force",
      default: own.max_daily_loss,
    }),
    max_account_drawdown: key(lossLimit(), {
      meaning: "Loss of the account from its largest equity at which it stops; a share of that, or USDT.",
      status: "in-force",
      default: own.max_account_drawdown,
    }),
    ...relationGuardKeys(),
    liquidation_guard: key(liquidationGuard(), {
      meaning:
        "What is done when a position comes near to its liquidation price: warn, cut, or mirror the leader's distance.",
      status: "in-force",
      default: own.liquidation_guard,
    }),
    cool_off_minutes: key(coolOff(), {
      meaning: "How long what a limit stopped or cut stays so; 0 is until it is released.",
      status: "in-force",
      default: own.cool_off_minutes,
    }),
  };
}

/** Those that watch one leader's copies on one follower; they may be set for a relation while running, too. */
export function relationGuardKeys() {
  return {
    stop_loss: key(stopLoss(), {
      meaning:
        "Loss of what one leader's copies brought in, as a share of the allocated capital, at which they end.",
      status: "in-force",
    }),
    allocated_capital: key(decimal({ above: 0, max: USD_MAX }), {
      meaning:
        "Capital of each relation in USDT, for stop_loss. Absent: an equal part of the follower's equity at its start.",
      status: "in-force",
    }),
    position_stop: key(positionStop(), {
      meaning: "Loss of one position as a share of the most that was in it, at which it is closed.",
      status: "in-force",
    }),
  };
}

const guardSection = section(guardKeys());

export type GuardKey = keyof ReturnType<typeof guardKeys>;
export type RelationGuardKey = keyof ReturnType<typeof relationGuardKeys>;

/** Values of one layer as written; `undefined` where the layer says nothing. */
export type GuardValues = {
  readonly [Name in GuardKey]?: z.infer<typeof guardSection>[Name] | undefined;
};

function coolOff() {
  return number({ min: 0, max: 525_600 });
}

function stopLoss() {
  const wrong = {
    error:
      "must be off, a share above 0 and at most 1, or a group such as {share: 0.05, from: peak, action: close, cool_off_minutes: 60}; from is start or peak, action close, pause or replace, and with replace a list of leaders, replacements: [alice, bob]",
  };
  const group = z.strictObject(
    {
      share: decimal(SHARE),
      from: choice(stopOrigins).optional(),
      action: choice(stopActions).optional(),
      cool_off_minutes: coolOff().optional(),
      replacements: z.array(nickname()).max(REPLACEMENTS_MAX).optional(),
    },
    wrong,
  );
  return z
    .union([z.literal("off"), decimal(SHARE, wrong), group], wrong)
    .refine(
      (stop) => typeof stop !== "object" || stop.replacements === undefined || stop.action === "replace",
      {
        error: "has replacements, which only action replace uses",
      },
    );
}

function positionStop() {
  const wrong = {
    error:
      "must be off, a share above 0 and at most 1, or a group such as {share: 0.1, cool_off_minutes: 60}",
  };
  const group = z.strictObject({ share: decimal(SHARE), cool_off_minutes: coolOff().optional() }, wrong);
  return z.union([z.literal("off"), decimal(SHARE, wrong), group], wrong);
}

function lossLimit() {
  const wrong = {
    error:
      "must be off, a share above 0 and at most 1, or a group such as {share: 0.1, action: close} or {usd: 500, action: pause, cool_off_minutes: 60}; actions are pause, close and halt",
  };
  const more = { action: choice(lossActions).optional(), cool_off_minutes: coolOff().optional() };
  const byShare = z.strictObject({ share: decimal(SHARE), ...more }, wrong);
  const byAmount = z.strictObject({ usd: decimal({ above: 0, max: USD_MAX }), ...more }, wrong);
  return z.union([z.literal("off"), decimal(SHARE, wrong), byShare, byAmount], wrong);
}

function liquidationGuard() {
  const wrong = {
    error:
      "must be off, warn, cut, mirror, or a group such as {action: cut, distance: 0.05, nearer_than_leader: 0.5, cool_off_minutes: 60}",
  };
  const group = z.strictObject(
    {
      action: choice(liquidationActions),
      distance: decimal(SHARE).optional(),
      nearer_than_leader: decimal({ min: 0, max: 1 }).optional(),
      cool_off_minutes: coolOff().optional(),
    },
    wrong,
  );
  return z.union([z.literal("off"), choice(liquidationActions), group], wrong);
}

type Tier = z.infer<ReturnType<typeof tier>>;

function lossTiers() {
  const wrong = {
    error:
      "must be a list of losses in USDT above 0, or of groups such as {loss_usd: 100, action: reduce, share: 0.5}; actions are reduce, pause, close and halt",
  };
  const plain = z.array(decimal({ above: 0, max: USD_MAX }), wrong).max(TIERS_MAX, wrong);
  const long = z.array(tier(), wrong).min(1, wrong).max(TIERS_MAX, wrong);
  return z
    .union([plain, long], wrong)
    .refine((levels) => isOnce(levels.map(lossOf)), { error: "names a loss twice" })
    .refine((levels) => levels.every(hasItsShare), {
      error: "must have a share with action reduce, and with no other",
    })
    .refine((levels) => sharesOf(levels) <= 1, {
      error: "has shares that come to more than 1: each counts of what was held at the first level",
    });
}

function tier() {
  return z.strictObject({
    loss_usd: decimal({ above: 0, max: USD_MAX }),
    action: choice(["reduce", ...lossActions]),
    share: decimal(SHARE).optional(),
  });
}

function lossOf(level: Tier | number | string): number {
  return Number(typeof level === "object" ? level.loss_usd : level);
}

function isOnce(losses: readonly number[]): boolean {
  return new Set(losses).size === losses.length;
}

function hasItsShare(level: Tier | number | string): boolean {
  return typeof level !== "object" || (level.action === "reduce") === (level.share !== undefined);
}

/** Compared with a whole number only, in millionths. */
function sharesOf(levels: readonly (Tier | number | string)[]): number {
  const parts = levels.map((level) => (typeof level === "object" ? Number(level.share ?? 0) : 0));
  return Math.round(parts.reduce((sum, part) => sum + part, 0) * 1e6) / 1e6;
}
