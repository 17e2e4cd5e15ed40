/**
 * Long runs: `npm run endure -- --minutes 60` has random leaders trade on real programs while troubles come from a seed;
 * `--virtual-hours 24` has one engine live through a day under a virtual clock. Progress on stderr. Exit code 1 on a breach.
 */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endure } from "../test/processes/endure.ts";
import { soakVirtually } from "../test/simulation/wire-soak.ts";
import { countOf, readArguments } from "./arguments.ts";

const HELP = `Long runs of the copier, judged by the independent checker at the end.

  npm run endure -- [--minutes N] [--seed N] [--evidence DIR] [--json]
  npm run endure -- --virtual-hours N [--seed N] [--json]

  --minutes N        real programs, leaders who trade at random, and troubles drawn from the seed: programs set aside and
                     killed, networks that break, clocks that step, a full disk (as root), a bad exchange (default 60)
  --virtual-hours N  one life of connector, engine and journal under a virtual clock instead; watches stalls, memory,
                     file descriptors and the journal
  --seed N           seed of everything drawn (default 1)
  --evidence DIR     where the journal of a run that went wrong is kept
  --json             one JSON object on standard output

Progress goes to standard error. Exit code 1 when something was wrong, 130 when interrupted: a virtual run is judged by then,
a real one is only cleaned up.`;

const INTERRUPTED = 130;
const values = readArguments(HELP, {
  minutes: { type: "string", default: "60" },
  "virtual-hours": { type: "string" },
  seed: { type: "string", default: "1" },
  evidence: { type: "string" },
  json: { type: "boolean", default: false },
});

const seed = countOf("seed", values.seed);
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

try {
  const hours = values["virtual-hours"];
  const found = hours === undefined ? await inReality() : await virtually(countOf("virtual-hours", hours));
  console.log(values.json ? JSON.stringify(found) : { ...found, hours: undefined, rounds: undefined });
  process.exitCode = found.breaches.length > 0 ? 1 : stop.signal.aborted ? INTERRUPTED : 0;
} catch (error) {
  if (!stop.signal.aborted) throw error;
  process.stderr.write("interrupted\n");
  // What the leaders were about to do ends here.
  process.exit(INTERRUPTED);
}

function inReality() {
  const minutes = countOf("minutes", values.minutes);
  return endure({ seed, minutes, onRound: tell, onBreach: keep, stop: stop.signal });
}

function virtually(virtualHours: number) {
  return soakVirtually({ seed, virtualHours, onHour: tell, stop: stop.signal });
}

function tell(progress: unknown): void {
  process.stderr.write(`${JSON.stringify(progress)}\n`);
}

function keep(evidence: unknown, journal: string): void {
  if (values.evidence === undefined) return;
  mkdirSync(values.evidence, { recursive: true });
  writeFileSync(join(values.evidence, `seed-${seed}.json`), JSON.stringify(evidence));
  cpSync(journal, join(values.evidence, `seed-${seed}-journal`), { recursive: true });
}
