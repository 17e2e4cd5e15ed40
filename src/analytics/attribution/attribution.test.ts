/** The books of a copy: what they say against a second way of working it out, that windows and copies add up, and that no error hides. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Decimal } from "../../core/model/decimal.ts";
import { COMPONENTS, type Component, type HeldComponent } from "./components.ts";
import { CopyBook, type CopyStep, rounded } from "./copy-book.ts";
import { type Difference, differenceBetween, type Edge, sumOf } from "./difference.ts";

const HELD: readonly HeldComponent[] = [
  "start-date",
  "rounding",
  "caps",
  "minimum",
  "missed",
  "late",
  "delay",
];

/** One step of a random history: hundredths of coins and of the settle coin. */
const moments = fc.array(
  fc.record({
    price: fc.integer({ min: 1_000, max: 200_000 }),
    scaled: fc.integer({ min: -500, max: 500 }),
    deviations: fc.tuple(...HELD.map(() => fc.integer({ min: -50, max: 50 }))),
    reference: fc.integer({ min: -500, max: 500 }),
    touch: fc.integer({ min: -20, max: 20 }),
    filled: fc.integer({ min: -20, max: 20 }),
    entry: fc.option(fc.integer({ min: 1, max: 200_000 }), { nil: null, freq: 8 }),
    /** Millionths of the value. */
    feeRate: fc.integer({ min: 0, max: 999 }),
    followerFee: fc.integer({ min: 0, max: 999 }),
    leaderFunding: fc.integer({ min: -99, max: 99 }),
    followerFunding: fc.integer({ min: -99, max: 99 }),
    isTrade: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25 },
);
type Moment = typeof moments extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

const cents = (value: number): Decimal => Decimal.of(BigInt(value), 2);
const times = (price: number, quantity: number): Decimal => cents(price).times(cents(quantity));
const { zero } = Decimal;
const plus = (parts: readonly Decimal[]): Decimal => parts.reduce((sum, one) => sum.plus(one), zero);

interface Played {
  readonly edges: readonly Edge[];
  /** What every rung's ledger is worth at each edge: the second way, each made whole by itself. */
  readonly worth: readonly ReadonlyMap<string, Decimal>[];
}

const RUNGS = ["leader", ...COMPONENTS] as const;

/**
 * Plays a history. What is not traded by the follower stays with it: then the holding of the step before counts, and delay takes what the
 * other deviations do not explain, as the state of an engine would.
 */
function play(history: readonly Moment[], absent: ReadonlySet<Component> = new Set()): Played {
  const book = new CopyBook();
  const money = new Map<string, Decimal>();
  const edges: Edge[] = [{ books: book.snapshot(), price: zero }];
  const worth: ReadonlyMap<string, Decimal>[] = [new Map()];
  let before = new Map<string, number>();
  for (const one of history) {
    const { deviations, positions, entry, change, ...prices } = laidOut(one, before, absent);
    const { reference, touch, filled } = prices;
    const waiting = Math.sign((positions.get("missed") ?? 0) - (positions.get("delay") ?? 0));
    const led = one.scaled - (before.get("leader") ?? 0);
    const side = Math.sign(led) || Math.sign(change) || waiting || Math.sign(one.scaled) || 1;
    // Where the follower trades against its leader in the same moment, fees make a delay of their own.
    const isAgainst = absent.has("delay") && change * side < 0;
    const rate = Decimal.of(BigInt(isAgainst ? 0 : one.feeRate), 6);
    const trade = {
      quantity: cents(change),
      cash: times(filled, change).negated(),
      reference: cents(reference),
      touch: cents(touch),
    };
    if (change !== 0) book.trade(trade, rate);
    book.take({
      price: cents(one.price),
      feeRate: rate,
      scaled: cents(one.scaled),
      ...(entry === null ? {} : { leaderEntry: cents(entry) }),
      deviations,
    });
    const told = cents(one.leaderFunding);
    book.settleLeader(told);
    const perCoin = one.scaled === 0 ? zero : told.dividedBy(cents(one.scaled), 18, "half-even");
    const moved = (rung: string) => (positions.get(rung) ?? 0) - (before.get(rung) ?? 0);
    const paid = { fees: cents(one.followerFee), funding: cents(one.followerFunding) };
    // What is traded against the leader's direction gives its fee back; the follower's own trade pays.
    const feeAt = (rung: string, price: number) =>
      rate.times(times(price, moved(rung) * (isOwnTrade(rung) ? Math.sign(change) : side)));
    for (const rung of RUNGS) {
      const at = priceOf(rung, { ...prices, price: one.price });
      const isOwn = rung === "fees" || rung === "funding";
      const isPast = rung === "leader" && entry !== null;
      const cash = times(isPast ? entry : at, moved(rung)).negated();
      const fee = isOwn && !absent.has("fees") ? paid.fees : feeAt(rung, at);
      const apart = cents((positions.get(rung) ?? 0) - one.scaled);
      const received =
        rung === "funding" && !absent.has("funding") ? paid.funding : told.plus(perCoin.times(apart));
      if (rung === "fees") book.chargeFees(fee);
      if (rung === "funding") book.receiveFunding(received);
      const brought = plus([cash, isPast ? zero : fee.negated(), received]);
      money.set(rung, (money.get(rung) ?? zero).plus(brought));
    }
    worth.push(
      new Map(
        RUNGS.map((rung) => [
          rung,
          plus([money.get(rung) ?? zero, times(one.price, positions.get(rung) ?? 0)]),
        ]),
      ),
    );
    edges.push({ books: book.snapshot(), price: cents(one.price) });
    before = positions;
  }
  return { edges, worth };
}

/** What each rung holds after a step, and the prices of its trade. */
function laidOut(one: Moment, before: ReadonlyMap<string, number>, absent: ReadonlySet<Component>) {
  const parts = HELD.map((component, place) => (absent.has(component) ? 0 : (one.deviations[place] ?? 0)));
  const others = parts.reduce((sum, part) => sum + part, 0) - (parts.at(-1) ?? 0);
  const heldBefore = before.get("funding") ?? 0;
  const wanted = one.scaled + others + (parts.at(-1) ?? 0);
  const held = one.isTrade || absent.has("delay") ? wanted : heldBefore;
  parts[parts.length - 1] = held - one.scaled - others;
  const reference = one.price + (absent.has("delay") ? 0 : one.reference);
  const touch = reference + (absent.has("spread") ? 0 : one.touch);
  const filled = touch + (absent.has("impact") ? 0 : one.filled);
  let position = one.scaled;
  const positions = new Map<string, number>([["leader", position]]);
  for (const [place, component] of HELD.entries()) {
    position += parts[place] ?? 0;
    positions.set(component, position);
  }
  for (const component of COMPONENTS) if (!positions.has(component)) positions.set(component, held);
  return {
    deviations: HELD.map((component, place) => ({
      cause: { component, reason: component === "late" ? "paused" : "" },
      quantity: cents(parts[place] ?? 0),
    })),
    positions,
    change: held - heldBefore,
    entry: absent.has("start-date") ? null : one.entry,
    reference,
    touch,
    filled,
  };
}

function isOwnTrade(rung: string): boolean {
  return RUNGS.indexOf(rung as Component) >= RUNGS.indexOf("delay");
}

function priceOf(rung: string, prices: Readonly<Record<"price" | "reference" | "touch" | "filled", number>>) {
  if (rung === "delay") return prices.reference;
  if (rung === "spread") return prices.touch;
  return rung === "impact" || rung === "fees" || rung === "funding" ? prices.filled : prices.price;
}

function between({ edges }: Played, from: number, to: number): Difference {
  const [first, last] = [edges[from], edges[to]];
  if (first === undefined || last === undefined) throw new Error(`no edges ${from} and ${to}`);
  return differenceBetween(first, last);
}

function amountsOf({ components }: Difference): Readonly<Record<string, string>> {
  return Object.fromEntries(components.map(({ component, amount }) => [component, amount.toString()]));
}

/** A history and two moments in it. */
const windows = moments.chain((history) =>
  fc.record({
    history: fc.constant(history),
    from: fc.nat(history.length),
    to: fc.nat(history.length),
  }),
);

describe("any window of any history", () => {
  test("each component is the difference of two ledgers beside each other on the ladder, each kept by itself", () => {
    fc.assert(
      fc.property(windows, ({ history, ...ends }) => {
        const [from, to] = [Math.min(ends.from, ends.to), Math.max(ends.from, ends.to)];
        const played = play(history);
        const found = between(played, from, to);
        const resultOf = (rung: string) =>
          (played.worth[to]?.get(rung) ?? zero).minus(played.worth[from]?.get(rung) ?? zero);
        const expected = COMPONENTS.map((name, place) => {
          const below = RUNGS[place] ?? "leader";
          return [name, resultOf(name).minus(resultOf(below)).toString()] as const;
        });
        expect(amountsOf(found)).toEqual(Object.fromEntries(expected));
        expect(found.leader.profit.toString()).toBe(resultOf("leader").toString());
        expect(found.follower.profit.toString()).toBe(resultOf("funding").toString());
      }),
      { numRuns: 400 },
    );
  });

  test("the components sum to the difference with nothing left, to the last digit (pain 41)", () => {
    fc.assert(
      fc.property(windows, ({ history, ...ends }) => {
        const found = between(play(history), Math.min(ends.from, ends.to), Math.max(ends.from, ends.to));
        expect(found.residual.toString()).toBe("0");
        expect(found.difference.toString()).toBe(found.follower.profit.minus(found.leader.profit).toString());
      }),
      { numRuns: 400 },
    );
  });

  test("windows beside each other are the window around them, and copies add up", () => {
    fc.assert(
      fc.property(windows, moments, ({ history, from }, other) => {
        const played = play(history);
        const whole = between(played, 0, history.length);
        const halves = sumOf([between(played, 0, from), between(played, from, history.length)]);
        expect(amountsOf(halves)).toEqual(amountsOf(whole));
        expect(halves.difference.toString()).toBe(whole.difference.toString());
        const second = between(play(other), 0, other.length);
        const both = sumOf([whole, second]);
        expect(both.residual.toString()).toBe("0");
        expect(both.difference.toString()).toBe(whole.difference.plus(second.difference).toString());
      }),
      { numRuns: 200 },
    );
  });

  test.each(COMPONENTS)("%s is nothing where its cause is absent", (component) => {
    fc.assert(
      fc.property(moments, (history) => {
        const found = between(play(history, new Set([component])), 0, history.length);
        expect(amountsOf(found)[component]).toBe("0");
        expect(found.residual.toString()).toBe("0");
      }),
      { numRuns: 60 },
    );
  });
});

describe("errors", () => {
  test.each(COMPONENTS)("one of any size in %s is a residual of that size", (component) => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 1_000_000 }), (history, size) => {
        const found = between(play(history), 0, history.length);
        const error = Decimal.of(BigInt(size), 18);
        const components = found.components.map((one) =>
          one.component === component ? { ...one, amount: one.amount.plus(error) } : one,
        );
        expect(sumOf([{ ...found, components }]).residual.toString()).toBe(error.negated().toString());
      }),
      { numRuns: 30 },
    );
  });

  test.each(HELD)(
    "a quantity that is left out of %s is a residual as soon as the price moves",
    (component) => {
      const deviation = { cause: { component, reason: "" }, quantity: cents(-30) };
      const told = (deviations: CopyStep["deviations"], price: number) => {
        const book = new CopyBook();
        const trade = {
          quantity: cents(70),
          cash: times(100, 70).negated(),
          reference: cents(100),
          touch: cents(100),
        };
        book.trade(trade, zero);
        book.take({ price: cents(100), feeRate: zero, scaled: cents(100), deviations });
        const start = { books: new CopyBook().snapshot(), price: zero };
        return differenceBetween(start, { books: book.snapshot(), price: cents(price) });
      };
      expect(told([deviation], 130).residual.toString()).toBe("0");
      expect(told([], 130).residual.toString()).toBe("-0.09");
    },
  );

  test("a price of the leader's that is told later corrects both sides alike", () => {
    const book = new CopyBook();
    const deviations = [{ cause: { component: "delay", reason: "" } as const, quantity: cents(-100) }];
    const moved = book.take({
      price: cents(500),
      feeRate: zero,
      scaled: cents(100),
      deviations,
    });
    book.reprice(moved, cents(480));
    const start = { books: new CopyBook().snapshot(), price: zero };
    const found = differenceBetween(start, { books: book.snapshot(), price: cents(500) });
    expect(found.leader.profit.toString()).toBe("0.2");
    expect(amountsOf(found)).toMatchObject({ delay: "-0.2" });
    expect(found.residual.toString()).toBe("0");
  });
});

