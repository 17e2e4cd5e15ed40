/**
 * Ten recorded traders at once as leaders of the same followers, each by another sizing rule: one-way and hedge, one whose owner
 * interferes, one with too little money. The checker judges netted positions, virtual positions and money; that it would see
 * wrong ones is tried by falsifying what it is shown. `npm run replay -- --leaders-per-follower 10` runs all accounts.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { type CheckedBook, type CheckedFill, type Evidence, isOurs } from "../checker/evidence.ts";
import { exact, plus, show } from "../checker/exact.ts";
import { checkMoney } from "../checker/money.ts";
import { checkVirtual } from "../checker/virtual.ts";
import { hasShared, sharedNote, sharedPath } from "../shared.ts";
import { sharedFollowersOf } from "./followers.ts";
import { leaderScript } from "./leader-script.ts";
import { readRecordedFills } from "./recorded-fills.ts";
import { RecordedMarket } from "./recorded-market.ts";
import { replaySet, violationsOf } from "./replay-set.ts";
import { type Replayed, replayStage } from "./replay-trader.ts";
import { SIZING_KINDS } from "./sizings.ts";
import { stageOf } from "./stage.ts";

const traders = sharedPath("data/traders/binance_copy");
const market = sharedPath("data/market");
const PATIENCE_MS = 120_000;
const ACCOUNT = "all-one-way";

describe.skipIf(!hasShared)(`ten recorded traders lead the same followers${sharedNote}`, () => {
  let replayed: Replayed;
  let evidence: Evidence;
  beforeAll(() => {
    replayed = tenTogether();
    evidence = replayed.evidence;
  }, PATIENCE_MS);

  test("positions, money and reasons are what they should be", () => {
    expect(violationsOf(replayed)).toEqual([]);
    expect(evidence.leaders).toHaveLength(10);
    expect(evidence.allocations).toHaveLength(40);
  });

  test("they met: shared orders, crossings, opposite sides, funding and owners' closes", () => {
    const { outcomes, books = [], virtual = [], followers } = evidence;
    const leadersOf = new Map<string, Set<string>>();
    for (const { orders, leader } of outcomes) {
      for (const order of orders) leadersOf.set(order, (leadersOf.get(order) ?? new Set()).add(leader));
    }
    expect([...leadersOf.values()].some(({ size }) => size > 1)).toBe(true);
    expect(outcomes.some(({ reason }) => reason === "crossed-inside")).toBe(true);
    const sides = virtual.filter(({ follower }) => follower === ACCOUNT);
    expect(sides.some(({ quantity }) => Number(quantity) > 0)).toBe(true);
    expect(
      new Set(sides.filter(({ quantity }) => Number(quantity) !== 0).map(({ leader }) => leader)).size,
    ).toBeGreaterThan(2);
    for (const what of ["cash", "fees", "funding"] as const)
      expect(new Set(books.filter((book) => book[what] !== "0").map(({ leader }) => leader)).size).toBe(10);
    expect(books.some(({ taken }) => taken !== "0")).toBe(true);
    const owners = followers.find(({ account }) => account === "all-with-owner")?.fills ?? [];
    expect(owners.some((fill) => !isOurs(fill.clientOrderId))).toBe(true);
  });

  test.each([
    ["a leader's cash is short of a cent", "money-sum", inBooks({ cash: "0.01" })],
    ["a fee is charged twice", "money-sum", inBooks({ fees: "0.00000001" })],
    ["funding is another leader's and nobody's", "money-sum", inBooks({ funding: "-0.00000001" })],
    ["something is said to be taken that was not", "money-taken", inBooks({ taken: "1" })],
    ["a profit is said that was not made", "money-profit", inBooks({ profit: "0.000000000001" })],
    ["the exchange charged more than its history tells", "money-total", withWalletLess],
    ["an execution was not booked", "money-sum", withoutLastFee],
    ["one leader's position is another's", "virtual-off-target", withPartsSwapped],
    ["a position is nobody's", "virtual-sum", withoutPart],
  ] as const)("%s: %s", (_, rule, falsify) => {
    const shown = falsify(evidence);
    const found = [...checkMoney(shown), ...checkVirtual(shown)];
    expect(found.map((violation) => violation.rule)).toContain(rule);
  });
});

describe.skipIf(!hasShared)(`every sizing rule alone${sharedNote}`, () => {
  test.each(SIZING_KINDS)("four leaders by %s", { timeout: PATIENCE_MS }, async (sizing) => {
    const summary = await replaySet({
      traders,
      market,
      seed: 3,
      accounts: 4,
      leadersPerFollower: 4,
      sizing,
    });
    expect(summary.violations).toEqual([]);
    expect(summary.orders).toBeGreaterThan(100);
  });
});

/** Those whose records end one after another in the middle of the set. */
function tenTogether(): Replayed {
  const recorded = new RecordedMarket(market);
  const all = [...readRecordedFills(`${traders}/fills.csv.gz`).values()];
  const byEnd = all.toSorted((left, right) => (left.at(-1)?.timeMs ?? 0) - (right.at(-1)?.timeMs ?? 0));
  const scripts = byEnd.slice(50, 60).map((fills) => leaderScript(fills[0]?.trader ?? "", fills, recorded));
  const stage = stageOf(scripts);
  const followers = sharedFollowersOf(stage.leaders.map(({ account }) => account));
  return replayStage(stage, { seed: 1, market: recorded, followers });
}

