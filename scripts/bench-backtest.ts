/**
 * `npm run bench:backtest`: events of a backtest in a second, of the fast path beside bare loops over typed arrays and of the engine
 * itself, in turns within one run and by processor time, as machines are shared; see docs/performance.md.
 */
import { cpus } from "node:os";
import { countOf, readArguments } from "./arguments.ts";
import { measureBacktest } from "./bench/backtest.ts";
import { type FastBench, measureFastBacktest, type Rate } from "./bench/fast-backtest.ts";

const HELP = `Measures the backtest: its fast path beside bare loops, and the engine.

  npm run bench:backtest -- [--days N] [--followers N] [--many-days N] [--engine-days N] [--rounds N] [--json]

  --days N         of the past of one follower (default 2500: about a million events)
  --followers N    that copy one leader at once (default 1000)
  --many-days N    of the past of many followers (default 60)
  --engine-days N  that the engine lives through (default 10)
  --rounds N       how often each is measured, in turns (default 5)
  --json           one JSON object on standard output`;

const values = readArguments(HELP, {
  days: { type: "string", default: "2500" },
  followers: { type: "string", default: "1000" },
  "many-days": { type: "string", default: "60" },
  "engine-days": { type: "string", default: "10" },
  rounds: { type: "string", default: "5" },
  json: { type: "boolean", default: false },
});
const rounds = countOf("rounds", values.rounds);
const fast = measureFastBacktest({
  rounds,
  days: countOf("days", values.days),
  followers: countOf("followers", values.followers),
  manyDays: countOf("many-days", values["many-days"]),
});
const engine = await measureBacktest(Math.min(rounds, 3), countOf("engine-days", values["engine-days"]));
const report = { fast, engine, machine: { processors: cpus().length, node: process.version } };
process.stdout.write(`${values.json ? JSON.stringify(report) : describe(fast)}\n`);

function describe({
  events,
  oneFollower,
  followers,
  leaderFills,
  manyFollowers,
  layOutMs,
  timelineMs,
}: FastBench): string {
  const rate = (one: Rate) =>
    `${one.millionsPerSecond} million a second; the bare loop ${one.floorMillionsPerSecond}, ${one.overFloor} times as long`;
  return [
    `one follower, ${events} events with its equity at each: ${rate(oneFollower)}`,
    `${leaderFills} fills of a leader for ${followers} followers, follower by follower: ${rate(manyFollowers)}`,
    `laying that past out took ${layOutMs} ms once, the timeline of a variation ${timelineMs} ms`,
    `the engine: ${engine.engineEventsPerSecond} of its events, ${engine.daysPerSecond} days a second`,
  ].join("\n");
}
