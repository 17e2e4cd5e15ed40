/**
 * What would be sent: the core itself decides on a copy of the state, which is thrown away. Where the venue would be asked or
 * would fill an order, the preview answers as a venue does where nothing goes wrong, so that second steps (a turn, the first
 * order in an instrument) are seen, too. The state that is given stays as it is.
 */
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { decide } from "./decide.ts";
import type { Decision, Denial, PlannedOrder, Proposed, Question } from "./decision.ts";
import type { Event, PositionMode, Side } from "./event.ts";
import { shownReason } from "./explanation.ts";
import { Lots } from "./model/amounts.ts";
import { type AccountId, TradeId, VenueOrderId } from "./model/identifiers.ts";
import { priceText, quantityText } from "./model/instrument.ts";
import { mayRest } from "./order.ts";
import { NO_OWN_CODE, type OwnCode } from "./own-code.ts";
import { changed, taken, takenBack } from "./preview-resting.ts";
import { valuationTicks } from "./quotes.ts";
import type { FollowerLeg, FollowerState, State } from "./state.ts";

/** Far more than the orders and answers that one command leads to; a preview that comes here says that it is cut off. */
const EVENTS_MAX = 20_000;
/** Waits of the core that are over by then are waited for; a deliberate delay is not. */
const PATIENCE_MS = 1_000;

export interface Preview {
  /** In the order in which they would be sent. */
  readonly orders: readonly PlannedOrder[];
  /** What would not be done, and why: the last reason of each copy and leg. */
  readonly denials: readonly Denial[];
  /** What would wait for approval. */
  readonly proposals: readonly Proposed[];
  /** The copied state as it would be then. */
  readonly state: State;
  /** Whether there would be more than was looked at. */
  readonly isCutOff: boolean;
}

/**
 * Of `followers` only; what happens to others is not looked at. `events` are those that the command would lead to, `own` is
 * what the engine asks.
 */
export function preview(
  state: State,
  followers: ReadonlySet<AccountId>,
  events: readonly Event[],
  own: OwnCode = NO_OWN_CODE,
): Preview {
  const run = new PreviewRun(excerpt(state, followers), own);
  for (const event of events) run.take(event);
  run.settle();
  return run.result();
}

class PreviewRun {
  readonly #state: State;
  readonly #own: OwnCode;
  readonly #orders: PlannedOrder[] = [];
  readonly #denials = new Map<string, Denial>();
  readonly #proposals = new Map<string, Proposed>();
  readonly #pending: Event[] = [];
  #left = EVENTS_MAX;
  #fills = 0;

  constructor(state: State, own: OwnCode) {
    this.#state = state;
    this.#own = own;
  }

  take(event: Event): void {
    this.#note(decide(this.#state, event, this.#own));
  }

  /** Until nothing more comes of it. */
  settle(): void {
    const untilMs = this.#state.nowMs + PATIENCE_MS;
    while (this.#left > 0) {
      const event = this.#pending.shift() ?? this.#nextTick(untilMs);
      if (event === undefined) return;
      this.#left -= 1;
      this.take(event);
    }
  }

