/**
 * The production core as states and steps: a state is the text of its checkpoint in a frame of its own (frame.ts), a step is one
 * event on it, or a death and the start after it. Each step runs the production `decide`, the decision codec and the folding of
 * what a journal would hold of it; who comes to the same state and event again finds what came of it, for as long as memory
 * allows. The next steps start from the decoded text, and a start after a death from a journal with that checkpoint. Engine
 * itself is not driven: its timers and closures cannot be copied, and playing whole paths again for each step would cost their
 * length. What it does besides (carrying out, pauses between snapshots) is a few lines of moves.ts.
 * Checked in each step: the invariants of the simulator, and that recovery gives the live state byte for byte.
 */
import { decodeCheckpoint } from "../../src/core/checkpoint.ts";
import { decide } from "../../src/core/decide.ts";
import { type Decision, isEmpty, type Question } from "../../src/core/decision.ts";
import { encodeDecision } from "../../src/core/decision-codec.ts";
import type { Event } from "../../src/core/event.ts";
import { emptyState, filledLots, isOpen, type State } from "../../src/core/state.ts";
import { targetLots } from "../../src/core/target.ts";
import { recover } from "../../src/engine/recovery.ts";
import { JournalFold } from "../../src/journal/fold.ts";
import type { JournalEntry } from "../../src/journal/journal.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { firstDifference, Invariants } from "../simulation/invariants.ts";
import { connected, nameOf, priceAt, SPEC, settingsFor } from "./cast.ts";
import { copyState } from "./copy-state.ts";
import { frame, movedTimes, NOW_MS, type Shift } from "./frame.ts";
import { type Hash, hashOf } from "./hash.ts";
import { Recent } from "./recent.ts";
import { Constants } from "./slim.ts";
import { type Account, LEADER } from "./world.ts";

export interface Sent {
  readonly to: Account;
  readonly id: string;
  readonly lots: number;
  readonly reduceOnly: boolean;
  /** What the core wants the account to hold in the end. */
  readonly target: number;
}

export interface Asked {
  readonly to: Account;
  readonly kind: Question["kind"];
  /** Of a look-up. */
  readonly id: string;
}

/** What a step did; in the frame of the state that it began in. */
export interface Step {
  readonly events: readonly Event[];
  readonly core: Core;
  readonly shift: Shift;
  readonly orders: readonly Sent[];
  readonly asked: readonly Asked[];
  readonly breaches: readonly string[];
}

export interface KnownOrder {
  readonly filled: number;
  readonly open: boolean;
}

export interface FollowerFacts {
  readonly owned: number;
  readonly target: number;
  readonly waived: number;
  readonly atVenue: number;
  readonly isSettled: boolean;
  /** The venue shows what our ledger says. */
  readonly agrees: boolean;
  /** An order is open; one of them of unknown fate. */
  readonly isBusy: boolean;
  readonly hasUnknown: boolean;
  readonly orders: ReadonlyMap<string, KnownOrder>;
  readonly confirmedMs: number;
}

/** What the rest of the world needs to know of a state. */
export interface Facts {
  readonly leaderLots: number;
  readonly isDisputed: boolean;
  readonly leaderConfirmedMs: number;
  readonly dueMs: number | null;
  readonly followers: readonly FollowerFacts[];
}

const EPOCHS = ["aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"] as const;
export const DEATHS_MAX = EPOCHS.length - 1;

/** One state of the core; of two with the same text there may be two, when memory was short. */
export interface Core {
  /** Without what never changes (slim.ts). */
  readonly text: string;
  readonly hash: Hash;
  readonly facts: Facts;
  /** What came of what was told, by the text of that. */
  readonly steps: Map<string, Step>;
  /** Decoded; null when that was given up to save memory. */
  state: State | null;
}

/** Of so many states what was learned is kept at least, and of twice as many at most. */
const KEPT = 20_000;

