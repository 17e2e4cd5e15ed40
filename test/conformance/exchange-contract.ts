/**
 * The suite that every AccountConnection must pass, whatever the venue. A venue gives a world: accounts that can be
 * opened through the connector and traded behind its back by their owner. Skips follow declared capabilities only.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Leg, PositionMode } from "../../src/core/event.ts";
import { ClientOrderId, InstrumentId } from "../../src/core/model/identifiers.ts";
import type { Capabilities } from "../../src/exchange/exchange.ts";
import { LEADER_STEPS } from "./leader-steps.ts";
import { approvedOrder } from "./order-fixture.ts";
import type { TestAccount } from "./test-account.ts";

export interface OwnerTrade {
  readonly side: "buy" | "sell";
  readonly quantity: string;
  readonly leg?: Leg;
  readonly reduceOnly?: boolean;
  /** Of an order that rests; absent: at market. */
  readonly price?: string;
}

export interface ContractAccount extends TestAccount {
  /** The owner trades, by other means than the connection. */
  trade(trade: OwnerTrade): Promise<void>;
  /** From now on the answers to its requests get lost after they were carried out, or no more; absent where none can. */
  loseAnswers?(isLost: boolean): Promise<void>;
}

export interface ContractWorld {
  readonly capabilities: Capabilities;
  /** Liquid, with a tick of 0.1, a step of 0.001 and leverage up to at least 20 and below 1,000. */
  readonly instrument: InstrumentId;
  /** A fresh account with 100,000 of the settle coin, connected but not opened. */
  account(role: "leader" | "follower", mode: PositionMode): Promise<ContractAccount>;
  /** Moves last and mark of the instrument; resolves once every account trades there. */
  setPrice(last: string): Promise<void>;
  close(): Promise<void>;
}

let idCount = 0;
/** A fresh id with our mark. */
const freshId = (): string => `ct-contract-${Date.now().toString(36)}-${++idCount}`;

