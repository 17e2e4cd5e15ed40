/** `copytrader start`: the one process that runs everything that exists, until Ctrl-C or SIGTERM. */
import type { Command } from "commander";
import type { PanicSignal } from "../../run/panic-switch.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  portNumber,
  runAction,
  withFolders,
} from "../command.ts";
import { goOnUnread } from "../readers.ts";
import { stopOnSignals } from "../stop-on-signals.ts";

interface StartOptions extends Folders, CommonOptions {
  readonly live?: boolean;
  readonly afterRestore?: boolean;
  /** False with --no-api. */
  readonly api: boolean;
  readonly host?: string;
  readonly port?: number;
}

export function startCommand(finish: Finish): Command {
  const examples = [
    "start",
    "start --live                     real money: live followers trade",
    "start --config /etc/copytrader --data /var/lib/copytrader --json",
  ];
  return withFolders(command("start", "copy until stopped", examples))
    .option("--live", "the deliberate word that live followers need")
    .option("--after-restore", "the deliberate word that a data folder restored from a backup needs, once")
    .option("--host <address>", "serve the API and the dashboard here instead of api.host")
    .option("--port <number>", "and on this port instead of api.port; 0 takes any free one", portNumber)
    .option("--no-api", "copy without the API and the dashboard")
    .action((options: StartOptions) =>
      runAction(options, finish, async () => {
        goOnUnread();
        const stop = stopOnSignals();
        const panic = await panicOnSignals();
        const { host, port } = options;
        const { runCopytrader } = await import("../../main.ts");
        return runCopytrader({
          configDir: options.config,
          dataDir: options.data,
          live: options.live === true,
          afterRestore: options.afterRestore === true,
          json: options.json === true,
          stop,
          panic,
          api: {
            ...(options.api ? {} : { enabled: false }),
            ...(host === undefined ? {} : { host }),
            ...(port === undefined ? {} : { port }),
          },
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
