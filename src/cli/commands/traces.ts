/** `copytrader traces`: sends what is in the log as traces to an OpenTelemetry collector; the engine knows nothing of it. */
import { type Command, InvalidArgumentError } from "commander";
import { type CommonOptions, command, type Finish, runAction, timeSince, withFolders } from "../command.ts";
import { CliError } from "../output.ts";

interface TracesOptions extends CommonOptions {
  readonly data: string;
  readonly to: string;
  /** UTC milliseconds. */
  readonly since?: number;
}

const HOUR_MS = 3_600_000;
const SPANS_PER_REQUEST = 500;
const TIMEOUT_MS = 10_000;
const LINES_MAX = 1_000_000;

const AFTER = `
A trace is one change of a leader, with a span for each follower's order, from its decision to its last
fill, and one for each copy that got none. The same lines make the same ids: what is sent twice is one.
Nothing of it costs the engine anything; let cron or a timer send the last minutes.`;

export function tracesCommand(finish: Finish): Command {
  const examples = [
    "traces --to http://127.0.0.1:4318",
    "traces --to https://collector.example.com --since 10m",
  ];
  const summary = "send the log as traces (OTLP over HTTP): from a leader's fill to the followers' orders";
  return withFolders(command("traces", summary, examples))
    .requiredOption("--to <url>", "the collector; /v1/traces is added", collectorUrl)
    .option("--since <when>", "only since then: 30m, 24h, 7d, or a date (an hour when left out)", timeSince)
    .addHelpText("after", AFTER)
    .action((options: TracesOptions) =>
      runAction(options, finish, async (output) => {
        const { logsAt } = await import("../../control/logs.ts");
        const { otlpBody, spansOf } = await import("../../control/traces.ts");
        const sinceMs = options.since ?? Date.now() - HOUR_MS;
        const { lines } = await logsAt(options.data, { channel: "trading", sinceMs, limit: LINES_MAX });
        const spans = spansOf(lines);
        for (let at = 0; at < spans.length; at += SPANS_PER_REQUEST)
          await send(options.to, otlpBody(spans.slice(at, at + SPANS_PER_REQUEST)));
        const traces = new Set(spans.map(({ traceId }) => traceId)).size;
        const sent = { traces, spans: spans.length, since: new Date(sinceMs).toISOString() };
        output.result(sent, () => `sent ${traces} traces with ${spans.length} spans, since ${sent.since}`);
        return undefined;
      }),
    );
}

async function send(url: string, body: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(url, { method: "POST", headers, body, signal, redirect: "error" }).catch(
    (error: unknown) => {
      const cause =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new CliError("unreachable", `${url} cannot be reached: ${cause}`);
    },
  );
  if (!answer.ok) throw new CliError("refused", `${url} answered HTTP ${answer.status}`);
}

function collectorUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError("It must be an address such as http://127.0.0.1:4318.");
  return `${url.origin}${url.pathname.replace(/\/$/, "")}/v1/traces`;
}
