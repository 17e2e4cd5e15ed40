/**
 * Stories of a follower whose leader has orders resting. Plays the follower's venue: market orders fill whole, conditional ones
 * rest until the price comes, what only reduces never turns a position. Answers come at once, or when `answer` is called.
 */
import type { Decision } from "../../src/core/decision.ts";
import type {
  Event,
  LeaderOrderRow,
  Leg,
  OrderRow,
  OrderStatus,
  RejectionClass,
} from "../../src/core/event.ts";
import type { Ticks } from "../../src/core/model/amounts.ts";
import {
  type AccountId,
  type ClientOrderId,
  TradeId,
  VenueOrderId,
} from "../../src/core/model/identifiers.ts";
import type { ApprovedOrder, ConditionalForm } from "../../src/core/order.ts";
import type { FollowerLeg } from "../../src/core/state.ts";
import { legTarget } from "../../src/core/target.ts";
import { BTC, FOLLOWER, LEADER, type LeaderFillOptions, Story, type StoryOptions } from "./story.ts";

interface Resting {
  readonly order: ApprovedOrder;
  readonly form: ConditionalForm;
  lots: number;
}

/** As `sell 5 falls 55000`: quantities in steps of 0.001. */
export interface LeaderExit {
  readonly id?: string;
  readonly kind?: LeaderOrderRow["orderKind"];
  readonly side?: "buy" | "sell";
  readonly quantity?: string;
  readonly whole?: true;
  readonly trigger: string;
  readonly by?: LeaderOrderRow["triggerBy"];
  readonly direction?: LeaderOrderRow["triggerDirection"];
  readonly price?: string;
  readonly leg?: Leg;
  readonly reduceOnly?: boolean;
  readonly status?: OrderStatus;
  readonly account?: AccountId;
}

export class Mirrored {
  readonly story: Story;
  readonly resting = new Map<string, Resting>();
  /** By leg: what the venue holds, in lots. */
  readonly holds = new Map<Leg, number>();
  /** Decisions that the venue has not heard of yet. */
  readonly #unheard: Decision[] = [];
  /** What the venue says to the next conditional order. */
  refuses: RejectionClass | null = null;
  /** Every order that was sent, as `stop -5 falls 550000` or `rebalance -5`. */
  readonly sent: string[] = [];
  isSlow = false;
  /** What the venue says is lost; of each order sent we learn as much. */
  isDeaf = false;
  /** How orders ended. */
  readonly #ended = new Map<string, { readonly order: ApprovedOrder; readonly said: Said }>();
  #sequence = 500_000;

  constructor(options: StoryOptions = {}) {
    const allocation = { copyStops: true, ...options.allocation };
    this.story = new Story({ ...options, allocation });
    this.list();
  }

  /** Something happens; the venue answers, unless it is slow. */
  heard(decision: Decision): Decision {
    this.#unheard.push(decision);
    if (!this.isSlow) this.answer();
    return decision;
  }

  trade(side: "buy" | "sell", quantity: string, options: LeaderFillOptions = {}): Decision {
    return this.heard(this.story.leaderFill(side, quantity, options));
  }

  exit(exit: LeaderExit): Decision {
    return this.heard(this.tell(exit));
  }

  /** What the leader did, without the venue's answer to what follows. */
  tell(exit: LeaderExit): Decision {
    this.story.nowMs += 1;
    const { account = LEADER } = exit;
    const { nowMs } = this.story;
    return this.story.feed({ kind: "leader-order-reported", account, order: this.row(exit), atMs: nowMs });
  }

  remove(exit: LeaderExit): Decision {
    return this.exit({ ...exit, status: "cancelled" });
  }

  row(exit: LeaderExit): LeaderOrderRow {
    const {
      id = exit.kind ?? "one",
      kind = "stop-loss",
      side = "sell",
      quantity = "0",
      trigger,
      price = "",
    } = exit;
    return {
      instrument: BTC,
      leg: exit.leg ?? "net",
      venueOrderId: VenueOrderId(id),
      orderKind: kind,
      side,
      status: exit.status ?? "untriggered",
      orderType: price === "" ? "market" : "limit",
      price,
      triggerPrice: trigger,
      quantity,
      filledQuantity: "0",
      averagePrice: "",
      timeInForce: "GTC",
      triggerBy: exit.by ?? "last",
      triggerDirection: exit.direction === undefined ? directionOf(kind, side) : exit.direction,
      reduceOnly: exit.reduceOnly ?? true,
      ...(exit.whole === true ? { whole: true } : {}),
      venueReason: "",
      venueTimeMs: this.story.nowMs,
    };
  }

