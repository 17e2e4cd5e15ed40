/**
 * Every default of the configuration, written once. Schema, loader, JSON Schema and documents take them from here.
 * Absent means off, except for limits, whose absence means the careful value below.
 */

import { LOOKBACK_DAYS } from "../strategies/evidence.ts";
import { REBALANCE_DEFAULTS } from "../strategies/rebalance.ts";

export const modes = ["paper", "live", "backtest"] as const;
export const sizings = [
  "multiplier",
  "equity-proportional",
  "fixed-notional",
  "fixed-quantity",
  "volatility-target",
] as const;
export const withoutEvidence = ["off", "deny"] as const;
export const capitalBases = ["equity", "balance", "free-margin", "fixed-sum"] as const;
export const lossReferences = ["start", "day", "peak"] as const;
export const lossActions = ["pause", "close", "halt"] as const;
export const stopActions = ["close", "pause", "replace"] as const;
/** From the mildest on. */
export const findingActions = ["warn", "pause", "close", "replace"] as const;
/** What is done with a strategy's decision. */
export const rebalancings = ["propose", "automatic"] as const;
export const stopOrigins = ["start", "peak"] as const;
export const liquidationActions = ["warn", "cut", "mirror"] as const;
export const minimumPolicies = ["accumulate", "skip", "round-up"] as const;
export const copySides = ["both", "long", "short"] as const;
export const runaways = ["skip", "rest", "take"] as const;
export const startModes = ["new-only", "all", "not-worse"] as const;
export const stopModes = ["close", "leave", "with-leader"] as const;
export const leverageModes = ["follow", "fixed", "leave"] as const;
export const exposureMeasures = ["gross", "net", "margin"] as const;
export const marginModes = ["leave", "follow"] as const;
export const accountVenues = ["bybit", "hyperliquid"] as const;
export const accountTypes = ["live", "testnet", "demo", "simulated"] as const;
export const roles = ["leader", "follower", "master", "slave"] as const;
/** From the most to the least talkative. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** From the least to the most severe. */
export const severities = ["info", "warning", "critical"] as const;

/** From which severity on a channel is told something; the last: only what nobody acknowledged in time. */
export const leastTold = [...severities, "escalated"] as const;
export const alertChannels = ["terminal", "webhook", "email", "web_push", "telegram"] as const;
export const copiesTold = ["off", "each", "summary"] as const;
export const emailSecurities = ["tls", "starttls", "none"] as const;

export type LeastTold = (typeof leastTold)[number];
export type AlertChannelKey = (typeof alertChannels)[number];
export type CopiesTold = (typeof copiesTold)[number];
export type EmailSecurity = (typeof emailSecurities)[number];
export type Rebalancing = (typeof rebalancings)[number];
export type FindingAction = (typeof findingActions)[number];
export type Mode = (typeof modes)[number];
export type AccountVenue = (typeof accountVenues)[number];
export type AccountType = (typeof accountTypes)[number];
export type LogLevel = (typeof logLevels)[number];

