/**
 * Until when what is shown of the engine is known to hold: every age on the screen goes by this. While the engine runs that is when it
 * was heard; of a stopped one it is the last moment that the engine wrote down, however often that is heard again.
 */
import type { StatusReport } from "../api/types.ts";

type Engine = Pick<StatusReport["engine"], "running" | "asOf">;

/** UTC milliseconds; 0 where nothing was heard yet. */
export function trueAt(engine: Engine | undefined, heardAtMs: number): number {
  return engine?.running === false ? Math.min(heardAtMs, engine.asOf) : heardAtMs;
}

type Accounts = Pick<StatusReport, "followers" | "leaders">;

/** Whether any account was ever read: of an engine that never ran nothing was checked. */
export function isEverRead({ followers, leaders }: Accounts): boolean {
  return [...followers, ...leaders].some(({ snapshotAgeMs }) => snapshotAgeMs !== null);
}
