/** `copytrader parity`: a certificate of what every follower should hold and holds, made now or the newest recorded; or the chain of all. */
import type { Command } from "commander";
import type { VerifiedChain } from "../../control/certificate-chain.ts";
import type {
  CertifiedFollower,
  CertifiedRow,
  ParityReport,
  ParityStatement,
} from "../../control/parity-certificate.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { CliError, type Colour, coloured, EXIT, type Output, usage } from "../output.ts";
import { placeText } from "../previewed.ts";
import { table } from "../table.ts";
import { withControl } from "../with-control.ts";

interface ParityOptions extends Folders, CommonOptions {
  readonly newest?: boolean;
  readonly verify?: boolean;
}

const EXIT_CODES = `
Exit codes: 0 in parity (with --verify: the chain holds); 1 a position is more than a step away from its target
without a recorded reason, or data is older than the bound, or the chain is broken, or nothing is recorded; 2 it was asked for wrongly.`;

export function parityCommand(finish: Finish): Command {
  const summary = "certificate of parity: target, held, in flight, and why they differ";
  const examples = ["parity", "parity --newest --json", "parity --verify --data /var/lib/copytrader"];
  return withFolders(command("parity", summary, examples))
    .option("--newest", "the newest recorded one, if it holds, instead of a new one")
    .option("--verify", "check every recorded certificate against the one before and the journal")
    .addHelpText("after", EXIT_CODES)
    .action((options: ParityOptions) =>
      runAction(options, finish, (output) =>
        options.verify === true ? verify(options, output) : show(options, output),
      ),
    );
}

async function verify({ data, newest }: ParityOptions, output: Output): Promise<number> {
  if (newest === true) throw usage("--newest and --verify exclude each other");
  const { verifyCertificates } = await import("../../control/certificate-chain.ts");
  const paths = dataFolderPaths(data);
  const chain = verifyCertificates(paths.parity, paths.journal);
  if (chain.certificates === 0) throw nothingRecorded(data);
  output.result(chain, () => verifiedLines(chain).join("\n"));
  return EXIT.ok;
}

function verifiedLines({ certificates, first, last, anchored, since }: VerifiedChain): readonly string[] {
  const { records, starts } = since;
  const left =
    starts === 0
      ? ""
      : `, ${starts} of them starts that left none: they were not ready, it could not be written, or it was taken out`;
  return [
    `certificates ${first} to ${last} hold; ${anchored} of ${certificates} name records that the journal still has`,
    `after the record of the newest the journal has ${records} more${left}`,
  ];
}

function nothingRecorded(data: string): CliError {
  return new CliError("not-recorded", `no certificate is recorded in ${data}`);
}

async function show(options: ParityOptions, output: Output): Promise<number> {
  const report =
    options.newest === true
      ? await newestOf(options)
      : await withControl(options, (control) => control.ask({ kind: "parity" }));
  output.result(report, () => describe(report).join("\n"));
  return report.certificate.inParity ? EXIT.ok : EXIT.failure;
}

async function newestOf({ data }: ParityOptions): Promise<ParityReport> {
  const { newestCertificate } = await import("../../control/certificate-chain.ts");
  const paths = dataFolderPaths(data);
  const certificate = newestCertificate(paths.parity, paths.journal);
  if (certificate === null) throw nothingRecorded(data);
  return { certificate, unrecorded: "" };
}

function describe({ certificate, unrecorded }: ParityReport): readonly string[] {
  const { inParity, followers, leaders, journal, atMs, engineRunning } = certificate;
  const at = new Date(atMs).toISOString().slice(0, 19).replace("T", " ");
  const number =
    "number" in certificate ? `certificate ${certificate.number}` : `not recorded: ${unrecorded}`;
  const verdict = inParity ? coloured("green", "in parity") : coloured("red", "not in parity");
  const record = journal === null ? "no record" : `record ${journal.sequence} (${journal.hash})`;
  return [
    `${verdict}${engineRunning ? "" : ", engine stopped"}, ${at} UTC, ${number}, after ${record} of the journal`,
    ...("hash" in certificate ? [`hash ${certificate.hash}`] : []),
    "",
    ...rowLines(followers),
    ...leaders.flatMap(({ nickname, ageMs, stale }) => (stale ? [staleLine("leader", nickname, ageMs)] : [])),
    ...followers.flatMap(({ nickname, ageMs, stale }) =>
      stale ? [staleLine("follower", nickname, ageMs)] : [],
    ),
    countLine(certificate),
  ];
}

function rowLines(followers: readonly CertifiedFollower[]): readonly string[] {
  const rows = followers.flatMap((follower) =>
    follower.rows.filter(isOfInterest).map((row) => cellsOf(follower, row)),
  );
  if (rows.length === 0) return ["no position is wanted or held"];
  const columns = [
    { title: "FOLLOWER" },
    { title: "SYMBOL" },
    { title: "TARGET", align: "right" },
    { title: "HELD", align: "right" },
    { title: "IN FLIGHT", align: "right" },
    { title: "STEPS", align: "right" },
    { title: "AGE", align: "right" },
    { title: "LEADER'S", align: "right" },
    { title: "PARITY" },
  ] as const;
  return table(columns, rows);
}

function isOfInterest({ target, held, inFlight, reason }: CertifiedRow): boolean {
  return [target, held, inFlight].some((quantity) => quantity !== "0") || reason !== "";
}

const COLOURS: { readonly [Parity in CertifiedRow["parity"]]?: Colour } = {
  explained: "yellow",
  unexplained: "red",
};

function cellsOf({ nickname, ageMs }: CertifiedFollower, row: CertifiedRow): readonly string[] {
  const colour = COLOURS[row.parity];
  const words = row.parity === "explained" ? row.reason : row.parity;
  return [
    nickname,
    placeText(row),
    row.target,
    row.held,
    row.inFlight,
    String(row.steps),
    age(ageMs),
    age(row.leaderAgeMs),
    colour === undefined ? words : coloured(colour, words),
  ];
}

function staleLine(what: string, nickname: string, ageMs: number | null): string {
  const since = ageMs === null ? "was not confirmed in this run" : `was last confirmed ${age(ageMs)} ago`;
  return coloured("red", `what ${what} ${nickname} holds ${since}`);
}

function countLine({ counts }: ParityStatement): string {
  const { rows, atTarget, withinStep, explained, unexplained } = counts;
  const within = withinStep === 0 ? "" : `, ${withinStep} within a step`;
  return `${atTarget} of ${rows} at the target${within}, ${explained} explained, ${unexplained} unexplained`;
}

function age(ageMs: number | null): string {
  return ageMs === null ? "-" : `${(ageMs / 1_000).toFixed(1)} s`;
}
