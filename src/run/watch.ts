/** Opens whom `traders watch` names: an address, a lead trader, or a configured account; and follows it until stopped. */
import type { ConfiguredAccount } from "../config.ts";
import { withTraderStore } from "../control/traders.ts";
import { AccountId, VenueId } from "../core/model/identifiers.ts";
import { ExchangeError } from "../exchange/exchange-error.ts";
import { createRealOutside, type RealOutside } from "../exchange/net/outside.ts";
import { OkxLeadTraders } from "../exchange/okx/lead-traders.ts";
import { OKX_URL, OkxPublicRest } from "../exchange/okx/public-rest.ts";
import { silentLog } from "../log.ts";
import { openHyperliquid } from "./hyperliquid.ts";
import { KeepWatched } from "./keep-watched.ts";
import { lookAt } from "./look-at.ts";
import { HYPERLIQUID_URL, openTraderSource, type TraderSource } from "./trader-sources.ts";
import type { TraderVenue } from "./trader-venues.ts";
import { type InstrumentTable, openVenue } from "./venues.ts";
import { OkxWatch } from "./watch-okx.ts";
import { TraderWatch, type WatchedItem } from "./watch-trader.ts";

/** An account of one's own is watched as it is configured; it is nobody's public record, and is not kept. */
export type Watched =
  | { readonly kind: "public"; readonly venue: TraderVenue; readonly id: string; readonly url: string | null }
  | { readonly kind: "account"; readonly account: ConfiguredAccount };

export interface WatchOptions {
  readonly dataFolder: string;
  readonly keeps: boolean;
  readonly stop: AbortSignal;
  tell(item: WatchedItem): void;
}

const ORDER_WINDOW_MS = 5_000;

/** Resolves once stopped. Rejects with an ExchangeError or a TypeError where there is nobody to follow. */
export async function watch(watched: Watched, options: WatchOptions): Promise<void> {
  const outside = createRealOutside();
  try {
    if (watched.kind === "account") return await followAccount(watched.account, outside, options, () => {});
    const { keeps, dataFolder, tell } = options;
    // Stopping must not take away the source that keeps the last fills.
    const end = new AbortController();
    const source = openTraderSource({ ...watched, stop: end.signal });
    try {
      if (!keeps) return await followPublic(watched, source, outside, options, null);
      await withTraderStore(dataFolder, async (store) => {
        const keeping = new KeepWatched(store, source, tell);
        keeping.fetch();
        await followPublic(watched, source, outside, options, keeping);
        await keeping.end();
      });
    } finally {
      source.close();
    }
  } finally {
    outside.close();
  }
}

async function followPublic(
  { venue, id, url }: Extract<Watched, { readonly kind: "public" }>,
  { key }: TraderSource,
  outside: RealOutside,
  options: WatchOptions,
  keeping: KeepWatched | null,
): Promise<void> {
  const changed = (): void => keeping?.changed();
  if (venue === "okx") {
    const traders = new OkxLeadTraders(new OkxPublicRest(outside, url ?? OKX_URL, options.stop));
    return new OkxWatch(traders, id, { ...options, changed }).follow();
  }
  const at = url ?? HYPERLIQUID_URL;
  const account: ConfiguredAccount = {
    account: AccountId(key.trader),
    role: "leader",
    execution: "read-only",
    accountType: "live",
    exchange: "hyperliquid",
    publicAddress: key.trader,
    venue: VenueId(new URL(at).host),
    url: at,
    streamUrl: null,
    credentials: null,
    credentialsSource: null,
    telegramId: null,
    source: "",
  };
  return followAccount(account, outside, options, changed);
}

async function followAccount(
  account: ConfiguredAccount,
  outside: RealOutside,
  { stop, tell }: WatchOptions,
  filled: () => void,
): Promise<void> {
  const { url, streamUrl } = account;
  const onNotice = (text: string): void => tell({ kind: "notice", text, atMs: Date.now() });
  const venue =
    account.exchange === "hyperliquid"
      ? openHyperliquid({ url, streamUrl, outside, onNotice })
      : openVenue({ url, streamUrl, outside, log: silentLog, onPrice: () => {} });
  try {
    const listed = await new Promise<Parameters<Parameters<typeof venue.feed.loadInstruments>[0]>[0]>(
      (resolve) => venue.feed.loadInstruments(resolve),
    );
    if (listed instanceof ExchangeError) throw listed;
    const instruments: InstrumentTable = new Map(listed.map((instrument) => [instrument.id, instrument]));
    const following = new TraderWatch({ stop, tell, filled });
    const { listener } = following;
    const parts = { outside, instruments, listener, onNotice, orderWindowMs: ORDER_WINDOW_MS };
    const connection = lookAt({ ...account, role: "leader" }, venue, parts);
    if (connection === null) throw new TypeError(`${account.account} has no key, so it cannot be read`);
    await following.follow(connection);
  } finally {
    venue.feed.close();
    if ("streams" in venue) venue.streams.close();
  }
}
