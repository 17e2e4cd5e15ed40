/**
 * Recorded leaders and their followers in one process under a virtual clock: the simulated exchange behind its protocol, the
 * production connector over an in-memory network, the production engine. The same script and seed give the same messages.
 */

import { VirtualClock } from "../../src/backtest/virtual-clock.ts";
import type { AccountId } from "../../src/core/model/identifiers.ts";
import type { EngineObserver } from "../../src/engine/observer.ts";
import {
  environmentOf,
  inMemoryOutside,
} from "../../src/exchange/simulated/bybit-server/in-memory-outside.ts";
import { BybitProtocol } from "../../src/exchange/simulated/bybit-server/protocol.ts";
import { SeededChance } from "../simulation/chance.ts";
import { Copier } from "./copier.ts";
import { EXCHANGE_URL, ExchangeSide } from "./exchange-side.ts";
import type { FollowerSetup } from "./followers.ts";

const READY_MS_MAX = 60_000;
/** One way, per message. */
const LATENCY_MS = [1, 4] as const;

export interface WorldParts {
  readonly seed: number;
  readonly startMs: number;
  readonly leaders: readonly AccountId[];
  readonly followers: readonly FollowerSetup[];
  readonly observer: EngineObserver;
}

/** The exchange first; `startCopier` when it is furnished. */
export class ReplayWorld {
  readonly clock: VirtualClock;
  readonly protocol: BybitProtocol;
  readonly exchange: ExchangeSide;
  readonly copier: Copier;

  constructor({ seed, startMs, leaders, followers, observer }: WorldParts) {
    const chance = new SeededChance(seed);
    const network = chance.split();
    this.clock = new VirtualClock(startMs);
    this.protocol = new BybitProtocol({
      environment: environmentOf(this.clock),
      seed,
      liquidity: { kind: "flat" },
      control: true,
      limits: "real",
    });
    this.exchange = new ExchangeSide(this.protocol);
    const outside = inMemoryOutside({
      protocol: this.protocol,
      clock: this.clock,
      chance: chance.next,
      latencyMs: () => network.whole(...LATENCY_MS),
    });
    this.copier = new Copier({ url: EXCHANGE_URL, outside, leaders, followers, observer });
    this.protocol.start();
  }

  /** Connects everybody and runs until every follower is reconciled. Throws when that does not happen in time. */
  startCopier(): void {
    const endMs = this.clock.nowMs() + READY_MS_MAX;
    this.copier.start();
    while (!this.copier.isReady) {
      if (!this.clock.step(endMs))
        throw new Error(`the followers were not reconciled within ${READY_MS_MAX} ms`);
    }
  }

  stop(): void {
    this.copier.stop();
    this.protocol.stop();
  }
}
