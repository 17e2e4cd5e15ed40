/** The settings of an allocation that say how large a follower's positions are. */
import { capitalBases, defaults, sizings } from "./defaults.ts";
import { slippageBps } from "./entry-keys.ts";
import { choice, decimal, number, overrides } from "./forms.ts";
import { key } from "./key-facts.ts";

const own = defaults.allocation;

/** Keys without a default: absent means that there is no such amount. */
export type UnsetSizingKey = "capital_amount" | "fixed_notional" | "fixed_quantity" | "volatility_target";

export function sizingKeys() {
  return {
    sizing: key(choice(sizings), {
      meaning:
        "How large a follower's position is: by a factor on the leader's, by capital, a fixed value or quantity per position, or by a wanted volatility.",
      status: "in-force",
      default: own.sizing,
    }),
    copy_multiplier: key(multiplier(), {
      meaning: "Factor on the leader's size (sizing multiplier).",
      status: "in-force",
      default: own.copy_multiplier,
    }),
    capital_base: key(choice(capitalBases), {
      meaning:
        "What counts as capital (sizing equity-proportional and volatility-target): equity, balance without open profit, what is free when the leader opens, or capital_amount.",
      status: "in-force",
      default: own.capital_base,
    }),
    capital_amount: key(decimal({ above: 0, max: 1e12 }), {
      meaning: "USDT that count as the follower's capital (capital_base fixed-sum).",
      status: "in-force",
    }),
    fixed_notional: key(fixedNotional(), {
      meaning: "USDT per position at the price when the leader opens it (sizing fixed-notional).",
      status: "in-force",
    }),
    fixed_quantity: key(fixedQuantity(), {
      meaning: "Quantity per position in the symbol's base coin (sizing fixed-quantity).",
      status: "in-force",
    }),
    volatility_target: key(decimal({ above: 0, max: 10 }), {
      meaning: "Wanted yearly volatility of the copy (sizing volatility-target): 0.2 is 20 %.",
      status: "in-force",
    }),
    volatility_factor_max: key(decimal({ above: 0, max: 100 }), {
      meaning: "Sizing volatility-target copies at most so many times the share of capital.",
      status: "in-force",
      default: own.volatility_factor_max,
    }),
    evidence_max_age_days: key(number({ above: 0, max: 365 }), {
      meaning:
        "A measurement of a leader older than this counts as none: it sizes nothing, and limits that need it are off.",
      status: "in-force",
      default: own.evidence_max_age_days,
    }),
    overrides: key(overrides(overrideKeys()), {
      meaning:
        "Other sizes, leverage, slippage and caps for single symbols or patterns (`*` for any letters): copy_multiplier, fixed_notional or fixed_quantity, max_leverage, max_slippage_bps, max_order_notional, and max_symbol_notional.",
      status: "in-force",
    }),
    position_scaling: key(decimal({ above: 0, max: 100 }), {
      meaning: "Factor on every target, whatever the sizing: 0.8 holds 80 %.",
      status: "in-force",
      default: own.position_scaling,
    }),
  };
}

/** What an override may say; the same forms as for all symbols. */
function overrideKeys() {
  return {
    copy_multiplier: multiplier().optional(),
    fixed_notional: fixedNotional().optional(),
    fixed_quantity: fixedQuantity().optional(),
    max_leverage: leverage().optional(),
    max_slippage_bps: slippageBps().optional(),
    max_order_notional: notionalCap().optional(),
    max_symbol_notional: notionalCap().optional(),
  };
}

function multiplier() {
  return decimal({ above: 0, max: 1_000 });
}

function fixedNotional() {
  return decimal({ above: 0, max: 1e9 });
}

function fixedQuantity() {
  return decimal({ above: 0, max: 1e12 });
}

/** Amount of the settle coin that is not passed. */
export function notionalCap() {
  return decimal({ above: 0, max: 1e12 });
}

export function leverage() {
  return decimal({ min: 1, max: 200 });
}
