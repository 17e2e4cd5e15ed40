/**
 * A follower whose large changes are worked, on a book with one best price on each side that everybody may trade at: what
 * crosses fills there whole, what rests fills at its own price once the other side comes to it.
 */
import type { Decision } from "../../src/core/decision.ts";
import { ClientOrderId, TradeId, VenueOrderId } from "../../src/core/model/identifiers.ts";
import type { ApprovedOrder, OrderForm } from "../../src/core/order.ts";
import type { Allocation } from "../../src/core/settings.ts";
import type { WorkTerms } from "../../src/core/slicing/terms.ts";
import type { Worked } from "../../src/core/slicing/worked.ts";
import { report, rowOf, snapshotWith } from "./resting-orders.ts";
import { BTC, FOLLOWER, LEADER, Story, type StoryOptions } from "./story.ts";

export const TERMS: WorkTerms = {
  above: "10000",
  slices: 4,
  overMs: 40_000,
  chase: true,
  crossAfterMs: 5_000,
  exits: false,
};

interface Standing {
  order: ApprovedOrder;
  form: OrderForm;
  filledLots: number;
}

export class WorkedStory {
  readonly story: Story;
  /** As `slice +125 at 59990`, `rebalance +100`, `cancel`, `amend to 59995`, in the order of the decisions. */
  readonly sent: string[] = [];
  readonly done: Worked[] = [];
  readonly standing = new Map<ClientOrderId, Standing>();
  bid = 59_990;
  ask = 60_000;
  /** What the follower holds, lots. */
  held = 0;
  /** What executions paid, lots times price; sales come in. */
  cash = 0;
  readonly executions: { readonly price: number; readonly lots: number; readonly reduces: boolean }[] = [];
  #trades = 0;
  #restarts = 0;

  constructor(
    work: Partial<WorkTerms> = {},
    allocation: Partial<Allocation> = {},
    options: StoryOptions = {},
  ) {
    this.story = new Story({ ...options, allocation: { work: { ...TERMS, ...work }, ...allocation } });
    this.book(this.bid, this.ask);
  }

  leader(side: "buy" | "sell", quantity: string, price = String(this.ask)): Decision {
    return this.#carryOut(this.story.leaderFill(side, quantity, { price }));
  }

  /** The best prices move; what rests is taken where the other side comes to it. */
  book(bid: number, ask: number): void {
    [this.bid, this.ask] = [bid, ask];
    this.#carryOut(this.story.book(String(bid), String(ask), String((bid + ask) / 2)));
    for (const standing of [...this.standing.values()]) {
      const { form, order } = standing;
      if (form.kind !== "limit") continue;
      const price = form.price / 10;
      const isReached = order.lots > 0 ? ask <= price : bid >= price;
      if (isReached) this.take(order, Math.abs(order.lots) - standing.filledLots, price);
    }
  }

  /** Time passes as the engine would let it: the newest prices are told with each tick. */
  wait(ms: number): void {
    const untilMs = this.story.nowMs + ms;
    for (;;) {
      const dueMs = Math.min(...this.story.state.agenda.values(), Infinity);
      if (dueMs > untilMs) break;
      this.story.nowMs = Math.max(this.story.nowMs, dueMs);
      this.#carryOut(this.story.book(String(this.bid), String(this.ask), String((this.bid + this.ask) / 2)));
      this.#carryOut(this.story.feed({ kind: "clock-ticked", atMs: this.story.nowMs }));
    }
    this.story.nowMs = untilMs;
  }

  /** Somebody trades with what of ours rests. */
  take(order: ApprovedOrder, lots: number, price: number): void {
    const standing = this.standing.get(order.clientOrderId);
    if (standing === undefined) throw new Error(`${order.clientOrderId} does not rest`);
    standing.filledLots += lots;
    const isWhole = standing.filledLots === Math.abs(order.lots);
    if (isWhole) this.standing.delete(order.clientOrderId);
    this.execute(order, lots, price);
    this.tell(order, standing, isWhole ? "filled" : "working");
    this.#carryOut(this.story.followerHolds(String(this.held / 1_000)));
  }

  /** Leader and follower are read again. */
  fresh(): void {
    const { story } = this;
    const leader = story.state.leaders.get(LEADER)?.holdings.get(BTC)?.get("net")?.lots ?? 0;
    this.#carryOut(story.leaderSnapshot(leader === 0 ? [] : [story.row(String(leader / 1_000))]));
    const rows = [...this.standing.values()].map(({ order, form, filledLots }) =>
      rowOf(story, order, {
        status: "working",
        filledQuantity: String(filledLots / 1_000),
        ...(form.kind === "limit" ? { price: String(form.price / 10) } : {}),
      }),
    );
    story.nowMs += 1;
    this.#carryOut(snapshotWith(story, String(this.held / 1_000), rows));
  }

