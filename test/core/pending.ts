/**
 * A leader with orders that wait, and a follower that copies them at half the size: both trade at one price, each at a venue of its
 * own. What the venues tell is heard at once, or stream by stream when `hear` is called. Quantities in lots of 0.001, prices in USDT.
 */
import type { Decision } from "../../src/core/decision.ts";
import type { Event, LeaderOrderRow, OrderRow, OrderStatus } from "../../src/core/event.ts";
import type { Ticks } from "../../src/core/model/amounts.ts";
import { TradeId, VenueOrderId } from "../../src/core/model/identifiers.ts";
import type { ApprovedOrder, OrderForm } from "../../src/core/order.ts";
import type { FollowerLeg } from "../../src/core/state.ts";
import { BTC, FOLLOWER, LEADER, Story, type StoryOptions } from "./story.ts";

export interface LeaderPending {
  readonly id: string;
  readonly side: "buy" | "sell";
  lots: number;
  filled: number;
  price: number;
  /** Waits for its price as a trigger, and goes at market then. */
  readonly isStop: boolean;
}

interface Own {
  readonly order: ApprovedOrder;
  form: OrderForm;
  lots: number;
  filled: number;
  isTriggered: boolean;
}

export type Stream = "fills" | "orders" | "own";

export class Pending {
  readonly story: Story;
  price = 60_000;
  /** What the leader and the follower hold, in lots. */
  leads = 0;
  holds = 0;
  /** What the follower bought, and sold, in all. */
  bought = 0;
  sold = 0;
  isSlow = false;
  readonly leader = new Map<string, LeaderPending>();
  readonly own = new Map<string, Own>();
  readonly #unheard: Readonly<Record<Stream, ((atMs: number) => Event)[]>> = {
    fills: [],
    orders: [],
    own: [],
  };
  #sequence = 700_000;
  #number = 0;

  constructor(options: StoryOptions = {}) {
    const allocation = { copyPending: true, ...options.allocation };
    this.story = new Story({ ...options, allocation });
    this.listLeader();
  }

  /** The leader's order waits at `price`, or fills at once where that is met. */
  waits(id: string, side: "buy" | "sell", lots: number, price: number, isStop = false): void {
    this.leader.set(id, { id, side, lots, filled: 0, price, isStop });
    this.#tellLeader(id, isStop ? "untriggered" : "working");
    this.#match();
  }

  edit(id: string, change: { readonly lots?: number; readonly price?: number }): void {
    const order = this.leader.get(id);
    if (order === undefined) return;
    order.lots = Math.max(change.lots ?? order.lots, order.filled + 1);
    order.price = change.price ?? order.price;
    this.#tellLeader(id, order.isStop ? "untriggered" : "working");
    this.#match();
  }

  takesBack(id: string): void {
    if (!this.leader.has(id)) return;
    this.#tellLeader(id, "cancelled");
    this.leader.delete(id);
    this.#settle();
  }

  /** The leader trades at market. */
  trades(side: "buy" | "sell", lots: number): void {
    this.#number += 1;
    this.#leaderFills(`market-${this.#number}`, side, lots);
    this.#settle();
  }

  /** The leader's position is told as it is, by no order. */
  reports(): void {
    const position = this.#position(this.leads);
    this.story.nowMs += 1;
    const { nowMs: receivedAtMs } = this.story;
    this.#decide(
      this.story.feed({ kind: "leader-position-reported", account: LEADER, position, receivedAtMs }),
    );
    this.#settle();
  }

  /** Of the leader's order alone, as its venue matches it. */
  fillsLeader(id: string, lots: number): void {
    const order = this.leader.get(id);
    if (order === undefined) return;
    const filled = Math.min(lots, order.lots - order.filled);
    order.filled += filled;
    const isDone = order.filled === order.lots;
    this.#leaderFills(id, order.side, filled);
    this.#tellLeader(id, isDone ? "filled" : "working");
    if (isDone) this.leader.delete(id);
    this.#settle();
  }

  /** Of the follower's that stands for it, alone. */
  fillsOwn(id: string, lots: number): void {
    for (const own of this.own.values())
      if (this.followed(own) === id) this.#fillOwn(own, Math.min(lots, Math.abs(own.lots) - own.filled));
    this.#settle();
  }

  moves(price: number): void {
    this.price = price;
    const { story } = this;
    this.#decide(story.price(String(price)));
    this.#match();
  }

  /** The owner, or the venue, ends what stands for the leader's order. */
  endsOwn(id: string): void {
    for (const [key, own] of this.own) {
      if (this.followed(own) !== id) continue;
      this.#tellOwn(own, "cancelled", "CancelByUser");
      this.own.delete(key);
    }
    this.#settle();
  }

  /** The next that a stream has to say; false when it has nothing. */
  hear(stream: Stream): boolean {
    const next = this.#unheard[stream].shift();
    if (next === undefined) return false;
    this.story.nowMs += 1;
    this.#decide(this.story.feed(next(this.story.nowMs)));
    return true;
  }

  hearAll(): void {
    for (let turn = 0; turn < 10_000; turn += 1)
      if (!this.hear("fills") && !this.hear("orders") && !this.hear("own")) return;
    throw new Error("the venues tell more and more");
  }

  /** Time passes, and what falls due happens; what has been said is heard before. */
  wait(ms: number): void {
    for (const decision of this.story.wait(ms)) this.#decide(decision);
    this.#settle();
  }

  /** Whole states of both accounts, read anew. */
  listLeader(): void {
    this.story.nowMs += 2_000;
    const { story } = this;
    const { nowMs } = story;
    this.#decide(
      story.feed({
        kind: "leader-snapshot-taken",
        account: LEADER,
        positions: this.leads === 0 ? [] : [this.#position(this.leads)],
        orders: [],
        leaderOrders: [...this.leader.values()].map((order) =>
          rowOf(order, order.isStop ? "untriggered" : "working", nowMs),
        ),
        equity: { equity: "10000", available: "10000" },
        serverTimeMs: nowMs,
        requestedAtMs: nowMs,
        receivedAtMs: nowMs,
      }),
    );
    this.#settle();
  }

  listOwn(): void {
    this.story.nowMs += 2_000;
    const { story } = this;
    const { nowMs } = story;
    this.#decide(
      story.feed({
        kind: "follower-snapshot-taken",
        account: FOLLOWER,
        positions: this.holds === 0 ? [] : [this.#position(this.holds)],
        orders: [...this.own.values()].map((own) => ownRow(own, "working", "", nowMs)),
        equity: { equity: "10000", available: "10000" },
        serverTimeMs: nowMs,
        requestedAtMs: nowMs,
        receivedAtMs: nowMs,
      }),
    );
    this.#settle();
  }

  restart(): void {
    this.hearAll();
    const { story } = this;
    story.nowMs += 5_000;
    this.#number += 1;
    const epoch = `epoch${String(this.#number).padStart(3, "0")}`;
    this.#decide(story.feed({ kind: "engine-started", epoch, atMs: story.nowMs }));
    this.#decide(story.configure(story.settings));
    this.listLeader();
    this.listOwn();
    this.#decide(story.price(String(this.price)));
    this.#decide(story.describe("one-way"));
    this.#settle();
  }

  /** What rests, as `+5 at 59000`. */
  rests(): string[] {
    return [...this.own.values()]
      .map(({ lots, filled, form }) => {
        const left = lots > 0 ? `+${lots - filled}` : String(lots + filled);
        if (form.kind === "market") return left;
        if (form.kind === "limit") return `${left} at ${form.price / 10}`;
        const limit = form.becomes.kind === "limit" ? ` for ${form.becomes.price / 10}` : "";
        return `${left} when it ${form.direction} to ${form.trigger / 10}${limit}`;
      })
      .sort();
  }

  /** Every reason that was recorded of a pending order. */
  said(): string[] {
    return this.story.decisions.flatMap(({ denials }) =>
      denials.flatMap(({ pending, reason }) => (pending === undefined ? [] : [`${pending} ${reason}`])),
    );
  }

  leg(): FollowerLeg {
    return this.story.leg();
  }

  followed({ order }: Pick<Own, "order">): string | undefined {
    return this.leg().working.get(order.clientOrderId)?.follows?.order;
  }

  decide(decision: Decision): void {
    this.#decide(decision);
    this.#settle();
  }

  #settle(): void {
    if (!this.isSlow) this.hearAll();
  }

  #decide(decision: Decision): void {
    for (const { clientOrderId } of decision.cancels) this.#cancel(clientOrderId);
    for (const { order } of decision.orders) this.#take(order);
    for (const { clientOrderId, change } of decision.amends) this.#amend(clientOrderId, change);
    for (const question of decision.questions)
      if (question.kind === "look-up") this.#look(question.clientOrderId);
  }

  #take(order: ApprovedOrder): void {
    const own: Own = { order, form: order.form, lots: order.lots, filled: 0, isTriggered: false };
    this.#tell("own", (atMs) => {
      const venueOrderId = VenueOrderId(`venue-${order.clientOrderId}`);
      return {
        kind: "order-accepted",
        account: FOLLOWER,
        clientOrderId: order.clientOrderId,
        venueOrderId,
        atMs,
      };
    });
    this.own.set(order.clientOrderId, own);
    this.#gone.set(order.clientOrderId, own);
    this.#match();
    const isImmediate =
      order.form.kind === "market" || (order.form.kind === "limit" && order.form.timeInForce === "IOC");
    if (isImmediate && this.own.has(order.clientOrderId)) {
      this.#tellOwn(own, "cancelled", "no liquidity");
      this.own.delete(order.clientOrderId);
    }
  }

  readonly #gone = new Map<string, Own>();

  #cancel(id: string): void {
    const own = this.own.get(id);
    if (own === undefined) return this.#refuse(id, "order-cancel-refused");
    this.own.delete(id);
    this.#tellOwn(own, "cancelled", "CancelByUser");
  }

  #amend(
    id: string,
    change: { readonly quantity?: number; readonly price?: Ticks; readonly triggerPrice?: Ticks },
  ): void {
    const own = this.own.get(id);
    if (own === undefined) return this.#refuse(id, "order-amend-refused");
    own.lots = (change.quantity ?? Math.abs(own.lots)) * Math.sign(own.lots);
    if (own.form.kind === "limit") own.form = { ...own.form, price: change.price ?? own.form.price };
    if (own.form.kind === "conditional")
      own.form = { ...own.form, trigger: change.triggerPrice ?? own.form.trigger };
    this.#tellOwn(own, "working", "");
    this.#match();
  }

  #refuse(id: string, kind: "order-cancel-refused" | "order-amend-refused"): void {
    const own = this.#gone.get(id);
    if (own === undefined) throw new Error(`${id} was never sent`);
    const refusal = { class: "already-gone", code: 110001, text: "" } as const;
    const { clientOrderId } = own.order;
    this.#tell("own", (atMs) => ({ kind, account: FOLLOWER, clientOrderId, refusal, atMs }));
  }

  #look(id: string): void {
    const own = this.#gone.get(id);
    if (own === undefined) throw new Error(`${id} was never sent`);
    const isOpen = this.own.has(id);
    const isFilled = own.filled === Math.abs(own.lots);
    this.#tellOwn(own, isOpen ? "working" : isFilled ? "filled" : "cancelled", isOpen ? "" : "CancelByUser");
  }

  /** Whatever the price meets is filled: the leader's, and the follower's. */
  #match(): void {
    for (const order of [...this.leader.values()])
      if (this.#isMet(order)) this.fillsLeader(order.id, order.lots);
    for (const own of [...this.own.values()])
      if (this.#isOwnMet(own)) this.#fillOwn(own, Math.abs(own.lots) - own.filled);
    this.#settle();
  }

  #isMet({ side, price, isStop }: LeaderPending): boolean {
    return (side === "buy") === isStop ? this.price >= price : this.price <= price;
  }

  #isOwnMet(own: Own): boolean {
    const { form, lots } = own;
    if (form.kind === "market") return true;
    const meets = (ticks: number): boolean =>
      lots > 0 ? this.price * 10 <= ticks : this.price * 10 >= ticks;
    if (form.kind === "limit") return meets(form.price);
    own.isTriggered ||=
      form.direction === "rises" ? this.price * 10 >= form.trigger : this.price * 10 <= form.trigger;
    return own.isTriggered && (form.becomes.kind === "market" || meets(form.becomes.price));
  }

  #fillOwn(own: Own, wanted: number): void {
    const side = Math.sign(own.lots);
    const most = own.order.reduceOnly ? (Math.sign(this.holds) === -side ? Math.abs(this.holds) : 0) : wanted;
    const lots = Math.min(wanted, most);
    own.filled += lots;
    this.holds += lots * side;
    if (side > 0) this.bought += lots;
    else this.sold += lots;
    this.#number += 1;
    this.#sequence += 1;
    const [tradeId, sequence] = [TradeId(`own-${this.#number}`), this.#sequence];
    const { clientOrderId, leg } = own.order;
    if (lots > 0)
      this.#tell("own", (atMs) => ({
        kind: "follower-filled",
        account: FOLLOWER,
        instrument: BTC,
        leg,
        tradeId,
        venueOrderId: VenueOrderId(`venue-${clientOrderId}`),
        clientOrderId,
        side: side > 0 ? "buy" : "sell",
        quantity: String(lots / 1_000),
        price: String(this.price),
        fee: "0",
        sequence,
        venueTimeMs: atMs,
        receivedAtMs: atMs,
      }));
    const isDone = own.filled === Math.abs(own.lots) || lots < wanted;
    this.#tellOwn(own, own.filled === Math.abs(own.lots) ? "filled" : isDone ? "cancelled" : "working", "");
    if (isDone) this.own.delete(clientOrderId);
  }

  #tellOwn(own: Own, status: OrderStatus, venueReason: string): void {
    const said = { ...own };
    this.#tell("own", (atMs) => ({
      kind: "order-reported",
      account: FOLLOWER,
      atMs,
      order: ownRow(said, status, venueReason, atMs),
    }));
  }

  #leaderFills(id: string, side: "buy" | "sell", lots: number): void {
    this.leads += side === "buy" ? lots : -lots;
    this.#number += 1;
    this.#sequence += 1;
    const [tradeId, sequence, price] = [TradeId(`leader-${this.#number}`), this.#sequence, this.price];
    const { nowMs: venueTimeMs } = this.story;
    this.#tell("fills", (atMs) => ({
      kind: "leader-filled",
      account: LEADER,
      instrument: BTC,
      leg: "net",
      tradeId,
      venueOrderId: VenueOrderId(id),
      side,
      quantity: String(lots / 1_000),
      price: String(price),
      fee: "0",
      sequence,
      venueTimeMs,
      receivedAtMs: atMs,
    }));
  }

  #tellLeader(id: string, status: OrderStatus): void {
    const order = this.leader.get(id);
    if (order === undefined) return;
    const row = rowOf(order, status, this.story.nowMs);
    this.#tell("orders", (atMs) => ({ kind: "leader-order-reported", account: LEADER, order: row, atMs }));
  }

  #tell(stream: Stream, event: (atMs: number) => Event): void {
    this.#unheard[stream].push(event);
  }

  #position(lots: number) {
    this.#sequence += 1;
    return { ...this.story.row(String(lots / 1_000)), sequence: this.#sequence };
  }
}

