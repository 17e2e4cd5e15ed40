/**
 * What every database must do. Each implementation's test calls this with a way to open an empty store and to open the
 * same one again.
 */
import { afterEach, describe, expect, it } from "vitest";
import type { AccountDayRecord, CopyDayRecord } from "../../src/store/day-records.ts";
import type {
  AccountRecord,
  FillRecord,
  OrderRecord,
  OutcomeRecord,
  PositionRecord,
  Store,
} from "../../src/store/store.ts";

export interface StoreUnderTest {
  readonly name: string;
  /** Opens the store of that name; an unknown name is an empty store. */
  open(name: string): Promise<Store>;
}

export function anAccount(over: Partial<AccountRecord> = {}): AccountRecord {
  return {
    account: "ann",
    venue: "bybit",
    role: "follower",
    accountType: "demo",
    verifiedAtMs: null,
    ...over,
  };
}

export function anOrder(over: Partial<OrderRecord> = {}): OrderRecord {
  return {
    clientOrderId: "o-1",
    account: "ann",
    symbol: "BTCUSDT",
    leg: "net",
    side: "buy",
    quantity: "0.010",
    filledQuantity: "0",
    averagePrice: "",
    reduceOnly: false,
    purpose: "rebalance",
    cause: "",
    status: "intended",
    venueOrderId: "",
    venueReason: "",
    leaderPrice: "60000.1",
    leaderTimeMs: 1_700_000_000_000,
    decidedAtMs: 1_700_000_000_005,
    updatedAtMs: 1_700_000_000_005,
    decision: 7,
    ...over,
  };
}

function aFill(over: Partial<FillRecord> = {}): FillRecord {
  return {
    tradeId: "t-1",
    account: "ann",
    role: "follower",
    symbol: "BTCUSDT",
    leg: "net",
    side: "buy",
    quantity: "0.01",
    price: "60000",
    fee: "0.33",
    clientOrderId: "o-1",
    venueTimeMs: 1_700_000_000_010,
    sequence: 7,
    positionBefore: "",
    ...over,
  };
}

function aPosition(over: Partial<PositionRecord> = {}): PositionRecord {
  return {
    account: "ann",
    symbol: "BTCUSDT",
    leg: "net",
    quantity: "-0.01",
    ownedQuantity: "-0.01",
    updatedAtMs: 1_700_000_000_010,
    ...over,
  };
}

function anOutcome(over: Partial<OutcomeRecord> = {}): OutcomeRecord {
  return {
    change: 6,
    leader: "lee",
    follower: "ann",
    symbol: "BTCUSDT",
    leg: "net",
    changedBy: "-0.5",
    leaderHolds: "1.5",
    atMs: 1_700_000_000_000,
    orders: [],
    reason: "below-minimum",
    detail: '{"minimum":"0.001","name":"it\'s \\"quoted\\" ✓"}',
    ...over,
  };
}

function anAccountDay(over: Partial<AccountDayRecord> = {}): AccountDayRecord {
  return {
    account: "ann",
    place: "paper bybit",
    books: 0,
    day: 20_000,
    sequence: 7,
    opening: false,
    atMs: 1_728_000_000_000,
    equity: "10000.5",
    capital: "",
    strategy: "dynamic_copying",
    ...over,
  };
}

function aCopyDay(over: Partial<CopyDayRecord> = {}): CopyDayRecord {
  return {
    account: "ann",
    place: "paper bybit",
    books: 0,
    leader: "lee",
    coin: "USDT",
    day: 20_000,
    sequence: 7,
    opening: false,
    trades: "-0.000000000001",
    fees: "0.1",
    funding: "0",
    copied: true,
    feeRate: "0.1",
    feePeriod: "month",
    ...over,
  };
}