export class Cores {
  readonly #followers: number;
  readonly #constants: Constants;
  readonly #recent = new Recent<Core>(KEPT, (core) => {
    core.state = null;
    core.steps.clear();
  });
  #made = 0;
  #steps = 0;

  constructor(followers: number) {
    this.#followers = followers;
    const state = emptyState();
    for (const event of this.#starting(0, NOW_MS)) decide(state, event);
    this.#constants = new Constants(state);
  }

  /** How many were made. */
  get count(): number {
    return this.#made;
  }

  get steps(): number {
    return this.#steps;
  }

  /** The whole checkpoint. */
  text(core: Core): string {
    return this.#constants.whole(core.text);
  }

  /** The state of that slim text. */
  of(text: string): Core {
    const known = this.#recent.get(text);
    if (known !== undefined) return known;
    const state = decodeCheckpoint(this.#constants.whole(text));
    const core = { text, hash: hashOf(text), state, facts: factsOf(state), steps: new Map<string, Step>() };
    this.#recent.set(text, core);
    this.#made += 1;
    return core;
  }

  /** A copier that has just been started for the first time. */
  first(): Step {
    return this.#run(emptyState(), emptyState(), this.#starting(0, NOW_MS));
  }

  /** `key` names the event. */
  tell(core: Core, key: string, event: () => Event): Step {
    const known = core.steps.get(key);
    if (known !== undefined) return known;
    core.state ??= decodeCheckpoint(this.text(core));
    const step = this.#run(copyState(core.state), copyState(core.state), [event()]);
    core.steps.set(key, step);
    return step;
  }

  /** Dies and starts again: for the `life`-th time (0 is the first start). */
  restart(core: Core, life: number, atMs: number): Step {
    const key = `restart ${life} ${atMs}`;
    const known = core.steps.get(key);
    if (known !== undefined) return known;
    const journal = new MemoryJournal();
    journal.append([{ type: "checkpoint", payload: this.text(core) }]);
    const step = this.#run(recover(journal).state, recover(journal).state, this.#starting(life, atMs));
    core.steps.set(key, step);
    return step;
  }

  #starting(life: number, atMs: number): Event[] {
    const epoch = EPOCHS[life] ?? "";
    const accounts = Array.from({ length: this.#followers + 1 }, (_, account) => account);
    return [
      { kind: "engine-started", epoch, atMs },
      ...(life === 0 ? [{ kind: "instruments-listed", instruments: [SPEC], atMs } as const] : []),
      { kind: "settings-changed", settings: settingsFor(this.#followers), atMs },
      ...accounts.map((account) => connected(account, atMs)),
      priceAt(atMs),
    ];
  }

  /** `state` lives through the events, and `other`, which is equal, through what the journal keeps of them. */
  #run(state: State, other: State, events: readonly Event[]): Step {
    this.#steps += 1;
    const journal: JournalEntry[] = [];
    const invariants = new Invariants(() => Number.POSITIVE_INFINITY);
    const orders: Sent[] = [];
    const asked: Asked[] = [];
    for (const event of events) {
      const decision = decide(state, event);
      journal.push({ type: "event", payload: JSON.stringify(event) });
      if (!isEmpty(decision)) journal.push({ type: "decision", payload: encodeDecision(state, decision) });
      invariants.afterDecision(event, decision, state);
      orders.push(...sentIn(decision));
      asked.push(...askedIn(decision));
      if (decision.cancels.length + decision.amends.length > 0)
        invariants.breach("something was cancelled or amended, and nothing rests");
    }
    const breaches = [...invariants.breaches, ...this.#recoveryBreaches(other, journal, state)];
    if (events.length > 1) this.#constants.check(state);
    this.#skipIdle(state);
    const shift = frame(state);
    const core = this.of(movedTimes(this.#constants.slim(state), shift));
    return { events, core, shift, orders, asked, breaches };
  }

  #recoveryBreaches(state: State, journal: readonly JournalEntry[], live: State): string[] {
    const fold = new JournalFold({}, state);
    for (const [index, entry] of journal.entries()) fold.take({ sequence: index + 1, ...entry });
    fold.end();
    const [lived, recovered] = [this.#constants.slim(live), this.#constants.slim(fold.state)];
    return recovered === lived ? [] : [`recovery differs: ${firstDifference(lived, recovered)}`];
  }

  /**
   * The agenda is moved past the times at which nothing is left to be done: a tick there decides nothing and changes nothing but
   * the agenda. Whatever happens before such a time looks at the market anyway, and notes the times that count.
   */
  #skipIdle(state: State): void {
    for (let round = 0; state.agenda.size > 0 && round < IDLE_MAX; round += 1) {
      const copy = copyState(state);
      const decision = decide(copy, { kind: "clock-ticked", atMs: Math.min(...state.agenda.values()) });
      if (!isEmpty({ ...decision, waits: [] })) return;
      const { agenda } = copy;
      Object.assign(copy, { nowMs: state.nowMs, eventSequence: state.eventSequence, agenda: state.agenda });
      if (this.#constants.slim(copy) !== this.#constants.slim(state)) return;
      state.agenda = agenda;
    }
  }
}

const IDLE_MAX = 20;

function sentIn({ orders }: Decision): Sent[] {
  return orders.map(({ market, order }) => ({
    to: market.index + 1,
    id: order.clientOrderId,
    lots: order.lots,
    reduceOnly: order.reduceOnly,
    target: targetLots(market, order.leg),
  }));
}

function askedIn({ questions }: Decision): Asked[] {
  return questions.map((question) => ({
    to: accountNamed(question.account),
    kind: question.kind,
    id: question.kind === "look-up" ? question.clientOrderId : "",
  }));
}

function accountNamed(name: string): Account {
  return name === nameOf(LEADER) ? LEADER : Number(name.slice("follower".length));
}

function factsOf(state: State): Facts {
  const leader = state.leaders.get(nameOf(LEADER));
  const holding = [...(leader?.holdings.values() ?? [])][0]?.get("net");
  const due = [...state.agenda.values()];
  return {
    leaderLots: holding?.lots ?? 0,
    isDisputed: holding?.disputed === true,
    leaderConfirmedMs: leader?.confirmedAtMs ?? 0,
    dueMs: due.length === 0 ? null : Math.min(...due),
    followers: [...state.followers.values()].map((follower) => {
      const market = [...follower.markets.values()][0];
      const leg = market?.legs.find(({ leg: name }) => name === "net");
      const orders = [...(leg?.working.values() ?? [])];
      const isSettled = leg === undefined || (leg.mismatchSinceMs === null && leg.foreignLots === 0);
      const agrees = isSettled && leg?.venue.disputed !== true && leg?.venue.lots === leg?.ownedLots;
      return {
        owned: leg?.ownedLots ?? 0,
        target: market === undefined ? 0 : targetLots(market, "net"),
        waived: market?.copies[0]?.legs.find(({ leg: name }) => name === "net")?.waivedLots ?? 0,
        atVenue: leg?.venue.lots ?? 0,
        isSettled: isSettled && leg?.venue.disputed !== true && !orders.some(isOpen),
        agrees,
        isBusy: orders.some(isOpen),
        hasUnknown: orders.some(({ status }) => status === "unknown"),
        orders: new Map(
          orders.map((order) => [order.clientOrderId, { filled: filledLots(order), open: isOpen(order) }]),
        ),
        confirmedMs: follower.confirmedAtMs,
      };
    }),
  };
}