function rowOf(
  { id, side, lots, filled, price, isStop }: LeaderPending,
  status: OrderStatus,
  venueTimeMs: number,
): LeaderOrderRow {
  return {
    instrument: BTC,
    leg: "net",
    venueOrderId: VenueOrderId(id),
    orderKind: "order",
    side,
    status,
    orderType: isStop ? "market" : "limit",
    price: isStop ? "" : String(price),
    triggerPrice: isStop ? String(price) : "",
    quantity: String(lots / 1_000),
    filledQuantity: String(filled / 1_000),
    averagePrice: "",
    timeInForce: "GTC",
    triggerBy: isStop ? "last" : null,
    triggerDirection: isStop ? (side === "buy" ? "rises" : "falls") : null,
    reduceOnly: false,
    venueReason: "",
    venueTimeMs,
  };
}

function ownRow(
  { order, form, lots, filled }: Own,
  status: OrderStatus,
  venueReason: string,
  venueTimeMs: number,
): OrderRow {
  const then = form.kind === "conditional" ? form.becomes : form;
  return {
    instrument: BTC,
    leg: order.leg,
    clientOrderId: order.clientOrderId,
    venueOrderId: VenueOrderId(`venue-${order.clientOrderId}`),
    side: lots > 0 ? "buy" : "sell",
    status: status === "working" && form.kind === "conditional" ? "untriggered" : status,
    orderType: then.kind,
    price: then.kind === "limit" ? String(then.price / 10) : "",
    triggerPrice: form.kind === "conditional" ? String(form.trigger / 10) : "",
    quantity: String(Math.abs(lots) / 1_000),
    filledQuantity: String(filled / 1_000),
    averagePrice: filled === 0 ? "" : "60000",
    reduceOnly: order.reduceOnly,
    venueReason,
    venueTimeMs,
  };
}
