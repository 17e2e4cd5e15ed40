/**
 * Kills the engine at random moments while leaders trade through faults, in rounds on fresh folders:
 * `npm run kill -- --kills 500 [--seed 1] [--json] [--evidence DIR]`. Exit code 1 when something was wrong afterwards; the
 * evidence of such a round and its journal are kept in DIR.
 */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type KillRound, killRound } from "../test/kill/killing.ts";
import { countOf, readArguments } from "./arguments.ts";

const HELP = `Kills the engine at random moments while leaders trade through faults, in rounds on fresh folders.

  npm run kill -- [--kills N] [--seed N] [--evidence DIR] [--json]

  --kills N       how many, 50 in a round (default 500)
  --seed N        seed of the first round; each takes the next (default 1)
  --evidence DIR  where the journal of a round that went wrong is kept
  --json          one JSON object on standard output: what was ordered and killed, how long it took until all was in sync,
                  and how long the starts took that were left in peace (startMs; late: not ready in 8 s)

Exit code 1 when something was wrong afterwards.`;

const values = readArguments(HELP, {
  kills: { type: "string", default: "500" },
  seed: { type: "string", default: "1" },
  json: { type: "boolean", default: false },
  evidence: { type: "string" },
});

const KILLS_PER_ROUND = 50;
const startedMs = performance.now();
const kills = countOf("kills", values.kills);
const rounds: KillRound[] = [];
for (let done = 0, seed = countOf("seed", values.seed); done < kills; seed += 1) {
  const count = Math.min(KILLS_PER_ROUND, kills - done);
  const round = await killRound(count, seed, (evidence, journal) => keep(seed, evidence, journal));
  rounds.push(round);
  done += count;
  if (!values.json) console.log(`seed ${seed}:`, { ...round, breaches: round.breaches.slice(0, 5) });
}
const startsMs = rounds.flatMap((round) => round.startsMs).toSorted((left, right) => left - right);
const broken = rounds.filter(({ breaches }) => breaches.length > 0);
const summary = {
  kills,
  rounds: rounds.length,
  leaderOrders: total("leaderOrders"),
  followerOrders: total("followerOrders"),
  unknownOutcomes: total("unknownOutcomes"),
  changes: total("changes"),
  parityMsMax: Math.max(...rounds.map(({ parityMs }) => parityMs)),
  startMs: {
    counted: startsMs.length,
    least: startsMs.at(0) ?? null,
    median: startsMs.at(startsMs.length >> 1) ?? null,
    most: startsMs.at(-1) ?? null,
    late: total("startsLate"),
  },
  seconds: Math.round((performance.now() - startedMs) / 1_000),
  broken: broken.map(({ seed, breaches }) => ({ seed, breaches })),
};
console.log(values.json ? JSON.stringify(summary) : summary);
process.exitCode = broken.length > 0 ? 1 : 0;

function total(
  field: "leaderOrders" | "followerOrders" | "unknownOutcomes" | "changes" | "startsLate",
): number {
  return rounds.reduce((sum, round) => sum + round[field], 0);
}

function keep(seed: number, evidence: unknown, journal: string): void {
  if (values.evidence === undefined) return;
  mkdirSync(values.evidence, { recursive: true });
  writeFileSync(join(values.evidence, `seed-${seed}.json`), JSON.stringify(evidence));
  cpSync(journal, join(values.evidence, `seed-${seed}-journal`), { recursive: true });
}
