/** In which world followers trade: what tells real money from everything that only looks like it. Pure. */
import type { Configuration } from "../config.ts";

/** `demo`: the exchange's own play money (demo trading, testnet). `paper`: filled inside, no order leaves. */
export const WORLDS = ["live", "demo", "simulated", "paper"] as const;
export type World = (typeof WORLDS)[number];

/** The gravest of all followers: one with real money makes it live. Null where no follower is known. */
export function worldOf(configuration: Pick<Configuration, "accounts"> | null): World | null {
  const worlds = (configuration?.accounts ?? []).flatMap(({ role, execution, accountType }): World[] => {
    if (role !== "follower") return [];
    if (execution === "paper") return ["paper"];
    return [accountType === "testnet" ? "demo" : accountType];
  });
  return WORLDS.find((world) => worlds.includes(world)) ?? null;
}
