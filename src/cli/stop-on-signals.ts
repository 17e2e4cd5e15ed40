/** How a command that runs until it is told ends: the first signal stops it cleanly, the second at once. */
import { EXIT } from "./output.ts";

/** Whatever hangs while stopping is cut off after this; the journal is whole at any moment. */
const STOP_MAX_MS = 4_500;

export function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT.failure);
    controller.abort();
    setTimeout(() => {
      process.stderr.write("copytrader: something did not stop in time and was cut off\n");
      process.exit(EXIT.ok);
    }, STOP_MAX_MS).unref();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  // Whoever started it with a channel is gone.
  process.on("disconnect", stop);
  return controller.signal;
}
