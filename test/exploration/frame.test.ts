/**
 * Only states that go on alike are taken for one: on random walks a core that was never put into a frame of its own decides at
 * every step what the framed one decides, the order ids, times and sequences apart that the frame moves.
 */
import { describe, expect, it } from "vitest";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/core/checkpoint.ts";
import { decide } from "../../src/core/decide.ts";
import type { Event } from "../../src/core/event.ts";
import type { State } from "../../src/core/state.ts";
import { SeededChance } from "../simulation/chance.ts";
import { Actor } from "./actor.ts";
import { Cores, type Step } from "./cores.ts";
import { frame, movedTimes, type Shift } from "./frame.ts";
import { Moves } from "./moves.ts";
import { copyWorld, LEADER as LEADER_AT, type World } from "./world.ts";

const WALKS = 80;
const MOVES_MAX = 80;
const SCOPE = { followers: 1, faults: 3, deaths: 2, steps: 4 };

/** How far the frame of the present lies from the one in which the walk began. */
interface Offset {
  byMs: number;
  readonly decisions: Record<string, number>;
  sequence: number;
  /** When the venues executed it, by account and sequence: a frame makes what is told again later as old as matters to it, no older. */
  readonly executedMs: Map<string, number>;
}

describe("a frame", () => {
  it("merges only states that decide alike", { timeout: 120_000 }, () => {
    const cores = new Cores(SCOPE.followers);
    let orders = 0;
    for (let seed = 1; seed <= WALKS; seed += 1) orders += walk(seed, cores);
    expect(orders).toBeGreaterThan(WALKS * 2);
  });

  it("leaves a text that it made as it is", () => {
    const cores = new Cores(1);
    const world = new Actor(cores, 0).first(1, 0);
    const state = decodeCheckpoint(cores.text(world.core));
    const text = encodeCheckpoint(state);
    const shift = frame(state);
    expect(shift).toMatchObject({ byMs: 0, sequences: [] });
    expect(movedTimes(encodeCheckpoint(state), shift)).toBe(text);
  });
});

/** Returns how many orders were compared. */
function walk(seed: number, cores: Cores): number {
  const chance = new SeededChance(seed);
  const actor = new Actor(cores, SCOPE.deaths);
  const moves = new Moves(actor, SCOPE.steps);
  let world = actor.first(SCOPE.followers, SCOPE.faults);
  const live = decodeCheckpoint(cores.text(world.core));
  const offset: Offset = { byMs: 0, decisions: {}, sequence: 0, executedMs: new Map() };
  let orders = 0;
  actor.tells = true;
  for (let count = 0; count < MOVES_MAX; count += 1) {
    const all = moves.of(world);
    const calm = all.filter(({ disturbs }) => disturbs === null);
    if (all.length === 0) break;
    actor.steps = [];
    chance.pick(chance.hits(0.15) ? all : calm).act(world);
    world = copyWorld(actor.settle(world));
    for (const step of actor.steps) orders += follow(live, step, offset, `seed ${seed}, move ${count}`);
    noteExecuted(world, offset);
  }
  return orders;
}

function noteExecuted({ accounts }: World, { byMs, sequence: bySequence, executedMs }: Offset): void {
  for (const [account, { fills }] of accounts.entries()) {
    for (const { sequence, timeMs } of fills) {
      const key = `${account} ${sequence + (account === LEADER_AT ? 0 : bySequence)}`;
      if (!executedMs.has(key)) executedMs.set(key, timeMs + byMs);
    }
  }
}

function follow(live: State, step: Step, offset: Offset, name: string): number {
  const decided = step.events.map((event) => decide(live, moved(event, offset)));
  const sent = decided.flatMap(({ orders }) => orders.map(({ order }) => order));
  const asked = decided.flatMap(({ questions }) => questions.map(({ kind }) => kind));
  expect(
    sent.map(({ lots, reduceOnly }) => ({ lots, reduceOnly })),
    name,
  ).toEqual(step.orders.map(({ lots, reduceOnly }) => ({ lots, reduceOnly })));
  expect(
    sent.map(({ clientOrderId }) => clientOrderId),
    name,
  ).toEqual(step.orders.map(({ id }) => movedId(id, offset)));
  expect(asked, name).toEqual(step.asked.map(({ kind }) => kind));
  note(offset, step.shift);
  return sent.length;
}

function note(offset: Offset, { byMs, decisions, sequences }: Shift): void {
  offset.byMs += byMs;
  offset.sequence += sequences[0] ?? 0;
  // Decisions are counted on over a start: a new epoch begins where the last one is.
  const last = Object.values(offset.decisions).at(-1) ?? 0;
  for (const [epoch, by] of Object.entries(decisions))
    offset.decisions[epoch] = (offset.decisions[epoch] ?? last) + by;
}

/** The event as the one sees it that was never moved. */
function moved(event: Event, offset: Offset): Event {
  const isLeaders = event.kind.startsWith("leader-");
  const text = JSON.stringify(event)
    .replace(/(?<=:)\d{13}(?=[,}])/g, (digits) => String(Number(digits) + offset.byMs))
    .replace(/ct[0-9a-z]{22}/g, (id) => movedId(id, offset))
    .replace(/(?<="sequence":|"trade-)\d+/g, (digits) =>
      String(Number(digits) + (isLeaders ? 0 : offset.sequence)),
    );
  const account = isLeaders ? LEADER_AT : 1;
  return JSON.parse(text, (_, value) => {
    const known = offset.executedMs.get(`${account} ${value?.sequence}`);
    return known === undefined || value.venueTimeMs === undefined ? value : { ...value, venueTimeMs: known };
  });
}

function movedId(id: string, { decisions }: Offset): string {
  const by = decisions[id.slice(2, 10)] ?? 0;
  const decision = Number.parseInt(id.slice(15, 23), 36) + by;
  return `${id.slice(0, 15)}${decision.toString(36).padStart(8, "0")}${id.slice(23)}`;
}
