/**
 * Sequences of steps: drawn from a seed, carried out one step at a time until something breaks, and made smaller while the same
 * still breaks. At the end of each the leaders close everything, and whatever the limits say the followers close too.
 */

import { proposalsOf } from "../../src/core/approval.ts";
import type { Command } from "../../src/core/event.ts";
import type { AccountId } from "../../src/core/model/identifiers.ts";
import { SeededChance } from "../simulation/chance.ts";
import { allocationFrom, FOLLOWERS, LEADERS, limitsFrom, STYLES, SYMBOLS, specs } from "./casting.ts";
import { riskFrom, withLossLimits } from "./casting-risk.ts";
import type { Breach } from "./judge.ts";
import { type Counts, pick, RiskWorld } from "./risk-world.ts";
import { type CommandKind, drawStep, type Step } from "./steps.ts";
import { LOT_TICKS_PER_USDT } from "./venue-account.ts";

export interface Outcome {
  readonly counts: Counts;
  /** Steps that were carried out. */
  readonly steps: number;
  readonly breach: Breach | null;
}

export function drawSteps(seed: number, length: number): Step[] {
  const chance = new SeededChance(seed).split();
  return Array.from({ length }, () => drawStep(chance));
}

/** Never throws: a broken assertion of the core is a breach like any other. */
export function carryOut(seed: number, steps: readonly Step[]): Outcome {
  const world = new RiskWorld(seed);
  let done = 0;
  try {
    for (const step of steps) {
      done += 1;
      take(world, step);
      world.readAsked();
      if (world.breaches.length > 0) break;
    }
    if (world.breaches.length === 0) closeAll(world);
  } catch (error) {
    world.breaches.push({ rule: "threw", numbers: error instanceof Error ? error.message : String(error) });
  }
  return { counts: world.counts, steps: done, breach: world.breaches[0] ?? null };
}

/** The fewest of the steps that still break the same rule, as far as leaving out runs of them finds any. */
export function smallest(seed: number, steps: readonly Step[], { rule }: Breach): readonly Step[] {
  const breaks = (some: readonly Step[]) => carryOut(seed, some).breach?.rule === rule;
  let left = steps.slice(0, carryOut(seed, steps).steps);
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < left.length; ) {
      const fewer = [...left.slice(0, from), ...left.slice(from + size)];
      if (breaks(fewer)) left = fewer;
      else from += size;
    }
  }
  return left;
}

function take(world: RiskWorld, step: Step): void {
  switch (step.kind) {
    case "lead": {
      const symbol = pick(SYMBOLS, step.symbol);
      const lots = Math.trunc((step.usdt * LOT_TICKS_PER_USDT) / world.ticksOf(symbol));
      return world.leads(pick(LEADERS, step.leader), symbol, lots);
    }
    case "lead-closes": {
      const [leader, symbol] = [pick(LEADERS, step.leader), pick(SYMBOLS, step.symbol)];
      return world.leads(leader, symbol, -world.leaderHolds(leader, symbol));
    }
    case "fill":
      return world.account(step.follower).fill(step.which, step.share, step.ends);
    case "reject":
      return world.account(step.follower).reject(step.which, step.class);
    case "lose":
      return world.account(step.follower).lose(step.which, step.arrived);
    case "deliver":
      return world.deliver(world.account(step.follower), step.which);
    case "mark":
      return world.mark(pick(SYMBOLS, step.symbol), step.percent);
    case "transfer": {
      const account = world.account(step.follower);
      account.cash = Math.max(account.cash + step.usdt, account.cash - Math.max(account.equity(), 0));
      return world.tellFigures(account);
    }
    case "figures":
      return world.tellFigures(world.account(step.follower));
    case "snapshot":
      return world.feed(world.account(step.follower).snapshot());
    case "leader-snapshot":
      world.setLeader(pick(LEADERS, step.leader), { equity: step.equity });
      return world.leaderSnapshot(pick(LEADERS, step.leader));
    case "leverage":
      world.setLeader(pick(LEADERS, step.leader), { leverage: step.leverage });
      return world.leaderSnapshot(pick(LEADERS, step.leader));
    case "evidence":
      return measure(world, step);
    case "owner-trades": {
      const account = world.account(step.follower);
      if (account.ownerTrades(pick(SYMBOLS, step.symbol), step.lots)) world.feed(account.snapshot());
      return;
    }
    case "wait":
      return world.tick(step.ms);
    case "command":
      return command(world, pick(FOLLOWERS, step.follower), pick(LEADERS, step.leader), step.command);
    case "suspend": {
      const instruments = specs(step.trading ? "trading" : "pre-launch", pick(SYMBOLS, step.symbol));
      return world.feed({ kind: "instruments-listed", instruments, atMs: world.clock.nowMs });
    }
    case "settings":
      return changeSettings(world, step);
    case "restart":
      return world.restart(step.starts);
  }
}

