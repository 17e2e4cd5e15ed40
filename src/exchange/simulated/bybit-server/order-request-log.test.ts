/** The log of order requests: what was put in comes out, in order, and the oldest go first when it is full. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type OrderRequestEntry, OrderRequestLog, type OrderRequestRow } from "./order-request-log.ts";

const ENTRY: fc.Arbitrary<OrderRequestEntry> = fc.record({
  action: fc.constantFrom("create", "amend", "cancel"),
  via: fc.constantFrom("rest", "ws"),
  arrivedAt: fc.integer({ min: 0, max: 2e12 }),
  source: fc.oneof(
    fc.json(),
    fc.string({ unit: "grapheme" }),
    fc.constant(`{"qty":"${"9".repeat(300_000)}"}`),
  ),
  member: fc.constant(-1),
  outcome: fc.constantFrom("accepted", "rejected", "lost"),
  retCode: fc.integer({ min: 0, max: 4_000_000 }),
  orderId: fc.constantFrom("", "00000001-0bed-4000-8000-0000000000ff"),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function expectedRow(entry: OrderRequestEntry): OrderRequestRow {
  const { source, member: _, ...rest } = entry;
  const whole = parsed(source);
  const args: unknown =
    entry.via === "ws" && typeof whole === "object" && whole !== null && !Array.isArray(whole)
      ? Reflect.get(whole, "args")
      : undefined;
  return { ...rest, body: Array.isArray(args) ? args[0] : whole };
}

function plain(source: string, member = -1): OrderRequestEntry {
  const fate = { outcome: "accepted", retCode: 0, orderId: "" } as const;
  return { action: "create", via: "rest", arrivedAt: 1, source, member, ...fate };
}

describe("order request log", () => {
  it("gives back what was added", () => {
    fc.assert(
      fc.property(fc.array(ENTRY, { maxLength: 60 }), (entries) => {
        const log = new OrderRequestLog();
        for (const entry of entries) log.add(entry);
        expect(log.rows()).toEqual(entries.map(expectedRow));
      }),
    );
  });

  it("finds each member of batches, also where a block ends between them", () => {
    const log = new OrderRequestLog();
    const batches = Array.from({ length: 300 }, (_, batch) => {
      const request = Array.from({ length: 20 }, (__, index) => ({ qty: `${batch}-${index}` }));
      return JSON.stringify({ category: "linear", request });
    });
    for (const source of batches) {
      for (let member = 0; member < 20; member += 1) log.add(plain(source, member));
      log.add(plain('{"qty":"alone"}'));
    }
    const expected = batches.flatMap((_, batch) => [
      ...Array.from({ length: 20 }, (__, index) => ({ category: "linear", qty: `${batch}-${index}` })),
      { qty: "alone" },
    ]);
    expect(log.rows().map((row) => row.body)).toEqual(expected);
  });

  it("forgets the oldest and counts them", () => {
    const log = new OrderRequestLog();
    const number = 300_000;
    for (let index = 0; index < number; index += 1) log.add(plain(String(index)));
    const bodies = log.rows().map((row) => row.body);
    expect(log.dropped).toBeGreaterThan(0);
    expect(bodies.length).toBeGreaterThanOrEqual(250_000);
    expect(bodies).toEqual(Array.from(bodies, (_, index) => log.dropped + index));
    expect(log.dropped + bodies.length).toBe(number);
  });

  it("is bounded in bytes too", () => {
    const log = new OrderRequestLog();
    const long = JSON.stringify("x".repeat(1024 * 1024));
    for (let index = 0; index < 100; index += 1) log.add(plain(long));
    expect(log.dropped).toBeGreaterThan(0);
    expect(log.dropped + log.rows().length).toBe(100);
  });
});
