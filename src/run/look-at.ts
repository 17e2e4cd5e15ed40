/** The connection to one configured account, to look at it or to watch it; nothing trades through it. */
import type { ConfiguredAccount } from "../config.ts";
import { connectBybitAccount } from "../exchange/bybit/connect.ts";
import type { AccountConnection, ConnectionEvent } from "../exchange/exchange.ts";
import { planWatch } from "../exchange/hyperliquid/watch-plan.ts";
import { STREAM_WATCH_DEFAULTS } from "../exchange/stream-watch.ts";
import type { Outside } from "../exchange/transport.ts";
import { followAddress, type HyperliquidPlace } from "./hyperliquid.ts";
import { accountPartsOf, type InstrumentTable, type Venue } from "./venues.ts";

export interface LookParts {
  readonly orderWindowMs: number;
  readonly outside: Outside;
  readonly instruments: InstrumentTable;
  readonly listener: (event: ConnectionEvent) => void;
  readonly onNotice?: (notice: string) => void;
}

/** Null for an account without a key. */
export function lookAt(
  account: ConfiguredAccount,
  venue: Venue | HyperliquidPlace,
  { orderWindowMs, outside, instruments, listener, onNotice = () => {} }: LookParts,
): AccountConnection | null {
  if ("streams" in venue) {
    const plan = planWatch([account.account]);
    const more = { fillsSinceMs: null, watch: STREAM_WATCH_DEFAULTS, onNotice };
    return followAddress(account, { place: venue, plan, outside, listener, ...more });
  }
  if (account.credentials === null) return null;
  return connectBybitAccount({
    ...accountPartsOf(venue),
    account: account.account,
    role: account.role,
    credentials: account.credentials,
    instruments,
    outside,
    listener,
    options: { orderWindowMs },
  });
}
