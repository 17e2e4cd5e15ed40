/**
 * The limits of a follower's account: their keys, which stand in YAML for all followers and in an account file for one. Absent
 * means the careful default, or off where there is none; `off` is the deliberate word for none at all.
 */
import { z } from "zod";
import { defaults, exposureMeasures, withoutEvidence } from "./defaults.ts";
import { choice, decimal, inWords, type Range, wholeNumber } from "./forms.ts";
import { key, section } from "./key-facts.ts";

const own = defaults.limits;

/** A fresh set of schemas each time, because a schema carries the facts of one place. */
export function riskKeys() {
  return {
    max_portfolio_exposure: key(exposure(), {
      meaning:
        "Most that all positions of the account, its owner's too, are worth: times equity, gross unless a measure is given.",
      status: "in-force",
      default: own.max_portfolio_exposure,
    }),
    max_trader_exposure: key(exposure(), {
      meaning: "Most that the copies of one leader are worth, counted the same way.",
      status: "in-force",
    }),
    max_strategy_exposure: key(exposure(), {
      meaning:
        "Most that the copies of all leaders of one style are worth. Off for leaders whose style is not measured, unless without_evidence says otherwise.",
      status: "in-force",
    }),
    max_symbol_exposure: key(exposure(), {
      meaning: "Most that all positions of the account in one instrument are worth.",
      status: "in-force",
    }),
    max_portfolio_leverage: key(decimalOrOff({ min: 0, max: 200 }), {
      meaning: "Most that all positions of the account are worth, as leverage: gross value over equity.",
      status: "in-force",
    }),
    free_margin_reserve: key(decimalOrOff({ min: 0, max: 1 }), {
      meaning: "Share of equity that no increase ties up as margin.",
      status: "in-force",
      default: own.free_margin_reserve,
    }),
    max_orders_per_minute: key(wholeNumberOrOff({ min: 1, max: 100_000 }), {
      meaning: "Most orders within 60 seconds that add risk; what is more waits. Reductions do not count.",
      status: "in-force",
      default: own.max_orders_per_minute,
    }),
    correlation_limit: key(orOff(signedDecimal, "a number from -1 to 1"), {
      meaning:
        "No leader is opened beside one that is held and correlates more than this. Off for leaders that are not measured, unless without_evidence says otherwise.",
      status: "in-force",
    }),
    max_portfolio_var_95: key(decimalOrOff({ min: 0, max: 100 }), {
      meaning:
        "Most that all copies together lose on all but 5 % of days, as a share of equity: their value at risk of a day. By measurements of the leaders' records, as the three below.",
      status: "in-force",
    }),
    max_portfolio_cvar_95: key(decimalOrOff({ min: 0, max: 100 }), {
      meaning:
        "Most that all copies together lose on average on the worst 5 % of days, as a share of equity.",
      status: "in-force",
    }),
    max_portfolio_volatility: key(decimalOrOff({ min: 0, max: 1_000 }), {
      meaning: "Most that all copies together swing in a year (standard deviation), as a share of equity.",
      status: "in-force",
    }),
    max_portfolio_beta: key(decimalOrOff({ min: 0, max: 1_000 }), {
      meaning:
        "Most that all copies together move with traders.risk.beta_benchmark, or against it, as a multiple of equity.",
      status: "in-force",
    }),
    without_evidence: key(choice(withoutEvidence), {
      meaning:
        "What max_strategy_exposure, correlation_limit and the limits of the portfolio's risk do where nobody measured the leader lately: nothing (off), or refuse the increase (deny).",
      status: "in-force",
      default: own.without_evidence,
    }),
    max_sector_concentration: key(decimalOrOff({ min: 0, max: 1 }), {
      meaning:
        "Most of the allowed portfolio exposure that positions in coins of one sector take; of equity where that limit is off. In traders.strategy a filter as well: most of what a trader trades that lies in one sector.",
      status: "in-force",
    }),
  };
}

const riskSection = section(riskKeys());

export type RiskKey = keyof ReturnType<typeof riskKeys>;
/** Those that are limits themselves. */
export type LimitKey = Exclude<RiskKey, "without_evidence">;

/** Values of one layer as written; `undefined` where the layer says nothing. */
export type RiskValues = {
  readonly [Name in RiskKey]?: z.infer<typeof riskSection>[Name] | undefined;
};

/** Times equity, with a measure where it is not gross. */
function exposure() {
  const wrong = {
    error:
      "must be off, a number from 0 to 1000 (times equity), or a group such as {share: 0.3, measure: gross}; measures are gross, net and margin",
  };
  const range = { min: 0, max: 1_000 };
  const share = decimal(range);
  return z.union(
    [
      decimal(range, wrong),
      z.literal("off"),
      z.strictObject({ share, measure: choice(exposureMeasures).optional() }, wrong),
    ],
    wrong,
  );
}

type Wrong = { readonly error: string };

/** What is wrong with a number is said with the way out before it. */
function orOff<Schema extends z.ZodType>(form: (wrong: Wrong) => Schema, words: string) {
  const wrong = { error: `must be off or ${words}` };
  return z.union([z.literal("off"), form(wrong)], wrong);
}

function decimalOrOff(range: Range) {
  return orOff((wrong) => decimal(range, wrong), `a number ${inWords(range)}`);
}

function wholeNumberOrOff(range: Range) {
  return orOff((wrong) => wholeNumber(range, wrong), `a whole number ${inWords(range)}`);
}

function signedDecimal(wrong: Wrong) {
  return z.number(wrong).min(-1, wrong).max(1, wrong);
}
