/**
 * The fold of a position: whatever is lost, doubled or out of order among executions, position reports and snapshots, it
 * comes to what the venue holds, and each execution counts once.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyFill,
  applyReport,
  applySnapshotAbsence,
  applySnapshotRow,
  emptyHolding,
  type Holding,
  type ParsedRow,
  type PendingFill,
  SNAPSHOT_SETTLE_MS,
} from "./holding.ts";
import { Lots } from "./model/amounts.ts";

type Message =
  | { readonly kind: "fill"; readonly fill: PendingFill }
  | { readonly kind: "report"; readonly row: ParsedRow };

interface History {
  readonly messages: readonly Message[];
  readonly final: ParsedRow;
}

/** Matching events of one to three executions each; the venue reports the position after each event. */
const histories: fc.Arbitrary<History> = fc
  .array(
    fc.array(
      fc.integer({ min: -50, max: 50 }).filter((lots) => lots !== 0),
      { minLength: 1, maxLength: 3 },
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((events) => {
    const messages: Message[] = [];
    let lots = 0;
    let final = row(0, -1, 0);
    for (const [index, fills] of events.entries()) {
      for (const [part, by] of fills.entries()) {
        lots += by;
        messages.push({
          kind: "fill",
          fill: { tradeId: `${index}.${part}`, sequence: index, lots: Lots(by), venueTimeMs: index * 10 },
        });
      }
      final = row(lots, index, index * 10);
      messages.push({ kind: "report", row: final });
    }
    return { messages, final };
  });

function row(lots: number, sequence: number, venueTimeMs: number): ParsedRow {
  return {
    lots: Lots(lots),
    sequence,
    venueTimeMs,
    leverageHundredths: null,
    entryTicks: null,
    liquidationTicks: null,
  };
}

function apply(holding: Holding, message: Message): void {
  if (message.kind === "fill") applyFill(holding, message.fill);
  else applyReport(holding, message.row);
}

describe("a holding", () => {
  it("counts every execution once, in any order and however often it is told (pains 3, 7)", () => {
    const orders = histories.chain(({ messages, final }) => {
      const fills = messages.filter(({ kind }) => kind === "fill");
      return fc.record({
        told: fc.shuffledSubarray([...fills, ...fills], { minLength: fills.length * 2 }),
        final: fc.constant(final),
      });
    });
    fc.assert(
      fc.property(orders, ({ told, final }) => {
        const holding = emptyHolding("net");
        for (const message of told) apply(holding, message);
        expect(holding.lots).toBe(final.lots);
      }),
    );
  });

  it("comes to the venue's truth with reports mixed in, in any order, told twice", () => {
    const orders = histories.chain(({ messages, final }) =>
      fc.record({
        told: fc.shuffledSubarray([...messages, ...messages], { minLength: messages.length * 2 }),
        final: fc.constant(final),
      }),
    );
    fc.assert(
      fc.property(orders, ({ told, final }) => {
        const holding = emptyHolding("net");
        for (const message of told) apply(holding, message);
        expect(holding.lots).toBe(final.lots);
      }),
    );
  });

  it("comes to the venue's truth by a settled snapshot, whatever was lost before", () => {
    const losses = histories.chain(({ messages, final }) =>
      fc.record({ told: fc.shuffledSubarray([...messages]), final: fc.constant(final) }),
    );
    fc.assert(
      fc.property(losses, ({ told, final }) => {
        const holding = emptyHolding("net");
        for (const message of told) apply(holding, message);
        const serverTimeMs = 120 + SNAPSHOT_SETTLE_MS;
        for (let time = 0; time < 2; time += 1) {
          if (final.lots === 0) applySnapshotAbsence(holding, serverTimeMs);
          else applySnapshotRow(holding, final, serverTimeMs);
        }
        expect(holding.lots).toBe(final.lots);
      }),
    );
  });

  it("is not moved by a snapshot that is older than what the stream told", () => {
    const holding = emptyHolding("net");
    applyReport(holding, row(5, 10, 1_000));
    applySnapshotRow(holding, row(3, 9, 900), 10_000);
    expect(holding.lots).toBe(5);
  });

  it("adds nothing while fills and the stream's own statement of the same event contradict each other", () => {
    const holding = emptyHolding("net");
    applyFill(holding, { tradeId: "b", sequence: 2, lots: Lots(-2), venueTimeMs: 1_000 });
    expect(applyReport(holding, row(2, 2, 1_000))).toBe("disputed");
    expect(holding).toMatchObject({ lots: -2, disputed: true });
    expect(applySnapshotRow(holding, row(2, 2, 1_000), 2_500)).toBe("changed");
    expect(holding).toMatchObject({ lots: 2, disputed: false });
  });

  it("waits out the race between a snapshot and the stream, and asks again", () => {
    const holding = emptyHolding("net");
    applyFill(holding, { tradeId: "a", sequence: 1, lots: Lots(5), venueTimeMs: 1_000 });
    expect(applySnapshotRow(holding, row(3, 1, 1_000), 1_500)).toBe("disputed");
    expect(holding.lots).toBe(5);
    expect(applySnapshotRow(holding, row(3, 1, 1_000), 2_000)).toBe("changed");
    expect(holding.lots).toBe(3);
  });

  it("takes a snapshot at once that knows of later events than the stream told", () => {
    const holding = emptyHolding("net");
    applyReport(holding, row(79, 256, 1_000));
    expect(applySnapshotRow(holding, row(30, 259, 1_200), 1_500)).toBe("changed");
    applyFill(holding, { tradeId: "late", sequence: 259, lots: Lots(-49), venueTimeMs: 1_200 });
    applyFill(holding, { tradeId: "new", sequence: 264, lots: Lots(79), venueTimeMs: 1_600 });
    expect(holding.lots).toBe(109);
  });

  it("asks when something younger has a lower sequence, and believes the snapshot that says so", () => {
    const holding = emptyHolding("net");
    applyReport(holding, row(30, 40, 10_000));
    const anew = 10_000 + SNAPSHOT_SETTLE_MS;
    const fill = { tradeId: "anew", sequence: 1, lots: Lots(5), venueTimeMs: anew };
    expect(applyFill(holding, fill)).toBe("disputed");
    expect(applyReport(holding, row(5, 1, anew))).toBe("disputed");
    expect([holding.lots, holding.disputed]).toEqual([30, true]);
    expect(applySnapshotRow(holding, row(5, 1, anew), anew + 1)).toBe("changed");
    expect([holding.lots, holding.disputed]).toEqual([5, false]);
    // What was counted before is not counted again, however late it is told.
    expect(applyFill(holding, { ...fill, tradeId: "before", sequence: 39, venueTimeMs: 9_000 })).toBe(
      "unchanged",
    );
    expect(applyFill(holding, { ...fill, tradeId: "after", sequence: 2, venueTimeMs: anew + 1 })).toBe(
      "changed",
    );
    expect(holding.lots).toBe(10);
  });

  it("is not moved by a lower sequence that is hardly younger, or that never was one", () => {
    const holding = emptyHolding("net");
    applyReport(holding, row(30, 40, 10_000));
    expect(applySnapshotRow(holding, row(5, 39, 10_000 + SNAPSHOT_SETTLE_MS - 1), 20_000)).toBe("unchanged");
    expect(applySnapshotRow(holding, row(0, -1, 60_000), 60_000)).toBe("unchanged");
    expect(holding.lots).toBe(30);
  });

  it("is flat only when two settled snapshots in a row do not list it", () => {
    const holding = emptyHolding("net");
    applyReport(holding, row(5, 10, 1_000));
    expect(applySnapshotAbsence(holding, 1_500)).toBe("disputed");
    expect(applySnapshotAbsence(holding, 5_000)).toBe("disputed");
    expect(holding.lots).toBe(5);
    applySnapshotRow(holding, row(5, 10, 1_000), 6_000);
    expect(applySnapshotAbsence(holding, 7_000)).toBe("disputed");
    expect(applySnapshotAbsence(holding, 8_000)).toBe("changed");
    expect(holding.lots).toBe(0);
  });

  it("is not agreed to be nothing while what makes it nothing is disputed and younger than the snapshot", () => {
    const holding = emptyHolding("net");
    const fill = (sequence: number, lots: number, venueTimeMs: number) =>
      applyFill(holding, { tradeId: `${sequence}`, sequence, lots: Lots(lots), venueTimeMs });
    applyReport(holding, row(-1, 1, 1_000));
    // Our own close was read twice before it was told, within one millisecond: it counts once more.
    expect(applySnapshotAbsence(holding, 6_000)).toBe("disputed");
    expect(applySnapshotAbsence(holding, 7_000)).toBe("changed");
    fill(2, 1, 7_000);
    expect(applyReport(holding, row(0, 2, 7_000))).toBe("disputed");
    // What was on its way arrives, and half of it is closed, after the venue read the account and before its answer.
    fill(3, -2, 8_000);
    expect(applyReport(holding, row(-2, 3, 8_000))).toBe("disputed");
    fill(4, 1, 8_000);
    expect(applyReport(holding, row(-1, 4, 8_000))).toBe("disputed");
    expect(applySnapshotAbsence(holding, 8_000)).toBe("disputed");
    expect(applySnapshotRow(holding, row(-1, 4, 8_000), 9_000)).toBe("changed");
    expect([holding.lots, holding.disputed]).toEqual([-1, false]);
  });

  it("does not count what was executed before a snapshot that showed nothing, and is told after it", () => {
    const holding = emptyHolding("net");
    applyReport(holding, row(4, 1, 1_000));
    expect(applySnapshotAbsence(holding, 6_000)).toBe("disputed");
    expect(applySnapshotAbsence(holding, 7_000)).toBe("changed");
    const [close, flip] = [Lots(-2), Lots(-5)];
    expect(applyFill(holding, { tradeId: "a", sequence: 2, lots: close, venueTimeMs: 4_000 })).toBe(
      "unchanged",
    );
    expect(applyFill(holding, { tradeId: "b", sequence: 3, lots: flip, venueTimeMs: 6_000 })).toBe(
      "unchanged",
    );
    expect(holding.lots).toBe(0);
    applyFill(holding, { tradeId: "c", sequence: 5, lots: Lots(3), venueTimeMs: 6_001 });
    expect(holding.lots).toBe(3);
  });

  it("does not count what opened and closed before a snapshot that agreed on nothing", () => {
    const holding = emptyHolding("net");
    applyReport(holding, row(0, 1, 1_000));
    expect(applySnapshotAbsence(holding, 9_000)).toBe("unchanged");
    applyFill(holding, { tradeId: "opened", sequence: 2, lots: Lots(4), venueTimeMs: 5_000 });
    expect(holding.lots).toBe(0);
    applyFill(holding, { tradeId: "news", sequence: 4, lots: Lots(3), venueTimeMs: 9_100 });
    expect(holding.lots).toBe(3);
  });

  it("takes a leg on the side that it cannot have for news of something missed, and adds up once that is told", () => {
    const short = emptyHolding("short");
    expect(applyFill(short, { tradeId: "close", sequence: 2, lots: Lots(5), venueTimeMs: 20 })).toBe(
      "disputed",
    );
    expect(short).toMatchObject({ lots: 0, disputed: true });
    applyFill(short, { tradeId: "open", sequence: 1, lots: Lots(-7), venueTimeMs: 10 });
    expect(short.lots).toBe(-2);
    applyReport(short, row(-2, 2, 20));
    expect(short.disputed).toBe(false);
  });

  it("takes it for that, too, where an execution after it hides it in the sum", () => {
    const long = emptyHolding("long");
    applyFill(long, { tradeId: "open", sequence: 2, lots: Lots(6), venueTimeMs: 20 });
    expect(applyFill(long, { tradeId: "close", sequence: 1, lots: Lots(-5), venueTimeMs: 10 })).toBe(
      "disputed",
    );
    expect(long.disputed).toBe(true);
    applySnapshotRow(long, row(6, 2, 20), 5_000);
    expect(long).toMatchObject({ lots: 6, disputed: false });
  });

  it("reads each leg by itself: a flat first row does not hide the second (pain 19)", () => {
    const [long, short] = [emptyHolding("long"), emptyHolding("short")];
    applySnapshotRow(long, row(0, -1, 0), 5_000);
    applySnapshotRow(short, row(-7, 3, 100), 5_000);
    expect([long.lots, short.lots]).toEqual([0, -7]);
  });
});
