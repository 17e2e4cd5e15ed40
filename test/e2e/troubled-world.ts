/** One leader, a follower in each position mode, and the programs that copy: the world in which things go wrong. */
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand, type LeaderHand } from "./leaders.ts";
import type { Json, Program } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT"] as const;

export class World {
  readonly venue: Venue;
  readonly copier: Copier;
  readonly engine: Program;
  readonly hand: LeaderHand;

  constructor(venue: Venue, copier: Copier, engine: Program) {
    this.venue = venue;
    this.copier = copier;
    this.engine = engine;
    this.hand = bybitApiHand(venue, "lead");
  }

  /** Trades through the faults; the leader's own requests are spared. */
  async trade(faults: Json): Promise<void> {
    const trades = [
      ["buy", "0.05"],
      ["buy", "0.03"],
      ["sell", "0.02"],
      ["sell", "0.1"],
      ["buy", "0.12"],
    ] as const;
    for (const symbol of SYMBOLS) {
      for (const [side, quantity] of trades) {
        await this.venue.faults({});
        await this.hand.market({ symbol, side, quantity });
        await this.venue.faults(faults);
        await pause(60);
      }
    }
  }

  /** Until both followers hold what the leader holds; resolves to the time that took. */
  async parity(maxMs: number): Promise<number> {
    const wanted = await this.venue.positions("lead");
    const legs = Object.fromEntries(
      Object.entries(wanted).map(([symbol, size]) => [`${symbol}:${size.startsWith("-") ? 2 : 1}`, size]),
    );
    const [one, two] = await Promise.all([
      untilEqual(() => this.venue.positions("single"), wanted, maxMs),
      untilEqual(() => this.venue.positions("both"), legs, maxMs),
    ]);
    return Math.max(one, two);
  }

  async close(): Promise<void> {
    await this.end();
    this.copier.close();
  }

  /** The programs end; their folders stay. */
  async end(): Promise<void> {
    this.engine.kill("SIGTERM");
    expect((await this.engine.exit).code).toBe(0);
    this.venue.program.kill("SIGTERM");
  }
}

export interface WorldOptions {
  readonly venueArgs?: readonly string[];
  readonly yaml?: string;
  readonly env?: Record<string, string>;
  /** Makes the address under which the copier finds the exchange, where that is not the exchange's own. */
  readonly reachedBy?: (venue: Venue) => Promise<string>;
  /** Called before the engine starts. */
  readonly furnish?: (copier: Copier, venue: Venue, url: string) => Promise<void> | void;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const venue = await startVenue(options.venueArgs);
  await venue.price("BTCUSDT", "60000");
  await venue.price("ETHUSDT", "3000");
  const url = (await options.reachedBy?.(venue)) ?? venue.rest;
  const copier = new Copier(venue, options.yaml, options.env);
  for (const name of ["lead", "single", "both"]) {
    await venue.putAccount(name, { positionMode: name === "both" ? "hedge" : "one-way" });
    copier.accountFile(name, name === "lead" ? "leader" : "follower", { url });
  }
  await options.furnish?.(copier, venue, url);
  return new World(venue, copier, await copier.started());
}

/** No id was taken twice, whatever was repeated. */
export async function nothingDoubled(venue: Venue): Promise<void> {
  for (const name of ["single", "both"]) {
    const { orderRequests } = await venue.account(name);
    const taken = orderRequests
      .filter(({ outcome }) => outcome === "accepted")
      .map(({ body }) => body.orderLinkId);
    expect(new Set(taken).size).toBe(taken.length);
  }
}
