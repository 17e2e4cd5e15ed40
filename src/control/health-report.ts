/** How well everything is, as command line, API and bot are told. */
import { existsSync, statfsSync } from "node:fs";
import type { Configuration } from "../config.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { HEALTH_CHECKS, type HealthCheck, type HealthFacts, worstOf } from "../watch/health.ts";
import type { EngineStatus } from "./control.ts";

export { type HealthCheck, levelOf, worstOf } from "../watch/health.ts";

export interface HealthReport extends HealthFacts {
  readonly engine: EngineStatus;
}

const MEGABYTE = 1_000_000;

/** Without an engine: that there is none, and what can be told of its folder. */
export function stoppedHealth(
  dataDir: string,
  engine: EngineStatus,
  configuration: Pick<Configuration, "watchdogs"> | null,
): HealthReport {
  const { root } = dataFolderPaths(dataDir);
  const starting = engine.starting === true;
  const checks: readonly HealthCheck[] = [
    {
      check: "engine",
      subject: "process",
      state: starting ? "warning" : "critical",
      value: 1,
      threshold: 0,
      unit: HEALTH_CHECKS.engine.unit,
      since: engine.asOf,
      cause: starting ? "it is starting up" : "it does not run: copytrader start",
    },
    ...(existsSync(root) && configuration !== null ? [diskCheck(root, configuration)] : []),
  ];
  return { engine, state: worstOf(checks), checks, changes: [] };
}

function diskCheck(root: string, { watchdogs }: Pick<Configuration, "watchdogs">): HealthCheck {
  const { bavail, bsize } = statfsSync(root);
  const value = Math.round((bavail * bsize) / MEGABYTE);
  const [warning, stop] = [watchdogs.diskWarningMegabytes.value, watchdogs.diskStopMegabytes.value];
  const state = value < stop ? "critical" : value < warning ? "warning" : "ok";
  const threshold = state === "critical" ? stop : warning;
  return {
    check: "disk",
    subject: root,
    state,
    value,
    threshold,
    unit: HEALTH_CHECKS.disk.unit,
    since: null,
  };
}
