/**
 * The one schema of the YAML configuration. Which file a top-level key stands in does not matter; the four files that
 * `init` writes are a convention. Keys of the two earlier systems that do not act yet are read, checked and listed.
 */
import type { z } from "zod";
import { alertsSection } from "./alert-keys.ts";
import { allocationKeys } from "./allocation-keys.ts";
import { apiSection } from "./api-keys.ts";
import { backupSection } from "./backup-keys.ts";
import { defaults, modes } from "./defaults.ts";
import { feeKeys } from "./fee-keys.ts";
import { performanceKeys, selectionKeys, strategyKeys, traderRiskKeys } from "./filter-keys.ts";
import { choice, decimal, number, wholeNumber } from "./forms.ts";
import { guardKeys } from "./guard-keys.ts";
import { key, section } from "./key-facts.ts";
import { loggingSection } from "./logging-keys.ts";
import { monitoringSection } from "./monitoring-keys.ts";
import { maxTradersKey, portfolioKeys, strategiesSection } from "./portfolio-keys.ts";
import { reportsSection } from "./report-keys.ts";
import { riskKeys } from "./risk-keys.ts";
import { agreesOnStart, DISAGREES_ON_START } from "./start-mode.ts";
import { telegramSection } from "./telegram-keys.ts";
import { watchdogsSection } from "./watchdog-keys.ts";

const { rebalance_band, max_leverage, ...copyingKeys } = allocationKeys();

const { max_portfolio_leverage, max_sector_concentration, ...riskManagementKeys } = riskKeys();

const traderSelection = section(selectionKeys());

const copying = section({
  max_traders: maxTradersKey(),
  ...copyingKeys,
}).refine(agreesOnStart, DISAGREES_ON_START);

const riskManagement = section({
  ...riskManagementKeys,
  ...guardKeys(),
});

const traders = section({
  performance: section(performanceKeys()).optional(),
  risk: section(traderRiskKeys()).optional(),
  strategy: section({ ...strategyKeys(), max_sector_concentration }).optional(),
  monitoring: monitoringSection().optional(),
});

const engine = section({
  snapshot_interval_seconds: key(number({ min: 0.1, max: 3_600 }), {
    meaning: "How often each account's whole state is read from the venue and compared.",
    status: "in-force",
    default: defaults.snapshotIntervalSeconds,
  }),
  leader_stale_after_seconds: key(number({ min: 1, max: 86_400 }), {
    meaning: "Leader data without confirmation for longer than this opens no risk.",
    status: "in-force",
    default: defaults.leaderStaleAfterSeconds,
  }),
  follower_stale_after_seconds: key(number({ min: 1, max: 86_400 }), {
    meaning: "The same for what is known of a follower.",
    status: "in-force",
    default: defaults.followerStaleAfterSeconds,
  }),
  order_window_ms: key(wholeNumber({ min: 500, max: 60_000 }), {
    meaning: "How long an order request stays valid at the venue, in milliseconds.",
    status: "in-force",
    default: defaults.orderWindowMs,
  }),
});

const journal = section({
  keep_days: key(number({ min: 1, max: 36_500 }), {
    meaning:
      "Days for which records of the journal are kept. What recovery or the database still needs is kept longer.",
    status: "in-force",
    default: defaults.journalKeepDays,
  }),
  max_megabytes: key(wholeNumber({ min: 64, max: 1e7 }), {
    meaning:
      "What the journal may take on the disk: past it the oldest records go before their days are over.",
    status: "in-force",
    default: defaults.journalMaxMegabytes,
  }),
});

export const yamlSchema = section({
  copy_trading: section({
    mode: key(choice(modes), {
      meaning:
        "paper fills followers inside on the venue's public prices; live sends orders to each account's venue.",
      status: "in-force",
      default: defaults.mode,
    }),
    trader_selection: traderSelection.optional(),
    copying: copying.optional(),
    risk_management: riskManagement.optional(),
    ...feeKeys(),
  }).optional(),
  traders: traders.optional(),
  risk: section({ max_leverage, max_portfolio_leverage }).optional(),
  portfolio: section({ rebalance_band, ...portfolioKeys() }).optional(),
  strategies: strategiesSection().optional(),
  paper: section({
    balance: key(decimal({ above: 0, max: 1e12 }), {
      meaning: "USDT that each paper follower starts with.",
      status: "in-force",
      default: defaults.paperBalance,
    }),
  }).optional(),
  engine: engine.optional(),
  journal: journal.optional(),
  alerts: alertsSection().optional(),
  watchdogs: watchdogsSection().optional(),
  api: apiSection().optional(),
  backup: backupSection().optional(),
  telegram: telegramSection().optional(),
  reports: reportsSection().optional(),
  logging: loggingSection().optional(),
});

export type YamlConfiguration = z.infer<typeof yamlSchema>;
