/** The settings of an allocation that say at which price, and how late, its positions may grow. */
import { defaults, runaways } from "./defaults.ts";
import { choice, decimal, flag, number } from "./forms.ts";
import { key } from "./key-facts.ts";
import { workKeys } from "./work-keys.ts";

const own = defaults.allocation;

/** Keys without a default: absent means that there is no such bound. */
export type UnsetEntryKey = "max_slippage_bps" | "max_entry_delay_seconds" | "exit_slippage_alert_bps";

export function entryKeys() {
  return {
    ...workKeys(),
    max_slippage_bps: key(slippageBps(), {
      meaning:
        "Basis points (0.01 %) that an increase may cost more than the leader paid; it goes as a limit order at that price. Without it: at market.",
      status: "in-force",
    }),
    on_runaway: key(choice(runaways), {
      meaning:
        "What becomes of an increase when the price is beyond max_slippage_bps: given up, waiting at the leader's price for rest_seconds, or what is to be had within the cap is taken.",
      status: "in-force",
      default: own.on_runaway,
    }),
    rest_seconds: key(number({ min: 1, max: 86_400 }), {
      meaning:
        "Seconds that an increase rests at the leader's price (on_runaway rest) before the rest is given up.",
      status: "in-force",
      default: own.rest_seconds,
    }),
    max_entry_delay_seconds: key(number({ above: 0, max: 86_400 }), {
      meaning: "An increase that the leader executed longer ago than these seconds is given up.",
      status: "in-force",
    }),
    exit_parity: key(flag(), {
      meaning:
        "Whether the leader's limit exits rest at the follower's venue too, scaled, at the same price.",
      status: "in-force",
      default: own.exit_parity,
    }),
    exit_rest_seconds: key(number({ min: 0, max: 86_400 }), {
      meaning:
        "Seconds that a rested exit (exit_parity) may stay open after the leader's filled, before what is left goes at market.",
      status: "in-force",
      default: own.exit_rest_seconds,
    }),
    exit_slippage_alert_bps: key(slippageBps(), {
      meaning:
        "Basis points by which an exit may be worse than the leader's before you are told (alert exit-slippage). It goes at market all the same.",
      status: "in-force",
    }),
  };
}

/** Also for single symbols. */
export function slippageBps() {
  return decimal({ min: 0, max: 5_000 });
}