test.each([
  { side: 1, closedAt: 60_000, leftAt: 60_000, missed: "0" },
  { side: 1, closedAt: 60_400, leftAt: 60_900, missed: "-166.408425" },
  { side: -1, closedAt: 60_400, leftAt: 60_900, missed: "166.591575" },
])(
  "a copy that is closed while its leader holds on is missed from then on, and no delay: $side, $closedAt, $leftAt",
  (one) => {
    const { side, closedAt, leftAt, missed } = one;
    const [book, feeRate] = [new CopyBook(), Decimal.of(55n, 5)];
    const coins = (thousandths: number) => Decimal.of(BigInt(thousandths * side), 3);
    const trade = (thousandths: number, dollars: number) => {
      const [quantity, price] = [coins(thousandths), cents(dollars * 100)];
      const cash = quantity.times(price).negated();
      book.trade({ quantity, cash, reference: price, touch: price }, feeRate);
      book.chargeFees(rounded(feeRate.times(cash.absolute())));
    };
    const take = (dollars: number, scaled: number, apart: Readonly<Partial<Record<HeldComponent, number>>>) =>
      book.take({
        price: cents(dollars * 100),
        feeRate,
        scaled: coins(scaled),
        deviations: Object.entries(apart).map(([component, quantity]) => ({
          cause: { component: component as HeldComponent, reason: "" },
          quantity: coins(quantity),
        })),
      });
    take(60_000, 333, { delay: -333 });
    trade(333, 60_000);
    take(60_000, 333, {});
    take(closedAt, 333, { missed: -333, delay: 333 });
    trade(-333, closedAt);
    take(closedAt, 333, { missed: -333 });
    take(leftAt, 0, {});
    const start = { books: new CopyBook().snapshot(), price: zero };
    const found = differenceBetween(start, { books: book.snapshot(), price: cents(leftAt * 100) });
    expect(amountsOf(found)).toMatchObject({ delay: "0", fees: "0", missed });
    expect(found.residual.toString()).toBe("0");
  },
);

test("reasons of a component are told apart and sum to it", () => {
  const book = new CopyBook();
  const deviations = [
    { cause: { component: "late", reason: "paused" } as const, quantity: cents(-100) },
    { cause: { component: "late", reason: "working" } as const, quantity: cents(-200) },
  ];
  book.take({ price: cents(100), feeRate: zero, scaled: cents(300), deviations });
  const start = { books: new CopyBook().snapshot(), price: zero };
  const found = differenceBetween(start, { books: book.snapshot(), price: cents(150) });
  const late = found.components.find(({ component }) => component === "late");
  expect(late?.amount.toString()).toBe("-1.5");
  expect(late?.reasons.map(({ reason, amount }) => [reason, amount.toString()])).toEqual([
    ["paused", "-0.5"],
    ["working", "-1"],
  ]);
});
