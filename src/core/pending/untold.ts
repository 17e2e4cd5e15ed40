/**
 * Changes of a leader's position that were told by the position alone: by which of its orders, no fill told yet. While it may be one of
 * those that wait, ours may have filled with it: nothing is bought at market for such growth, and none is placed anew or made larger,
 * until a fill tells the order, or the account was read since. Reductions wait for none of this.
 */

import type { DecisionDraft } from "../decision.ts";
import type { LeaderFillReport, LeaderOrderRow, Leg } from "../event.ts";
import { SNAPSHOT_SETTLE_MS } from "../holding.ts";
import { Decimal } from "../model/decimal.ts";
import type { InstrumentId } from "../model/identifiers.ts";
import type { LeaderState, State } from "../state.ts";

/** Between questions for an account that decides a doubt. */
const SNAPSHOT_RETRY_MS = 1_000;

export interface Untold {
  readonly leg: Leg;
  readonly side: LeaderOrderRow["side"];
  /** Decimal text, in the leader's units. */
  readonly quantity: string;
  /** The venue's number of what was told before: an older fill is none of this. */
  readonly afterSequence: number;
  /** When the newest of it was told; our clock. */
  readonly toldAtMs: number;
}

/** A report moved the position on `leg` by `quantity` (unsigned). Nothing is kept of a leader whose orders are not told. */
export function noteUntold({ orders, untold }: LeaderState, instrument: InstrumentId, added: Untold): void {
  if (orders === null) return;
  const all = untold.get(instrument) ?? [];
  const known = all.find((one) => isSame(one, added));
  const { leg, side, toldAtMs } = added;
  const quantity = Decimal.parse(known?.quantity ?? "0")
    .plus(Decimal.parse(added.quantity))
    .toString();
  const afterSequence = known?.afterSequence ?? added.afterSequence;
  const whole = { leg, side, quantity, afterSequence, toldAtMs };
  untold.set(instrument, [...all.filter((one) => one !== known), whole]);
}

function isSame(one: Pick<Untold, "leg" | "side">, other: Pick<Untold, "leg" | "side">): boolean {
  return one.leg === other.leg && one.side === other.side;
}

/** A fill that was not told before names the order of so much of it. True where it does. */
export function noteNamed({ untold, holdings }: LeaderState, fill: LeaderFillReport): boolean {
  if (untold.size === 0) return false;
  const all = untold.get(fill.instrument) ?? [];
  const known = all.find((one) => isSame(one, fill));
  const stated = holdings.get(fill.instrument)?.get(fill.leg)?.confirmedSequence ?? -1;
  if (known === undefined || fill.sequence <= known.afterSequence || fill.sequence > stated) return false;
  const left = Decimal.parse(known.quantity).minus(Decimal.parse(fill.quantity));
  const rest = left.sign > 0 ? [{ ...known, quantity: left.toString() }] : [];
  keep(
    untold,
    fill.instrument,
    all.flatMap((one) => (one === known ? rest : [one])),
  );
  return true;
}

/** A snapshot is in: its list of orders knows what was told well before it was asked for. */
export function noteUntoldRead({ untold }: LeaderState, requestedAtMs: number): void {
  for (const [instrument, all] of untold)
    keep(
      untold,
      instrument,
      all.filter((one) => readableFromMs(one) > requestedAtMs),
    );
}

function keep(untold: LeaderState["untold"], instrument: InstrumentId, left: readonly Untold[]): void {
  if (left.length === 0) untold.delete(instrument);
  else untold.set(instrument, left);
}

/** Reads may lag behind the streams. */
function readableFromMs({ toldAtMs }: Untold): number {
  return toldAtMs + SNAPSHOT_SETTLE_MS;
}

/** From when on a snapshot of the leader can tell whether it was this order; null where it is in no doubt. */
export function inDoubtUntilRead(leader: LeaderState, order: LeaderOrderRow): number | null {
  const one = untoldOf(leader, order);
  return one === null ? null : readableFromMs(one);
}

/** What may have been this order; null where it is in no doubt. */
export function untoldOf({ untold }: LeaderState, order: LeaderOrderRow): Untold | null {
  if (untold.size === 0) return null;
  return untold.get(order.instrument)?.find((known) => isSame(known, order)) ?? null;
}

/** What no fill tells in time, the leader's own account does, asked from then on until it does. Returns when to look again. */
export function askAbout(
  { nowMs }: State,
  { account }: LeaderState,
  one: Untold,
  { questions }: Pick<DecisionDraft, "questions">,
): number {
  const fromMs = readableFromMs(one);
  if (nowMs < fromMs) return fromMs;
  if (!questions.some((asked) => asked.kind === "snapshot" && asked.account === account))
    questions.push({ kind: "snapshot", account });
  return nowMs + SNAPSHOT_RETRY_MS;
}
