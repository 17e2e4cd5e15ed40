/** A story with a second leader on the same follower, both copied one to one. */
import fc from "fast-check";
import type { Decision } from "../../src/core/decision.ts";
import type { PositionRow, Side } from "../../src/core/event.ts";
import { AccountId, TradeId, VenueOrderId } from "../../src/core/model/identifiers.ts";
import { plainAllocation } from "../../src/core/settings.ts";
import { isOpen } from "../../src/core/state.ts";
import { legTarget } from "../../src/core/target.ts";
import { heldLots } from "../../src/core/virtual.ts";
import { BTC, FOLLOWER, LEADER, onlyOrder, Story, type StoryOptions, VENUE } from "./story.ts";

export const SECOND = AccountId("second");

/** A leader trades. */
export const trading = fc.record({
  who: fc.constantFrom("first" as const, "second" as const),
  side: fc.constantFrom("buy" as const, "sell" as const),
  lots: fc.integer({ min: 1, max: 400 }),
});
/** What is open fills by a part, in hundredths. */
export const filling = fc.record({ fill: fc.integer({ min: 0, max: 100 }) });
/** Whatever moves money: trades, fills, prices, and funding in thousandths. */
export const moneyMoves = fc.oneof(
  trading,
  filling,
  fc.record({ price: fc.integer({ min: 40_000, max: 80_000 }) }),
  fc.record({ payment: fc.integer({ min: -999_999, max: 999_999 }) }),
);

type Happening = typeof moneyMoves extends fc.Arbitrary<infer Value> ? Value : never;

export class TwoLeaders {
  readonly story: Story;
  #sequence = 100_000;
  #payments = 0;

  constructor(options: StoryOptions = {}) {
    this.story = new Story({ ...options, allocation: { sizing: { kind: "multiplier", multiplier: "1" } } });
    const { settings } = this.story;
    this.story.configure({
      ...settings,
      accounts: [...settings.accounts, { account: SECOND, venue: VENUE, role: "leader" }],
      allocations: [...settings.allocations, { ...plainAllocation(SECOND, FOLLOWER), ...options.allocation }],
    });
    this.snapshotOfSecond();
  }

  snapshotOfSecond(): Decision {
    return this.#snapshotOf(SECOND, []);
  }

  #snapshotOf(account: AccountId, positions: readonly PositionRow[]): Decision {
    this.story.nowMs += 1;
    const { nowMs } = this.story;
    return this.story.feed({
      kind: "leader-snapshot-taken",
      account,
      positions,
      orders: [],
      equity: { equity: "10000", available: "10000" },
      serverTimeMs: nowMs,
      requestedAtMs: nowMs,
      receivedAtMs: nowMs,
    });
  }

  first(side: Side, quantity: string): Decision {
    return this.story.leaderFill(side, quantity);
  }

  second(side: Side, quantity: string): Decision {
    this.story.nowMs += 1;
    this.#sequence += 1;
    return this.story.feed({
      kind: "leader-filled",
      account: SECOND,
      instrument: BTC,
      leg: "net",
      tradeId: TradeId(`second-${this.#sequence}`),
      venueOrderId: VenueOrderId(`second-order-${this.#sequence}`),
      side,
      quantity,
      price: "60000",
      fee: "0",
      sequence: this.#sequence,
      venueTimeMs: this.story.nowMs,
      receivedAtMs: this.story.nowMs,
    });
  }

  /** Funding of the follower's position; `id` tells payments apart. */
  funding(payment: string, id: string): Decision {
    const { nowMs } = this.story;
    const settled = { kind: "funding-settled", account: FOLLOWER, instrument: BTC, leg: "net" } as const;
    return this.story.feed({ ...settled, tradeId: TradeId(id), payment, venueTimeMs: nowMs, atMs: nowMs });
  }

  /** One of the generated happenings. */
  happens(one: Happening): void {
    if ("who" in one) this[one.who](one.side, String(one.lots / 1_000));
    else if ("price" in one) this.story.price(String(one.price));
    else if ("payment" in one) {
      this.#payments += 1;
      this.funding(String(one.payment / 1_000), `funding-${this.#payments}`);
    } else this.fillOpen(one.fill / 100);
  }

  /** The only order of the decision fills whole; `holds` is the position after it. */
  filled(decision: Decision, holds: string): void {
    const order = onlyOrder(decision);
    this.story.fill(order, String(Math.abs(order.lots) / 1_000), holds);
  }

  /** What is open fills by a part of it, rounded down, and the rest is cancelled. */
  fillOpen(part: number): boolean {
    const leg = this.story.leg();
    const order = [...leg.working.values()].find(isOpen);
    if (order === undefined) return false;
    const most = order.reduceOnly ? Math.max(-leg.venue.lots * Math.sign(order.lots), 0) : Infinity;
    const lots = Math.min(Math.floor(Math.abs(order.lots) * part), most);
    const holds = leg.venue.lots + lots * Math.sign(order.lots);
    const planned = this.story.decisions.flatMap(({ orders }) => orders);
    const sent = planned.find(({ order: { clientOrderId } }) => clientOrderId === order.clientOrderId);
    if (sent === undefined) throw new Error(`${order.clientOrderId} was never sent`);
    this.story.fill(sent.order, String(lots / 1_000), String(holds / 1_000));
    return true;
  }

  /** Everything fills until nothing is open. */
  settle(): void {
    for (let turn = 0; turn < 100; turn += 1) {
      if (this.fillOpen(1)) continue;
      const sent = this.story.wait(31_000).some(({ orders }) => orders.length > 0);
      for (const leader of [LEADER, SECOND]) this.#leaderUnchanged(leader);
      this.#followerUnchanged();
      if (!sent && ![...this.story.leg().working.values()].some(isOpen)) return;
    }
  }

  #leaderUnchanged(leader: AccountId): void {
    const holds = this.story.state.leaders.get(leader)?.holdings.get(BTC)?.get("net")?.lots ?? 0;
    this.#sequence += 1;
    const row = { ...this.story.row(String(holds / 1_000)), sequence: this.#sequence };
    this.#snapshotOf(leader, holds === 0 ? [] : [row]);
  }

  #followerUnchanged(): void {
    const holds = this.story.leg().venue.lots;
    this.story.followerSnapshot(holds === 0 ? [] : [this.story.row(String(holds / 1_000))]);
  }

  /** Virtual positions of the first and the second leader's copies. */
  held(): number[] {
    return [LEADER, SECOND].map((leader) => {
      const copy = this.story.leg().market.copies.find((one) => one.leader.account === leader);
      return copy === undefined ? 0 : heldLots(copy, "net");
    });
  }

  targets(): number[] {
    return [LEADER, SECOND].map((leader) => {
      const copy = this.story.leg().market.copies.find((one) => one.leader.account === leader);
      const part = copy?.legs.find(({ leg }) => leg === "net");
      return part === undefined ? 0 : legTarget(part);
    });
  }

  pending(): number {
    return this.story.leg().market.copies.reduce((sum, copy) => sum + copy.pendingChanges.length, 0);
  }
}
