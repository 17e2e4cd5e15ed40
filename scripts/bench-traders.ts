/**
 * `npm run bench:traders`: the commands that somebody who studies many traders waits for, as they are, on made-up histories: import, the first
 * ranking, the next one, and the one after some traders have new fills. See docs/performance.md.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { countOf, readArguments } from "./arguments.ts";
import { makeMarkets, writeBars, writeNews, writeTraders } from "./bench/made-traders.ts";
import { rounded } from "./bench/statistics.ts";

const HELP = `Measures importing and ranking of many made-up traders: time, and the peak of memory.

  npm run bench:traders -- [--traders N] [--days N] [--trips N] [--new N] [--folder DIR] [--json]

  --traders N   how many (default 10000)
  --days N      of history each (default 365)
  --trips N     round trips of each, of two fills (default 50: a million fills of 10,000 traders)
  --new N       traders with new fills before the last ranking (default a hundredth)
  --folder DIR  where to work and to leave everything; otherwise a temporary folder that is removed
  --json        one JSON object on standard output`;

const SYMBOLS = 20;
const PROGRAM = fileURLToPath(new URL("../src/cli/start.ts", import.meta.url));
const WATCH_MS = 50;
/** What Linux counts a process's time in. */
const TICKS_A_SECOND = 100;

const values = readArguments(HELP, {
  traders: { type: "string", default: "10000" },
  days: { type: "string", default: "365" },
  trips: { type: "string", default: "50" },
  new: { type: "string" },
  folder: { type: "string" },
  json: { type: "boolean", default: false },
});
const traders = countOf("traders", values.traders);
const days = countOf("days", values.days);
const trips = countOf("trips", values.trips);
const changed = values.new === undefined ? Math.ceil(traders / 100) : countOf("new", values.new);

const folder = values.folder ?? mkdtempSync(join(tmpdir(), "bench-traders-"));
const data = join(folder, "data");
try {
  const report = await measure();
  process.stdout.write(`${values.json ? JSON.stringify(report) : describe(report)}\n`);
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true });
}

interface Step {
  readonly name: string;
  readonly seconds: number;
  readonly cpuSeconds: number | null;
  readonly peakMiB: number | null;
}

async function measure() {
  const markets = makeMarkets(SYMBOLS, days);
  const path = (name: string) => join(folder, name);
  writeBars(path("bars.csv"), markets);
  const fills = writeTraders(path("fills.csv"), { markets, traders, days, trips });
  const tenth = writeTraders(path("tenth.csv"), { markets, traders: Math.ceil(traders / 10), days, trips });
  const news = writeNews(path("news.csv"), { markets, traders: changed, days });
  const importing = (name: string, into = data) => ["traders", "import", path(name), "--data", into];
  const rank = ["traders", "rank", "--data", data];
  const steps = [
    await timed("import of a tenth", importing("tenth.csv", path("tenth"))),
    await timed("import", importing("fills.csv")),
    await timed("bars", ["market", "import", path("bars.csv"), "--venue", "binance", "--data", data]),
    await timed("first ranking", rank),
    await timed("next ranking", rank),
    await timed("import of new fills", importing("news.csv")),
    await timed("ranking after them", rank),
    await timed("list", ["traders", "list", "--data", data]),
  ];
  const storeMiB = rounded(statSync(join(data, "traders.db")).size / (1 << 20), 0);
  return { traders, days, fills, tenth, news, changed, storeMiB, steps };
}

/** Runs a command to its end; rejects when it is asked wrongly or breaks. */
function timed(name: string, command: readonly string[]): Promise<Step> {
  const began = performance.now();
  const child = spawn(process.execPath, [PROGRAM, ...command], { stdio: ["ignore", "ignore", "inherit"] });
  const seen = { peakMiB: null as number | null, cpuSeconds: null as number | null };
  const watch = setInterval(() => look(child.pid, seen), WATCH_MS);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      clearInterval(watch);
      // A ranking in which nobody can be judged ends with 1.
      if (code !== 0 && code !== 1) return reject(new Error(`${command.join(" ")} ended with ${code}`));
      resolve({ name, seconds: rounded((performance.now() - began) / 1_000), ...seen });
    });
  });
}

/** Where the system tells of its processes (Linux). */
function look(pid: number | undefined, seen: { peakMiB: number | null; cpuSeconds: number | null }): void {
  try {
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    const times = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ");
    if (peak !== undefined) seen.peakMiB = Math.round(Number(peak) / 1_024);
    if (times !== undefined) seen.cpuSeconds = (Number(times[11]) + Number(times[12])) / TICKS_A_SECOND;
  } catch {
    // Elsewhere, or it has ended.
  }
}

function describe({ fills, changed: some, storeMiB, steps }: Awaited<ReturnType<typeof measure>>): string {
  const told = (value: number | null, unit: string) => (value === null ? "" : `, ${value} ${unit}`);
  return [
    `${traders} traders, ${days} days, ${fills} fills; new fills of ${some}; the store takes ${storeMiB} MiB`,
    ...steps.map(
      ({ name, seconds, cpuSeconds, peakMiB }) =>
        `  ${name.padEnd(20)} ${seconds} s${told(cpuSeconds, "s of a processor")}${told(peakMiB, "MiB at most")}`,
    ),
  ].join("\n");
}
