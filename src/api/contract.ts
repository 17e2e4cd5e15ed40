/**
 * THE CONTRACT of the HTTP API: the form of everything that comes in and goes out. Requests are validated and answers written by
 * it, the OpenAPI document is made of it, and the dashboard's types are inferred from it.
 */
export * from "./contract/accounts.ts";
export * from "./contract/alerts.ts";
export * from "./contract/commands.ts";
export * from "./contract/common.ts";
export * from "./contract/copying.ts";
export * from "./contract/earlier.ts";
export * from "./contract/executions.ts";
export * from "./contract/health.ts";
export * from "./contract/identity.ts";
export * from "./contract/job-results.ts";
export * from "./contract/jobs.ts";
export * from "./contract/journal.ts";
export * from "./contract/logs.ts";
export * from "./contract/past.ts";
export * from "./contract/problems.ts";
export * from "./contract/push.ts";
export * from "./contract/rebalance.ts";
export * from "./contract/record-jobs.ts";
export * from "./contract/reports.ts";
export * from "./contract/risk.ts";
export * from "./contract/selection.ts";
export * from "./contract/settings.ts";
export * from "./contract/stream.ts";
export * from "./contract/traders.ts";
