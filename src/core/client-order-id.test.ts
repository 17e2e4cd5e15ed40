/** Order ids say what they are for, are never the same for two orders, and fit every venue's field. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeClientOrderId, type OrderIdentity, parseClientOrderId } from "./client-order-id.ts";

const characters = fc.constantFrom(..."0123456789abcdefghijklmnopqrstuvwxyz");
const PURPOSES = [
  "rebalance",
  "close",
  "entry-rest",
  "take-profit",
  "stop",
  "rested-exit",
  "slice",
  "pending-entry",
] as const;
const identities: fc.Arbitrary<OrderIdentity> = fc.record({
  epoch: fc.string({ unit: characters, minLength: 8, maxLength: 8 }),
  market: fc.integer({ min: 0, max: 36 ** 4 - 1 }),
  leg: fc.constantFrom("net" as const, "long" as const, "short" as const),
  purpose: fc.constantFrom(...PURPOSES),
  decision: fc.integer({ min: 0, max: 36 ** 8 - 1 }),
  part: fc.integer({ min: 0, max: 35 }),
});

describe("client order ids", () => {
  it("say again what they were made of", () => {
    fc.assert(
      fc.property(identities, (identity) => {
        expect(parseClientOrderId(makeClientOrderId(identity))).toEqual(identity);
      }),
    );
  });

  it("have 24 characters of digits and small letters", () => {
    fc.assert(
      fc.property(identities, (identity) => {
        expect(makeClientOrderId(identity)).toMatch(/^ct[0-9a-z]{22}$/);
      }),
    );
  });

  it("differ when anything differs", () => {
    fc.assert(
      fc.property(identities, identities, (left, right) => {
        const same = JSON.stringify(left) === JSON.stringify(right);
        expect(makeClientOrderId(left) === makeClientOrderId(right)).toBe(same);
      }),
    );
  });

  it.each([
    "",
    "my-order",
    "ct",
    `CT${"0".repeat(22)}`,
    `ct${"0".repeat(23)}`,
    `ct${"0".repeat(12)}o${"0".repeat(9)}`,
    `ct${"0".repeat(12)}z${"0".repeat(9)}`,
  ])("do not claim %j", (text) => {
    expect(parseClientOrderId(text)).toBeUndefined();
  });

  it.each([
    ["0", "net", "rebalance"],
    ["1", "net", "close"],
    ["2", "long", "rebalance"],
    ["5", "short", "close"],
    ["6", "net", "entry-rest"],
    ["k", "short", "slice"],
    ["l", "net", "pending-entry"],
    ["n", "short", "pending-entry"],
  ] as const)("mean by %s what they always meant: %s %s", (kind, leg, purpose) => {
    const id = `ct${"a".repeat(8)}${"0".repeat(4)}${kind}${"0".repeat(8)}0`;
    expect(parseClientOrderId(id)).toMatchObject({ leg, purpose });
    expect(makeClientOrderId({ epoch: "a".repeat(8), market: 0, leg, purpose, decision: 0, part: 0 })).toBe(
      id,
    );
  });

  it.each([{ market: 36 ** 4 }, { market: -1 }, { decision: 36 ** 8 }, { part: 36 }])(
    "refuse what does not fit: %j",
    (change) => {
      const identity = {
        epoch: "00000000",
        market: 0,
        leg: "net",
        purpose: "rebalance",
        decision: 0,
        part: 0,
      } as const;
      expect(() => makeClientOrderId({ ...identity, ...change })).toThrow(RangeError);
    },
  );
});