  /** The leader's whole list, with its position as it is known. */
  list(exits: readonly LeaderExit[] | undefined = [], account: AccountId = LEADER): Decision {
    this.story.nowMs += 2_000;
    const { nowMs } = this.story;
    const legs = this.story.state.leaders.get(account)?.holdings.get(BTC) ?? new Map();
    const positions = [...legs.values()]
      .filter(({ lots }) => lots !== 0)
      .map(({ leg, lots }) => this.story.row(String(lots / 1_000), leg));
    return this.heard(
      this.story.feed({
        kind: "leader-snapshot-taken",
        account,
        positions,
        orders: [],
        leaderOrders: exits.map((exit) => this.row(exit)),
        equity: { equity: "10000", available: "10000" },
        serverTimeMs: nowMs,
        requestedAtMs: nowMs,
        receivedAtMs: nowMs,
      }),
    );
  }

  /** The venue hears of everything that was decided, and what follows from its answers, until nothing is left to say. */
  answer(): void {
    for (let turn = 0; turn < 1_000; turn += 1) {
      const decision = this.#unheard.shift();
      if (decision === undefined) return;
      for (const { clientOrderId } of decision.cancels) this.#end(clientOrderId, "cancelled");
      for (const { order } of decision.orders) this.#take(order);
      for (const { clientOrderId, change } of decision.amends) this.#amend(clientOrderId, change);
      for (const question of decision.questions)
        if (question.kind === "look-up") this.#look(question.clientOrderId);
    }
    throw new Error("the venue is told more and more");
  }

  /** The program starts anew, and reads everything; the venue lists what rests. */
  restart(exits: readonly LeaderExit[]): void {
    const { story } = this;
    story.nowMs += 5_000;
    this.heard(story.feed({ kind: "engine-started", epoch: "bcdefghi", atMs: story.nowMs }));
    this.heard(story.configure(story.settings));
    this.list(exits);
    this.listOwn();
    this.heard(story.describe("one-way"));
  }

  /** The follower's whole account, as its venue lists it. */
  listOwn(): void {
    const { story } = this;
    const positions = [...this.holds].filter(([, lots]) => lots !== 0);
    story.nowMs += 1;
    this.#sequence += 1;
    const { nowMs } = story;
    const sequence = this.#sequence;
    this.heard(
      story.feed({
        kind: "follower-snapshot-taken",
        account: FOLLOWER,
        positions: positions.map(([leg, lots]) => ({ ...story.row(String(lots / 1_000), leg), sequence })),
        orders: [...this.resting.values()].map(({ order, form, lots }) =>
          rowOf(order, { lots, filled: 0, status: "untriggered", trigger: String(form.trigger / 10) }, nowMs),
        ),
        foreignOrders: 2,
        equity: { equity: "10000", available: "10000" },
        serverTimeMs: nowMs,
        requestedAtMs: nowMs,
        receivedAtMs: nowMs,
      }),
    );
  }

  /** The price comes to `trigger` from the side that its orders wait on. */
  fire(trigger: number, direction: "rises" | "falls"): void {
    for (const [id, { form, lots, order }] of [...this.resting]) {
      const isDue = direction === "rises" ? form.trigger <= trigger : form.trigger >= trigger;
      if (form.direction !== direction || !isDue) continue;
      this.resting.delete(id);
      this.#fill(order, Math.abs(lots));
    }
    if (!this.isSlow) this.answer();
  }

  /** What rests, as `take-profit -5 rises 650000`. */
  rests(): string[] {
    return [...this.resting.values()].map(({ order, form, lots }) => textOf(order, form, lots)).sort();
  }

  held(leg: Leg = "net"): number {
    return this.holds.get(leg) ?? 0;
  }

  target(leg: Leg = "net"): number {
    const part = this.story.leg(leg).market.copies[0]?.legs.find((one) => one.leg === leg);
    return part === undefined ? 0 : legTarget(part);
  }

  /** Lets time pass and what falls due happen. */
  wait(ms: number): void {
    for (const decision of this.story.wait(ms)) this.#unheard.push(decision);
    if (!this.isSlow) this.answer();
  }

  leg(name: Leg = "net"): FollowerLeg {
    return this.story.leg(name);
  }

