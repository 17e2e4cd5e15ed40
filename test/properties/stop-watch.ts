/**
 * That a stop stays until it is released, its time is over or what it was about is gone; and that nothing that it cut grows past
 * its share of what was held when it began, by the watch's own record of that.
 */
import type { Decision } from "../../src/core/decision.ts";
import type { Command, Event } from "../../src/core/event.ts";
import type { Stop } from "../../src/core/guard/stop.ts";
import type { AccountId } from "../../src/core/model/identifiers.ts";
import type { Copy, CopyLeg, State } from "../../src/core/state.ts";
import type { Breach } from "./judge.ts";

export class StopWatch {
  readonly #standing = new Map<AccountId, readonly Stop[]>();
  /** By stop and leg; and what each leg held when the event before was done with. */
  readonly #began = new Map<string, number>();
  readonly #held = new Map<string, number>();

  see(state: State, event: Event, decision: Decision): Breach[] {
    const ended = [...state.followers.values()].flatMap(({ account, stops }) =>
      stops === this.#standing.get(account) ? [] : this.#judgeEnded(state, event, account, stops),
    );
    this.#noteBeginnings(state);
    const grown = decision.orders.length === 0 ? [] : this.#judgeOrders(decision);
    this.#noteHeld(state);
    return [...ended, ...grown];
  }

  #judgeEnded(state: State, event: Event, account: AccountId, stops: readonly Stop[]): Breach[] {
    const before = this.#standing.get(account) ?? [];
    this.#standing.set(account, stops);
    return before
      .filter(({ id }) => !stops.some((one) => one.id === id))
      .filter((stop) => !mayEnd(state, event, account, stop))
      .map(({ guard, id }) => ({
        rule: "stop-ended",
        numbers: `${account} ${guard} ${id} by ${event.kind}`,
      }));
  }

  #noteBeginnings({ markets }: State): void {
    for (const { copies } of markets)
      for (const copy of copies)
        for (const part of copy.legs)
          for (const { stop } of part.cuts) {
            const key = `${stop} ${placeOf(copy, part)}`;
            if (!this.#began.has(key)) this.#began.set(key, this.#held.get(placeOf(copy, part)) ?? 0);
          }
  }

  #noteHeld({ markets }: State): void {
    for (const { copies } of markets)
      for (const copy of copies)
        for (const part of copy.legs) this.#held.set(placeOf(copy, part), Math.abs(part.heldLots));
  }

  #judgeOrders(decision: Decision): Breach[] {
    return decision.orders.flatMap(({ market, order, shares }) =>
      (shares ?? [{ copy: 0, lots: Math.abs(order.lots) }]).flatMap(({ copy: index, lots }) => {
        const copy = market.copies[index];
        const part = copy?.legs.find(({ leg }) => leg === order.leg);
        if (copy === undefined || part === undefined) return [];
        const after = part.heldLots + lots * Math.sign(order.lots);
        const grows = Math.abs(after) > Math.abs(part.heldLots) || after * part.heldLots < 0;
        return grows ? this.#judgeCuts(copy, part, Math.abs(after)) : [];
      }),
    );
  }

  #judgeCuts(copy: Copy, part: CopyLeg, after: number): Breach[] {
    return part.cuts.flatMap(({ stop, keeps }) => {
      const held = this.#began.get(`${stop} ${placeOf(copy, part)}`) ?? 0;
      const most = held === 0 ? Math.abs(part.wantedLots) + Math.abs(part.excessLots) : held;
      const left = Math.floor((most * keeps.part) / keeps.whole);
      if (after <= left) return [];
      return [{ rule: "past-cut", numbers: `${placeOf(copy, part)}: ${after} of ${left} (stop ${stop})` }];
    });
  }
}

function placeOf({ market, index }: Copy, { leg }: CopyLeg): string {
  return `${market.index} ${index} ${leg}`;
}

function mayEnd(state: State, event: Event, account: AccountId, stop: Stop): boolean {
  if (stop.untilMs !== null && stop.untilMs <= state.nowMs) return true;
  if (stop.untilFlat) return true;
  return event.kind === "command-issued" && releases(event.command, account, stop);
}

function releases(command: Command, account: AccountId, stop: Stop): boolean {
  if (command.kind === "resume") return stop.guard === "panic" && isFor(command, account);
  if (command.kind !== "release") return false;
  return isFor(command, account) && (command.leader === undefined || command.leader === stop.leader);
}

function isFor(command: { readonly account?: AccountId }, account: AccountId): boolean {
  return command.account === undefined || command.account === account;
}
