/** `copytrader start`: the one process that runs everything that exists, until Ctrl-C or SIGTERM. */
import type { Command } from "commander";
import type { PanicSignal } from "../../run/panic-switch.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { EXIT } from "../output.ts";

/** Whatever hangs while stopping is cut off after this; the journal is whole at any moment. */
const STOP_MAX_MS = 4_500;

interface StartOptions extends Folders, CommonOptions {
  readonly live?: boolean;
}

export function startCommand(finish: Finish): Command {
  const examples = [
    "start",
    "start --live                     real money: live followers trade",
    "start --config /etc/copytrader --data /var/lib/copytrader --json",
  ];
  return withFolders(command("start", "copy until stopped", examples))
    .option("--live", "the deliberate word that live followers need")
    .action((options: StartOptions) =>
      runAction(options, finish, async () => {
        const stop = stopOnSignals();
        const panic = await panicOnSignals();
        const { runCopytrader } = await import("../../main.ts");
        return runCopytrader({
          configDir: options.config,
          dataDir: options.data,
          live: options.live === true,
          json: options.json === true,
          stop,
          panic,
        });
      }),
    );
}

/** SIGUSR2 twice is the kill switch. Without a listener it would end the process, so that comes first. */
async function panicOnSignals(): Promise<PanicSignal> {
  const { PanicSignal } = await import("../../run/panic-switch.ts");
  const signal = new PanicSignal();
  process.on("SIGUSR2", () => {
    if (!signal.note(Date.now()))
      process.stderr.write("copytrader: SIGUSR2 once more within ten seconds closes everything\n");
  });
  return signal;
}

/** The first signal stops cleanly, the second at once. */
function stopOnSignals(): AbortSignal {
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
  return controller.signal;
}
