/**
 * Has another leader take the place of one whose relation was stopped to be replaced: not within the decision, but right after it;
 * and after a start, where the last run died before it came to that.
 */
import type { ControlServer } from "../control/server.ts";
import type { EngineObserver } from "../engine/observer.ts";
import type { Log } from "../log.ts";

export function replacingAfter(observer: EngineObserver, replace: () => void): EngineObserver {
  return {
    ...observer,
    decided: (event, decision, state) => {
      observer.decided?.(event, decision, state);
      if (decision.stops.some(({ action }) => action === "replace")) setImmediate(replace);
    },
  };
}

/** What cannot begin is logged; the relation that was stopped stays closed all the same. */
export function replaceStopped(control: Pick<ControlServer, "replaceStopped"> | null, log: Log): void {
  try {
    control?.replaceStopped();
  } catch (error) {
    log
      .channel("trading")
      .error("nobody could take the place of a stopped relation", { cause: String(error) });
  }
}
