/** `copytrader api`: the HTTP API alone, beside an engine that runs or a stopped one's folder. */
import type { Command } from "commander";
import type { ListeningAddress, SetupAddress } from "../../run/api-server.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  portNumber,
  runAction,
  withFolders,
} from "../command.ts";
import { CliError, EXIT, type Output } from "../output.ts";
import { goOnUnread } from "../readers.ts";
import { stopOnSignals } from "../stop-on-signals.ts";

interface ApiOptions extends Folders, CommonOptions {
  readonly host?: string;
  readonly port?: number;
}

export function apiCommand(finish: Finish): Command {
  const examples = [
    "api",
    "api --port 8080",
    "api --host 0.0.0.0 --json      only with TLS or behind a proxy",
  ];
  return withFolders(command("api", "serve the HTTP API and the dashboard without copying", examples))
    .option("--host <address>", "listen here instead of api.host")
    .option("--port <number>", "listen on this port instead of api.port; 0 takes any free one", portNumber)
    .action((options: ApiOptions) => runAction(options, finish, (output) => serve(options, output)));
}

async function serve(options: ApiOptions, output: Output): Promise<number> {
  const { ApiStartError, runApi } = await import("../../run/api-server.ts");
  const { host, port } = options;
  goOnUnread();
  try {
    await runApi({
      configDir: options.config,
      dataDir: options.data,
      overrides: { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) },
      stop: stopOnSignals(),
      listening: (address, setup) => tell(output, address, setup),
    });
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ApiStartError)) throw error;
    const { failure, message, problems } = error;
    const { describeProblem } = await import("../../config.ts");
    const lines = problems.map(describeProblem);
    const exitCode = failure === "port-in-use" ? EXIT.failure : EXIT.usage;
    throw new CliError(failure, message, { exitCode, problems: problems.map((one) => ({ ...one })), lines });
  }
}

function tell(output: Output, address: ListeningAddress, setup: SetupAddress | null): void {
  const link =
    setup === null ? [] : [`Nobody can sign in yet. This link makes the first owner, once: ${setup.url}`];
  output.result({ listening: address, ...(setup === null ? {} : { setup }) }, () =>
    [
      ...link,
      `The API listens at ${address.url}; ${address.url}/docs tells what it can do.`,
      "Ctrl-C ends it.",
    ].join("\n"),
  );
}