export function describeExchangeContract(
  name: string,
  hedgeMode: boolean,
  makeWorld: () => Promise<ContractWorld>,
  /** What its accounts can be; a venue of followers alone has nobody to copy. */
  roles: readonly ("leader" | "follower")[] = ["leader", "follower"],
): void {
  const leaders = roles.includes("leader");
  describe(`${name} keeps the contract of AccountConnection`, () => {
    let world: ContractWorld;
    beforeAll(async () => {
      world = await makeWorld();
    });
    afterAll(() => world.close());

    async function opened(
      role: "leader" | "follower",
      mode: PositionMode = "one-way",
    ): Promise<ContractAccount> {
      const account = await world.account(role, mode);
      account.connection.open();
      await account.next(`${role}-snapshot-taken`);
      return account;
    }

    function submit(
      account: ContractAccount,
      lots: number,
      more: { id?: string; leg?: Leg; reduceOnly?: boolean } = {},
    ): string {
      const clientOrderId = more.id ?? freshId();
      const { id: _, ...rest } = more;
      const wish = {
        account: account.connection.account,
        instrument: world.instrument,
        lots,
        clientOrderId,
        ...rest,
      };
      account.connection.submit([approvedOrder(wish)]);
      return clientOrderId;
    }

    test("opening says up, then gives a snapshot of a flat account with its equity", async () => {
      const account = await world.account("follower", "one-way");
      account.connection.open();
      const snapshot = await account.next("follower-snapshot-taken");
      expect(account.events[0]).toMatchObject({ kind: "connection-changed", state: "up" });
      expect(snapshot).toMatchObject({ positions: [], orders: [] });
      expect(Number(snapshot.equity.equity)).toBeCloseTo(100_000, 0);
      expect(Math.abs(snapshot.serverTimeMs - Date.now())).toBeLessThan(60_000);
      account.connection.close();
    });

    test("an order is accepted, filled under our id, and its end reported", async () => {
      const account = await opened("follower");
      const clientOrderId = submit(account, 25);
      const accepted = await account.next("order-accepted", (event) => event.clientOrderId === clientOrderId);
      const reported = await account.next("order-reported", (event) => event.order.status === "filled");
      await account.until(() => account.filled(clientOrderId) === 0.025);
      const fill = await account.next("follower-filled", (event) => event.clientOrderId === clientOrderId);
      expect(fill).toMatchObject({ side: "buy", leg: "net", instrument: world.instrument });
      expect(fill.venueOrderId).toBe(accepted.venueOrderId);
      expect(reported.order).toMatchObject({
        clientOrderId,
        filledQuantity: "0.025",
        side: "buy",
        reduceOnly: false,
      });
      await account.until(() => account.held("net") === 0.025);
      account.connection.close();
    });

    test("a snapshot agrees with the fills, and its sequence contains them", async () => {
      const account = await opened("follower");
      submit(account, 30);
      await account.until(() => account.held("net") === 0.03);
      submit(account, -10, { reduceOnly: true });
      await account.until(() => account.held("net") === 0.02);
      account.events.length = 0;
      account.connection.requestSnapshot();
      const { positions } = await account.next("follower-snapshot-taken");
      expect(positions).toEqual([
        expect.objectContaining({ instrument: world.instrument, leg: "net", quantity: "0.02" }),
      ]);
      expect(positions[0]?.sequence).toBeGreaterThanOrEqual(account.lastSequence);
      account.connection.close();
    });

    test("a refused order is rejected with a class, and nothing is held", async () => {
      const account = await opened("follower");
      const clientOrderId = submit(account, -10, { reduceOnly: true });
      const rejected = await account.next("order-rejected");
      expect(rejected).toMatchObject({ clientOrderId, rejection: { class: "reduce-only-violation" } });
      const poor = submit(account, 400_000);
      const refused = await account.next("order-rejected", (event) => event.clientOrderId === poor);
      expect(["insufficient-margin", "above-maximum", "leverage-too-high"]).toContain(
        refused.rejection.class,
      );
      account.connection.close();
    });

    test("the same id twice is at most one order", async () => {
      const account = await opened("follower");
      const id = submit(account, 10);
      await account.next("order-accepted");
      submit(account, 10, { id });
      await account.until(() =>
        account.events.some(
          (event) => event.kind === "order-rejected" || event.kind === "order-outcome-unknown",
        ),
      );
      account.connection.lookUp(ClientOrderId(id), world.instrument);
      await account.next("order-reported", (event) => event.order.status === "filled");
      account.events.length = 0;
      account.connection.requestSnapshot();
      expect((await account.next("follower-snapshot-taken")).positions).toMatchObject([{ quantity: "0.01" }]);
      account.connection.close();
    });

    test("a look-up reports order and fills again under the same trade ids", async () => {
      const account = await opened("follower");
      const id = submit(account, 15);
      await account.until(() => account.filled(id) === 0.015);
      const known = account.tradeIds(id);
      account.events.length = 0;
      account.connection.lookUp(ClientOrderId(id), world.instrument);
      await account.next("order-reported", (event) => event.order.status === "filled");
      expect(account.tradeIds(id)).toEqual(known);
      account.connection.close();
    });

    test("a look-up of an id that was never used finds nothing and says when", async () => {
      const account = await opened("follower");
      const id = ClientOrderId(freshId());
      account.connection.lookUp(id, world.instrument);
      const answer = await account.next("order-not-found");
      expect(answer.clientOrderId).toBe(id);
      expect(Math.abs(answer.serverTimeMs - Date.now())).toBeLessThan(60_000);
      account.connection.close();
    });

    test("a market is described, flat too; an unknown one fails the question", async () => {
      const account = await opened("follower");
      account.connection.describeMarket(world.instrument);
      const described = await account.next("market-described");
      expect(described).toMatchObject({ mode: "one-way", instrument: world.instrument });
      expect(Number(described.leverage)).toBeGreaterThan(0);
      const unknown = InstrumentId("NOSUCHUSDT", account.connection.venue);
      account.connection.describeMarket(unknown);
      expect(await account.next("question-failed")).toMatchObject({
        question: "describe-market",
        subject: unknown,
      });
      account.connection.close();
    });

    test("leverage is set, is set again without complaint, and is refused above the limit", async () => {
      const account = await opened("follower");
      for (let count = 0; count < 2; count++) {
        account.events.length = 0;
        account.connection.setLeverage(world.instrument, "7");
        expect(await account.next("leverage-set")).toMatchObject({ leverage: "7" });
      }
      account.connection.describeMarket(world.instrument);
      expect(Number((await account.next("market-described")).leverage)).toBe(7);
      account.connection.setLeverage(world.instrument, "1000");
      expect(await account.next("leverage-refused")).toMatchObject({ leverage: "1000" });
      account.connection.close();
    });

    testWhere(leaders)(
      "a leader's open, add, partial close, flip and close are seen as fills and positions",
      async () => {
        const account = await opened("leader");
        for (const [side, quantity, holding] of LEADER_STEPS) {
          await account.trade({ side, quantity });
          await account.until(() => account.folded("net") === holding && account.held("net") === holding);
        }
        account.connection.close();
      },
    );

    test("the owner's trades on a follower carry no id of ours", async () => {
      const account = await opened("follower");
      await account.trade({ side: "buy", quantity: "0.01" });
      const fill = await account.next("follower-filled");
      expect(fill.clientOrderId).toBeUndefined();
      expect(account.events.every((event) => event.kind !== "order-reported")).toBe(true);
      account.connection.close();
    });

    testWhere(hedgeMode)("hedge mode: both legs live side by side and close on their own", async () => {
      const account = await opened("follower", "hedge");
      account.connection.describeMarket(world.instrument);
      expect((await account.next("market-described")).mode).toBe("hedge");
      submit(account, 20, { leg: "long" });
      submit(account, -30, { leg: "short" });
      await account.until(() => account.held("long") === 0.02 && account.held("short") === -0.03);
      submit(account, -20, { leg: "long", reduceOnly: true });
      submit(account, 10, { leg: "short", reduceOnly: true });
      await account.until(() => account.held("long") === 0 && account.held("short") === -0.02);
      expect([account.folded("long"), account.folded("short"), account.folded("net")]).toEqual([0, -0.02, 0]);
      account.connection.close();
    });

    testWhere(hedgeMode && leaders)(
      "hedge mode: a leader's legs are told apart from the first fill on",
      async () => {
        const account = await opened("leader", "hedge");
        await account.trade({ side: "sell", quantity: "0.02", leg: "short" });
        await account.trade({ side: "buy", quantity: "0.01", leg: "long" });
        await account.trade({ side: "buy", quantity: "0.005", leg: "short", reduceOnly: true });
        await account.until(() => account.folded("short") === -0.015 && account.folded("long") === 0.01);
        expect(account.folded("net")).toBe(0);
        account.connection.close();
      },
    );

    test("inspection tells what the key may do", async () => {
      const account = await world.account("follower", "one-way");
      const result = await new Promise((done) => account.connection.inspect(done));
      expect(result).toMatchObject({
        readOnly: false,
        canTrade: true,
        canWithdraw: false,
        positionMode: "one-way",
      });
      account.connection.close();
    });

    test("after close nothing is heard", async () => {
      const account = await opened("follower");
      account.connection.close();
      const heard = account.events.length;
      await account.trade({ side: "buy", quantity: "0.01" });
      expect(account.events).toHaveLength(heard);
    });
  });
}

/** A test only of what the connection offers: what a venue cannot do by its nature is no test left out. */
function testWhere(offered: boolean): (name: string, run: () => Promise<void>) => void {
  return offered ? test : () => {};
}
