/**
 * Which leader's change a line of the log is about: `c18234` is the change that `copytrader journal` shows as 18234. It follows from what the
 * journal has: a change has the number of its event, an order is for copies that wait for changes. Orders that no leader's change led to (a
 * stop, a command, the end of a relation) have none; an order for several leaders' copies has one of each, parted by commas.
 */
import type { Decision, PlannedOrder } from "../core/decision.ts";
import type { Event } from "../core/event.ts";
import { copiesOf } from "../core/explanation.ts";
import type { ClientOrderId } from "../core/model/identifiers.ts";
import type { LeaderChange, State } from "../core/state.ts";
import type { FoldHooks } from "../journal/fold.ts";
import { causeOf } from "../store/projection/cause.ts";

/** Orders whose fate may still be told; the oldest are forgotten. */
const ORDERS_MAX = 20_000;

/** For the fields of a line: nothing where it concerns no change. */
export type CorrelationField = { readonly correlation?: string };

export class Correlations {
  readonly #ofOrder = new Map<ClientOrderId, string>();

  /** To be called once for each decision, with the state after it. */
  note(event: Event, { orders }: Pick<Decision, "orders">, state: State): void {
    for (const planned of orders) {
      const correlation = ofPlanned(planned, event, state);
      if (correlation !== "") this.#ofOrder.set(planned.order.clientOrderId, correlation);
    }
    for (const id of this.#ofOrder.keys()) {
      if (this.#ofOrder.size <= ORDERS_MAX) return;
      this.#ofOrder.delete(id);
    }
  }

  /** Notes what recovery reads of the last run, beside what others do with it. */
  recoveryHooks(beside: FoldHooks): FoldHooks {
    return {
      ...beside,
      onStep: (step, state) => {
        beside.onStep?.(step, state);
        this.note(step.event, step.decision, state);
      },
    };
  }

  ofOrder(id: ClientOrderId | undefined): CorrelationField {
    const correlation = id === undefined ? undefined : this.#ofOrder.get(id);
    return correlation === undefined ? {} : { correlation };
  }
}

export function ofChanges(changes: readonly Pick<LeaderChange, "change">[]): CorrelationField {
  return changes.length === 0 ? {} : { correlation: joined(changes.map(({ change }) => change)) };
}

/** "" where no change led to it. Only where nothing changed just now is the cause asked for: that is the slower way. */
function ofPlanned(planned: PlannedOrder, event: Event, state: State): string {
  const { purpose } = planned.order;
  const isOwnPurpose = purpose !== "rebalance" && purpose !== "close";
  if (state.changes.length === 0 && !isOwnPurpose && causeOf(planned, event, state) !== "") return "";
  return joined(copiesOf(planned).flatMap(({ lastChange }) => lastChange?.change ?? []));
}

function joined(changes: readonly number[]): string {
  return [...new Set(changes)].map((change) => `c${change}`).join(",");
}
