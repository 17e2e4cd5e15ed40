/**
 * Whoever reads what a process prints may go away: `head`, a closed pager, a terminal, a log collector that restarts. A command that
 * only prints is over then. One that people rely on goes on without a reader: it has its log files, its alerts and its journal.
 */
import { EXIT } from "./output.ts";

let goesOn = false;

/** This process has more to do than to print. */
export function goOnUnread(): void {
  goesOn = true;
}

export function watchReaders(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (!goesOn) process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.failure);
  });
  // There is nobody to tell it to.
  process.stderr.on("error", () => {});
}