  result(): Preview {
    return {
      orders: this.#orders,
      denials: [...this.#denials.values()],
      proposals: [...this.#proposals.values()],
      state: this.#state,
      isCutOff: this.#left === 0,
    };
  }

  #nextTick(untilMs: number): Event | undefined {
    const dueMs = Math.min(...this.#state.agenda.values());
    return dueMs > untilMs ? undefined : { kind: "clock-ticked", atMs: Math.max(dueMs, this.#state.nowMs) };
  }

  #note(decision: Decision): void {
    for (const denial of decision.denials) this.#noteDenial(denial);
    for (const proposed of decision.proposals) {
      const place = `${proposed.copy.market.index} ${proposed.copy.index} ${proposed.leg}`;
      if (proposed.lots === 0) this.#proposals.delete(place);
      else this.#proposals.set(place, proposed);
    }
    for (const question of decision.questions) this.#pending.push(...this.#answer(question));
    for (const planned of decision.orders) {
      this.#orders.push(planned);
      const rests = mayRest(planned.order.form);
      this.#pending.push(...(rests ? [taken(this.#state, planned)] : this.#filled(planned)));
    }
    for (const cancel of decision.cancels) this.#pending.push(...takenBack(this.#state, cancel));
    for (const amend of decision.amends) this.#pending.push(...changed(this.#state, amend));
  }

  #noteDenial(denial: Denial): void {
    const place = `${denial.leader} ${denial.follower} ${denial.instrument} ${denial.leg ?? ""}`;
    if (shownReason(denial.reason) === null) this.#denials.delete(place);
    else this.#denials.set(place, denial);
  }

  /** As a venue does that finds nothing to object to. What an open order became, nobody can foresee. */
  #answer(question: Question): Event[] {
    const { account } = question;
    const atMs = this.#state.nowMs;
    if (question.kind === "describe-market") {
      const mode = usualMode(this.#state.followers.get(account));
      return [
        { kind: "market-described", account, instrument: question.instrument, mode, leverage: "", atMs },
      ];
    }
    if (question.kind === "set-margin-mode")
      return [{ kind: "margin-mode-set", account, marginMode: question.marginMode, atMs }];
    if (question.kind !== "set-leverage") return [];
    const leverage = String(question.leverageHundredths / 100);
    return [{ kind: "leverage-set", account, instrument: question.instrument, leverage, atMs }];
  }

  /** Whole, at the price of the moment. Where none is known, only that it was sent. */
  #filled({ market, order }: PlannedOrder): Event[] {
    const { account, clientOrderId, leg: name } = order;
    const { instrument } = market;
    const leg = market.legs.find((candidate) => candidate.leg === name);
    const ticks = valuationTicks(this.#state, instrument);
    if (leg === undefined || ticks === null) return [];
    this.#fills += 1;
    const atMs = this.#state.nowMs;
    const place = { instrument: instrument.id, leg: name, clientOrderId };
    const venueOrderId = VenueOrderId(`preview-${this.#fills}`);
    const side: Side = order.lots > 0 ? "buy" : "sell";
    const quantity = quantityText(instrument, Lots(Math.abs(order.lots)));
    const price = priceText(instrument, ticks);
    const fill: Event = {
      ...place,
      kind: "follower-filled",
      account,
      tradeId: TradeId(`preview-${this.#fills}`),
      venueOrderId,
      side,
      quantity,
      price,
      fee: "0",
      sequence: nextSequence(leg),
      venueTimeMs: atMs,
      receivedAtMs: atMs,
    };
    const row = { ...place, venueOrderId, side, quantity, filledQuantity: quantity, averagePrice: price };
    const rest = {
      status: "filled",
      reduceOnly: order.reduceOnly,
      venueReason: "",
      venueTimeMs: atMs,
    } as const;
    return [fill, { kind: "order-reported", account, atMs, order: { ...row, ...rest } }];
  }
}

/** Past what the venue told and what is filled meanwhile. */
function nextSequence({ venue }: FollowerLeg): number {
  return Math.max(venue.confirmedSequence, ...venue.pending.map(({ sequence }) => sequence)) + 1;
}

/** An account's mode is the same for all of its instruments, as a rule. */
function usualMode(follower: FollowerState | undefined): PositionMode {
  for (const { mode } of follower?.markets.values() ?? []) if (mode !== null) return mode;
  return "one-way";
}

/** A copy of what concerns these followers, in which every reason is still to be said. */
function excerpt(state: State, followers: ReadonlySet<AccountId>): State {
  const markets = state.markets.filter(({ follower }) => followers.has(follower.account));
  const part: State = {
    ...state,
    followers: new Map([...state.followers].filter(([account]) => followers.has(account))),
    markets,
    agenda: new Map(),
  };
  const copy = decodeCheckpoint(encodeCheckpoint(part));
  for (const market of copy.markets) {
    market.lastReason = null;
    for (const one of market.copies) for (const leg of one.legs) leg.lastReason = null;
  }
  return copy;
}
