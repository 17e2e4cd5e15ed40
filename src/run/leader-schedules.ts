/** What is done about leaders on a schedule while copying runs: monitoring looks at their records, the strategy in force is asked about them. */
import type { AlertReport } from "../alerts/alert.ts";
import type { Configuration } from "../config.ts";
import type { ControlServer } from "../control/server.ts";
import { boundsOf } from "../control/trader-filters.ts";
import type { Engine } from "../engine/engine.ts";
import type { Clock } from "../exchange/transport.ts";
import type { Log } from "../log.ts";
import type { Strategy } from "../strategies/strategy.ts";
import { Monitoring } from "./monitoring.ts";
import { Rebalancing } from "./rebalancing.ts";
import { decideAside, scoreAside } from "./score-aside.ts";

export interface ScheduleParts {
  readonly configuration: Configuration;
  readonly dataDir: string;
  readonly configDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly engine: Engine;
  readonly control: ControlServer;
  /** Of the owner's own. */
  readonly strategies: readonly Strategy[];
  raise(report: AlertReport): void;
}

export class LeaderSchedules {
  readonly #monitoring: Monitoring;
  readonly #rebalancing: Rebalancing;

  constructor({ control, ...parts }: ScheduleParts) {
    const { filters } = parts.configuration;
    const bounds = boundsOf(filters);
    this.#monitoring = new Monitoring({
      ...parts,
      filters: {
        bounds,
        benchmark: filters.beta_benchmark.value,
        minStrategyDiversity: filters.min_strategy_diversity.value,
      },
      stopCopies: (stop) => control.stopCopies(stop),
      score: scoreAside,
    });
    this.#rebalancing = new Rebalancing({
      ...parts,
      filters: bounds,
      rebalance: (request) => control.rebalance(request),
      decide: decideAside,
    });
  }

  /** The engine runs. */
  start(): void {
    this.#monitoring.start();
    this.#rebalancing.start();
  }

  /** What was decided at run time. */
  reconfigure(configuration: Configuration): void {
    this.#rebalancing.reconfigure(configuration);
  }

  stop(): void {
    this.#monitoring.stop();
    this.#rebalancing.stop();
  }
}
