/** What a history over the venue's protocol draws of its own: who there is, what may happen, and what goes wrong on the wire. */
import { AccountId } from "../../src/core/model/identifiers.ts";
import type { InstrumentSpec } from "../../src/core/model/instrument.ts";
import { instrumentSettings } from "../../src/exchange/simulated/instruments.ts";
import type { InstrumentSettings } from "../../src/exchange/simulated/market-types.ts";
import type { SeededChance } from "./chance.ts";
import { text } from "./model-venue.ts";
import { WIRE_VENUE } from "./wire-world.ts";
import type { WorldParts } from "./world.ts";

const FOLLOWERS_MANY = 0.05;

/** Each beside the first makes the checker know less, so none is in every history. */
const TRAITS = {
  "owners-trade": 0.35,
  "money-moves": 0.3,
  funding: 0.3,
  "terms-change": 0.25,
  "settings-change": 0.25,
  "owner-commands": 0.4,
  "disk-fails": 0.5,
  "clocks-jump": 0.3,
  "prices-run": 0.3,
  "power-cuts": 0.5,
} as const;
export type Trait = keyof typeof TRAITS;

/** Where rules are judged by the settings of their time, one clock tells what the time was. */
export function drawTraits(chance: SeededChance, isRuled: boolean): ReadonlySet<Trait> {
  const all = Object.keys(TRAITS) as Trait[];
  const drawn = new Set(all.filter((trait) => chance.hits(TRAITS[trait])));
  if (isRuled && drawn.has("settings-change")) drawn.delete("clocks-jump");
  return drawn;
}

export function drawWireAccounts(chance: SeededChance): WorldParts["accounts"] {
  const mode = () => chance.pick(["one-way", "one-way", "hedge"] as const);
  const followers = chance.hits(FOLLOWERS_MANY) ? chance.whole(5, 20) : chance.whole(1, 3);
  return [
    ...Array.from({ length: chance.pick([1, 1, 2, 2, 3, 4]) }, (_, index) => ({
      account: AccountId(`leader${index + 1}`),
      venue: WIRE_VENUE,
      role: "leader" as const,
      mode: mode(),
      equity: chance.whole(20_000, 400_000),
    })),
    ...Array.from({ length: followers }, (_, index) => ({
      account: AccountId(`follower${index + 1}`),
      venue: WIRE_VENUE,
      role: "follower" as const,
      mode: mode(),
      equity: chance.pick([200, 5_000, 50_000, 1_000_000]),
    })),
  ];
}

/** What the exchange does to messages: `PUT /control/faults`. */
export function drawWireFaults(
  chance: SeededChance,
  accounts: readonly string[],
): Readonly<Record<string, unknown>> {
  if (chance.hits(0.25)) return {};
  const rate = (most: number): number => (chance.hits(0.5) ? 0 : Number((chance.next() * most).toFixed(3)));
  return {
    requestLost: rate(0.15),
    responseLost: rate(0.2),
    http5xx: rate(0.1),
    retCode10006: rate(0.1),
    retCode10016: rate(0.1),
    partialFills: rate(0.3),
    latencyMs: [0, chance.pick([5, 80, 400, 1_500])],
    streamDropped: rate(0.2),
    streamDuplicated: rate(0.3),
    streamReordered: rate(0.3),
    streamDelayMs: [0, chance.pick([5, 200, 800, 3_000])],
    streamSilent: chance.hits(0.06),
    clockSkewMs: chance.hits(0.15) ? chance.whole(-1_500, 1_500) : 0,
    ...(chance.hits(0.25) ? { accounts: accounts.filter(() => chance.hits(0.5)) } : {}),
  };
}

export function listingOf(spec: InstrumentSpec, ticks: number): InstrumentSettings {
  return instrumentSettings({
    symbol: spec.symbol,
    tickSize: spec.tickSize,
    qtyStep: spec.quantityStep,
    minOrderQty: spec.minQuantity,
    maxOrderQty: spec.maxLimitQuantity,
    maxMktOrderQty: spec.maxMarketQuantity,
    minNotionalValue: spec.minNotional,
    maxLeverage: spec.maxLeverage,
    basePrice: text(ticks, spec.tickSize),
  });
}
