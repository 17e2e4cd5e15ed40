/**
 * What a copier wrote down, read from its journal for the independent checker: the intents of its orders, and what each
 * leader change led to for each follower.
 */

import type { Decision } from "../../src/core/decision.ts";
import type { Event, Leg } from "../../src/core/event.ts";
import { copiesOf, waitingChanges } from "../../src/core/explanation.ts";
import { profitOf } from "../../src/core/ledger.ts";
import type { Lots } from "../../src/core/model/amounts.ts";
import { priceText, quantityText } from "../../src/core/model/instrument.ts";
import { valuationTicks } from "../../src/core/quotes.ts";
import type { Copy, FollowerMarket, LeaderChange, State } from "../../src/core/state.ts";
import { heldLots, unassignedLots } from "../../src/core/virtual.ts";
import type { Journal } from "../../src/journal/journal.ts";
import type {
  CheckedBook,
  CheckedIntent,
  CheckedOutcome,
  CheckedVirtual,
  StandingReason,
} from "../checker/evidence.ts";
import type { RuleRecord } from "../checker/rules/record.ts";
import { readAlong } from "./read-along.ts";
import { RuleReader } from "./rules-from-journal.ts";

type Row = { -readonly [Key in keyof CheckedOutcome]: CheckedOutcome[Key] };

export interface Written {
  readonly outcomes: readonly CheckedOutcome[];
  /** With those that were adopted. */
  readonly intents: readonly CheckedIntent[];
  /** Orders that a power cut took from the journal, and that a later decision adopted. */
  readonly adopted: readonly CheckedIntent[];
  readonly standing: readonly StandingReason[];
  readonly virtual: readonly CheckedVirtual[];
  readonly books: readonly CheckedBook[];
  readonly halted: readonly string[];
  /** When a run wrote down settings that it was told, by its own clock; at the latest event before that has a time. */
  readonly settledMs: readonly number[];
}

/** Reads the whole journal from its first record. */
export function writtenIn(journal: Pick<Journal, "read">): Written {
  const reader = new Reader();
  const state = readAlong(journal, {
    onEvent: ({ event }) => reader.heard(event),
    onDecision: (step, now) => reader.take(now, step.decision),
  });
  return reader.written(state);
}

/** The same with what is written of rules, read at once. */
export function writtenWithRules(journal: Pick<Journal, "read">): {
  readonly written: Written;
  readonly rules: RuleRecord;
} {
  const [reader, rules] = [new Reader(), new RuleReader()];
  const state = readAlong(journal, {
    onEvent: ({ event }) => reader.heard(event),
    onDecision: (step, now) => {
      reader.take(now, step.decision);
      rules.decided(step, now);
    },
    onStep: (step, now) => rules.folded(step, now),
  });
  return { written: reader.written(state), rules: rules.lists };
}

/** Orders that guard what is held, or wait for what a leader may do, explain no change of a leader's. */
const GUARDING: ReadonlySet<string> = new Set(["take-profit", "stop", "rested-exit", "pending-entry"]);

/** Whose silence a reason is about. */
const STALE: Readonly<Record<string, "leader" | "follower">> = {
  "leader-stale": "leader",
  "follower-stale": "follower",
};

class Reader {
  readonly #rows = new Map<string, Row>();
  readonly #intents: CheckedIntent[] = [];
  readonly #adopted: CheckedIntent[] = [];
  readonly #halted = new Set<string>();
  /** When what was read last of each account in this run was asked for. */
  readonly #readAtMs = new Map<string, number>();
  readonly #settledMs: number[] = [];
  #heardMs = 0;

  heard(event: Event): void {
    if ("atMs" in event) this.#heardMs = event.atMs;
    if (event.kind === "settings-changed") this.#settledMs.push(this.#heardMs);
    if (event.kind === "engine-started") this.#readAtMs.clear();
    if (event.kind !== "leader-snapshot-taken" && event.kind !== "follower-snapshot-taken") return;
    const known = this.#readAtMs.get(event.account) ?? 0;
    this.#readAtMs.set(event.account, Math.max(known, event.requestedAtMs));
  }

