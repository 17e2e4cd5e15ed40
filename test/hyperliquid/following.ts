/** Addresses of a Hyperliquid of our own followed through the connector, with whatever it tells kept. */
import { AccountId } from "../../src/core/model/identifiers.ts";
import type { AccountConnection } from "../../src/exchange/exchange.ts";
import { type Address, addressOf } from "../../src/exchange/hyperliquid/address.ts";
import { FillStreams } from "../../src/exchange/hyperliquid/fill-streams.ts";
import { hyperliquidVenue } from "../../src/exchange/hyperliquid/hosts.ts";
import { InfoClient } from "../../src/exchange/hyperliquid/info.ts";
import {
  followHyperliquidAddress,
  type HyperliquidLeaderOptions,
} from "../../src/exchange/hyperliquid/leader.ts";
import { WeightBudget } from "../../src/exchange/hyperliquid/weights.ts";
import { createRealOutside } from "../../src/exchange/net/outside.ts";
import { EventRecorder } from "../conformance/test-account.ts";
import type { HyperliquidServer } from "./server.ts";

/** A different address for each number. */
export function address(number: number): Address {
  const found = addressOf(`0x${number.toString(16).padStart(40, "a")}`);
  if (found === undefined) throw new Error("no address");
  return found;
}

export type Followed = EventRecorder & { readonly connection: AccountConnection; readonly notices: string[] };

/** One machine that follows addresses: one budget, one set of streams. */
export class Following {
  readonly outside = createRealOutside();
  readonly info: InfoClient;
  readonly streams: FillStreams;
  readonly venue: ReturnType<typeof hyperliquidVenue>;
  readonly #connections: AccountConnection[] = [];
  readonly #builders: readonly string[];

  constructor(server: HyperliquidServer, builders: readonly string[] = []) {
    this.venue = hyperliquidVenue(server.url);
    this.info = new InfoClient(this.outside, this.venue.info, new WeightBudget(this.outside.clock));
    const reconnect = { firstMs: 20, capMs: 100 };
    this.streams = new FillStreams({ url: this.venue.stream, outside: this.outside, options: { reconnect } });
    this.#builders = builders;
  }

  follow(
    of: Address,
    {
      isPolled = false,
      ...options
    }: Partial<HyperliquidLeaderOptions> & { readonly isPolled?: boolean } = {},
  ): Followed {
    const recorder = new EventRecorder();
    const notices: string[] = [];
    const connection = followHyperliquidAddress({
      account: AccountId(`leader-${of}`),
      venue: this.venue.venue,
      address: of,
      info: this.info,
      streams: isPolled ? null : this.streams,
      builders: () => this.#builders,
      outside: this.outside,
      listener: recorder.listener,
      onNotice: (notice) => notices.push(notice),
      options: { pollMs: 50, ...options },
    });
    this.#connections.push(connection);
    return Object.assign(recorder, { connection, notices });
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
    this.streams.close();
    this.outside.close();
  }
}