/** Adds to the first book of the follower that copies everybody and whose owner leaves it alone. */
function inBooks(more: Partial<Pick<CheckedBook, "cash" | "fees" | "funding" | "taken" | "profit">>) {
  return (evidence: Evidence): Evidence => {
    const at = evidence.books?.findIndex(({ follower }) => follower === ACCOUNT) ?? -1;
    const books = evidence.books?.map((book, place) => (place === at ? added(book, more) : book)) ?? [];
    return { ...evidence, books };
  };
}

function added(book: CheckedBook, more: Parameters<typeof inBooks>[0]): CheckedBook {
  const { cash = "0", fees = "0", funding = "0", taken = "0", profit = "0" } = more;
  const sum = (left: string, right: string): string => show(plus(exact(left), exact(right)));
  return {
    ...book,
    cash: sum(book.cash, cash),
    fees: sum(book.fees, fees),
    funding: sum(book.funding, funding),
    taken: sum(book.taken, taken),
    profit: sum(book.profit, profit),
  };
}

function withWalletLess(evidence: Evidence): Evidence {
  const followers = evidence.followers.map((one) => {
    if (one.account !== ACCOUNT || one.money === undefined) return one;
    const wallet = show(plus(exact(one.money.wallet), exact("-0.00000001")));
    return { ...one, money: { ...one.money, wallet } };
  });
  return { ...evidence, followers };
}

function withoutLastFee(evidence: Evidence): Evidence {
  const free = (fills: readonly CheckedFill[]) =>
    fills.map((fill, place) => (place === fills.length - 1 ? { ...fill, fee: "0" } : fill));
  const followers = evidence.followers.map((one) =>
    one.account === ACCOUNT ? { ...one, fills: free(one.fills) } : one,
  );
  return { ...evidence, followers };
}

/** The largest part there is goes from its leader to another. */
function withPartsSwapped(evidence: Evidence): Evidence {
  const largest = largestPart(evidence);
  const virtual = evidence.virtual?.map((part) => {
    if (part === largest) return { ...part, quantity: "0" };
    const isOther =
      part.follower === largest.follower &&
      part.symbol === largest.symbol &&
      part.leader !== largest.leader &&
      part.leader !== "";
    return isOther ? { ...part, quantity: show(plus(exact(part.quantity), exact(largest.quantity))) } : part;
  });
  return { ...evidence, virtual: virtual ?? [] };
}

function withoutPart(evidence: Evidence): Evidence {
  const largest = largestPart(evidence);
  return { ...evidence, virtual: evidence.virtual?.filter((part) => part !== largest) ?? [] };
}

function largestPart({ virtual = [], books = [] }: Evidence) {
  const worthOf = (part: (typeof virtual)[number]): number => {
    const price = books.find(
      ({ follower, symbol }) => follower === part.follower && symbol === part.symbol,
    )?.price;
    return Math.abs(Number(part.quantity) * Number(price ?? "0"));
  };
  const [largest] = virtual
    .filter(({ follower, leader }) => follower === ACCOUNT && leader !== "")
    .toSorted((left, right) => worthOf(right) - worthOf(left));
  if (largest === undefined) throw new Error("nothing is held");
  return largest;
}
