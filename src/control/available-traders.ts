/**
 * Who there is to copy: the traders whose record is studied, and the configured leaders, each as one. A leader that is known by its public
 * address has the record of that address.
 */
import type { ConfiguredAccount } from "../config.ts";
import type { TraderSummary } from "../traders/summary.ts";
import { traderOf } from "./leader-traders.ts";
import { listTraders, TradersError } from "./traders.ts";

export interface AvailableTrader {
  /** The trader's id; of a configured leader with a key its nickname. */
  readonly id: string;
  readonly venue: string;
  /** Nickname of the leader that it is configured as; null: it cannot be copied before it is. */
  readonly leader: string | null;
  /** Null where nothing of its record is known. */
  readonly record: TraderSummary | null;
}

/** By venue and id. */
export async function availableTraders(
  dataDir: string,
  accounts: readonly ConfiguredAccount[],
): Promise<readonly AvailableTrader[]> {
  const leaders = accounts
    .filter(({ role }) => role === "leader")
    .map((account) => ({ leader: account.account, ...traderOf(account) }));
  const studied = (await listTraders(dataDir)).map(({ record, summary }): AvailableTrader => {
    const { trader: id, venue } = record;
    const found = leaders.find((one) => one.venue === venue && one.trader === id);
    return { id, venue, leader: found?.leader ?? null, record: summary };
  });
  const others = leaders
    .filter(({ venue, trader }) => !studied.some((one) => one.venue === venue && one.id === trader))
    .map(({ venue, trader: id, leader }): AvailableTrader => ({ id, venue, leader, record: null }));
  return [...studied, ...others].sort(
    (one, other) => one.venue.localeCompare(other.venue) || one.id.localeCompare(other.id),
  );
}

/** By id or by the leader's nickname. Throws a TradersError where none or several are meant. */
export function meantAvailable(
  all: readonly AvailableTrader[],
  id: string,
  venue: string | null,
): AvailableTrader {
  const meant = all.filter(
    (one) => (one.id === id || one.leader === id) && (venue === null || one.venue === venue),
  );
  const [found, other] = meant;
  if (found === undefined) throw new TradersError("unknown-trader", `there is no trader ${id}`);
  if (other === undefined) return found;
  const venues = meant.map((one) => one.venue).join(", ");
  throw new TradersError("bad-request", `venue: ${id} is a trader of ${venues}: say which`);
}
