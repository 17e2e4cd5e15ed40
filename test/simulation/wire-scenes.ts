/**
 * What chance alone brings together too seldom: long silence just when somebody wants to open, a process that dies young on a slow
 * disk, a disk that is full at the moment of an order, lost answers while orders go by requests, more
 * orders at once than the venue takes. In some histories, once.
 */
import { AccountId } from "../../src/core/model/identifiers.ts";
import type { SeededChance } from "./chance.ts";
import type { Trait } from "./wire-draws.ts";
import type { WireAccount, WireWorld } from "./wire-world.ts";

/** What is known of an account may be 60 s old. */
const SILENCE_MS = [65_000, 120_000] as const;
const START_MAX_MS = 10_000;
/** As long as this at most. */
const SYNC_MS = 60_000;
const TRADES = 8;
/** A process begins, and reads its accounts. */
const CALM_MS = 8_000;
/** For some events, and not for an order. */
const ROOM_BYTES = 1_500;
const BURST_TRADES = 60;

export interface SceneParts {
  readonly world: WireWorld;
  readonly chance: SeededChance;
  readonly traits: ReadonlySet<Trait>;
  readonly leader: WireAccount;
  readonly follower: WireAccount;
  readonly leaderTrades: () => void;
}

export function playScene(parts: SceneParts): void {
  const { chance, traits, world } = parts;
  const scenes = [silentLeader, silentFollower, brokenStreams, burst];
  if (traits.has("power-cuts")) scenes.push(youngDeath);
  if (traits.has("disk-fails")) scenes.push(fullDisk);
  const scene = chance.pick(scenes);
  world.exchange.putFaults({});
  world.disk.heal();
  world.runFor(CALM_MS);
  scene(parts);
  world.exchange.putFaults({});
}

/** Nobody hears of the leader when its follower is resumed. */
function silentLeader({ world, chance, leader, follower, leaderTrades }: SceneParts): void {
  const account = AccountId(follower.account);
  world.command({ kind: "pause", account });
  for (let left = TRADES; left > 0; left -= 1) leaderTrades();
  world.runFor(4_000);
  fallSilent(world, leader);
  world.runFor(chance.whole(...SILENCE_MS));
  world.command({ kind: "resume", account });
  world.runFor(3_000);
}

/** Nobody hears of the follower while its leaders trade. */
function silentFollower({ world, chance, follower, leaderTrades }: SceneParts): void {
  fallSilent(world, follower);
  world.runFor(chance.whole(...SILENCE_MS));
  for (let left = TRADES; left > 0; left -= 1) {
    leaderTrades();
    world.runFor(1_000);
  }
}

/** Its streams stand, and say nothing; its requests are lost. */
function fallSilent({ exchange, struck }: WireWorld, { account, role }: WireAccount): void {
  exchange.putFaults({ streamSilent: true, requestLost: 1, accounts: [account] });
  struck.add(`${role} silent for long`);
}

/** The follower's orders go by requests, and most of their answers are lost. */
function brokenStreams({ world, follower, leaderTrades }: SceneParts): void {
  const accounts = [follower.account];
  world.exchange.putFaults({ streamDisconnect: true, responseLost: 0.9, accounts });
  for (let left = TRADES; left > 0; left -= 1) {
    leaderTrades();
    world.runFor(3_000);
  }
  world.struck.add("answers lost while streams are broken");
}

/** More orders are wanted of a follower than the venue takes of one key. */
function burst({ world, leaderTrades }: SceneParts): void {
  for (let left = BURST_TRADES; left > 0; left -= 1) {
    leaderTrades();
    world.runFor(25);
  }
  world.struck.add("burst of orders");
}

/** The power goes before the disk has kept what a new process wrote. */
function youngDeath({ world, chance, leaderTrades }: SceneParts): void {
  world.die("kill");
  world.disk.slowDown(SYNC_MS);
  world.disk.keepNothing();
  for (let waitedMs = 0; world.engine === null && waitedMs < START_MAX_MS; waitedMs += 20) world.runFor(20);
  for (let left = TRADES; left > 0; left -= 1) {
    leaderTrades();
    world.runFor(chance.whole(1, 300));
  }
  world.die("power-cut");
  world.disk.heal();
  world.struck.add("power-cut of a young process");
}

/** It is full when an order is to be written. */
function fullDisk({ world, chance, leaderTrades }: SceneParts): void {
  for (let left = TRADES; left > 0; left -= 1) {
    world.disk.heal();
    world.runFor(1_500);
    world.disk.fill(chance.whole(0, ROOM_BYTES));
    leaderTrades();
    world.runFor(500);
  }
  world.disk.heal();
}
