/** The watchdogs that are not ok, each in a paragraph of its own. */
import type { StatusReport } from "../control/control.ts";
import { describeWatchdog } from "../control/watchdog-text.ts";
import { coloured } from "./output.ts";
import { wrapped } from "./table.ts";

export function watchdogLines(watchdogs: StatusReport["watchdogs"]): readonly string[] {
  return watchdogs
    .filter(({ state }) => state !== "ok")
    .flatMap((one) => {
      const colour = one.state === "acting" ? "red" : "yellow";
      return wrapped(`${coloured(colour, one.state)}: ${describeWatchdog(one)}`);
    });
}