  /** The process died, and begins again where its journal ended. */
  restart(): void {
    const { story } = this;
    this.#restarts += 1;
    const epoch = `restart${this.#restarts % 10}`;
    this.#carryOut(story.feed({ kind: "engine-started", epoch, atMs: story.nowMs }));
    this.#carryOut(story.describe("one-way"));
    this.fresh();
    this.book(this.bid, this.ask);
    for (const { order } of [...this.standing.values()]) {
      const standing = this.standing.get(order.clientOrderId);
      if (standing !== undefined) this.tell(order, standing, "working");
    }
  }

  /** What the core decided for another reason than those above. */
  carryOut(decision: Decision): Decision {
    return this.#carryOut(decision);
  }

  resting(): readonly { readonly lots: number; readonly price: number }[] {
    return [...this.standing.values()].flatMap(({ order, form, filledLots }) =>
      form.kind === "limit"
        ? [{ lots: order.lots - filledLots * Math.sign(order.lots), price: form.price / 10 }]
        : [],
    );
  }

  #carryOut(decision: Decision): Decision {
    for (const { done } of decision.works) if (done !== null) this.done.push(done);
    for (const { clientOrderId } of decision.cancels) this.#cancel(clientOrderId);
    for (const { order } of decision.orders) this.#place(order);
    for (const { clientOrderId, change } of decision.amends) {
      const standing = this.standing.get(clientOrderId);
      if (standing === undefined || change.price === undefined || standing.form.kind !== "limit") continue;
      this.sent.push(`amend to ${change.price / 10}`);
      standing.form = { ...standing.form, price: change.price };
      this.story.nowMs += 1;
      this.tell(standing.order, standing, "working");
    }
    return decision;
  }

  #cancel(id: ClientOrderId): void {
    const standing = this.standing.get(id);
    if (standing === undefined) return;
    this.sent.push("cancel");
    this.standing.delete(id);
    this.tell(standing.order, standing, "cancelled");
  }

  #place(order: ApprovedOrder): void {
    const { purpose, lots, form } = order;
    const text = form.kind === "limit" ? ` at ${form.price / 10}` : "";
    this.sent.push(`${purpose} ${lots > 0 ? "+" : ""}${lots}${text}`);
    const standing: Standing = { order, form, filledLots: 0 };
    const touch = lots > 0 ? this.ask : this.bid;
    const isWithin = form.kind !== "limit" || (touch - form.price / 10) * Math.sign(lots) <= 0;
    this.#carryOut(this.story.accept(order));
    if (form.kind === "limit" && form.timeInForce === "PostOnly") {
      if (isWithin) return this.tell(order, standing, "cancelled");
      this.standing.set(order.clientOrderId, standing);
      return;
    }
    if (!isWithin) return this.tell(order, standing, "cancelled");
    standing.filledLots = Math.abs(lots);
    this.execute(order, Math.abs(lots), touch);
    this.tell(order, standing, "filled");
    this.#carryOut(this.story.followerHolds(String(this.held / 1_000)));
  }

  execute(order: ApprovedOrder, lots: number, price: number): void {
    const side = Math.sign(order.lots);
    this.held += side * lots;
    this.executions.push({ price, lots: side * lots, reduces: order.reduceOnly });
    this.cash -= side * lots * price;
    this.#trades += 1;
    this.story.nowMs += 1;
    this.#carryOut(
      this.story.feed({
        kind: "follower-filled",
        account: FOLLOWER,
        instrument: BTC,
        leg: order.leg,
        tradeId: TradeId(`worked-${this.#trades}`),
        venueOrderId: VenueOrderId(`venue-${order.clientOrderId}`),
        clientOrderId: ClientOrderId(order.clientOrderId),
        side: side > 0 ? "buy" : "sell",
        quantity: String(lots / 1_000),
        price: String(price),
        fee: "0.1",
        sequence: this.story.row("0").sequence,
        venueTimeMs: this.story.nowMs,
        receivedAtMs: this.story.nowMs,
      }),
    );
  }

  tell(order: ApprovedOrder, standing: Standing, status: "working" | "filled" | "cancelled"): void {
    const filledQuantity = String(standing.filledLots / 1_000);
    const price = standing.form.kind === "limit" ? { price: String(standing.form.price / 10) } : {};
    this.#carryOut(report(this.story, order, { status, filledQuantity, ...price }));
  }
}
