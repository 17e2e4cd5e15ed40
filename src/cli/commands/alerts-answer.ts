/** `copytrader alerts ack`, `mute`, `unmute` and `state`: what somebody does about what he was told. */
import { userInfo } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import { describeAlert } from "../../alerts/alert.ts";
import type { AlertKind } from "../../alerts/kinds.ts";
import type { Mute } from "../../alerts/rules.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { usage } from "../output.ts";
import { withControl } from "../with-control.ts";
import { COMMAND_LINE, withIdentity } from "./with-identity.ts";

type Options = Folders & CommonOptions;

export function answerCommands(finish: Finish): readonly Command[] {
  return [ackCommand(finish), muteCommand(finish), unmuteCommand(finish), stateCommand(finish)];
}

interface AckOptions extends Options {
  readonly all?: boolean;
}

function ackCommand(finish: Finish): Command {
  const examples = ["alerts ack --all", "alerts ack 0f1cbd0b3e6f4c4a8f1d2a77"];
  return withFolders(command("ack", "acknowledge alerts, so that they are not told again", examples))
    .argument("[ids...]", "their ids, as copytrader alerts --ids shows them")
    .option("--all", "every critical one that nobody acknowledged yet")
    .action((ids: readonly string[], options: AckOptions) =>
      runAction(options, finish, async (output) => {
        if (ids.length > 0 === (options.all === true)) throw usage("name ids, or write --all");
        const { acknowledged } = await withControl(options, (control) =>
          control.ask({
            kind: "acknowledge-alerts",
            by: localName(),
            ...(options.all === true ? {} : { ids }),
          }),
        );
        if (acknowledged.length > 0)
          await noted(options, "alerts-acknowledged", acknowledged.join(", ").slice(0, 500), null);
        output.result({ acknowledged }, () =>
          acknowledged.length === 0
            ? "there was nothing to acknowledge"
            : `acknowledged ${acknowledged.length} alert${acknowledged.length === 1 ? "" : "s"}`,
        );
        return undefined;
      }),
    );
}

interface MuteOptions extends Options {
  readonly kind?: string;
}

function muteCommand(finish: Finish): Command {
  const examples = ["alerts mute 2h", "alerts mute 30m --kind parity-missed"];
  return withFolders(command("mute", "tell nothing for a time; then one summary of what happened", examples))
    .argument("<time>", "how long: 30m, 2h, 3d; 31d at most", timeSpan)
    .option("--kind <kind>", "only this kind, also where it is critical; without it what is critical is told")
    .action((spanMs: number, options: MuteOptions) =>
      runAction(options, finish, async (output) => {
        const untilMs = Date.now() + spanMs;
        const mutes = await muted(options, untilMs);
        output.result({ mutes }, () =>
          [...mutes.map(mutedLine), "copytrader alerts unmute ends it"].join("\n"),
        );
        return undefined;
      }),
    );
}

function unmuteCommand(finish: Finish): Command {
  const examples = ["alerts unmute", "alerts unmute --kind parity-missed"];
  return withFolders(command("unmute", "tell things again, and what was held back", examples))
    .option("--kind <kind>", "the mute of this kind; that of all kinds when left out")
    .action((options: MuteOptions) =>
      runAction(options, finish, async (output) => {
        const mutes = await muted(options, 0);
        output.result({ mutes }, () =>
          mutes.length === 0 ? "nothing is muted" : mutes.map(mutedLine).join("\n"),
        );
        return undefined;
      }),
    );
}

async function muted(options: MuteOptions, untilMs: number): Promise<readonly Mute[]> {
  const kind = await alertKindOf(options.kind);
  const { mutes } = await withControl(options, (control) =>
    control.ask({
      kind: "mute-alerts",
      untilMs,
      by: localName(),
      ...(kind === undefined ? {} : { alertKind: kind }),
    }),
  );
  await noted(options, untilMs === 0 ? "alerts-unmuted" : "alerts-muted", kind ?? "all kinds", { untilMs });
  return mutes;
}

async function alertKindOf(text: string | undefined): Promise<AlertKind | undefined> {
  if (text === undefined) return undefined;
  const { ALERT_KINDS } = await import("../../alerts/kinds.ts");
  const { nearest } = await import("../../config/nearest.ts");
  const kinds = Object.keys(ALERT_KINDS) as AlertKind[];
  const found = kinds.find((kind) => kind === text);
  if (found !== undefined) return found;
  const meant = nearest(text, kinds);
  const hint = meant === undefined ? "docs/alerts.md lists them" : `did you mean "${meant}"?`;
  throw usage(`there is no kind of alert "${text}"; ${hint}`);
}

function stateCommand(finish: Finish): Command {
  return withFolders(
    command("state", "what is muted, what nobody acknowledged, what waits where", ["alerts state"]),
  ).action((options: Options) =>
    runAction(options, finish, async (output) => {
      const report = await withControl(options, (control) => control.ask({ kind: "alerting" }));
      output.result(report, () => {
        const { mutes, unacknowledged, channels } = report;
        return [
          ...(mutes.length === 0 ? ["nothing is muted"] : mutes.map(mutedLine)),
          ...(unacknowledged.length === 0
            ? ["no critical alert waits to be acknowledged"]
            : [
                "critical, and not acknowledged:",
                ...unacknowledged.map((alert) => `  ${alert.id}  ${describeAlert({ ...alert, key: "" })}`),
              ]),
          ...channels.map(({ channel, waiting, held }) => `${channel}: ${waiting} wait, ${held} held back`),
        ].join("\n");
      });
      return undefined;
    }),
  );
}

function mutedLine({ kind, untilMs, by }: Mute): string {
  const until = new Date(untilMs).toISOString().slice(0, 16).replace("T", " ");
  return `${kind ?? "everything but what is critical"} is muted until ${until} UTC (${by})`;
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function timeSpan(text: string): number {
  const [, count = "0", unit = ""] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const spanMs = Number(count) * (UNIT_MS[unit] ?? 0);
  if (spanMs > 0) return spanMs;
  throw new InvalidArgumentError("It must be a time such as 30m, 2h or 3d.");
}

function localName(): string {
  try {
    return `command line (${userInfo().username})`;
  } catch {
    // A user without a name, as in some containers.
    return "command line";
  }
}

async function noted(options: Options, action: string, subject: string, after: unknown): Promise<void> {
  await withIdentity(options, (identity) => identity.audit(COMMAND_LINE, { action, subject, after }));
}
