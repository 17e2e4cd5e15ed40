/**
 * `copytrader panic`: the kill switch. Shows what it would close, asks, and closes it: through the running engine, by a file in
 * the data folder where that engine takes no commands, or by itself when none runs. Its exit code says whether all is flat.
 */
import type { Command } from "commander";
import type { Control } from "../../control/control.ts";
import type { HoldingsReport, PanicScope } from "../../control/owner-commands.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  positiveCount,
  runAction,
  withFoldersAsGiven,
} from "../command.ts";
import { confirm } from "../confirm.ts";
import { CliError, EXIT, type Output } from "../output.ts";
import { give, placeText } from "../previewed.ts";
import { table } from "../table.ts";

const WAIT_SECONDS = 60;
const LOOK_AGAIN_MS = 200;

interface PanicOptions extends Folders, CommonOptions {
  readonly follower?: string;
  readonly leader?: string;
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly wait: number;
}

/** How the switch is pulled: by a command, by a file, or by an engine of this process. */
type Way = "engine" | "file" | "self";

interface Reach {
  readonly way: Way;
  readonly control: Control;
}

export function panicCommand(finish: Finish): Command {
  const examples = ["panic --all", "panic --follower slave1 --yes", "panic --leader alice --wait 300"];
  const summary = "close what is ours at once, and buy nothing until resume or release";
  return withFoldersAsGiven(command("panic", summary, examples))
    .option("--follower <nickname>", "only on this follower")
    .option("--leader <nickname>", "only the copies of this leader")
    .option("--all", "on every follower")
    .option("--yes", "do it without asking")
    .option("--wait <seconds>", "how long to keep trying", positiveCount, WAIT_SECONDS)
    .addHelpText(
      "after",
      "\nExit code 0: all is flat; 1: something is left, and it says what.\nWithout this command: put a file PANIC into the data folder, or send SIGUSR2 twice to the engine.",
    )
    .action((options: PanicOptions) => runAction(options, finish, (output) => panic(options, output)));
}

async function panic(options: PanicOptions, output: Output): Promise<number> {
  const scope = scopeOf(options);
  const { way, control } = await reach(options);
  try {
    const before = await control.ask({ kind: "holdings", ...scope });
    output.note(describe("This would be closed", before));
    await confirm(output, {
      isSure: options.yes === true,
      question: "Close all of this at the market, and buy nothing until you resume?",
      declined: "nothing was closed",
      problems: before.positions.map((row) => ({
        message: `would close ${row.held} ${placeText(row)} on ${row.follower}`,
        ...row,
      })),
    });
    const taken = await pull(way, control, scope, options, output);
    const left = taken.left ?? (await untilFlat(control, scope, options.wait));
    return tell({ ...taken, before, left }, output);
  } finally {
    await control.close();
  }
}

function scopeOf({ follower, leader, all }: PanicOptions): PanicScope {
  if (all === true ? follower !== undefined || leader !== undefined : !(follower ?? leader)) {
    throw new CliError("usage", "say one of --all, --follower NAME, --leader NAME", {
      exitCode: EXIT.usage,
    });
  }
  return {
    ...(follower === undefined ? {} : { follower }),
    ...(leader === undefined ? {} : { leader }),
  };
}

/** Over the socket; where that cannot be used, on what the journal says. */
async function reach({ config, data }: Folders): Promise<Reach> {
  const { connectControl } = await import("../../control/client.ts");
  const { StoppedControl } = await import("../../control/stopped.ts");
  const { answeredInTime } = await import("../../control/panic-file.ts");
  const { isDataFolderInUse } = await import("../../data-folder.ts");
  const running = await connectControl(data).catch(() => null);
  if (running !== null && (await answeredInTime(running.ask({ kind: "holdings" }))) !== null)
    return { way: "engine", control: running };
  await running?.close();
  const control = new StoppedControl({ configDir: config, dataDir: data });
  return { way: isDataFolderInUse(data) ? "file" : "self", control };
}

interface Pulled {
  readonly way: Way;
  /** What is left, where the way itself waited for it. */
  readonly left?: HoldingsReport;
  readonly refused?: readonly string[];
}

async function pull(
  way: Way,
  control: Control,
  scope: PanicScope,
  options: PanicOptions,
  output: Output,
): Promise<Pulled> {
  if (way === "engine") {
    await give(control, { kind: "panic", ...scope });
    return { way };
  }
  if (way === "file") {
    const { leavePanicFile } = await import("../../control/panic-file.ts");
    const path = leavePanicFile(options.data, scope);
    output.note(
      `The engine takes no commands: ${path} was left for it. Where it is still starting, stop it and try again.`,
    );
    return { way };
  }
  output.note("No engine runs: closing from here.");
  return { way, ...(await flattenHere(control, scope, options)) };
}

async function flattenHere(control: Control, scope: PanicScope, options: PanicOptions) {
  const { runCopytrader } = await import("../../main.ts");
  const { holdingsOf, isFlat } = await import("../../control/holdings.ts");
  const { panicOf } = await import("../../control/commands.ts");
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  const refused: string[] = [];
  try {
    await runCopytrader({
      configDir: options.config,
      dataDir: options.data,
      live: true,
      json: false,
      quiet: true,
      print: (line) => refused.push(line),
      stop: stop.signal,
      flatten: {
        command: panicOf(scope),
        isFlat: (state) => isFlat(holdingsOf(state, scope)),
        giveUpMs: options.wait * 1_000,
      },
    });
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
  return { left: await control.ask({ kind: "holdings", ...scope }), refused };
}

async function untilFlat(control: Control, scope: PanicScope, seconds: number): Promise<HoldingsReport> {
  const endMs = Date.now() + seconds * 1_000;
  for (;;) {
    const left = await control.ask({ kind: "holdings", ...scope });
    if (isFlat(left) || Date.now() >= endMs) return left;
    await pause(LOOK_AGAIN_MS);
  }
}

function isFlat({ positions, unresolved }: HoldingsReport): boolean {
  return positions.length === 0 && unresolved === 0;
}

function tell(
  {
    way,
    before,
    left,
    refused = [],
  }: Pulled & { readonly before: HoldingsReport; readonly left: HoldingsReport },
  output: Output,
): number {
  const flat = isFlat(left);
  output.result(
    {
      flat,
      way,
      closing: before.positions,
      left: left.positions,
      unresolved: left.unresolved,
      notes: refused,
    },
    () =>
      flat
        ? "flat: nothing of ours is held there. Nothing is bought before copytrader resume or release."
        : [
            describe("NOT FLAT. Left", left),
            ...(left.unresolved > 0 ? [`${left.unresolved} orders without an outcome`] : []),
            ...refused,
            way === "self"
              ? "Run copytrader panic again, or close at the venue."
              : "The engine goes on trying; see copytrader status.",
          ].join("\n"),
  );
  return flat ? EXIT.ok : EXIT.failure;
}

function describe(title: string, { positions }: HoldingsReport): string {
  if (positions.length === 0) return `${title}: nothing`;
  const columns = [
    { title: "FOLLOWER" },
    { title: "SYMBOL" },
    { title: "HELD", align: "right" },
    { title: "ABOUT", align: "right" },
  ] as const;
  const rows = positions.map((row) => [
    row.follower,
    placeText(row),
    row.held,
    row.value === "" ? "?" : row.value,
  ]);
  return [`${title}:`, ...table(columns, rows, { indent: "  " })].join("\n");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
