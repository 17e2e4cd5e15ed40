/**
 * The production core as a table of states and steps: a state is the text of its checkpoint in a frame of its own (frame.ts), a
 * step is one event on it, or a death and the start after it. Each step runs the production `decide`, the decision codec and
 * the recovery from a journal in memory, once; who comes to the same state and event again finds what came of it. Engine
 * itself is not driven: its timers and closures cannot be copied, and playing whole paths again for each step would cost their
 * length. What it does besides (carrying out, pauses between snapshots) is a few lines of moves.ts.
 * Checked in each step: the invariants of the simulator, and that recovery gives the live state byte for byte.
 */
import { decodeCheckpoint, encodeCheckpoint } from "../../src/core/checkpoint.ts";
import { decide } from "../../src/core/decide.ts";
import { type Decision, isEmpty, type Question } from "../../src/core/decision.ts";
import { encodeDecision } from "../../src/core/decision-codec.ts";
import type { Event } from "../../src/core/event.ts";
import { emptyState, filledLots, isOpen, type State } from "../../src/core/state.ts";
import { targetLots } from "../../src/core/target.ts";
import { recover } from "../../src/engine/recovery.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { firstDifference, Invariants } from "../simulation/invariants.ts";
import { connected, nameOf, priceAt, SPEC, settingsFor } from "./cast.ts";
import { frame, NOW_MS, type Shift } from "./frame.ts";
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
  readonly core: number;
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

export class Cores {
  readonly #followers: number;
  readonly #texts: string[] = [];
  readonly #facts: Facts[] = [];
  readonly #byText = new Map<string, number>();
  readonly #steps = new Map<string, Step>();

  constructor(followers: number) {
    this.#followers = followers;
  }

  get count(): number {
    return this.#texts.length;
  }

  get steps(): number {
    return this.#steps.size;
  }

  text(core: number): string {
    return this.#texts[core] ?? "";
  }

  facts(core: number): Facts {
    const facts = this.#facts[core];
    if (facts === undefined) throw new Error(`there is no core ${core}`);
    return facts;
  }

  /** A copier that has just been started for the first time. */
  first(): Step {
    return this.#run(emptyState(), null, this.#starting(0, NOW_MS));
  }

  tell(core: number, event: Event): Step {
    const key = `${core} ${JSON.stringify(event)}`;
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    const text = this.text(core);
    const step = this.#run(decodeCheckpoint(text), text, [event]);
    this.#steps.set(key, step);
    return step;
  }

  /** Dies and starts again: for the `life`-th time (0 is the first start). */
  restart(core: number, life: number, atMs: number): Step {
    const key = `${core} restart ${life} ${atMs}`;
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    const text = this.text(core);
    const step = this.#run(recover(journalFrom(text)).state, text, this.#starting(life, atMs));
    this.#steps.set(key, step);
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

  #run(state: State, from: string | null, events: readonly Event[]): Step {
    const journal = journalFrom(from);
    const invariants = new Invariants(() => Number.POSITIVE_INFINITY);
    const orders: Sent[] = [];
    const asked: Asked[] = [];
    for (const event of events) {
      const decision = decide(state, event);
      const payload = encodeDecision(state, decision);
      journal.append([
        { type: "event", payload: JSON.stringify(event) },
        ...(isEmpty(decision) ? [] : [{ type: "decision", payload } as const]),
      ]);
      invariants.afterDecision(event, decision, state);
      orders.push(...sentIn(decision));
      asked.push(...askedIn(decision));
      if (decision.cancels.length + decision.amends.length > 0)
        invariants.breach("something was cancelled or amended, and nothing rests");
    }
    const text = encodeCheckpoint(state);
    const breaches = [...invariants.breaches, ...recoveryBreaches(journal, text)];
    skipIdle(state);
    const framed = frame(encodeCheckpoint(state));
    const core = this.#numberOf(framed.text);
    return { events, core, shift: framed.shift, orders, asked, breaches };
  }

  #numberOf(text: string): number {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const core = this.#texts.push(text) - 1;
    this.#byText.set(text, core);
    this.#facts.push(factsOf(decodeCheckpoint(text)));
    return core;
  }
}

function recoveryBreaches(journal: MemoryJournal, live: string): string[] {
  const recovered = encodeCheckpoint(recover(journal).state);
  return recovered === live ? [] : [`recovery differs: ${firstDifference(live, recovered)}`];
}

/**
 * The agenda is moved past the times at which nothing is left to be done: a tick there decides nothing and changes nothing but
 * the agenda. Whatever happens before such a time looks at the market anyway, and notes the times that count.
 */
function skipIdle(state: State): void {
  for (let round = 0; state.agenda.size > 0 && round < IDLE_MAX; round += 1) {
    const before = encodeCheckpoint(state);
    const copy = decodeCheckpoint(before);
    const decision = decide(copy, { kind: "clock-ticked", atMs: Math.min(...state.agenda.values()) });
    if (!isEmpty({ ...decision, waits: [] })) return;
    const { agenda } = copy;
    Object.assign(copy, { nowMs: state.nowMs, eventSequence: state.eventSequence, agenda: state.agenda });
    if (encodeCheckpoint(copy) !== before) return;
    state.agenda = agenda;
  }
}

const IDLE_MAX = 20;

function journalFrom(checkpoint: string | null): MemoryJournal {
  const journal = new MemoryJournal();
  if (checkpoint !== null) journal.append([{ type: "checkpoint", payload: checkpoint }]);
  return journal;
}

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
      return {
        owned: leg?.ownedLots ?? 0,
        target: market === undefined ? 0 : targetLots(market, "net"),
        waived: market?.copies[0]?.legs.find(({ leg: name }) => name === "net")?.waivedLots ?? 0,
        atVenue: leg?.venue.lots ?? 0,
        isSettled: isSettled && leg?.venue.disputed !== true && !orders.some(isOpen),
        orders: new Map(
          orders.map((order) => [order.clientOrderId, { filled: filledLots(order), open: isOpen(order) }]),
        ),
        confirmedMs: follower.confirmedAtMs,
      };
    }),
  };
}
