/**
 * `npm run bench:api`: what copying feels of people who look at it. The same trades are copied in turns without and with clients of the
 * stream and requests, and the latencies are compared. Five processes: exchange, engine, API, whoever looks, and this one.
 */
import { cpus } from "node:os";
import { readArguments, wholeOf } from "./arguments.ts";
import type { ApiLoadFunctions, ApiLoadReadings } from "./bench/api-load-process.ts";
import type { ApiFunctions } from "./bench/api-process.ts";
import { World } from "./bench/fan-out.ts";
import { GROUPS, LEADERS } from "./bench/parameters.ts";
import { Remote } from "./bench/remote.ts";
import { median, quantile, rounded } from "./bench/statistics.ts";

const HELP = `Measures a leader's trade on its way to the followers, without and with people looking at the API.

  npm run bench:api -- [--followers N] [--clients N] [--requests N] [--rounds N] [--trades N] [--json]

  --followers N   how many copy (default 10)
  --clients N     of the stream (default 200)
  --requests N    a second (default 500)
  --rounds N      how often both are measured, in turns (default 6)
  --trades N      of each, in each round (default 200; an even number)
  --json          one JSON object on standard output

Goals: at most 1.1 times at the median, 1.25 times at the 99th percentile. Exit codes: 0 both are met; 1 one is not, or requests
failed; 2 asked for wrongly.`;

const P50_RATIO_MAX = 1.1;
const P99_RATIO_MAX = 1.25;
const WARM_UP = 40;
/** Between the two: what the one left behind is not the other's. */
const REST_MS = 500;

const values = readArguments(HELP, {
  json: { type: "boolean", default: false },
  followers: { type: "string", default: "10" },
  clients: { type: "string", default: "200" },
  requests: { type: "string", default: "500" },
  rounds: { type: "string", default: "6" },
  trades: { type: "string", default: "200" },
});
const followers = wholeOf("followers", values.followers, { least: 1, most: 1_000 });
const clients = wholeOf("clients", values.clients, { least: 0, most: 300 });
const requestsPerSecond = wholeOf("requests", values.requests, { least: 0, most: 1_000 });
const rounds = wholeOf("rounds", values.rounds, { least: 1, most: 100 });
const trades = 2 * Math.ceil(wholeOf("trades", values.trades, { least: 2, most: 10_000 }) / 2);

interface Latencies {
  readonly p50Us: number;
  readonly p99Us: number;
}

async function copied(world: World, count: number): Promise<Latencies> {
  const [engine] = world.competitors;
  if (engine === undefined) throw new Error("nobody copies");
  const all: number[] = [];
  for (let trade = 0; trade < count; trade += 1)
    all.push(...(await world.trigger(engine, trade % 2 === 0 ? "Buy" : "Sell")));
  return { p50Us: rounded(median(all)), p99Us: rounded(quantile(all, 0.99)) };
}

async function measure() {
  const world = new World({ followers, path: "ws" });
  const api = new Remote<ApiFunctions>("./api-process.ts");
  const people = new Remote<ApiLoadFunctions>("./api-load-process.ts");
  try {
    await world.start();
    const { dataDir } = await world.engine.call("control", {
      leader: LEADERS.engine,
      group: GROUPS.engine,
      followers,
    });
    const where = await api.call("start", { dataDir });
    const without: Latencies[] = [];
    const withPeople: Latencies[] = [];
    const loads: ApiLoadReadings[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await copied(world, WARM_UP);
      without.push(await copied(world, trades));
      await people.call("begin", { ...where, clients, requestsPerSecond });
      await copied(world, WARM_UP);
      withPeople.push(await copied(world, trades));
      loads.push(await people.call("end", null));
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      note(`round ${round + 1} of ${rounds}`);
    }
    return reportOf(without, withPeople, loads);
  } finally {
    await people.end();
    await api.end();
    await world.end();
  }
}

/** Ratios within each round, so that the machine's own moods weigh on both sides; the median of the rounds. */
function reportOf(
  without: readonly Latencies[],
  withPeople: readonly Latencies[],
  loads: readonly ApiLoadReadings[],
) {
  const ratio = (name: keyof Latencies) =>
    rounded(median(withPeople.map((one, at) => one[name] / (without[at]?.[name] ?? Number.NaN))), 3);
  const p50Ratio = ratio("p50Us");
  const p99Ratio = ratio("p99Us");
  const failures = loads.reduce((sum, one) => sum + one.failures, 0);
  return {
    machine: { cpus: cpus().length, model: cpus()[0]?.model ?? "", node: process.version },
    plan: { followers, clients, requestsPerSecond, rounds, trades },
    without,
    with: withPeople,
    loads,
    p50Ratio,
    p99Ratio,
    goals: { p50RatioMax: P50_RATIO_MAX, p99RatioMax: P99_RATIO_MAX },
    failures,
    met: p50Ratio <= P50_RATIO_MAX && p99Ratio <= P99_RATIO_MAX && failures === 0,
  };
}

type Report = ReturnType<typeof reportOf>;

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function describe({ without, with: looked, loads, p50Ratio, p99Ratio, failures, met }: Report): string {
  const line = (name: string, all: readonly Latencies[]) =>
    `${name.padEnd(16)} p50 ${median(all.map(({ p50Us }) => p50Us))} us, p99 ${median(all.map(({ p99Us }) => p99Us))} us`;
  const requests = median(loads.map((one) => one.requestsPerSecond));
  const open = Math.min(...loads.map((one) => one.clientsOpen));
  return [
    line("nobody looks", without),
    line("people look", looked),
    `ratio            p50 ${p50Ratio} (at most ${P50_RATIO_MAX}), p99 ${p99Ratio} (at most ${P99_RATIO_MAX})`,
    `looked           ${open} clients, ${requests} requests/s answered, p99 ${median(loads.map(({ p99Ms }) => p99Ms))} ms, ${failures} failed`,
    met ? "both goals are met" : "a goal is missed",
  ].join("\n");
}

const report = await measure();
process.stdout.write(`${values.json ? JSON.stringify(report) : describe(report)}\n`);
process.exitCode = report.met ? 0 : 1;