function measure(world: RiskWorld, step: Extract<Step, { readonly kind: "evidence" }>): void {
  const account = pick(LEADERS, step.leader);
  const style = STYLES[step.style];
  const others = LEADERS.filter((one) => one !== account);
  const evidence = {
    measuredAtMs: Math.max(world.clock.nowMs - step.ageMs, 0),
    annualVolatility: step.volatility,
    correlations: Object.fromEntries(others.map((one) => [one, step.correlation])),
    risk: riskFrom(step.leader, step.volatility, step.correlation),
    ...(style === undefined ? {} : { style }),
  };
  world.feed({ kind: "evidence-updated", account, evidence, atMs: world.clock.nowMs });
}

function command(world: RiskWorld, account: AccountId, leader: AccountId, kind: CommandKind): void {
  const issued = commandOf(world, account, leader, kind);
  if (issued !== null) world.feed({ kind: "command-issued", command: issued, atMs: world.clock.nowMs });
}

function commandOf(
  world: RiskWorld,
  account: AccountId,
  leader: AccountId,
  kind: CommandKind,
): Command | null {
  switch (kind) {
    case "release-leader":
      return { kind: "release", account, leader };
    case "panic-leader":
      return { kind: "panic", account, leader };
    case "pause-leader":
      return { kind: "stop", account, leader, action: "pause", detail: {} };
    case "close-leader":
      return { kind: "stop", account, leader, action: "close", detail: {} };
    case "approve":
    case "decline": {
      const asked = proposalsOf(world.state).find(({ market }) => market.follower.account === account);
      if (asked === undefined) return null;
      const { id, targetLots } = asked.proposal;
      return { kind, account, proposal: id, target: String(targetLots / 1_000) };
    }
    default:
      return { kind, account };
  }
}

/** New limits of a follower, or a relation that ends, or begins under other terms. */
function changeSettings(world: RiskWorld, step: Extract<Step, { readonly kind: "settings" }>): void {
  const chance = new SeededChance(step.seed);
  const { settings } = world;
  const follower = pick(FOLLOWERS, step.follower);
  if (step.of === "limits") {
    const drawn = limitsFrom(chance);
    const limits = world.limitsLosses ? withLossLimits(drawn, chance) : drawn;
    const accounts = settings.accounts.map((one) => (one.account === follower ? { ...one, limits } : one));
    return world.configure({ ...settings, accounts });
  }
  const leader = chance.pick(LEADERS);
  const others = settings.allocations.filter((one) => one.follower !== follower || one.leader !== leader);
  const ends = chance.hits(0.4);
  const allocations = ends ? others : [...others, allocationFrom(chance, leader, follower)];
  world.configure({ ...settings, allocations });
}

const ROUNDS_MAX = 120;

/** The leaders close everything while every limit is as tight as can be; the followers follow in the end. */
function closeAll(world: RiskWorld): void {
  const instruments = specs();
  world.feed({ kind: "instruments-listed", instruments, atMs: world.clock.nowMs });
  for (const account of world.accounts.values()) {
    account.cash -= account.equity() - 1;
    world.tellFigures(account);
  }
  for (const leader of LEADERS)
    for (const symbol of SYMBOLS) world.leads(leader, symbol, -world.leaderHolds(leader, symbol));
  for (let round = 0; round < ROUNDS_MAX && world.breaches.length === 0; round += 1) {
    if (isAtRest(world)) return;
    for (const account of world.accounts.values()) {
      account.fillAll();
      while (account.waiting() > 0) world.deliver(account, 0);
    }
    world.tick(round < 20 ? 400 : 15_000);
    world.readAsked();
    if (round % 10 !== 9) continue;
    for (const leader of LEADERS) world.leaderSnapshot(leader);
    for (const account of world.accounts.values()) world.feed(account.snapshot());
  }
  for (const { account, held, foreign } of world.accounts.values())
    for (const [place, lots] of held)
      if (lots !== (foreign.get(place) ?? 0))
        world.breaches.push({ rule: "not-closed", numbers: `${account} ${place} still holds ${lots}` });
}

function isAtRest(world: RiskWorld): boolean {
  return [...world.accounts.values()].every(
    (account) =>
      account.open().length === 0 &&
      account.waiting() === 0 &&
      [...account.held].every(([place, lots]) => lots === (account.foreign.get(place) ?? 0)),
  );
}
