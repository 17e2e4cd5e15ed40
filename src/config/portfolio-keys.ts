/** The keys of the portfolio: which strategy says who is copied with how much, when, at what cost; and the options of each strategy. */
import { z } from "zod";
import { formInWords, type Option, type OptionForm } from "../strategies/options.ts";
import { STRATEGY_KINDS } from "../strategies/registry.ts";
import { sharesOf } from "../strategies/shares.ts";
import { defaults, rebalancings } from "./defaults.ts";
import { choice, flag, nickname, number, text, wholeNumber } from "./forms.ts";
import { key, section } from "./key-facts.ts";

const own = defaults.portfolio;
const FOLLOWERS_MAX = 1_000;

export function maxTradersKey() {
  return key(wholeNumber({ min: 1, max: 1_000 }), {
    meaning: "How many leaders may be configured; more are refused at start.",
    status: "in-force",
    default: defaults.maxTraders,
  });
}

/** Beside `rebalance_band`, which is about sizes. */
export function portfolioKeys() {
  return {
    strategy: key(text("the name of a strategy", 40), {
      meaning:
        "The strategy that says which leaders get which share of the equity: one of strategies, its short name, or one of your own. Without it nobody does.",
      status: "in-force",
    }),
    strategy_followers: key(followers(), {
      meaning: "The followers whose leaders the strategy chooses; all of them when left out.",
      status: "in-force",
    }),
    rebalancing: key(choice(rebalancings), {
      meaning:
        "What is done with a decision of the strategy: propose tells you, automatic carries it out without asking.",
      status: "in-force",
      default: own.rebalancing,
    }),
    rebalancing_frequency: key(number({ min: 0, max: 8_760 }), {
      meaning:
        "Hours between two decisions of the strategy, where its own options do not say, and in place of those in a file of your own; 0 decides only when you ask.",
      status: "in-force",
      default: own.rebalancingFrequency,
    }),
    weight_band: key(number({ min: 0, max: 1 }), {
      meaning: "Share by which a leader's weight may be off what is wanted before it is moved.",
      status: "in-force",
      default: own.weightBand,
    }),
    cost_horizon_days: key(number({ above: 0, max: 3_650 }), {
      meaning:
        "Days that moved weights are expected to stay: what a move gains in them has to exceed its cost.",
      status: "in-force",
      default: own.costHorizonDays,
    }),
    expected_sharpe: key(number({ above: 0, max: 100 }), {
      meaning:
        "Yearly Sharpe ratio that the wanted weights are believed to have: the larger, the more being off them counts against costs.",
      status: "in-force",
      default: own.expectedSharpe,
    }),
    lookback_days: key(wholeNumber({ min: 30, max: 3_650 }), {
      meaning: "Days of the leaders' records that the strategy looks at.",
      status: "in-force",
      default: own.lookbackDays,
    }),
  };
}

/** The options of each strategy, under its name. */
export function strategiesSection() {
  return section(
    Object.fromEntries(
      STRATEGY_KINDS.map(({ name, options }) => [name, section(optionKeys(options)).optional()] as const),
    ),
  );
}

function optionKeys(options: Readonly<Record<string, Option>>) {
  return Object.fromEntries(
    Object.entries(options).map(([name, { meaning, form, default: standard }]) => [
      name,
      key(schemaOf(form), { meaning, status: "in-force", default: standard ?? "off" }),
    ]),
  );
}

function schemaOf(form: OptionForm): z.ZodType<number | boolean | string> {
  switch (form.kind) {
    case "flag":
      return flag();
    case "flag-or-shares": {
      const error = `must be ${formInWords(form)}`;
      return z.union([flag(), z.string().refine((text) => sharesOf(text) !== null, { error })], { error });
    }
    case "choice":
      return z.enum(form.of, { error: `must be one of ${form.of.join(", ")}` });
    case "number": {
      const { kind: _, isWhole, canBeOff, ...range } = form;
      const plain = isWhole ? wholeNumber(range) : number(range);
      return canBeOff ? z.union([plain, z.literal("off")], { error: wordsOf(form) }) : plain;
    }
  }
}

function wordsOf(form: Extract<OptionForm, { readonly kind: "number" }>): string {
  const { canBeOff: _, kind: __, isWhole: ___, ...range } = form;
  const found = number(range).safeParse(null).error?.issues[0]?.message ?? "must be a number";
  return `${found}, or off`;
}

function followers() {
  const all = { error: "must be a list of followers, such as [slave1, slave2]" };
  return z.array(nickname(), all).min(1, all).max(FOLLOWERS_MAX, all);
}
