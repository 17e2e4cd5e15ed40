/**
 * How much of what a trader trades is one thing: by coin and by sector, weighed by the value of the trips. Coins are told by what
 * a symbol means: 1000PEPEUSDT, PEPEUSDC and kPEPE are one coin. See `sectorConcentration` for the index.
 */
import { knownSectorOf } from "../../core/model/sectors.ts";
import type { RoundTrip } from "../positions/round-trip.ts";
import { coinOf } from "./companions.ts";
import { type SectorConcentration, sectorConcentration } from "./diversity.ts";

export interface Concentration {
  /** Each coin as a sector of its own. */
  readonly coins: SectorConcentration;
  readonly sectors: SectorConcentration;
}

/** Sectors by coin; what the user says goes before what the program knows. */
export type SectorOverrides = ReadonlyMap<string, string>;

export function concentrationOf(trips: readonly RoundTrip[], overrides: SectorOverrides): Concentration {
  return {
    coins: sectorConcentration(trips, coinOf),
    sectors: sectorConcentration(trips, (symbol) => {
      const coin = coinOf(symbol);
      return overrides.get(coin) ?? knownSectorOf(coin);
    }),
  };
}
