/**
 * `copytrader replay`: what the engine lived through, from the journal alone: each event with what was decided on it, or, against
 * this version, what would be decided differently. Opens files for reading only, also beside an engine that writes them.
 */
import { existsSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { AccountId } from "../../core/model/identifiers.ts";
import type { Replay, ReplayEnd } from "../../journal/replay.ts";
import { type CommonOptions, command, type Finish, positiveCount, runAction } from "../command.ts";
import { drive, INTERRUPTED, journalFolder } from "../drive.ts";
import { EXIT, type Output, usage } from "../output.ts";
import { assertWritable } from "../output-file.ts";

interface ReplayCommandOptions extends CommonOptions {
  readonly from?: number;
  readonly until?: number;
  readonly follower?: string;
  readonly against?: boolean;
  readonly all?: boolean;
  readonly state?: string;
}

const EXIT_CODES = `
JOURNAL is a journal folder or a data folder; nothing in it is changed, and an engine may be writing it. An
event and the decision on it count as one record's step. On the way each recorded state is compared with
what the records before it lead to.

Exit codes: 0 all was read (and with --against nothing would be decided differently); 1 something would be
decided differently, or a record is damaged, of a later version, or does not lead to the state that was
recorded; 2 it was asked for wrongly; 130 interrupted.`;

export function replayCommand(finish: Finish): Command {
  const summary = "what happened, decision by decision, from the journal alone";
  const examples = [
    "replay data",
    "replay data --from 1200 --until 1300 --follower slave1",
    "replay incident/journal --against --json",
    "replay data --until 1300 --state state.json",
  ];
  return command("replay", summary, examples)
    .argument("<journal>", "journal folder, or data folder")
    .option("--from <record>", "tell only of this record and those after it", positiveCount)
    .option("--until <record>", "end after this record", positiveCount)
    .option("--follower <nickname>", "only what concerns this follower")
    .option("--against", "decide every event anew, and tell what would be decided differently")
    .option("--all", "events that led to nothing, too")
    .option("--state <file>", "write the state at the end into this new file, as JSON")
    .addHelpText("after", EXIT_CODES)
    .action((journal: string, options: ReplayCommandOptions) =>
      runAction(options, finish, (output) => replay(journal, options, output)),
    );
}

async function replay(journal: string, options: ReplayCommandOptions, output: Output): Promise<number> {
  const { from, until, follower, state: stateFile } = options;
  assertOrdered(options);
  assertWritable("--state", stateFile);
  if (stateFile !== undefined && existsSync(stateFile)) throw usage(`${stateFile} is there already`);
  const { Replay } = await import("../../journal/replay.ts");
  const { replayedDecision, replayedDifference } = await import("../../control/replay-report.ts");
  const { ReplayTeller } = await import("../replay-teller.ts");
  const teller = new ReplayTeller(options, output);
  const asked = await accountAsked(follower);
  // One that was removed meanwhile is none at the end.
  let isKnown = false;
  const replaying = new Replay({
    folder: journalFolder(journal),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    against: options.against === true,
    onStep: (step, state) => {
      isKnown ||= asked !== null && state.followers.has(asked);
      teller.step(replayedDecision(step, state));
    },
    onDifference: (difference) => teller.difference(replayedDifference(difference)),
  });
  const driven = await drive(replaying.run(), output, { besideResults: true });
  if (driven === null) return INTERRUPTED;
  const end = whole(driven.value);
  if (asked !== null && !isKnown) assertFollower(replaying, asked);
  if (stateFile !== undefined) writeFileSync(stateFile, end.stateText, { flag: "wx", mode: 0o600 });
  const { stateText: _, differences: __, ...rest } = end;
  const found = options.against === true ? { differences: teller.differences } : {};
  output.result({ kind: "end", ...rest, ...found }, () => endLines({ ...rest, ...found }).join("\n"));
  return teller.differences > 0 ? EXIT.failure : EXIT.ok;
}

function whole(end: ReplayEnd | null): ReplayEnd {
  if (end === null) throw usage("the folder has no journal");
  return end;
}

function assertOrdered({ from, until }: ReplayCommandOptions): void {
  if (from !== undefined && until !== undefined && from > until)
    throw usage(`--from ${from} lies behind --until ${until}`);
}

async function accountAsked(name: string | undefined): Promise<AccountId | null> {
  if (name === undefined) return null;
  const { AccountId } = await import("../../core/model/identifiers.ts");
  return AccountId(name);
}

function assertFollower({ state }: Replay, name: AccountId): void {
  if (state.followers.has(name)) return;
  const names = [...state.followers.keys()];
  throw usage(`there is no follower "${name}" in this journal; there are: ${names.join(", ")}`);
}

function endLines(end: Omit<ReplayEnd, "stateText" | "differences"> & { readonly differences?: number }) {
  const { from, last, events, decisions, checkpoints, tornBytes, stateHash, differences } = end;
  const { exact, earlier } = checkpoints;
  const torn = `${tornBytes} bytes behind record ${last} belong to no whole record: a torn tail, or one being written`;
  const kept = `recorded states compared and the same: ${exact + earlier}${earlier === 0 ? "" : ` (${earlier} written by an earlier version, which kept less)`}`;
  return [
    "",
    `records ${from} to ${last}: ${events} events, ${decisions} of them with a decision; ${kept}`,
    ...(tornBytes === 0 ? [] : [torn]),
    `state after record ${last}: sha256 ${stateHash}`,
    ...(differences === undefined ? [] : [againstLine(differences)]),
  ];
}

function againstLine(differences: number): string {
  if (differences === 0) return "this version would decide the same on every event";
  return `this version would decide differently on ${differences} ${differences === 1 ? "event" : "events"}`;
}
