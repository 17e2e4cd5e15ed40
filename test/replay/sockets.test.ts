/**
 * A small replay over real sockets and in real time: a third party's client trades as the recorded leader, the followers'
 * streams and orders go through the kernel. Pauses are left out; each order follows when everybody has followed the last.
 */
import { RestClientV5 } from "bybit-api";
import { expect, test } from "vitest";
import { createRealOutside } from "../../src/exchange/net/outside.ts";
import { type RunningExchange, startExchange } from "../../src/exchange/simulated/bybit-server/server.ts";
import { check, describeViolation } from "../checker/checker.ts";
import { hasShared, sharedNote, sharedPath } from "../shared.ts";
import { Copier } from "./copier.ts";
import { evidenceOf } from "./evidence-of.ts";
import { ExchangeSide, orderOf, secretOf } from "./exchange-side.ts";
import { followersOf } from "./followers.ts";
import { furnish } from "./furnish.ts";
import { type LeaderOrder, leaderScript } from "./leader-script.ts";
import { readRecordedFills } from "./recorded-fills.ts";
import { RecordedMarket } from "./recorded-market.ts";
import { LEADER, type Stage, stageOf } from "./stage.ts";
import { Tally } from "./tally.ts";

const PATIENCE_MS = 60_000;
/** A hedge account and a one-way account with few orders of many fills. */
const ACCOUNTS = ["4039279455324236544", "4037717032428033792"];

test.skipIf(!hasShared).each(ACCOUNTS)(
  `account %s is copied over sockets${sharedNote}`,
  { timeout: PATIENCE_MS },
  async (trader) => {
    const recorded = readRecordedFills(sharedPath("data/traders/binance_copy/fills.csv.gz"));
    const market = new RecordedMarket(sharedPath("data/market"));
    const script = leaderScript(trader, recorded.get(trader) ?? [], market);
    const stage = stageOf([script]);
    const exchange = await startExchange({ control: true, limits: "off" });
    const run = new SocketRun(exchange, stage);
    try {
      await run.play();
      // Writes what is still on its way to the journal.
      run.copier.stop();
      const world = { protocol: exchange.protocol, exchange: run.side, copier: run.copier };
      const evidence = evidenceOf(world, stage, followersOf(1), false);
      expect(check(evidence).map(describeViolation)).toEqual([]);
      expect(run.tally.refusals).toEqual({});
      expect(run.tally.orders).toBeGreaterThan(script.orders.length);
    } finally {
      await run.close();
    }
  },
);

class SocketRun {
  readonly side: ExchangeSide;
  readonly copier: Copier;
  readonly tally = new Tally();
  readonly #exchange: RunningExchange;
  readonly #stage: Stage;
  readonly #outside = createRealOutside();
  readonly #client: RestClientV5;
  #waiting: { readonly isDone: () => boolean; readonly resolve: () => void } | null = null;
  /** Fills may be told twice: by the stream, and by the reading of what happened before it. */
  readonly #seen = new Set<string>();
  #fills = 0;

  constructor(exchange: RunningExchange, stage: Stage) {
    this.#exchange = exchange;
    this.#stage = stage;
    this.side = new ExchangeSide(exchange.protocol);
    this.#client = new RestClientV5({ key: LEADER, secret: secretOf(LEADER), baseUrl: exchange.rest });
    this.copier = new Copier({
      url: exchange.rest,
      outside: this.#outside,
      leaders: [LEADER],
      followers: followersOf(1),
      observer: {
        decided: (event, decision) => {
          this.tally.note(event, decision);
          if (event.kind === "leader-filled") this.#seen.add(event.tradeId);
          if (this.#waiting?.isDone() === true) this.#waiting.resolve();
        },
      },
    });
  }

  async play(): Promise<void> {
    expect(furnish(this.side, this.#stage, followersOf(1), 1)).toEqual([]);
    this.copier.start();
    await this.#until(() => this.copier.isReady);
    this.#fills = this.#stage.leaders.reduce((sum, { script }) => sum + script.carried.length, 0);
    for (const order of this.#stage.orders) {
      await this.#trade(order);
      await this.#until(() => this.#seen.size === this.#fills && this.copier.isReady);
    }
  }

  async close(): Promise<void> {
    this.copier.stop();
    this.#outside.close();
    await this.#exchange.close();
  }

  async #trade(order: LeaderOrder): Promise<void> {
    this.#fills += order.fills.length;
    this.side.setBook(order);
    const { retCode, retMsg, result } = await this.#client.submitOrder(orderOf(order));
    this.side.movePrice(order.symbol, order.fills.at(-1)?.price ?? "");
    expect([retCode, retMsg]).toEqual([0, "OK"]);
    expect(this.side.outcomeOf(LEADER, order, result.orderId)).toEqual({ kind: "as-recorded" });
  }

  /** Resolves with the first decision after which `isDone` holds. */
  async #until(isDone: () => boolean): Promise<void> {
    if (this.tally.events > 0 && isDone()) return;
    await new Promise<void>((resolve) => {
      this.#waiting = { isDone, resolve };
    });
    this.#waiting = null;
  }
}