export function storeContract(subject: StoreUnderTest): void {
  describe(`store contract: ${subject.name}`, () => {
    const opened: Store[] = [];
    let names = 0;
    const open = async (name = `store-${++names}`) => {
      const store = await subject.open(name);
      opened.push(store);
      return store;
    };
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });

    it("begins empty", async () => {
      const store = await open();
      expect(await store.lastSequence()).toBe(0);
      expect(await store.accounts()).toEqual([]);
      expect(await store.orders({ limit: 10 })).toEqual([]);
      expect(await store.outcomes({ limit: 10 })).toEqual([]);
    });

    it("gives back every record as it came, and its sequence", async () => {
      const store = await open();
      const batch = {
        sequence: 7,
        accounts: [
          anAccount(),
          anAccount({ account: "lee", role: "leader", verifiedAtMs: 1_700_000_000_000 }),
        ],
        allocations: [{ id: "lee>ann", leader: "lee", follower: "ann", settings: '{"multiplier":"2"}' }],
        orders: [anOrder({ reduceOnly: true, status: "never-arrived", venueReason: "it's odd" })],
        fills: [aFill()],
        positions: [aPosition()],
        equity: [{ account: "ann", atMs: 1_700_000_000_000, equity: "10000.5", available: "" }],
        outcomes: [anOutcome({ orders: ["o-1", "o-2"], reason: "" })],
      } as const;
      await store.apply([batch]);
      expect(await store.lastSequence()).toBe(7);
      expect(await store.accounts()).toEqual(batch.accounts);
      expect(await store.allocations()).toEqual(batch.allocations);
      expect(await store.orders({ limit: 10 })).toEqual(batch.orders);
      expect(await store.fills({ limit: 10 })).toEqual(batch.fills);
      expect(await store.positions({})).toEqual(batch.positions);
      expect(await store.equity({ account: "ann", sinceMs: 0, limit: 10 })).toEqual(batch.equity);
      expect(await store.outcomes({ limit: 10 })).toEqual(batch.outcomes);
    });

    it("replaces a record of the same key and keeps others", async () => {
      const store = await open();
      await store.apply([{ sequence: 1, orders: [anOrder(), anOrder({ clientOrderId: "o-2" })] }]);
      const filled = anOrder({ status: "filled", filledQuantity: "0.010", averagePrice: "60001" });
      await store.apply([{ sequence: 2, orders: [filled], positions: [aPosition()] }]);
      await store.apply([
        { sequence: 3, positions: [aPosition({ leg: "long" }), aPosition({ quantity: "0" })] },
      ]);
      expect(await store.orders({ limit: 10 })).toEqual([anOrder({ clientOrderId: "o-2" }), filled]);
      expect(await store.positions({})).toEqual([aPosition({ leg: "long" }), aPosition({ quantity: "0" })]);
    });

    it("applies a batch once, however often it comes", async () => {
      const store = await open();
      const first = { sequence: 1, orders: [anOrder()] };
      const second = { sequence: 2, orders: [anOrder({ status: "accepted" })] };
      await store.apply([first, second]);
      await store.apply([first]);
      await store.apply([first, second, { sequence: 3, fills: [aFill()] }]);
      expect(await store.lastSequence()).toBe(3);
      expect(await store.orders({ limit: 10 })).toEqual([anOrder({ status: "accepted" })]);
      expect(await store.fills({ limit: 10 })).toEqual([aFill()]);
    });

    it("takes what does not come from the journal under sequence 0, at any time", async () => {
      const store = await open();
      await store.apply([{ sequence: 5, accounts: [anAccount()] }]);
      await store.apply([{ sequence: 0, accounts: [anAccount({ verifiedAtMs: 5 })] }]);
      expect(await store.lastSequence()).toBe(5);
      expect(await store.accounts()).toEqual([anAccount({ verifiedAtMs: 5 })]);
    });

    it("applies all batches of a call or none", async () => {
      const store = await open();
      const broken = anOrder({ clientOrderId: "o-2", quantity: null as unknown as string });
      const batches = [
        { sequence: 1, orders: [anOrder()] },
        { sequence: 2, orders: [broken] },
      ];
      await expect(store.apply(batches)).rejects.toThrow();
      expect(await store.lastSequence()).toBe(0);
      expect(await store.orders({ limit: 10 })).toEqual([]);
      await store.apply([{ sequence: 1, orders: [anOrder()] }]);
      expect(await store.orders({ limit: 10 })).toHaveLength(1);
    });

    it("refuses batches that are not in order", async () => {
      const store = await open();
      await expect(store.apply([{ sequence: 2 }, { sequence: 1 }])).rejects.toThrow(RangeError);
    });

    it("moves its sequence with batches that change nothing", async () => {
      const store = await open();
      await store.apply([{ sequence: 1 }, { sequence: 9 }]);
      expect(await store.lastSequence()).toBe(9);
    });

    it("applies calls in the order they were made without waiting in between", async () => {
      const store = await open();
      const calls = Array.from({ length: 30 }, (_, index) =>
        store.apply([{ sequence: index + 1, orders: [anOrder({ decision: index })] }]),
      );
      await Promise.all(calls);
      expect(await store.lastSequence()).toBe(30);
      expect((await store.orders({ limit: 1 }))[0]?.decision).toBe(29);
    });

    it("shows readers whole batches only", async () => {
      const store = await open();
      const orders = Array.from({ length: 1000 }, (_, index) => anOrder({ clientOrderId: `o-${index}` }));
      const applying = store.apply([{ sequence: 1, orders }]);
      const counts = new Set<number>();
      let done = false;
      const finished = applying.then(() => {
        done = true;
      });
      while (!done) {
        counts.add((await store.orders({ limit: 10_000 })).length);
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      await finished;
      counts.add((await store.orders({ limit: 10_000 })).length);
      expect([...counts].filter((count) => count !== 0)).toEqual([1000]);
    });

    it("forgets what comes from the journal and keeps the accounts", async () => {
      const store = await open();
      const everything = {
        sequence: 7,
        accounts: [anAccount({ verifiedAtMs: 3 })],
        allocations: [{ id: "lee>ann", leader: "lee", follower: "ann", settings: "{}" }],
        orders: [anOrder()],
        fills: [aFill()],
        positions: [aPosition()],
        equity: [{ account: "ann", atMs: 1, equity: "1", available: "1" }],
        outcomes: [anOutcome()],
      };
      await store.apply([everything]);
      await store.clear();
      expect(await store.lastSequence()).toBe(0);
      expect(await store.accounts()).toEqual(everything.accounts);
      const rest = [
        await store.allocations(),
        await store.orders({ limit: 9 }),
        await store.fills({ limit: 9 }),
        await store.positions({}),
        await store.equity({ account: "ann", sinceMs: 0, limit: 9 }),
        await store.outcomes({ limit: 9 }),
      ];
      expect(rest).toEqual([[], [], [], [], [], []]);
      await store.apply([everything]);
      expect(await store.fills({ limit: 9 })).toEqual([aFill()]);
    });

    it("is the same store when it is opened again", async () => {
      const store = await open("again");
      await store.apply([{ sequence: 4, orders: [anOrder()] }]);
      await store.close();
      const again = await open("again");
      expect(await again.lastSequence()).toBe(4);
      expect(await again.orders({ limit: 10 })).toEqual([anOrder()]);
    });

    it("takes nothing after closing", async () => {
      const store = await open();
      await store.close();
      await store.close();
      await expect(store.apply([{ sequence: 1 }])).rejects.toThrow("closed");
    });

    it("lists newest first, filtered and limited", async () => {
      const store = await open();
      const order = (id: string, account: string, symbol: string, decidedAtMs: number) =>
        anOrder({ clientOrderId: id, account, symbol, decidedAtMs });
      const fill = (id: string, account: string, venueTimeMs: number) =>
        aFill({ tradeId: id, account, venueTimeMs });
      await store.apply([
        {
          sequence: 1,
          orders: [
            order("a", "ann", "BTCUSDT", 1),
            order("b", "bob", "BTCUSDT", 3),
            order("c", "ann", "ETHUSDT", 2),
          ],
          fills: [fill("t", "ann", 1), fill("t", "bob", 3), fill("u", "ann", 2)],
        },
      ]);
      const ids = async (filter: { account?: string; symbol?: string; limit: number }) =>
        (await store.orders(filter)).map((found) => found.clientOrderId).join("");
      expect(await ids({ limit: 10 })).toBe("bca");
      expect(await ids({ limit: 2 })).toBe("bc");
      expect(await ids({ account: "ann", limit: 10 })).toBe("ca");
      expect(await ids({ symbol: "BTCUSDT", limit: 10 })).toBe("ba");
      expect(await ids({ account: "ann", symbol: "BTCUSDT", limit: 10 })).toBe("a");
      expect((await store.fills({ limit: 10 })).map((found) => found.venueTimeMs)).toEqual([3, 2, 1]);
      expect(await store.fills({ account: "ann", symbol: "ETHUSDT", limit: 10 })).toEqual([]);
    });

    it("gives the leaders' fills in the order of the journal, page by page, and nobody else's", async () => {
      const store = await open();
      const of = (tradeId: string, account: string, sequence: number): FillRecord =>
        aFill({ tradeId, account, sequence, role: "leader", positionBefore: "-0.5" });
      await store.apply([
        {
          sequence: 9,
          fills: [of("c", "zoe", 9), of("b", "bob", 3), of("a", "bob", 3), of("d", "bob", 11), aFill()],
        },
      ]);
      const first = await store.leaderFills({ after: null, limit: 2 });
      expect(first).toEqual([of("a", "bob", 3), of("b", "bob", 3)]);
      const rest = await store.leaderFills({ after: first[1] ?? null, limit: 10 });
      expect(rest.map(({ tradeId }) => tradeId)).toEqual(["c", "d"]);
    });

    it("knows the oldest equity of an account", async () => {
      const store = await open();
      const equity = [3, 1, 2].map((atMs) => ({ account: "ann", atMs, equity: `${atMs}0`, available: "" }));
      await store.apply([{ sequence: 1, equity }]);
      expect(await store.firstEquity("ann")).toEqual({
        account: "ann",
        atMs: 1,
        equity: "10",
        available: "",
      });
      expect(await store.firstEquity("bob")).toBeNull();
    });

    it("lists worked changes newest first by account and symbol", async () => {
      const store = await open();
      const of = (decision: number, account: string, symbol: string) => ({
        decision,
        account,
        symbol,
        leg: "net" as const,
        atMs: decision * 1_000,
        detail: '{"saved":"5"}',
      });
      const worked = [of(1, "one", "BTCUSDT"), of(2, "two", "BTCUSDT"), of(2, "one", "ETHUSDT")];
      await store.apply([{ sequence: 2, worked }]);
      await store.apply([{ sequence: 2, worked }]);
      expect(await store.worked({ limit: 2 })).toEqual([worked[2], worked[1]]);
      expect(await store.worked({ account: "one", symbol: "BTCUSDT", limit: 9 })).toEqual([worked[0]]);
      await store.clear();
      expect(await store.worked({ limit: 9 })).toEqual([]);
    });

    it("keeps days through a rebuild, but for those that are made anew", async () => {
      const store = await open();
      const accountDays = [anAccountDay(), anAccountDay({ day: 20_001, sequence: 12, opening: true })];
      const copyDays = [aCopyDay(), aCopyDay({ day: 20_001, sequence: 12, copied: false })];
      await store.apply([{ sequence: 12, accountDays, copyDays }]);
      await store.clear();
      expect(await store.accountDays({})).toEqual(accountDays);
      expect(await store.copyDays({})).toEqual(copyDays);
      await store.forgetDays(12);
      expect(await store.accountDays({})).toEqual(accountDays.slice(0, 1));
      expect(await store.copyDays({})).toEqual(copyDays.slice(0, 1));
    });

    it("lists days by account and in order of time, and what was written last of each", async () => {
      const store = await open();
      const accountDays = [
        anAccountDay({ account: "bob", day: 3, sequence: 4 }),
        anAccountDay({ day: 1, sequence: 2 }),
        anAccountDay({ day: 2, sequence: 3 }),
        anAccountDay({ day: 2, books: 3, place: "bybit", sequence: 5 }),
      ];
      const copyDays = [
        aCopyDay({ day: 1, sequence: 2 }),
        aCopyDay({ day: 2, sequence: 3, trades: "5" }),
        aCopyDay({ day: 2, sequence: 3, leader: "" }),
        aCopyDay({ day: 2, books: 3, sequence: 5 }),
        aCopyDay({ account: "bob", day: 3, sequence: 4, coin: "USDC" }),
      ];
      await store.apply([{ sequence: 5, accountDays, copyDays }]);
      expect((await store.accountDays({})).map(({ day, account }) => `${day}${account}`)).toEqual([
        "1ann",
        "2ann",
        "2ann",
        "3bob",
      ]);
      expect(await store.accountDays({ account: "bob" })).toEqual([accountDays[0]]);
      expect(await store.copyDays({ account: "ann" })).toEqual([
        copyDays[0],
        copyDays[2],
        copyDays[1],
        copyDays[3],
      ]);
      expect(await store.lastAccountDays()).toEqual([accountDays[3], accountDays[0]]);
      const last = await store.lastCopyDays();
      expect(last).toHaveLength(4);
      for (const row of copyDays.slice(1)) expect(last).toContainEqual(row);
    });

    it("lists outcomes newest first by follower, symbol, reason and page", async () => {
      const store = await open();
      const outcomes = [
        anOutcome({ change: 1, reason: "paused" }),
        anOutcome({ change: 2, follower: "bob" }),
        anOutcome({ change: 3, symbol: "ETHUSDT" }),
        anOutcome({ change: 3 }),
      ];
      await store.apply([{ sequence: 3, outcomes }]);
      const changes = async (filter: {
        follower?: string;
        symbol?: string;
        reason?: string;
        beforeChange?: number;
      }) => (await store.outcomes({ limit: 10, ...filter })).map((outcome) => outcome.change);
      expect(await changes({})).toEqual([3, 3, 2, 1]);
      expect(await changes({ follower: "bob" })).toEqual([2]);
      expect(await changes({ symbol: "ETHUSDT" })).toEqual([3]);
      expect(await changes({ reason: "paused" })).toEqual([1]);
      expect(await changes({ beforeChange: 3 })).toEqual([2, 1]);
    });

    it("gives equity as a curve, the newest of it when there is too much", async () => {
      const store = await open();
      const equity = [1, 2, 3, 4].map((atMs) => ({
        account: "ann",
        atMs,
        equity: String(atMs),
        available: "",
      }));
      await store.apply([{ sequence: 1, equity }]);
      const times = async (sinceMs: number, limit: number) =>
        (await store.equity({ account: "ann", sinceMs, limit })).map((point) => point.atMs);
      expect(await times(0, 10)).toEqual([1, 2, 3, 4]);
      expect(await times(3, 10)).toEqual([3, 4]);
      expect(await times(0, 2)).toEqual([3, 4]);
    });
  });
}