  take(state: State, decision: Decision): void {
    for (const market of state.dirty) {
      for (const copy of market.copies) {
        for (const change of copy.pendingChanges) this.#row(state, change, copy.market.follower.account);
      }
    }
    for (const { market, clientOrderId } of decision.adopted)
      this.#adopted.push({
        clientOrderId,
        follower: market.follower.account,
        symbol: market.instrument.spec.symbol,
      });
    for (const planned of decision.orders) {
      const { order } = planned;
      this.#intents.push(intentOf(order));
      if (GUARDING.has(order.purpose)) continue;
      for (const copy of copiesOf(planned)) this.#explain(state, copy, order.leg, order.clientOrderId);
    }
    this.#exclude(state);
    for (const { changes, copy, follower, reason, detail } of decision.denials) {
      if (copy === null) continue;
      if (reason === "halted") this.#halted.add(follower);
      for (const change of changes) this.#deny(state, this.#row(state, change, follower), reason, detail);
    }
  }

  written(state: State): Written {
    const standing = state.markets.flatMap((market) =>
      market.lastReason === null
        ? []
        : [
            {
              follower: market.follower.account,
              symbol: market.instrument.spec.symbol,
              reason: market.lastReason,
            },
          ],
    );
    return {
      outcomes: [...this.#rows.values()],
      intents: [...this.#intents, ...this.#adopted],
      adopted: this.#adopted,
      standing,
      virtual: state.markets.flatMap(virtualOf),
      books: state.markets.flatMap((market) => market.copies.map((copy) => bookOf(state, copy))),
      halted: [...this.#halted],
      settledMs: this.#settledMs,
    };
  }

  /** Who does not copy an instrument follows from the settings, also where a power cut took the record of it. */
  #exclude(state: State): void {
    for (const change of state.changes) {
      const market = state.leaders.get(change.leader)?.copies.get(change.instrument);
      for (const { allocation, reason } of market?.excluded ?? [])
        this.#deny(state, this.#row(state, change, allocation.follower), reason, {});
    }
  }

  #explain(state: State, copy: Copy, leg: Parameters<typeof waitingChanges>[1], order: string): void {
    for (const change of waitingChanges(copy, leg)) {
      const row = this.#row(state, change, copy.market.follower.account);
      row.orders = [...row.orders, order];
    }
  }

  /** A second reason beside the first would be lost in one field: it is kept, so that the checker sees it. */
  #deny(state: State, row: Row, reason: string, detail: CheckedOutcome["detail"]): void {
    row.deniedAtMs = state.nowMs;
    const stale = STALE[reason];
    const whose = stale === "leader" ? (detail.leader ?? row.leader) : row.follower;
    const readAtMs = stale === undefined ? undefined : this.#readAtMs.get(String(whose));
    if (readAtMs !== undefined) row.readAtMs = readAtMs;
    row.reason = row.reason === "" ? reason : `${row.reason}+${reason}`;
    row.detail = detail;
  }

  #row(state: State, change: LeaderChange, follower: string): Row {
    const key = `${change.change} ${change.leader} ${follower} ${change.instrument} ${change.leg}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const instrument = state.instruments.get(change.instrument);
    if (instrument === undefined) throw new Error(`a change of ${change.instrument}, which is not listed`);
    const row: Row = {
      change: change.change,
      leader: change.leader,
      follower,
      symbol: instrument.spec.symbol,
      leg: change.leg,
      changedBy: quantityText(instrument, change.byLots),
      leaderHolds: quantityText(instrument, change.holdsLots),
      atMs: change.receivedAtMs,
      learnedMs: state.nowMs,
      orders: [],
      reason: "",
      detail: {},
    };
    this.#rows.set(key, row);
    return row;
  }
}

/** What the account owns there, by leader; "" has what belongs to no copy. */
function virtualOf({ follower, instrument, copies, legs }: FollowerMarket): CheckedVirtual[] {
  const row = (leader: string, leg: Leg, lots: Lots): CheckedVirtual => ({
    leader,
    follower: follower.account,
    symbol: instrument.spec.symbol,
    leg,
    quantity: quantityText(instrument, lots),
  });
  return legs.flatMap((leg) => [
    row("", leg.leg, unassignedLots(leg)),
    ...copies.map((copy) => row(copy.leader.account, leg.leg, heldLots(copy, leg.leg))),
  ]);
}

function bookOf(state: State, copy: Copy): CheckedBook {
  const { follower, instrument } = copy.market;
  const ticks = valuationTicks(state, instrument);
  return {
    leader: copy.leader.account,
    follower: follower.account,
    symbol: instrument.spec.symbol,
    cash: copy.ledger.cash.toString(),
    fees: copy.ledger.fees.toString(),
    funding: copy.ledger.funding.toString(),
    taken: copy.ledger.taken.toString(),
    profit: profitOf(state, copy)?.toString() ?? "",
    price: ticks === null ? "" : priceText(instrument, ticks),
  };
}

export function intentOf(order: Decision["orders"][number]["order"]): CheckedIntent {
  const { clientOrderId, account, instrument, context } = order;
  const symbol = instrument.slice(0, instrument.indexOf("@"));
  return { clientOrderId, follower: account, symbol, decidedAtMs: context.decidedAtMs };
}
