/**
 * What may befall an engine and its exchange as real programs, one trouble at a time, drawn from a seed: each begins, lasts,
 * and ends with everything as it was. `shape` is for the record.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Copier } from "../e2e/copier.ts";
import type { Json, Program } from "../e2e/program.ts";
import type { Venue } from "../e2e/venue.ts";
import { drawFaults } from "../kill/stage.ts";
import type { SeededChance } from "../simulation/chance.ts";
import { BLACK_HOLE, type TcpProxy, type Weather } from "./tcp-proxy.ts";
import type { SmallDisk } from "./tmpfs.ts";

export interface Troubled {
  readonly venue: Venue;
  readonly copier: Copier;
  readonly proxy: TcpProxy;
  readonly chance: SeededChance;
  /** Where the engine's clock reads how far off it is. */
  readonly clockFile: string;
  /** Null where no disk can be mounted. */
  readonly disk: SmallDisk | null;
  engine: Program;
}

export const TROUBLES = [
  "engine-set-aside",
  "exchange-set-aside",
  "engine-killed",
  "network",
  "storm",
  "bad-exchange",
  "streams",
  "exchange-clock",
  "engine-clock",
  "disk-full",
] as const;
export type Trouble = (typeof TROUBLES)[number];

/** Longer than data may be old, a request may live and a connection may be silent. */
export const LONG_ASIDE_MS = 30_000;
const LONG_ASIDE_SHARE = 0.15;
const READY_MAX_MS = 60_000;
const STEPS_MS = [30_000, -30_000, 3_000, -3_000] as const;
const WEATHERS: readonly Weather[] = [
  { cut: true },
  BLACK_HOLE,
  { hole: ["to-copier"] },
  { hole: ["to-exchange"] },
  { ...BLACK_HOLE, kinds: ["rest"] },
  { ...BLACK_HOLE, kinds: ["private"] },
  { ...BLACK_HOLE, kinds: ["trade"] },
  { cut: true, kinds: ["private", "trade", "public"] },
  { delayMs: 250 },
  { breakOff: true },
];

/** Resolves to what it was, once it is over. */
export async function befall(trouble: Trouble, at: Troubled): Promise<Json> {
  const { chance } = at;
  switch (trouble) {
    case "engine-set-aside":
      return setAside(at.engine, asideMs(chance));
    case "exchange-set-aside":
      return setAside(at.venue.program, asideMs(chance));
    case "engine-killed":
      return killed(at);
    case "network":
      return during(chance.whole(500, 6_000), chance.pick(WEATHERS), (weather) => at.proxy.set(weather));
    case "storm":
      return storm(at.proxy, chance.whole(5, 20));
    case "bad-exchange":
      return during(chance.whole(2_000, 8_000), drawFaults(chance), (faults) => at.venue.faults(faults));
    case "streams": {
      const faults = chance.pick([{ streamSilent: true }, { streamDisconnect: true }]);
      return during(chance.whole(1_000, 8_000), faults, (set) => at.venue.faults(set));
    }
    case "exchange-clock":
      return during(chance.whole(1_000, 5_000), { clockSkewMs: chance.pick(STEPS_MS) }, (set) =>
        at.venue.faults(set),
      );
    case "engine-clock": {
      const offMs = chance.pick(STEPS_MS);
      return during(chance.whole(1_000, 5_000), { offMs }, (set) =>
        writeFileSync(at.clockFile, String(set.offMs ?? 0)),
      );
    }
    case "disk-full":
      return fullDisk(at.disk, chance.whole(1_000, 6_000));
  }
}

function asideMs(chance: SeededChance): number {
  return chance.hits(LONG_ASIDE_SHARE) ? LONG_ASIDE_MS : chance.whole(500, 8_000);
}

async function during<Shape extends object>(
  lastsMs: number,
  shape: Shape,
  set: (shape: Partial<Shape>) => Promise<void> | void,
): Promise<Json> {
  await set(shape);
  await pause(lastsMs);
  await set({});
  return { lastsMs, ...shape };
}

async function setAside(program: Program, lastsMs: number): Promise<Json> {
  program.kill("SIGSTOP");
  await pause(lastsMs);
  program.kill("SIGCONT");
  return { lastsMs };
}

async function killed(at: Troubled): Promise<Json> {
  at.engine.kill("SIGKILL");
  await at.engine.exit;
  const startedMs = performance.now();
  at.engine = at.copier.start();
  await at.engine.ready(READY_MAX_MS);
  return { readyMs: Math.round(performance.now() - startedMs) };
}

async function storm(proxy: TcpProxy, breaks: number): Promise<Json> {
  for (let done = 0; done < breaks; done += 1) {
    proxy.breakAll();
    await pause(300);
  }
  return { breaks };
}

async function fullDisk(disk: SmallDisk | null, lastsMs: number): Promise<Json> {
  if (disk === null) return { left: "no mount here" };
  disk.fill();
  await pause(lastsMs);
  disk.makeRoom();
  return { lastsMs };
}
