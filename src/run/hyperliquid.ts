/** What the followed addresses of one Hyperliquid share: weight, questions, streams, list of instruments; and who of them is streamed. */
import type { ConfiguredAccount } from "../config.ts";
import type { AccountId, VenueId } from "../core/model/identifiers.ts";
import type { AccountConnection, ConnectionListener } from "../exchange/exchange.ts";
import { addressOf } from "../exchange/hyperliquid/address.ts";
import { FillStreams } from "../exchange/hyperliquid/fill-streams.ts";
import { hyperliquidVenue } from "../exchange/hyperliquid/hosts.ts";
import { InfoClient } from "../exchange/hyperliquid/info.ts";
import { followHyperliquidAddress, type HyperliquidLeaderOptions } from "../exchange/hyperliquid/leader.ts";
import { HyperliquidMarket } from "../exchange/hyperliquid/market-feed.ts";
import { describePlan, planWatch, type WatchPlan } from "../exchange/hyperliquid/watch-plan.ts";
import { WeightBudget } from "../exchange/hyperliquid/weights.ts";
import type { StreamWatchOptions } from "../exchange/stream-watch.ts";
import type { Outside } from "../exchange/transport.ts";

/** Of an account; what is needed of it here. */
type Followed = Pick<
  ConfiguredAccount,
  "account" | "exchange" | "publicAddress" | "url" | "streamUrl" | "venue"
>;

export interface HyperliquidPlace {
  readonly id: VenueId;
  readonly feed: HyperliquidMarket;
  readonly info: InfoClient;
  readonly streams: FillStreams;
  readonly weights: WeightBudget;
}

export interface HyperliquidPlaceParts {
  readonly url: string;
  readonly streamUrl: string | null;
  readonly outside: Outside;
  readonly onNotice: (notice: string) => void;
}

export function openHyperliquid({
  url,
  streamUrl,
  outside,
  onNotice,
}: HyperliquidPlaceParts): HyperliquidPlace {
  const { venue, info: infoUrl, stream } = hyperliquidVenue(url, streamUrl ?? undefined);
  const weights = new WeightBudget(outside.clock);
  const info = new InfoClient(outside, infoUrl, weights);
  const feed = new HyperliquidMarket({ venue, outside, info, onNotice });
  return { id: venue, feed, info, weights, streams: new FillStreams({ url: stream, outside }) };
}

export interface FollowParts {
  readonly place: HyperliquidPlace;
  readonly outside: Outside;
  readonly listener: ConnectionListener;
  readonly onNotice: (notice: string) => void;
  readonly plan: WatchPlan<AccountId>;
  readonly fillsSinceMs: number | null;
  readonly watch: StreamWatchOptions;
}

/** Throws where the account names no address; the configuration has checked it. */
export function followAddress({ account, publicAddress }: Followed, parts: FollowParts): AccountConnection {
  const address = addressOf(publicAddress ?? "");
  if (address === undefined) throw new Error(`${account} has no public address`);
  const { place, plan, fillsSinceMs, watch, ...rest } = parts;
  const pollMs = Math.max(plan.pollMs, watch.pollMs);
  const options: HyperliquidLeaderOptions = { fillsSinceMs, watch, pollMs };
  return followHyperliquidAddress({
    ...rest,
    account,
    venue: place.id,
    address,
    info: place.info,
    streams: plan.polled.includes(account) ? null : place.streams,
    builders: () => place.feed.builders,
    options,
  });
}

/** For each of Hyperliquid's environments who is streamed and who polled, in the order of the account files. */
export function plansFor(accounts: readonly Followed[]): ReadonlyMap<VenueId, WatchPlan<AccountId>> {
  const followed = accounts.filter(({ exchange }) => exchange === "hyperliquid");
  const venues = new Set(followed.map(({ venue }) => venue));
  return new Map(
    [...venues].map((venue) => {
      const names = followed.filter((one) => one.venue === venue).map(({ account }) => account);
      return [venue, planWatch(names)];
    }),
  );
}

/** What `start` says of public addresses. */
export function describeFollowed(accounts: readonly Followed[]): readonly string[] {
  const followed = accounts.filter(({ exchange }) => exchange === "hyperliquid");
  const whom = followed.map(
    ({ account, publicAddress, venue }) => `"${account}" follows ${publicAddress} at ${venue}`,
  );
  return [...whom, ...[...plansFor(accounts).values()].flatMap(describePlan)];
}
