/**
 * A leader's exit and ours rest at one price and fill at one moment. In whatever order both venues tell of it, nothing is sold a
 * second time, and what is left is the copy's share.
 */
import { describe, expect, it } from "vitest";
import { LimitExits, limitExit } from "../../../test/core/limit-exits.ts";
import { BTC, FOLLOWER, LEADER, onlyOrder, orderTexts, type Story } from "../../../test/core/story.ts";
import type { Event, LeaderOrderRow } from "../event.ts";
import { TradeId, VenueOrderId } from "../model/identifiers.ts";
import type { ApprovedOrder } from "../order.ts";
import { legTarget } from "../target.ts";

type Told = (atMs: number) => Event;
type Sources = Readonly<Record<string, readonly Told[]>>;

const SEQUENCE = 1_000;

/** Of the leader's exit, in parts: each stream by itself is in order. `kind` says what the exit is. */
function leaderTells(exit: Partial<LeaderOrderRow>, parts: readonly number[], whole: number): Sources {
  let filled = 0;
  const [fills, positions, rows]: [Told[], Told[], Told[]] = [[], [], []];
  for (const [index, part] of parts.entries()) {
    filled += part;
    const [total, sequence] = [filled, SEQUENCE + index];
    fills.push((atMs) => ({
      kind: "leader-filled",
      account: LEADER,
      instrument: BTC,
      leg: "net",
      tradeId: TradeId(`exit-${sequence}`),
      venueOrderId: VenueOrderId("exit"),
      side: "sell",
      quantity: String(part / 10),
      price: "61000",
      fee: "0",
      sequence,
      venueTimeMs: atMs,
      receivedAtMs: atMs,
    }));
    const held = { instrument: BTC, leg: "net", entryPrice: "", leverage: "10" } as const;
    positions.push((atMs) => ({
      kind: "leader-position-reported",
      account: LEADER,
      position: { ...held, quantity: String((10 - total) / 10), sequence, venueTimeMs: atMs },
      receivedAtMs: atMs,
    }));
    const status = total === whole ? "filled" : "working";
    rows.push((atMs) => ({
      kind: "leader-order-reported",
      account: LEADER,
      order: limitExit("exit", {
        ...exit,
        status,
        quantity: String(whole / 10),
        filledQuantity: String(total / 10),
        venueTimeMs: atMs,
      }),
      atMs,
    }));
  }
  return { fills, positions, rows };
}

/** Of ours, all of which fills at once. */
function venueTells(story: Story, order: ApprovedOrder, holds: string): Sources {
  const quantity = String(Math.abs(order.lots) / 1_000);
  return {
    executions: [
      (atMs) => ({
        kind: "follower-filled",
        account: FOLLOWER,
        instrument: BTC,
        leg: "net",
        tradeId: TradeId("ours"),
        venueOrderId: VenueOrderId("ours"),
        clientOrderId: order.clientOrderId,
        side: "sell",
        quantity,
        price: "61000",
        fee: "0",
        sequence: SEQUENCE,
        venueTimeMs: atMs,
        receivedAtMs: atMs,
      }),
    ],
    holds: [
      (atMs) => ({
        kind: "follower-position-reported",
        account: FOLLOWER,
        position: {
          instrument: BTC,
          leg: "net",
          quantity: holds,
          entryPrice: "",
          leverage: "10",
          sequence: SEQUENCE,
          venueTimeMs: atMs,
        },
        receivedAtMs: atMs,
      }),
    ],
    reports: [
      (atMs) => ({
        kind: "order-reported",
        account: FOLLOWER,
        atMs,
        order: { ...story.orderRow(order, quantity, "filled"), venueTimeMs: atMs },
      }),
    ],
  };
}

/** Every order in which the sources can be heard, as names of them. */
function orders(sources: Sources): string[][] {
  const names = Object.keys(sources).filter((name) => (sources[name]?.length ?? 0) > 0);
  if (names.length === 0) return [[]];
  return names.flatMap((name) => {
    const rest = { ...sources, [name]: sources[name]?.slice(1) ?? [] };
    return orders(rest).map((order) => [name, ...order]);
  });
}

interface Heard {
  readonly order: string;
  readonly sent: readonly string[];
  readonly holds: number;
  readonly target: number;
}

/** What is sent where it is heard in that order, each a millisecond after the other, and within ten seconds after that. */
function hear(
  begin: () => { readonly story: Story; readonly sources: Sources },
  order: readonly string[],
): Heard {
  const { story, sources } = begin();
  const sent: string[] = [];
  const next: Record<string, number> = {};
  for (const name of order) {
    const index = next[name] ?? 0;
    next[name] = index + 1;
    const told = sources[name]?.[index];
    if (told === undefined) throw new Error(`${name} has nothing to tell`);
    story.nowMs += 1;
    sent.push(...orderTexts(story.feed(told(story.nowMs))));
  }
  sent.push(...story.wait(10_000).flatMap(orderTexts));
  const [part] = story.leg().market.copies[0]?.legs ?? [];
  const target = part === undefined ? Number.NaN : legTarget(part);
  return { order: order.join(" "), sent, holds: story.leg().ownedLots, target };
}

function everyOrder(begin: () => { readonly story: Story; readonly sources: Sources }): readonly Heard[] {
  return orders(begin().sources).map((order) => hear(begin, order));
}

/** The first few that sold more, or ended elsewhere. */
const wrong = (heard: readonly Heard[], holds: number): readonly string[] =>
  heard
    .filter((one) => one.sent.length > 0 || one.holds !== holds || one.target !== holds)
    .map(({ order, sent, ...end }) => `${order}: sent ${sent.join(", ")}; ${JSON.stringify(end)}`)
    .slice(0, 8);

const STOP_LOSS: Partial<LeaderOrderRow> = {
  orderKind: "stop-loss",
  orderType: "market",
  price: "",
  triggerPrice: "59000",
  triggerBy: "last",
  triggerDirection: "falls",
};

describe.each([
  ["a limit exit", {}, "working", { exitParity: true }],
  ["a stop loss", STOP_LOSS, "untriggered", { exitParity: false, copyStops: true }],
] as const)("%s of the leader's and ours fill at one moment", (_, exit, status, allocation) => {
  const begin = (...parts: readonly number[]) => {
    const exits = new LimitExits(allocation);
    const { story } = exits;
    const tenths = parts.reduce((sum, part) => sum + part, 0);
    const order = onlyOrder(exits.leads("exit", "61000", String(tenths / 10), { ...exit, status }));
    story.accept(order);
    const holds = String((10 - tenths) / 20);
    return { story, sources: { ...leaderTells(exit, parts, tenths), ...venueTells(story, order, holds) } };
  };

  it.each([2, 6])("and nothing is sold twice, whatever is heard first: %d tenths", (tenths) => {
    expect(
      wrong(
        everyOrder(() => begin(tenths)),
        500 - 50 * tenths,
      ),
    ).toEqual([]);
  });

  it("all of it, where the venue itself keeps a close beside ours from selling more than is held", () => {
    const heard = everyOrder(() => begin(10));
    expect(
      wrong(
        heard.map((one) => ({ ...one, sent: one.sent.filter((text) => text !== "-500 reduce") })),
        0,
      ),
    ).toEqual([]);
  });

  it.each(["executions", "reports"])("the leader's in two parts, and ours told by %s alone", (name) => {
    const some = () => {
      const { story, sources } = begin(2, 4);
      const { fills = [], positions = [], rows = [], [name]: ours = [] } = sources;
      return { story, sources: { fills, positions, rows, ours } };
    };
    expect(wrong(everyOrder(some), 200)).toEqual([]);
  });
});
