/** Waits until start-up is over, and says now and then for whom. */
import type { AccountId } from "../core/model/identifiers.ts";
import type { Engine } from "../engine/engine.ts";
import type { Printer } from "./printer.ts";
import { Readiness } from "./readiness.ts";

const CHECK_MS = 50;
const NOTE_MS = 5_000;
const NAMED_MAX = 10;

export interface WaitingFor {
  readonly engine: Engine | null;
  readonly printer: Printer;
  readonly stop: AbortSignal;
  /** Nothing is waited for after that. */
  readonly hasFailed: () => boolean;
}

/** Those that are halted hold up nobody. Rejects with the reason when stopped. */
export async function untilReady({
  engine,
  printer,
  stop,
  hasFailed,
  halted,
}: WaitingFor & { readonly halted: ReadonlyMap<AccountId, string> }): Promise<void> {
  const noted = noteNowAndThen(printer, NOTE_MS);
  const readiness = new Readiness(new Set(halted.keys()));
  for (;;) {
    stop.throwIfAborted();
    const waiting = engine === null ? ["engine"] : readiness.awaited(engine.state);
    if (waiting.length === 0 || hasFailed()) return;
    noted(waiting);
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  }
}

/** Says who is waited for each time that so long has passed; `what` follows the names. */
export function noteNowAndThen(
  printer: Printer,
  everyMs: number,
): (waiting: readonly string[], what?: string) => void {
  let atMs = Date.now() + everyMs;
  return (waiting, what) => {
    if (Date.now() < atMs) return;
    atMs = Date.now() + everyMs;
    const more = waiting.length > NAMED_MAX ? ", ..." : "";
    const rest = what === undefined ? "" : ` ${what}`;
    printer.note("waiting", `for ${waiting.slice(0, NAMED_MAX).join(", ")}${more}${rest}`);
  };
}
