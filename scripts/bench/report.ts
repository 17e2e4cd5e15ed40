/** The benchmark's report as data and as text for people. */
import type { BacktestBench } from "./backtest.ts";
import type { BudgetReport } from "./budget.ts";
import type { CopierReport } from "./copier.ts";
import type { FanOutRun } from "./fan-out.ts";
import type { SizingReport } from "./sizing.ts";
import type { SoakReport } from "./soak.ts";
import type { ThroughputReport } from "./throughput.ts";

export interface Report {
  readonly runs: readonly FanOutRun[];
  readonly memoryKiBPerFollower: number;
  /** Both streams encrypted; null where it cannot be measured (fewer than 200 followers, no `openssl`). */
  readonly memoryKiBPerFollowerTls?: number | null;
  readonly machine: { readonly processors: number; readonly node: string };
  readonly copier?: CopierReport;
  readonly exchange?: ThroughputReport;
  readonly budget?: BudgetReport;
  readonly sizing?: SizingReport;
  readonly backtest?: BacktestBench;
  readonly soak?: SoakReport;
}

const COLUMNS: readonly (readonly [title: string, value: (run: FanOutRun) => string | number])[] = [
  ["followers", (run) => run.followers],
  ["path", (run) => run.path],
  ["p50 us", (run) => run.p50Us],
  ["floor", (run) => run.floorP50Us],
  ["x", (run) => run.p50Ratio],
  ["p99 us", (run) => run.p99Us],
  ["x", (run) => run.p99Ratio],
  ["last ms", (run) => run.lastOrderMs],
  ["floor", (run) => run.floorLastOrderMs],
  ["x", (run) => run.ratio],
  ["cpu us/order", (run) => run.cpuUsPerOrder],
  ["x", (run) => run.cpuRatio],
  ["cycle x", (run) => run.cycleCpuRatio],
  ["append", (run) => `${(run.appendShare * 100).toFixed(2)} %`],
  ["x undici", (run) => run.undiciLastRatio ?? ""],
];

export function describeReport(report: Report): string {
  const lines = [
    `Leader's execution frame written to follower's order received, ${report.machine.processors} processors, Node ${report.machine.node}`,
    "",
    ...table(report.runs),
    "",
    `memory per follower: ${report.memoryKiBPerFollower} KiB, with TLS ${report.memoryKiBPerFollowerTls ?? "not measured"}`,
    ...copierLines(report.copier),
    ...exchangeLines(report.exchange),
    ...budgetLines(report.budget),
    ...sizingLines(report.sizing),
    ...backtestLines(report.backtest),
    ...soakLines(report.soak),
  ];
  return `${lines.join("\n")}\n`;
}

function table(runs: readonly FanOutRun[]): string[] {
  const rows = [
    COLUMNS.map(([title]) => title),
    ...runs.map((run) => COLUMNS.map(([, value]) => String(value(run)))),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "));
}

function copierLines(copier: CopierReport | undefined): string[] {
  if (copier === undefined) return [];
  const { timesSooner: sooner, lastOrderMs: last } = copier;
  return [
    `serial copier, ${copier.followers} followers, answers after ${copier.answerMs} ms: ours ${copier.oursLastOrderMs} ms`,
    `  ccxt ${last.ccxt} ms (x ${sooner.ccxt}), without limiter ${last.ccxtUnlimited} ms (x ${sooner.ccxtUnlimited}), ` +
      `bybit-api ${last.bybitApi} ms (x ${sooner.bybitApi})`,
    `  ours grows by ${copier.oursMsPerFollower} ms per follower`,
  ];
}

function exchangeLines(exchange: ThroughputReport | undefined): string[] {
  if (exchange === undefined) return [];
  const { webSocketPerSecond, restPerSecond, nodeHttpPerSecond, restRatio } = exchange;
  return [
    `simulated exchange, orders per second of one core: WebSocket ${webSocketPerSecond}, REST ${restPerSecond}, ` +
      `node:http ${nodeHttpPerSecond} (REST x ${restRatio})`,
  ];
}

function budgetLines(budget: BudgetReport | undefined): string[] {
  if (budget === undefined) return [];
  return [
    `request budget: ${(budget.use * 100).toFixed(1)} % used over ${budget.seconds} s, fullest window ` +
      `${budget.fullestWindow}, HTTP 403: ${budget.refusals403}`,
  ];
}

function sizingLines(sizing: SizingReport | undefined): string[] {
  if (sizing === undefined) return [];
  return [
    `sizing: ${sizing.nsPerFollower} ns per follower, ${sizing.unequal} of ${sizing.cases} cases unequal`,
  ];
}

function backtestLines(backtest: BacktestBench | undefined): string[] {
  if (backtest === undefined) return [];
  const { engineEventsPerSecond, daysPerSecond, loopEventsPerSecond, timesTheLoop } = backtest;
  return [
    `backtest, a second of processor time: ${engineEventsPerSecond} events of the engine, ${daysPerSecond} days; ` +
      `a bare loop that values what is held ${loopEventsPerSecond} (x ${timesTheLoop})`,
  ];
}

function soakLines(soak: SoakReport | undefined): string[] {
  if (soak === undefined) return [];
  return [
    `soak of ${soak.seconds} s at ${soak.followers} followers: largest stall ${soak.stallMaxMs} ms, ` +
      `floor ${soak.floorStallMaxMs} ms; last order p99 ${soak.lastOrderMs.p99} ms, floor ${soak.floorLastOrderMs.p99} ms`,
  ];
}