export const defaults = {
  mode: "paper",
  accountVenue: "bybit",
  maxTraders: 10,
  /** Most of what crypto moves, it moves with bitcoin. */
  betaBenchmark: "BTCUSDT",
  /** USDT, of each follower in paper mode. */
  paperBalance: "10000",
  snapshotIntervalSeconds: 15,
  leaderStaleAfterSeconds: 60,
  followerStaleAfterSeconds: 60,
  orderWindowMs: 5_000,
  journalKeepDays: 90,
  journalMaxMegabytes: 2_048,
  logging: { level: "info", fileMegabytes: 10, keepDays: 14, maxMegabytes: 500 },
  alerts: {
    quietSeconds: 300,
    connectionDownAfterSeconds: 30,
    parityAfterSeconds: 60,
    giveUpAfterHours: 24,
    timeZone: "UTC",
    copies: "off",
    copiesSummaryMinutes: 60,
    /** A venue that is busy answers some requests so; more within a minute is trouble. */
    apiErrorsPerMinute: 20,
    marginUse: 0.8,
    /** Nobody is woken twice who did not ask for it. */
    escalateAfterMinutes: 0,
    escalateTimes: 3,
    /** A terminal scrolls, a program sorts for itself, a person is told what wants something of him. */
    leastSeverity: {
      terminal: "warning",
      webhook: "info",
      email: "warning",
      web_push: "warning",
      telegram: "info",
    },
    heedQuietHours: true,
    mostPerHour: { webhook: "off", email: 20, web_push: 30, telegram: "off" },
    emailSecurity: "tls",
  },
  /**
   * Far from what happens on a sound machine, and near enough to act before money is at stake: a stream tells within
   * milliseconds, a clock agrees to some of them, and the disk takes a day's journal before it would be full.
   */
  watchdogs: {
    streamLateSeconds: 3,
    pricesLateSeconds: 3,
    pollSeconds: 3,
    clockSharePercent: 20,
    diskWarningMegabytes: 1_000,
    diskStopMegabytes: 200,
    journalSyncSeconds: 5,
    databaseBehindSeconds: 60,
    loopDelayMs: 250,
  },
  /** None are made unless the owner said how often: they take room, and a key. */
  backup: { keep: 7, everything: false },
  /** None unless the owner said so: whoever wants them says when they come. */
  reports: {
    daily: false,
    weekly: false,
    monthly: false,
    time: "07:00",
    timeZone: "UTC",
    formats: ["html", "pdf", "png"],
    keepDays: 400,
  },
  /** In reach of this machine alone. */
  api: { enabled: true, host: "127.0.0.1", port: 8_000, behindProxy: false },
  telegram: {
    enabled: true,
    apiRoot: "https://api.telegram.org",
    webhookHost: "127.0.0.1",
    webhookPort: 8_443,
  },
  /** Daily returns change once a day, filters and styles with every trade; nothing but a word follows unless the owner said so. */
  monitoring: {
    intervalHours: 6,
    onFailedFilter: "warn",
    onStyleChange: "warn",
    onDecay: "warn",
    onCorrelation: "warn",
    onLockStep: "warn",
    correlationLimit: 0.7,
    decayWindowDays: 90,
    decayFalseAlarms: 0.05,
  },
  /** Nobody earns anything unless it was agreed. */
  performanceFee: "off",
  feePeriod: "month",
  /** Proposals only, until the owner said otherwise. */
  portfolio: {
    rebalancing: "propose",
    rebalancingFrequency: 24,
    weightBand: REBALANCE_DEFAULTS.band,
    costHorizonDays: REBALANCE_DEFAULTS.horizonDays,
    expectedSharpe: REBALANCE_DEFAULTS.expectedSharpe,
    lookbackDays: LOOKBACK_DAYS,
  },
  allocation: {
    sizing: "multiplier",
    copy_multiplier: 1,
    capital_base: "equity",
    volatility_factor_max: 2,
    evidence_max_age_days: 7,
    position_scaling: 1,
    auto_copy: true,
    proposal_expires_minutes: 15,
    delay_execution: 0,
    copy_stops: false,
    copy_pending: false,
    on_runaway: "skip",
    rest_seconds: 60,
    exit_parity: false,
    exit_rest_seconds: 10,
    work_slices: 5,
    work_seconds: 60,
    work_chase: true,
    work_exits: false,
    start_mode: "all",
    stop_mode: "close",
    leverage_mode: "follow",
    copy_side: "both",
    inverse: false,
    symbol_map: {},
    overrides: {},
    margin_mode: "leave",
    minimum_notional_policy: "accumulate",
    round_up_excess_max: 1,
    rebalance_band: 0.1,
    max_leverage: 10,
  },
  /**
   * Limits of an account that are in force where nothing is said. Ten times equity is what the cap on leverage allows anyhow:
   * ordinary copying passes, and a mistaken factor does not. The reserve keeps positions a way from liquidation; the rate is far
   * above what a person trades and below what a loop gone wrong would send.
   */
  /**
   * So wide that ordinary swings do not reach them, and they only keep from adding: whoever loses a quarter in a day, or half of
   * what there was, is asked before more is bought. Nothing is closed unless the owner said so.
   */
  guards: {
    sl_reference: "start",
    max_daily_loss: 0.25,
    max_account_drawdown: 0.5,
    liquidation_guard: "warn",
    /** Until it is released. */
    cool_off_minutes: 0,
  },
  liquidation: {
    distance: 0.05,
    /** Under cross margin a follower's distance is seldom its leader's: only who asks for more than a warning is told of that. */
    nearerThanLeader: { warn: 0, cut: 0.5, mirror: 0.5 },
  },
  limits: {
    max_portfolio_exposure: 10,
    free_margin_reserve: 0.05,
    max_orders_per_minute: 600,
    without_evidence: "off",
  },
} as const;