  #take(order: ApprovedOrder): void {
    const { form } = order;
    this.sent.push(textOf(order, form.kind === "conditional" ? form : null, order.lots));
    if (form.kind === "limit") throw new Error("limit orders are not played");
    if (form.kind === "market") {
      if (this.isDeaf) this.#unheard.push(this.story.unknown(order));
      return this.#fill(order, Math.abs(order.lots));
    }
    if (this.refuses !== null) {
      const kind = this.refuses;
      this.refuses = null;
      this.#unheard.push(this.isDeaf ? this.story.unknown(order) : this.story.reject(order, kind));
      return;
    }
    this.resting.set(order.clientOrderId, { order, form, lots: order.lots });
    this.#unheard.push(this.isDeaf ? this.story.unknown(order) : this.story.accept(order));
    this.#report(order.clientOrderId, "untriggered");
  }

  #amend(id: string, change: { readonly quantity?: number; readonly triggerPrice?: number }): void {
    const known = this.resting.get(id);
    if (known === undefined) return this.#gone(id, "order-amend-refused");
    const form = { ...known.form, trigger: (change.triggerPrice ?? known.form.trigger) as Ticks };
    const lots = (change.quantity ?? Math.abs(known.lots)) * Math.sign(known.lots);
    this.resting.set(id, { order: known.order, form, lots });
    this.#report(id, "untriggered");
  }

  #end(id: string, status: OrderStatus): void {
    if (!this.resting.has(id)) return this.#gone(id, "order-cancel-refused");
    this.#report(id, status);
    this.resting.delete(id);
  }

  #gone(id: string, kind: "order-cancel-refused" | "order-amend-refused"): void {
    const refusal = { class: "already-gone", code: 110001, text: "" } as const;
    const order = this.story.decisions
      .flatMap(({ orders }) => orders)
      .find((one) => one.order.clientOrderId === id);
    if (order === undefined) throw new Error(`${id} was never sent`);
    const { clientOrderId } = order.order;
    const { nowMs } = this.story;
    this.#hear(() => this.story.feed({ kind, account: FOLLOWER, clientOrderId, refusal, atMs: nowMs }));
  }

  #fill(order: ApprovedOrder, lots: number): void {
    const holds = this.held(order.leg);
    const side = Math.sign(order.lots);
    const most = order.reduceOnly ? (Math.sign(holds) === -side ? Math.abs(holds) : 0) : lots;
    const filled = Math.min(lots, most);
    this.holds.set(order.leg, holds + filled * side);
    if (filled === 0) return this.#finish(order, 0, "cancelled");
    this.story.nowMs += 1;
    this.#sequence += 1;
    const { nowMs } = this.story;
    const trade: Event = {
      kind: "follower-filled",
      account: FOLLOWER,
      instrument: BTC,
      leg: order.leg,
      tradeId: TradeId(`venue-${this.#sequence}`),
      venueOrderId: VenueOrderId(`venue-${order.clientOrderId}`),
      clientOrderId: order.clientOrderId,
      side: side > 0 ? "buy" : "sell",
      quantity: String(filled / 1_000),
      price: "60000",
      fee: "0",
      sequence: this.#sequence,
      venueTimeMs: nowMs,
      receivedAtMs: nowMs,
    };
    this.#hear(() => this.story.feed(trade));
    this.#finish(order, filled, "filled");
  }

  #finish(order: ApprovedOrder, filled: number, status: OrderStatus): void {
    this.#tellOrder(order, { lots: order.lots, filled, status, trigger: "" });
  }

  #report(id: string, status: OrderStatus): void {
    const known = this.resting.get(id);
    if (known === undefined) return;
    const trigger = String(known.form.trigger / 10);
    this.#tellOrder(known.order, { lots: known.lots, filled: 0, status, trigger });
  }

  #tellOrder(order: ApprovedOrder, said: Said): void {
    this.story.nowMs += 1;
    const { nowMs } = this.story;
    const row = rowOf(order, said, nowMs);
    if (said.status !== "untriggered") this.#ended.set(order.clientOrderId, { order, said });
    this.#hear(() => this.story.feed({ kind: "order-reported", account: FOLLOWER, atMs: nowMs, order: row }));
  }

  #look(id: ClientOrderId): void {
    if (this.resting.has(id)) return this.#report(id, "untriggered");
    const ended = this.#ended.get(id);
    if (ended !== undefined) return this.#tellOrder(ended.order, ended.said);
    this.story.nowMs += 1;
    const { nowMs: atMs } = this.story;
    const about = { account: FOLLOWER, clientOrderId: id, serverTimeMs: atMs, atMs };
    this.#hear(() => this.story.feed({ kind: "order-not-found", ...about }));
  }

  #hear(tell: () => Decision): void {
    if (!this.isDeaf) this.#unheard.push(tell());
  }
}

interface Said {
  readonly lots: number;
  readonly filled: number;
  readonly status: OrderStatus;
  readonly trigger: string;
}

function rowOf(order: ApprovedOrder, { lots, filled, status, trigger }: Said, venueTimeMs: number): OrderRow {
  return {
    instrument: BTC,
    leg: order.leg,
    clientOrderId: order.clientOrderId,
    venueOrderId: VenueOrderId(`venue-${order.clientOrderId}`),
    side: order.lots > 0 ? "buy" : "sell",
    status,
    orderType: "market",
    price: "",
    triggerPrice: trigger,
    quantity: String(Math.abs(lots) / 1_000),
    filledQuantity: String(filled / 1_000),
    averagePrice: filled === 0 ? "" : "60000",
    reduceOnly: order.reduceOnly,
    venueReason: status === "cancelled" ? "CancelByUser" : "",
    venueTimeMs,
  };
}

function directionOf(kind: LeaderOrderRow["orderKind"], side: "buy" | "sell"): "rises" | "falls" {
  return (kind === "take-profit") === (side === "sell") ? "rises" : "falls";
}

function textOf({ purpose }: ApprovedOrder, form: ConditionalForm | null, lots: number): string {
  const signed = lots > 0 ? `+${lots}` : String(lots);
  return form === null
    ? `${purpose} ${signed}`
    : `${purpose} ${signed} ${form.direction} ${form.trigger / 10}`;
}
