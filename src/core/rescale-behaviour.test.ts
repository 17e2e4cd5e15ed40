/** A finer quantity step between two events changes nothing of what follows: what is sent and held stays the same quantity. */
import { expect, it } from "vitest";
import { BTC_SPEC, FOLLOWER, reasonsOf, Story, type StoryOptions } from "../../test/core/story.ts";
import type { Decision } from "./decision.ts";
import type { Side } from "./event.ts";
import { quantityText } from "./model/instrument.ts";
import type { ApprovedOrder } from "./order.ts";

const UNITS = 10_000;

interface Sent {
  readonly order: ApprovedOrder;
  readonly quantity: string;
  filled: number;
}

/** A story that keeps what it sends and why it sends nothing, in quantities, whatever its lots are at that moment. */
class Told {
  readonly story: Story;
  readonly said: string[] = [];
  /** Whether all that is sent fills whole at once. */
  fills = true;
  readonly #options: StoryOptions;
  readonly #open: Sent[] = [];
  /** What the venue holds, in ten-thousandths. */
  #held = 0;

  constructor(options: StoryOptions) {
    this.#options = options;
    this.story = new Story(options);
  }

  leads(side: Side, quantity: string): void {
    this.hears(this.story.leaderFill(side, quantity));
  }

  /** The venue lists the instrument in other steps. */
  lists(quantityStep: string): void {
    const instruments = [{ ...BTC_SPEC, ...this.#options.instrument, quantityStep }];
    this.hears(this.story.feed({ kind: "instruments-listed", instruments, atMs: this.story.nowMs }));
  }

  hears(decision: Decision): void {
    this.said.push(...reasonsOf(decision));
    for (const { market, order } of decision.orders) {
      const signed = quantityText(market.instrument, order.lots);
      this.said.push(order.reduceOnly ? `${signed} reduce` : signed);
      const quantity = signed.replace("-", "");
      this.#open.push({ order, quantity, filled: 0 });
      if (this.fills) this.reports(quantity, "filled");
    }
  }

  /** What became of the order that is open for longest, and the position with it. */
  reports(filledQuantity: string, status: "working" | "filled" | "cancelled"): void {
    const [sent] = this.#open;
    if (sent === undefined) throw new Error("nothing is open");
    const { story } = this;
    const { order, quantity } = sent;
    const filled = Math.round(Number(filledQuantity) * UNITS);
    this.#held += (filled - sent.filled) * Math.sign(order.lots);
    sent.filled = filled;
    if (status !== "working") this.#open.shift();
    const row = { ...story.orderRow(order, filledQuantity, status), quantity };
    const reported = { kind: "order-reported", account: FOLLOWER, order: row, atMs: story.nowMs } as const;
    this.hears(story.feed(reported));
    this.hears(story.followerHolds(String(this.#held / UNITS)));
  }

  /** What we hold for ours, as a quantity. */
  owned(): string {
    const { market, ownedLots } = this.story.leg();
    return quantityText(market.instrument, ownedLots);
  }
}

interface History {
  readonly options: StoryOptions;
  readonly before: (told: Told) => void;
  readonly after: (told: Told) => void;
  /** Of what came after, and what is ours at the end. */
  readonly said: readonly string[];
}

/** The venue lists the instrument in steps of `quantityStep` between the two. */
function saidAfter({ options, before, after }: History, quantityStep: string): string[] {
  const told = new Told(options);
  before(told);
  told.said.length = 0;
  told.lists(quantityStep);
  after(told);
  return [...told.said, told.owned()];
}

const HISTORIES: Readonly<Record<string, History>> = {
  "what was rounded up": {
    options: {
      allocation: { minimumPolicy: { kind: "round-up", excessMax: "1000" } },
      instrument: { minQuantity: "0.010" },
    },
    before: (told) => told.leads("buy", "0.006"),
    after: (told) => {
      told.leads("buy", "0.010");
      told.leads("buy", "0.024");
    },
    said: ["at-target", "0.01", "0.02"],
  },
  "the size that a position was opened at, in a fixed quantity": {
    options: { allocation: { sizing: { kind: "fixed-quantity", quantity: "0.4" } } },
    before: (told) => {
      told.leads("buy", "1");
      told.leads("sell", "0.5");
    },
    after: (told) => {
      told.leads("sell", "0.25");
      told.leads("buy", "0.5");
      told.leads("sell", "0.75");
    },
    said: ["-0.1 reduce", "0.2", "-0.3 reduce", "0"],
  },
  "the size that a position was opened at, in a fixed value": {
    options: { allocation: { sizing: { kind: "fixed-notional", notional: "24000" } } },
    before: (told) => {
      told.leads("sell", "1");
      told.leads("buy", "0.5");
    },
    after: (told) => {
      told.leads("buy", "0.25");
      told.leads("buy", "0.25");
    },
    said: ["0.1 reduce", "0.1 reduce", "0"],
  },
  "what the venue said of an order that goes on filling": {
    options: {},
    before: (told) => {
      told.fills = false;
      told.leads("buy", "1");
      told.reports("0.2", "working");
    },
    after: (told) => {
      told.reports("0.5", "filled");
      told.leads("sell", "1");
    },
    said: ["-0.5 reduce", "0.5"],
  },
  "what the venue said of an order that ends": {
    options: {},
    before: (told) => {
      told.fills = false;
      told.leads("buy", "1");
      told.reports("0.2", "working");
    },
    after: (told) => {
      told.fills = true;
      told.reports("0.2", "cancelled");
      told.leads("sell", "0.4");
    },
    said: ["0.3", "-0.2 reduce", "0.3"],
  },
  "what is late and waits for a price": {
    options: { allocation: { startMode: "not-worse" }, bare: true },
    before: ({ story }) => {
      story.leaderSnapshot([{ ...story.row("1"), entryPrice: "60000" }]);
      story.followerSnapshot([]);
      story.describe("one-way");
    },
    after: (told) => {
      told.leads("buy", "0.4");
      told.hears(told.story.price("60001"));
      told.leads("sell", "0.7");
    },
    said: ["no-price", "0.2", "late-entry", "-0.1 reduce", "late-entry", "0.1"],
  },
};

it.each(Object.entries(HISTORIES))("keeps %s", (_, history) => {
  expect(saidAfter(history, "0.001")).toEqual(history.said);
  expect(saidAfter(history, "0.0001")).toEqual(history.said);
});
