/** As which trader of the trader store a configured leader is known. */
import type { ConfiguredAccount } from "../config.ts";
import type { TraderKey } from "../store/trader-store.ts";

/** A public address is itself; an account with a key is known by its nickname. */
export function traderOf({
  account,
  exchange,
  publicAddress,
}: Pick<ConfiguredAccount, "account" | "exchange" | "publicAddress">): TraderKey {
  return { venue: exchange, trader: publicAddress ?? account };
}
