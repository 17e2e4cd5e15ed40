/**
 * Checks the symbols of `symbol_map` against the venues' lists, before anything is sent: a slip there would leave a leader's
 * trades out, or trade something else. A leader's symbol must be the leader's venue's, the other one the follower's.
 */
import { nearest } from "../config/nearest.ts";
import type { Configuration, ConfigurationProblem } from "../config.ts";
import { type AccountId, InstrumentId } from "../core/model/identifiers.ts";
import type { InstrumentTable } from "./venues.ts";

export function unlistedSymbols(
  { settings, allocations }: Pick<Configuration, "settings" | "allocations">,
  instruments: InstrumentTable,
): readonly ConfigurationProblem[] {
  const venues = new Map(settings.accounts.map(({ account, venue }) => [account, venue]));
  const check = (account: AccountId, symbol: string) => {
    const venue = venues.get(account);
    if (venue === undefined || instruments.has(InstrumentId(symbol, venue))) return [];
    const listed = [...instruments.values()].flatMap(({ spec }) =>
      spec.venue === venue ? [spec.symbol] : [],
    );
    const meant = nearest(symbol, listed);
    return [{ symbol, venue, ...(meant === undefined ? {} : { nearest: meant }) }];
  };
  const found = settings.allocations.flatMap(({ id, leader, follower, symbolMap }) => {
    const file = allocations.find((one) => one.id === id)?.values.symbol_map.source ?? "";
    const names = Object.entries(symbolMap).flatMap(([from, { symbol }]) => [
      ...check(leader, from),
      ...check(follower, symbol),
    ]);
    return names.map(({ symbol, venue, ...meant }) => ({
      file,
      keyPath: "symbol_map",
      nickname: follower,
      message: `names ${symbol}, which ${venue} does not list`,
      ...meant,
    }));
  });
  return [...new Map(found.map((problem) => [JSON.stringify(problem), problem])).values()];
}
