/**
 * `npm run bench:analytics`: all figures of many traders, and the correlations of all pairs, against numpy (where python3 has it) and against
 * the plain way, in turns within one run. CPU time is compared, as machines are shared; see docs/performance.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { correlationMatrix, plainCorrelationMatrix } from "../src/analytics/correlation/matrix.ts";
import { FIGURE_COLUMNS } from "../src/analytics/fast/figure-columns.ts";
import { figureMatrix } from "../src/analytics/fast/figure-matrix.ts";
import { performanceOf } from "../src/analytics/metrics/performance.ts";
import { normalQuantile } from "../src/analytics/numeric/normal.ts";
import { seededRandom } from "../src/analytics/numeric/random.ts";
import { countOf, readArguments } from "./arguments.ts";
import { NumpyProcess } from "./bench/numpy-process.ts";
import { median, rounded } from "./bench/statistics.ts";

const HELP = `Measures the figures of many traders and their correlations, against numpy and the plain way.

  npm run bench:analytics -- [--traders N] [--days N] [--series N] [--rounds N] [--json]

  --traders N  whose figures are computed (default 10000)
  --series N   whose correlations are computed (default 1000)
  --days N     of returns each (default 365)
  --rounds N   how often each is measured, in turns (default 5)
  --json       one JSON object on standard output`;

const PERIODS = 365;
/** Rounds before those that count: the platform makes code quicker as it runs. */
const WARM_UP = 2;
/** Both sides have computed the same when the sums over all traders are so close. */
const SAME = 1e-9;

const values = readArguments(HELP, {
  traders: { type: "string", default: "10000" },
  series: { type: "string", default: "1000" },
  days: { type: "string", default: "365" },
  rounds: { type: "string", default: "5" },
  json: { type: "boolean", default: false },
});
const traders = countOf("traders", values.traders);
const series = countOf("series", values.series);
const days = countOf("days", values.days);
const rounds = countOf("rounds", values.rounds);

const returns = makeReturns(Math.max(traders, series));
const months = Int32Array.from({ length: days }, (_, day) => Math.floor(day / 30));
const folder = mkdtempSync(join(tmpdir(), "bench-analytics-"));
try {
  const report = await measure();
  process.stdout.write(`${values.json ? JSON.stringify(report) : describe(report)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

async function measure() {
  const [ofTraders, ofSeries] = [returns.subarray(0, traders * days), returns.subarray(0, series * days)];
  const fewer = Math.max(1, Math.floor(traders / 10));
  const numpyFigures = await numpyFor("figures.bin", ofTraders, traders);
  const numpySeries = await numpyFor("series.bin", ofSeries, series);
  const times = { fast: [], plain: [], numpy: [], matrix: [], loops: [], corrcoef: [] } as Record<
    Measured,
    number[]
  >;
  for (let round = -WARM_UP; round < rounds; round += 1) {
    if (round === 0) for (const list of Object.values(times)) list.length = 0;
    const [fast, figures] = timed(() =>
      figureMatrix({ returns: ofTraders, months, periodsPerYear: PERIODS }),
    );
    times.fast.push(fast);
    // A tenth of the traders is enough to know the plain way.
    times.plain.push(timed(() => plainFigures(fewer))[0] * (traders / fewer));
    const answer = await numpyFigures?.ask("figures");
    if (answer !== undefined) {
      times.numpy.push(answer.cpuMs);
      assertSame(figures, answer.sums);
    }
    times.matrix.push(timed(() => correlationMatrix({ returns: ofSeries, days }))[0]);
    times.loops.push(timed(() => plainCorrelationMatrix({ returns: ofSeries, days }))[0]);
    const other = await numpySeries?.ask("correlation");
    if (other !== undefined) times.corrcoef.push(other.cpuMs);
  }
  numpyFigures?.stop();
  numpySeries?.stop();
  return reportOf(times, numpyFigures?.version ?? null);
}

type Measured = "fast" | "plain" | "numpy" | "matrix" | "loops" | "corrcoef";

function reportOf(times: Readonly<Record<Measured, readonly number[]>>, numpyVersion: string | null) {
  const ms = (name: Measured) => (times[name].length === 0 ? null : rounded(median(times[name])));
  /** Median of the ratios of each round, so that a busy moment weighs on both sides. */
  const ratio = (one: Measured, other: Measured) => {
    const ratios = times[one].flatMap((value, round) => {
      const beside = times[other][round];
      return beside === undefined ? [] : [value / beside];
    });
    return ratios.length === 0 ? null : rounded(median(ratios), 3);
  };
  return {
    rounds,
    numpy: numpyVersion,
    figures: {
      traders,
      days,
      perTrader: FIGURE_COLUMNS.length,
      cpuMs: { fast: ms("fast"), plain: ms("plain"), numpy: ms("numpy") },
      fastOverNumpy: ratio("fast", "numpy"),
      plainOverFast: ratio("plain", "fast"),
    },
    correlation: {
      series,
      days,
      cpuMs: { fast: ms("matrix"), loops: ms("loops"), numpyOneThread: ms("corrcoef") },
      loopsOverFast: ratio("loops", "matrix"),
    },
  };
}

function describe({ numpy, figures, correlation }: ReturnType<typeof reportOf>): string {
  const beside =
    numpy === null
      ? "no numpy here"
      : `numpy ${numpy} ${figures.cpuMs.numpy} ms: ${figures.fastOverNumpy} of it (goal 0.9)`;
  return [
    `CPU time, medians of ${rounds} rounds in turns.`,
    `${figures.perTrader} figures of ${figures.traders} traders, ${figures.days} days: ${figures.cpuMs.fast} ms; ${beside};`,
    `  one trader after the other ${figures.cpuMs.plain} ms: ${figures.plainOverFast} times as long.`,
    `Correlations of ${correlation.series} series, ${correlation.days} days: ${correlation.cpuMs.fast} ms; plain loops ${correlation.cpuMs.loops} ms: ${correlation.loopsOverFast} times as long (goal 8)${numpy === null ? "" : `; numpy on one thread ${correlation.cpuMs.numpyOneThread} ms`}.`,
  ].join("\n");
}

async function numpyFor(name: string, rows: Float64Array, count: number): Promise<NumpyProcess | null> {
  const path = join(folder, name);
  writeFileSync(path, new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
  return NumpyProcess.start(path, count, days);
}

function plainFigures(count: number): void {
  for (let row = 0; row < count; row += 1)
    performanceOf({
      returns: returns.subarray(row * days, (row + 1) * days),
      months,
      periodsPerYear: PERIODS,
    });
}

function timed<Result>(work: () => Result): readonly [cpuMs: number, result: Result] {
  const began = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(began);
  return [(user + system) / 1_000, result];
}

function assertSame(figures: Float64Array, sums: Readonly<Record<string, number>>): void {
  for (const [column, name] of FIGURE_COLUMNS.entries()) {
    let sum = 0;
    for (let at = column; at < figures.length; at += FIGURE_COLUMNS.length) {
      const value = figures[at] ?? 0;
      if (!Number.isNaN(value)) sum += value;
    }
    const wanted = sums[name] ?? Number.NaN;
    if (!(Math.abs(sum - wanted) <= SAME * Math.max(1, Math.abs(wanted))))
      throw new Error(`${name}: numpy has ${wanted}, we have ${sum}`);
  }
}

/** Normal returns of 3 % a day. */
function makeReturns(count: number): Float64Array {
  const random = seededRandom(1);
  return Float64Array.from(
    { length: count * days },
    () => 0.001 + 0.03 * normalQuantile(random() * 0.99999 + 5e-6),
  );
}
