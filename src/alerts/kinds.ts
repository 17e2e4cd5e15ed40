/**
 * The closed list of alerts: what Copytrader tells its owner without being asked. There is no "other".
 *
 * To add one: (1) give it a word, a severity and one sentence here; (2) where it becomes known, call
 * `raise({ kind, follower, cause, numbers, ... })` (AlertReport in alert.ts says what may be given; nothing else is needed).
 * What follows from a journaled event or denial belongs into from-journal.ts, so that it is not lost when the process dies
 * right after; what lasts for a while is a watchdog (src/watch); (3) add its row to docs/alerts.md, which a test asks for,
 * and a test in which it appears.
 */

export type Severity = "info" | "warning" | "critical";

/** From the least to the most severe. */
export const SEVERITIES = ["info", "warning", "critical"] as const satisfies readonly Severity[];

interface KindFacts {
  readonly severity: Severity;
  readonly sentence: string;
}

export const ALERT_KINDS = {
  "engine-started": { severity: "info", sentence: "copying has started" },
  "engine-stopped": { severity: "info", sentence: "copying was stopped; positions stay open" },
  "engine-died": { severity: "warning", sentence: "the run before this one ended without being stopped" },
  "start-failed": { severity: "critical", sentence: "the start failed: nothing is copied" },
  "journal-failed": { severity: "critical", sentence: "the journal cannot be written: nothing more is sent" },
  "disk-full": { severity: "critical", sentence: "the disk is full: only reductions are possible" },
  "halt-ended": { severity: "info", sentence: "what halted every follower is over: copying goes on" },
  "api-lost": {
    severity: "warning",
    sentence: "the API and the dashboard cannot be reached; copying goes on",
  },
  "api-back": { severity: "info", sentence: "the API and the dashboard can be reached again" },
  "backup-failed": {
    severity: "critical",
    sentence: "the scheduled backup could not be made; copying goes on, and it is tried again",
  },
  "backup-made": { severity: "info", sentence: "scheduled backups are made again" },
  "telegram-lost": { severity: "warning", sentence: "the Telegram bot is not there; copying goes on" },
  "telegram-back": { severity: "info", sentence: "the Telegram bot is there again" },
  "report-ready": { severity: "info", sentence: "a scheduled report is ready" },
  "report-failed": {
    severity: "warning",
    sentence: "a scheduled report could not be made; copying goes on, and it is tried again",
  },
  "database-lags": {
    severity: "warning",
    sentence: "the database cannot follow the journal; copying goes on",
  },
  "database-caught-up": { severity: "info", sentence: "the database has caught up with the journal" },
  "journal-unsynced": {
    severity: "warning",
    sentence: "the disk is too slow to confirm the journal: a power cut would lose more than a moment",
  },
  "journal-synced": { severity: "info", sentence: "the journal is on the disk again" },
  "disk-low": { severity: "warning", sentence: "the disk of the data folder is filling up" },
  "disk-has-room": { severity: "info", sentence: "the disk of the data folder has room again" },
  "clock-off": {
    severity: "warning",
    sentence: "this machine's clock and the venue's do not agree",
  },
  "clock-agrees": { severity: "info", sentence: "this machine's clock and the venue's agree again" },
  "process-delayed": {
    severity: "warning",
    sentence: "this process was kept waiting: every order of that moment was late",
  },
  "process-prompt": { severity: "info", sentence: "this process is prompt again" },
  "openings-stopped": {
    severity: "critical",
    sentence: "nothing is opened on any follower that this concerns; reductions go on",
  },
  "account-halted": { severity: "critical", sentence: "the account is halted: nothing is opened there" },
  "order-rejected": { severity: "warning", sentence: "the venue rejected an order" },
  "order-outcome-unknown": {
    severity: "info",
    sentence: "nobody knows yet whether the venue took an order; it is looked up",
  },
  "leverage-refused": { severity: "warning", sentence: "the venue refused a leverage" },
  "margin-mode-set": {
    severity: "warning",
    sentence: "the account was switched to the margin mode of its leader's",
  },
  "margin-mode-refused": {
    severity: "warning",
    sentence: "the venue refused the leader's margin mode: copying goes on in the mode that is",
  },
  "approval-asked": { severity: "warning", sentence: "an increase waits for your approval" },
  "not-copied": { severity: "warning", sentence: "a leader's change was not copied" },
  "exit-slippage": {
    severity: "warning",
    sentence: "an exit goes at a price that is worse than the leader's by more than your boundary",
  },
  "extension-failed": {
    severity: "warning",
    sentence: "a limit of your own gives no answer that counts: nothing is added, reductions go on",
  },
  "statement-refused": {
    severity: "warning",
    sentence: "a statement of the venue cannot be true and was not used",
  },
  "connection-down": { severity: "warning", sentence: "the connection has been down for too long" },
  "connection-restored": { severity: "info", sentence: "the connection is up again" },
  "stream-silent": {
    severity: "warning",
    sentence:
      "a stream carries no data although snapshots show changes: it is reconnected, and the account polled",
  },
  "stream-heard": { severity: "info", sentence: "the stream carries data again" },
  "prices-silent": {
    severity: "warning",
    sentence:
      "the price stream carries no data although the venue shows other prices, or is down: it is reconnected, and prices are read by REST meanwhile",
  },
  "prices-heard": { severity: "info", sentence: "the price stream carries data again" },
  "api-errors": {
    severity: "warning",
    sentence: "a venue answers more requests with errors than you allow",
  },
  "api-errors-over": { severity: "info", sentence: "a venue answers without many errors again" },
  "connection-unstable": { severity: "warning", sentence: "the connection is lost again and again" },
  "leader-stale": {
    severity: "warning",
    sentence: "what the leader holds has not been confirmed for too long: nothing is opened after it",
  },
  "leader-confirmed": { severity: "info", sentence: "what the leader holds is confirmed again" },
  "follower-stale": {
    severity: "warning",
    sentence: "what the follower holds has not been confirmed for too long: nothing is opened on it",
  },
  "follower-confirmed": { severity: "info", sentence: "what the follower holds is confirmed again" },
  "parity-missed": {
    severity: "warning",
    sentence: "the follower has not reached its target for too long, and no reason stands",
  },
  "parity-reached": { severity: "info", sentence: "the follower is at its target again" },
  panic: {
    severity: "critical",
    sentence:
      "the kill switch was pulled: what is ours is closed, and nothing is bought until resume or release",
  },
  "account-stopped": {
    severity: "critical",
    sentence: "a limit on its losses stopped the account",
  },
  "relation-stopped": {
    severity: "critical",
    sentence: "its stop_loss stopped the relation",
  },
  "leader-to-replace": {
    severity: "critical",
    sentence: "its stop_loss closed the relation, and another leader is wanted",
  },
  "leader-replaced": {
    severity: "critical",
    sentence: "another leader takes the place of one whose relation was closed",
  },
  "nobody-to-replace": {
    severity: "critical",
    sentence:
      "no leader named in replacements has a fresh score: the relation stays closed and nobody takes its place",
  },
  "leader-finding": {
    severity: "warning",
    sentence: "what was found of the leaders' records speaks against copying on as before",
  },
  "leader-finding-over": {
    severity: "info",
    sentence: "what was found of the leaders' records is over",
  },
  "leader-stopped": {
    severity: "critical",
    sentence: "what was found of the leader's record stopped its copies, until they are released",
  },
  "scoring-failed": {
    severity: "warning",
    sentence: "the leaders' records could not be looked at; copying goes on",
  },
  "rebalancing-proposed": {
    severity: "warning",
    sentence:
      "the strategy would part the equity otherwise: copytrader rebalance shows it and carries it out",
  },
  rebalanced: { severity: "warning", sentence: "the strategy has parted the equity otherwise" },
  "rebalancing-failed": {
    severity: "warning",
    sentence: "the strategy could not decide, or its decision not be carried out; copying goes on as before",
  },
  "position-stopped": {
    severity: "warning",
    sentence: "its position_stop closed a position",
  },
  "holding-cut": {
    severity: "warning",
    sentence: "a limit cut what is held",
  },
  "liquidation-near": {
    severity: "warning",
    sentence: "a position is near its liquidation",
  },
  "margin-high": {
    severity: "warning",
    sentence: "the positions bind more of the follower's equity as margin than you allow",
  },
  "margin-eased": {
    severity: "info",
    sentence: "the positions bind no more of the follower's equity than you allow again",
  },
  "leader-margin-added": {
    severity: "info",
    sentence: "a leader's liquidation price moved away without a trade: it added margin",
  },
  "copies-executed": { severity: "info", sentence: "copies were executed" },
  waited: { severity: "info", sentence: "told now, because nothing was to be told when it happened" },
  test: { severity: "info", sentence: "this is a test; nothing has happened" },
} as const satisfies Readonly<Record<string, KindFacts>>;

export type AlertKind = keyof typeof ALERT_KINDS;

export function severityAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}
