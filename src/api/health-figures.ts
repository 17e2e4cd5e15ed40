/** What is known of the engine's health as figures for Prometheus, in its base units, under names of their own. */
import { Counter, Gauge, type Registry } from "prom-client";
import { type HealthCheck, type HealthReport, levelOf } from "../control/health-report.ts";

interface Figure {
  readonly name: string;
  readonly help: string;
  /** The label that says of what. */
  readonly of: string;
  /** From the check's unit. */
  readonly scale: number;
}

const MS = 1e-3;
const MEGABYTE = 1e6;
const PERCENT = 1e-2;

/** By check. */
const FIGURES: Readonly<Partial<Record<HealthCheck["check"], Figure>>> = {
  venue: {
    name: "venue_accounts_down",
    help: "Accounts of a venue that are not connected.",
    of: "venue",
    scale: 1,
  },
  connection: {
    name: "account_down_seconds",
    help: "For how long an account's stream is down.",
    of: "account",
    scale: MS,
  },
  restriction: {
    name: "account_restricted",
    help: "1 while an account is kept from opening.",
    of: "account",
    scale: 1,
  },
  stream: { name: "stream_late_seconds", help: "How late an account's stream is.", of: "account", scale: MS },
  prices: { name: "prices_late_seconds", help: "How late a venue's prices are.", of: "venue", scale: MS },
  clock: {
    name: "clock_offset_seconds",
    help: "By how much this machine's clock differs from a venue's.",
    of: "venue",
    scale: MS,
  },
  "rate-limit": {
    name: "rate_limit_used_ratio",
    help: "Used of what a venue lets this address ask.",
    of: "venue",
    scale: PERCENT,
  },
  processor: {
    name: "processor_ratio",
    help: "Of one core by the process, of all cores by the machine.",
    of: "of",
    scale: PERCENT,
  },
  memory: {
    name: "memory_used_ratio",
    help: "Used of what the heap, and the machine, may use.",
    of: "of",
    scale: PERCENT,
  },
  "event-loop": {
    name: "event_loop_delay_seconds",
    help: "The longest wait of the last ten seconds.",
    of: "of",
    scale: MS,
  },
  disk: { name: "disk_free_bytes", help: "Free for the data folder.", of: "folder", scale: MEGABYTE },
  journal: {
    name: "journal_unsynced_seconds",
    help: "For how long written records wait for the disk.",
    of: "of",
    scale: MS,
  },
  database: {
    name: "database_behind_seconds",
    help: "How far the database is behind the journal.",
    of: "of",
    scale: MS,
  },
};

/** Every name is there, also where nothing of it is known yet. */
export function addHealthFigures(registry: Registry, { checks }: Pick<HealthReport, "checks">): void {
  const registers = [registry];
  const state = new Gauge({
    name: "copytrader_health",
    help: "0 ok, 1 warning, 2 critical.",
    labelNames: ["check", "subject"],
    registers,
  });
  for (const { check, subject, state: found } of checks) state.set({ check, subject }, levelOf(found));
  for (const [check, { name, help, of, scale }] of Object.entries(FIGURES)) {
    const gauge = new Gauge({ name: `copytrader_${name}`, help, labelNames: [of], registers });
    for (const one of checks) if (one.check === check) gauge.set({ [of]: one.subject }, one.value * scale);
  }
  const errors = new Counter({
    name: "copytrader_errors_total",
    help: "What went wrong since the engine's start, by kind.",
    labelNames: ["kind"],
    registers,
  });
  for (const { check, subject, total } of checks)
    if (check === "errors" && total !== undefined) errors.inc({ kind: subject }, total);
}
