/** What the API counts of itself for Prometheus. The engine's own figures are read when they are asked for (routes/health.ts). */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Histogram({
    name: "copytrader_api_request_duration_seconds",
    help: "Time to answer a request, by route and status.",
    labelNames: ["method", "route", "status"],
    buckets: BUCKETS_SECONDS,
    registers: [this.registry],
  });
  readonly #problems = new Counter({
    name: "copytrader_api_problems_total",
    help: "Requests that were answered with a problem, by its code.",
    labelNames: ["code"],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: "copytrader_api_" });
  }

  /** `route` is the documented path, never what was asked for: its values have to be few. */
  answered(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status: String(status) }, seconds);
  }

  problem(code: string): void {
    this.#problems.inc({ code });
  }

  /** A figure that is set before each reading. */
  gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
    const found = this.registry.getSingleMetric(name);
    if (found instanceof Gauge) return found;
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  /** A figure that is looked up at each reading. */
  watch(name: string, help: string, value: () => number): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: () => gauge.set(value()),
    });
  }
}
