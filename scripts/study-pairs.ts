/**
 * What of the difference between real leaders and real followers can be told from their fills alone:
 * `npm run study:pairs -- [--pairs DIR] [--json]`. docs/attribution.md has what was found.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { ComponentAmount } from "../src/analytics/attribution/difference.ts";
import { readArguments } from "./arguments.ts";
import { findingsOf, type PairFindings, type RecordedPair } from "./pairs-study/pair.ts";

const HELP = `Holds followers' recorded fills against their leaders', fill by fill.

  npm run study:pairs -- [--pairs DIR] [--json]

  --pairs DIR  folder of NAME.json.gz files (default ../shared/data/traders/hyperliquid_pairs)
  --json       one JSON object on standard output`;

const values = readArguments(HELP, {
  pairs: { type: "string", default: join("..", "shared", "data", "traders", "hyperliquid_pairs") },
  json: { type: "boolean", default: false },
});

if (!existsSync(values.pairs)) {
  console.error(`there is no folder ${values.pairs}: name the one of the pairs with --pairs`);
  process.exit(2);
}
const files = readdirSync(values.pairs).filter((name) => name.endsWith(".json.gz"));
const findings = files.map((name) => findingsOf(read(join(values.pairs, name))));
if (values.json) console.log(JSON.stringify(findings));
else for (const line of tableOf(findings)) console.log(line);
process.exit(findings.every(({ difference }) => difference.residual.isZero) ? 0 : 1);

function read(path: string): RecordedPair {
  return JSON.parse(gunzipSync(readFileSync(path)).toString("utf8"));
}

function tableOf(found: readonly PairFindings[]): readonly string[] {
  return [
    "| Pair | leader's orders | followed | follower's fills | matched | lag, median (longest) | price worse, median | at the leader's prices | follower | difference | price | fees | left over |",
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ...found.map(rowOf),
  ];
}

function rowOf({ difference, lagMs, worseBps, ...found }: PairFindings): string {
  const amount = (name: string) =>
    difference.components.find(({ component }: ComponentAmount) => component === name)?.amount.toNumber() ??
    0;
  const cells = [
    found.pair,
    found.leaderOrders,
    found.followedOrders,
    found.followerFills,
    found.matched,
    lagMs === null ? "-" : `${lagMs.median} ms (${lagMs.longest})`,
    worseBps === null ? "-" : `${worseBps.toFixed(1)} bp`,
    difference.leader.profit.toNumber().toFixed(4),
    difference.follower.profit.toNumber().toFixed(4),
    difference.difference.toNumber().toFixed(4),
    amount("delay").toFixed(4),
    amount("fees").toFixed(4),
    difference.residual.toString(),
  ];
  return `| ${cells.join(" | ")} |`;
}
