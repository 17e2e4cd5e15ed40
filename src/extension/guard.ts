/**
 * Runs the owner's code within a time: V8 ends what takes longer, whatever it does, so that an endless loop holds up an increase
 * for as long and a reduction never for longer. Whatever it throws is told as text.
 */
import { performance } from "node:perf_hooks";
import { Script } from "node:vm";

const PLACE = Symbol.for("copytrader.extension.action");
const RUN = new Script(`globalThis[Symbol.for("copytrader.extension.action")]()`);
const CAUSE_CHARACTERS_MAX = 300;

export type Guarded<Value> =
  | { readonly kind: "answered"; readonly value: Value; readonly tookMs: number }
  | { readonly kind: "failed"; readonly cause: string; readonly tookMs: number };

/** `action` may read hostile values: everything about them belongs into it, and what it returns is the caller's own. */
export function guarded<Value>(maxMs: number, action: () => Value): Guarded<Value> {
  const startedMs = performance.now();
  const failed = (cause: string) =>
    ({ kind: "failed", cause, tookMs: performance.now() - startedMs }) as const;
  let value: { readonly is: Value } | null = null;
  try {
    Object.defineProperty(globalThis, PLACE, {
      configurable: true,
      value: () => {
        value = { is: action() };
      },
    });
    RUN.runInThisContext({ timeout: maxMs });
  } catch (error) {
    return failed(isTimeout(error) ? `no answer within ${maxMs} ms` : causeOf(error));
  } finally {
    Reflect.deleteProperty(globalThis, PLACE);
  }
  const tookMs = performance.now() - startedMs;
  if (tookMs > maxMs) return failed(`the answer took ${tookMs.toFixed(1)} ms, more than ${maxMs}`);
  const answer = value as { readonly is: Value } | null;
  return answer === null ? failed("no answer") : { kind: "answered", value: answer.is, tookMs };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

/** An error's own text may be hostile, too. */
function causeOf(error: unknown): string {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : `it threw ${String(error)}`;
    return text.slice(0, CAUSE_CHARACTERS_MAX);
  } catch {
    return "it threw something that cannot be shown";
  }
}
