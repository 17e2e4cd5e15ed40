/** Goes through steps that take their time without keeping other requests waiting. */
import { setImmediate } from "node:timers/promises";

/** So long nobody else has a turn. */
const TURN_MS = 10;

export async function driven<Value>(steps: Generator<unknown, Value, undefined>): Promise<Value> {
  for (;;) {
    const untilMs = performance.now() + TURN_MS;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < untilMs);
    await setImmediate();
  }
}
