/** What figures of the past are told by: which strategy chose, what a leader earns; with its sources, and what `start` says of it. */
import { AccountId } from "../core/model/identifiers.ts";
import type { Period } from "../core/model/periods.ts";
import type { Bookkeeping, Settings } from "../core/settings.ts";
import type { AccountSource } from "./account-files.ts";
import { defaults } from "./defaults.ts";
import { type Effective, pick, type ValueSource } from "./effective.ts";
import type { FeeValues } from "./fee-keys.ts";
import { decimalText } from "./forms.ts";
import { managedFollowers, type PortfolioValues } from "./portfolio-values.ts";
import type { ConfigurationProblem } from "./problems.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

/** Of one leader. */
export interface ConfiguredFee {
  readonly leader: AccountId;
  /** As written. */
  readonly value: Effective<NonNullable<FeeValues["performance_fee"]>>;
  /** Null where there is none. */
  readonly terms: { readonly rate: string; readonly period: Period } | null;
}

/** The leader's own file comes before the YAML. */
export function configureFees(
  accounts: readonly AccountSource[],
  { copy_trading }: YamlConfiguration,
  sourceOf: (topLevelKey: string) => ValueSource,
): readonly ConfiguredFee[] {
  return accounts
    .filter(({ role }) => role === "leader")
    .map(({ nickname, content, source }) => {
      const value = pick<NonNullable<FeeValues["performance_fee"]>>(
        [
          { value: content.performance_fee, source: () => source },
          { value: copy_trading?.performance_fee, source: () => sourceOf("copy_trading") },
        ],
        defaults.performanceFee,
      );
      return { leader: AccountId(nickname), value, terms: termsOf(value.value) };
    });
}

function termsOf(value: ConfiguredFee["value"]["value"]): ConfiguredFee["terms"] {
  if (value === "off") return null;
  const { rate, period = defaults.feePeriod } = typeof value === "object" ? value : { rate: value };
  return { rate: decimalText(rate), period };
}

/** What a follower pays is its leaders' to say. */
export function feeProblems(accounts: readonly AccountSource[]): readonly ConfigurationProblem[] {
  return accounts
    .filter(({ role, content }) => role === "follower" && content.performance_fee !== undefined)
    .map((account) =>
      account.problem(
        "performance_fee",
        "is a key of leaders: it goes into the leader's file, or under copy_trading for all of them",
      ),
    );
}

export function bookkeepingOf(
  portfolio: PortfolioValues,
  fees: readonly ConfiguredFee[],
  accounts: Settings["accounts"],
): Pick<Settings, "bookkeeping"> {
  const followers = accounts.filter(({ role }) => role === "follower").map(({ account }) => account);
  const bookkeeping: Bookkeeping = {
    strategies: managedFollowers(portfolio, followers).map((follower) => ({
      follower: AccountId(follower),
      strategy: portfolio.strategy.value ?? "",
    })),
    performanceFees: fees.flatMap(({ leader, terms }) => (terms === null ? [] : [{ leader, ...terms }])),
  };
  return bookkeeping.strategies.length + bookkeeping.performanceFees.length === 0 ? {} : { bookkeeping };
}

/** What `start` says of fees; nothing where there is none. */
export function describeFees(fees: readonly ConfiguredFee[]): readonly string[] {
  return fees.flatMap(({ leader, value, terms }) =>
    terms === null
      ? []
      : [
          `performance_fee of "${leader}" (${value.source}): ${terms.rate} of what is above the mark, settled each ${terms.period}; a ledger, no money moves`,
        ],
  );
}
