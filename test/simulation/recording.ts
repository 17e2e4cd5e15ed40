/**
 * A history as plain JSON: who is there, what happens, and nothing that is drawn, so that it runs again whatever the drawing of
 * schedules has become. The network's own chance hangs on the seed of the setting.
 */
import type { Allocation } from "../../src/core/settings.ts";
import type { Tiers } from "./broad.ts";
import { begin, type Happening, happen } from "./happenings.ts";
import { FIRST_PRICES, SYMBOLS } from "./markets.ts";
import { NO_FAULTS } from "./model-connection.ts";
import { RULED_START_MS } from "./rules.ts";
import { type DecisionWatcher, World, type WorldParts } from "./world.ts";

/** After the faults stop, everything must be right within this much virtual time. */
const SETTLE_MS = 180_000;
const TELL_PRICES_MS = 30_000;

export interface Setting {
  /** Of the network. */
  readonly seed: number;
  /** Whether the venue keeps money, and rules are judged by their numbers. */
  readonly isRuled: boolean;
  readonly accounts: WorldParts["accounts"];
  readonly allocations: readonly Allocation[];
  /** The venue's risk tiers; absent: none. */
  readonly tiers?: Tiers;
}

export interface Recording {
  readonly setting: Setting;
  /** Before the copier begins. */
  readonly before: readonly Happening[];
  readonly happenings: readonly Happening[];
  /** With all at rest owners take something away: it must stay away. */
  readonly closes: readonly Happening[];
}

export function worldOf(setting: Setting, watch: DecisionWatcher): World {
  const { seed, isRuled, accounts, allocations, tiers } = setting;
  const money = isRuled ? { keepsMoney: true, startMs: RULED_START_MS } : {};
  const more = { ...money, ...(tiers === undefined ? {} : { tiers }) };
  const world = new World({ seed, instruments: SYMBOLS, accounts, allocations, watch, ...more });
  for (const [symbol, ticks] of FIRST_PRICES) world.setPrice(symbol, ticks);
  return world;
}

/** To the end, at which all is at rest. */
export function play(world: World, recording: Recording, told: (happening: Happening) => void): void {
  const all = (happenings: readonly Happening[]): void => {
    for (const happening of happenings) happen(world, happening, told);
  };
  all(recording.before);
  begin(world);
  all(recording.happenings);
  settle(world, () => all(recording.closes));
}

/** The faults stop, time passes, `closes` says what owners then take away, and time passes again. */
export function settle(world: World, closes: () => void): void {
  world.faults = NO_FAULTS;
  world.endOutages();
  world.command({ kind: "resume" });
  letPass(world, SETTLE_MS);
  closes();
  letPass(world, SETTLE_MS / 2);
}

/** Prices stand still, which a venue's connection says again and again. */
function letPass(world: World, ms: number): void {
  for (let passedMs = 0; passedMs < ms; passedMs += TELL_PRICES_MS) {
    world.tellPrices();
    world.clock.runUntil(world.clock.nowMs() + TELL_PRICES_MS);
  }
}
