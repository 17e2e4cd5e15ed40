/** Who is looked at: every configured leader, copied or not, and the traders that the owner has watched beside them. */
import type { ConfiguredAccount, MonitoringValues } from "../config.ts";
import type { ScoredSubject } from "../control/leader-scores.ts";
import { traderOf } from "../control/leader-traders.ts";
import type { Stop } from "../core/guard/stop.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import type { Settings } from "../core/settings.ts";
import type { TraderKey } from "../store/trader-store.ts";
import type { FetchedTrader } from "./score-aside.ts";
import { TRADER_VENUES } from "./trader-venues.ts";

export interface Subjects {
  readonly subjects: readonly ScoredSubject[];
  /** Those whose fills the engine sees, and nobody else keeps. */
  readonly recorded: readonly (readonly [account: string, key: TraderKey])[];
  readonly fetched: readonly FetchedTrader[];
}

/** What the engine's state says of who copies whom. */
export interface CopyingState {
  readonly settings: Settings;
  readonly followers: ReadonlyMap<AccountId, { readonly stops: readonly StandingStop[] }>;
}

type StandingStop = Pick<Stop, "keeps" | "leader" | "instrument">;

export function monitoringSubjects(
  accounts: readonly Pick<ConfiguredAccount, "account" | "role" | "exchange" | "publicAddress" | "url">[],
  state: CopyingState,
  { watch, correlationLimit }: Pick<MonitoringValues, "watch" | "correlationLimit">,
): Subjects {
  const leaders = accounts.filter(({ role }) => role === "leader");
  const ofLeaders = leaders.map(
    (leader): ScoredSubject => ({
      name: leader.account,
      trader: traderOf(leader),
      role: "leader",
      followers: followersOf(state, leader.account, correlationLimit.value),
    }),
  );
  const known = new Set(ofLeaders.map(({ trader }) => `${trader.venue}:${trader.trader}`));
  const watched = watch.value.map(watchedKey).filter(({ venue, trader }) => !known.has(`${venue}:${trader}`));
  return {
    subjects: [
      ...ofLeaders,
      ...watched.map(
        (trader): ScoredSubject => ({
          name: `${trader.venue}:${trader.trader}`,
          trader,
          role: "watched",
          followers: [],
        }),
      ),
    ],
    recorded: leaders
      .filter(({ publicAddress }) => publicAddress === null)
      .map((leader) => [leader.account, traderOf(leader)] as const),
    fetched: [
      ...leaders.flatMap(({ publicAddress, url }) =>
        publicAddress === null ? [] : [{ venue: "hyperliquid", id: publicAddress, url } as const],
      ),
      ...watched.flatMap(({ venue, trader }): readonly FetchedTrader[] => {
        const source = TRADER_VENUES.find((name) => name === venue);
        return source === undefined ? [] : [{ venue: source, id: trader, url: null }];
      }),
    ],
  };
}

function watchedKey(text: string): TraderKey {
  const colon = text.indexOf(":");
  const [venue, id] = [text.slice(0, colon).toLowerCase(), text.slice(colon + 1)];
  // Addresses are one however they are written.
  return { venue, trader: venue === "hyperliquid" ? id.toLowerCase() : id };
}

function followersOf(
  { settings: { allocations, accounts }, followers }: CopyingState,
  leader: string,
  fallback: number,
): ScoredSubject["followers"] {
  return allocations
    .filter((one) => one.leader === leader)
    .map(({ follower }) => {
      const own = accounts.find(({ account }) => account === follower)?.limits?.correlation;
      const isClosed = followers.get(follower)?.stops.some((stop) => closes(stop, leader)) ?? false;
      return { follower, correlationLimit: own == null ? fallback : Number(own), isClosed };
    });
}

/** Whether a stop leaves nothing of a leader's copies: one that only pauses them leaves what is held. */
function closes(stop: StandingStop, leader: string): boolean {
  return (
    stop.keeps.part === 0 && stop.instrument === null && (stop.leader === null || stop.leader === leader)
  );
}
