/**
 * The settings of copying that may stand in several places: per account, in YAML for all, and changed at run time. They
 * have one form and one meaning wherever they stand. Precedence: run time, account file, YAML, default.
 */
import type { z } from "zod";
import {
  copySides,
  defaults,
  leverageModes,
  marginModes,
  minimumPolicies,
  startModes,
  stopModes,
} from "./defaults.ts";
import { entryKeys } from "./entry-keys.ts";
import { choice, decimal, flag, number, symbolMap, tradingHours, wholeNumber } from "./forms.ts";
import { key, section } from "./key-facts.ts";
import { leverage, notionalCap, sizingKeys } from "./sizing-keys.ts";

const own = defaults.allocation;

/** A fresh set of schemas each time, because a schema carries the facts of one place. */
export function allocationKeys() {
  return {
    ...sizingKeys(),
    ...approvalKeys(),
    ...capKeys(),
    delay_execution: key(number({ min: 0, max: 3_600 }), {
      meaning:
        "Seconds that an increase of risk waits, with what the leader adds meanwhile; reductions never wait.",
      status: "in-force",
      default: own.delay_execution,
    }),
    ...mirrorKeys(),
    ...entryKeys(),
    start_mode: key(choice(startModes), {
      meaning: "Which of the positions that the leader opened before we could follow are copied.",
      status: "in-force",
      default: own.start_mode,
    }),
    copy_existing: key(flag(), {
      meaning: "Older name for start_mode: true is `all`, false is `new-only`.",
      status: "in-force",
    }),
    stop_mode: key(choice(stopModes), {
      meaning:
        "What becomes of copies when their allocation ends: closed, the owner's, or down with the leader.",
      status: "in-force",
      default: own.stop_mode,
    }),
    trading_hours: key(tradingHours(), {
      meaning:
        "When risk may grow, in UTC. What the leader adds at other times is given up; reductions always go.",
      status: "in-force",
    }),
    max_positions: key(wholeNumber({ min: 1, max: 1_000 }), {
      meaning:
        "Most positions that a follower has open from all its leaders; new ones beyond it are given up.",
      status: "in-force",
    }),
    max_positions_per_leader: key(wholeNumber({ min: 1, max: 1_000 }), {
      meaning: "Most positions open from one leader.",
      status: "in-force",
    }),
    leverage_mode: key(choice(leverageModes), {
      meaning:
        "Leverage of positions: the leader's, a fixed one, or what the owner has set; never above max_leverage.",
      status: "in-force",
      default: own.leverage_mode,
    }),
    leverage: key(leverage(), {
      meaning: "The leverage of leverage_mode fixed.",
      status: "in-force",
    }),
    copy_side: key(choice(copySides), {
      meaning: "Which of the leader's positions are copied: its longs, its shorts, or both.",
      status: "in-force",
      default: own.copy_side,
    }),
    inverse: key(flag(), {
      meaning: "Whether the opposite of the leader's position is held.",
      status: "in-force",
      default: own.inverse,
    }),
    symbol_map: key(symbolMap(), {
      meaning: "Symbols that the follower's venue names or counts otherwise, by the leader's name.",
      status: "in-force",
    }),
    margin_mode: key(choice(marginModes), {
      meaning:
        "leave: the margin mode of an account is never changed. follow: the follower's account gets its leader's, cross or isolated, while it holds nothing.",
      status: "in-force",
      default: own.margin_mode,
    }),
    ...minimumKeys(),
    rebalance_band: key(decimal({ above: 0, max: 10 }), {
      meaning:
        "Share by which sizes by capital or volatility must drift before they move without a trade of the leader.",
      status: "in-force",
      default: own.rebalance_band,
    }),
    max_leverage: key(leverage(), {
      meaning: "Leverage follows the leader's up to this cap.",
      status: "in-force",
      default: own.max_leverage,
    }),
  };
}

/** Which of the leader's own orders rest at the follower's venue, too. */
function mirrorKeys() {
  return {
    copy_stops: key(flag(), {
      meaning:
        "Whether the leader's take profits and stop losses rest at the follower's venue too, and change as the leader's do.",
      status: "in-force",
      default: own.copy_stops,
    }),
    copy_pending: key(flag(), {
      meaning:
        "Whether the leader's limit and conditional orders that wait to open or to add rest at the follower's venue too, scaled, and change as the leader's do.",
      status: "in-force",
      default: own.copy_pending,
    }),
  };
}

/** Amounts of the settle coin that an allocation does not pass. */
function capKeys() {
  return {
    max_order_notional: key(notionalCap(), {
      meaning: "Most USDT that one change of the leader adds; the part beyond is given up.",
      status: "in-force",
    }),
    max_symbol_notional: key(notionalCap(), {
      meaning: "Most USDT that the copies of one leader are worth in one instrument.",
      status: "in-force",
    }),
    max_leader_notional: key(notionalCap(), {
      meaning: "Most USDT that all copies of one leader are worth.",
      status: "in-force",
    }),
  };
}

/** Whether the owner is asked first. */
function approvalKeys() {
  return {
    auto_copy: key(flag(), {
      meaning:
        "Whether increases are copied without asking. false: each waits until you approve it; reductions never wait.",
      status: "in-force",
      default: own.auto_copy,
    }),
    proposal_expires_minutes: key(number({ min: 0.1, max: 1_440 }), {
      meaning: "Minutes that an increase waits for your approval (auto_copy false) before it is given up.",
      status: "in-force",
      default: own.proposal_expires_minutes,
    }),
  };
}

/** What becomes of orders that the venue finds too small. */
function minimumKeys() {
  return {
    minimum_notional_policy: key(choice(minimumPolicies), {
      meaning:
        "What becomes of an order below the venue's minimum: wait for more, leave it out, or raise it.",
      status: "in-force",
      default: own.minimum_notional_policy,
    }),
    round_up_excess_max: key(decimal({ min: 0, max: 100 }), {
      meaning: "How much more than wanted round-up may order, as a multiple: 1 is at most double.",
      status: "in-force",
      default: own.round_up_excess_max,
    }),
  };
}

const allocationSection = section(allocationKeys());

/** Values of one layer as written; `undefined` where the layer says nothing. */
export type AllocationValues = {
  readonly [Name in keyof z.infer<typeof allocationSection>]?:
    | z.infer<typeof allocationSection>[Name]
    | undefined;
};
export type AllocationKey = keyof AllocationValues;
