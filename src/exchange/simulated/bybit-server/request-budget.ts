/**
 * What a request costs: one unit of its endpoint's budget, or one per order of a batch; and the refusal when there is
 * nothing left. REST and order entry draw on the same budgets.
 */
import type { Account } from "./accounts.ts";
import { type Refusal, refusal } from "./error-table.ts";
import type { ExchangeState } from "./exchange-state.ts";
import type { LimitHeaders } from "./rate-limits.ts";

export interface Granted {
  readonly units: number;
  readonly headers: LimitHeaders;
}

export function takeBudget(state: ExchangeState, account: Account, bucket: string, units: number): Granted {
  const taken = state.userLimits.take(account.userText, bucket, units, state.environment.nowMs());
  return { units: taken.granted, headers: taken.headers };
}

export function rateLimited(state: ExchangeState): Refusal {
  if (state.behaviour.rateLimitText === "short") return refusal(10006);
  return refusal(10006, "Too many visits. Exceeded the API Rate Limit.");
}
