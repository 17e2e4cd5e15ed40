/** A leader at a venue that names coins, and a follower whose instrument is found by the names that such a venue knows elsewhere. */
import type { Decision } from "../../src/core/decision.ts";
import { InstrumentId, TradeId, VenueId, VenueOrderId } from "../../src/core/model/identifiers.ts";
import type { Allocation } from "../../src/core/settings.ts";
import { BTC, BTC_SPEC, LEADER, Story } from "./story.ts";

const COINS = VenueId("coins");
const COIN = InstrumentId("BTC", COINS);

export interface CoinStory {
  readonly story: Story;
  /** The leader buys one at this price; what is decided once the market is known. */
  bought(price: string): Decision;
}

/** `price` is that of the follower's instrument; "" for none. */
export function coinStory(found: string, price: string, allocation: Partial<Allocation> = {}): CoinStory {
  const story = new Story({ bare: true, allocation });
  const elsewhere = [{ symbol: found, units: "1" }];
  const spec = { ...BTC_SPEC, venue: COINS, symbol: "BTC", elsewhere };
  story.feed({ kind: "instruments-listed", instruments: [spec], atMs: story.nowMs });
  const accounts = story.settings.accounts.map((account) =>
    account.account === LEADER ? { ...account, venue: COINS } : account,
  );
  story.configure({ ...story.settings, accounts });
  story.leaderSnapshot([]);
  story.followerSnapshot([]);
  if (price !== "") story.price(price);
  const bought = (at: string): Decision => {
    story.nowMs += 1;
    story.feed({
      kind: "leader-filled",
      account: LEADER,
      instrument: COIN,
      leg: "net",
      tradeId: TradeId(`coin-${story.nowMs}`),
      venueOrderId: VenueOrderId("coin-order"),
      side: "buy",
      quantity: "1",
      price: at,
      fee: "0",
      sequence: story.nowMs,
      venueTimeMs: story.nowMs,
      receivedAtMs: story.nowMs,
    });
    return story.feed({
      kind: "market-described",
      account: story.settings.allocations[0]?.follower ?? LEADER,
      instrument: BTC,
      mode: "one-way",
      leverage: "10",
      atMs: story.nowMs,
    });
  };
  return { story, bought };
}
