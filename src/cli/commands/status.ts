/** `copytrader status`: every follower, and per instrument what it should hold, holds, and why they differ. */
import type { Command } from "commander";
import type {
  FollowerStatus,
  GuardUse,
  InstrumentStatus,
  SettingStatus,
  StatusReport,
} from "../../control/control.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  symbolName,
  withFolders,
} from "../command.ts";
import { guardLines } from "../guard-lines.ts";
import { type Colour, coloured, type Output, usage } from "../output.ts";
import { pathLines } from "../path-lines.ts";
import { placeText } from "../previewed.ts";
import { resultLines } from "../result-lines.ts";
import { savedText } from "../saved-text.ts";
import { settingText } from "../setting-text.ts";
import { table, wrapped } from "../table.ts";
import { watchdogLines } from "../watchdog-lines.ts";
import { withControl } from "../with-control.ts";

interface StatusOptions extends Folders, CommonOptions {
  readonly settings?: boolean;
  readonly all?: boolean;
  readonly explain?: boolean;
  readonly follower?: string;
  readonly symbol?: string;
}

export function statusCommand(finish: Finish): Command {
  const examples = [
    "status",
    "status --settings",
    "status --explain --follower slave1 --symbol BTCUSDT",
    "status --data /var/lib/copytrader --json",
  ];
  return withFolders(command("status", "followers: target, held, in flight, and why they differ", examples))
    .option("--settings", "every setting in force and where it comes from, also the defaults")
    .option("--all", "instruments that are flat everywhere, too")
    .option("--explain", "the path from each leader's position to the order, or to why there is none")
    .option("--follower <nickname>", "with --explain: only this follower")
    .option("--symbol <symbol>", "with --explain: only this instrument", symbolName)
    .action((options: StatusOptions) =>
      runAction(options, finish, async (output) => {
        if (options.explain === true) return explain(options, output);
        assertWhole(options);
        const report = await withControl(options, (control) => control.ask({ kind: "status" }));
        output.result(report, () => describe(report, options));
        return undefined;
      }),
    );
}

/** The table is always of everything: an option that would be ignored is refused. */
function assertWhole({ follower, symbol }: StatusOptions): void {
  const [name] = Object.entries({ follower, symbol }).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  throw usage(`--${name} goes with --explain`);
}

async function explain(options: StatusOptions, output: Output): Promise<undefined> {
  const { follower, symbol } = options;
  const scope = {
    ...(follower === undefined ? {} : { follower }),
    ...(symbol === undefined ? {} : { symbol }),
  };
  const report = await withControl(options, (control) => control.ask({ kind: "explain", ...scope }));
  output.result(report, () => {
    if (report.positions.length === 0) return "there is nothing to explain: no leader holds anything here";
    return report.positions
      .flatMap((path) => [...pathLines(path), ""])
      .join("\n")
      .trimEnd();
  });
  return undefined;
}

function describe(report: StatusReport, options: StatusOptions): string {
  return [
    ...heading(report),
    "",
    ...watchdogLines(report.watchdogs),
    "",
    ...leaderLines(report),
    "",
    ...followerLines(report.followers),
    "",
    ...instrumentLines(report.followers, options.all === true),
    "",
    ...resultLines(report.followers.map(({ nickname, results }) => ({ follower: nickname, results }))),
    "",
    ...guardsShown(report),
    "",
    ...limitLines(report),
    ...capitalLines(report),
    ...settingLines(report.settings, options.settings === true),
    ...report.problems.flatMap((problem) => ["", ...wrapped(`problem: ${problem}`)]),
  ]
    .filter((line, index, lines) => line !== "" || lines[index - 1] !== "")
    .join("\n")
    .trimEnd();
}

function heading({ engine, mode }: StatusReport): readonly string[] {
  const at = new Date(engine.asOf).toISOString().slice(0, 19).replace("T", " ");
  const running = engine.running
    ? `${coloured("green", "engine running")}${engine.pid === undefined ? "" : ` (process ${engine.pid})`}`
    : coloured("yellow", "engine stopped");
  const starting = engine.starting === true ? ", starting up" : "";
  const chosen = mode === null ? [] : [`mode ${String(mode.value)} (${mode.source})`];
  return [`${running}${starting}, as of ${at} UTC`, ...chosen];
}

function leaderLines({ leaders }: StatusReport): readonly string[] {
  if (leaders.length === 0) return ["no leader is configured"];
  const columns = [
    { title: "LEADER" },
    { title: "STREAM" },
    { title: "SNAPSHOT", align: "right" },
    { title: "EQUITY", align: "right" },
    { title: "HOLDS" },
  ] as const;
  const rows = leaders.map(({ nickname, connected, snapshotAgeMs, equity, positions }) => [
    nickname,
    connected ? "up" : "down",
    age(snapshotAgeMs),
    money(equity),
    positions.map(({ symbol, quantity }) => `${quantity} ${symbol}`).join(", ") || "nothing",
  ]);
  return table(columns, rows);
}

const CONDITION_COLOURS: Readonly<Record<FollowerStatus["state"], Colour>> = {
  "in-sync": "green",
  syncing: "yellow",
  paused: "yellow",
  halted: "red",
};

function followerLines(followers: readonly FollowerStatus[]): readonly string[] {
  if (followers.length === 0) return ["no follower is configured"];
  const columns = [
    { title: "FOLLOWER" },
    { title: "STATE" },
    { title: "SNAPSHOT", align: "right" },
    { title: "EQUITY", align: "right" },
    { title: "REASON" },
  ] as const;
  const rows = followers.map(({ nickname, state, reason, snapshotAgeMs, equity, foreignOrders }) => [
    nickname,
    coloured(CONDITION_COLOURS[state], state),
    age(snapshotAgeMs),
    money(equity),
    withOwnOrders(reason, foreignOrders),
  ]);
  return [...table(columns, rows), ...marginLines(followers), ...workedLines(followers)];
}

function marginLines(followers: readonly FollowerStatus[]): readonly string[] {
  return followers.flatMap(({ nickname, marginMode }) => {
    if (marginMode === undefined) return [];
    const { mode, reason } = marginMode;
    return wrapped(
      `${nickname}: margin mode ${mode || "unknown"}${reason === "" ? ", like its leader's" : `; ${reason}`}`,
    );
  });
}

function workedLines(followers: readonly FollowerStatus[]): readonly string[] {
  return followers.flatMap(({ nickname, worked }) =>
    worked === undefined
      ? []
      : wrapped(
          `${nickname}: large orders worked: ${worked.changes}, worth ${worked.atTouch}; ${savedText(worked)}, fees ${worked.fees}`,
        ),
  );
}

function withOwnOrders(reason: string, foreignOrders: number | undefined): string {
  if (foreignOrders === undefined) return reason;
  return `${reason === "" ? "" : `${reason}; `}open orders of its own, left alone: ${foreignOrders}`;
}

function instrumentLines(followers: readonly FollowerStatus[], all: boolean): readonly string[] {
  const rows = followers.flatMap(({ nickname, instruments }) =>
    instruments.filter((row) => all || isOfInterest(row)).map((row) => instrumentRow(nickname, row)),
  );
  if (rows.length === 0) return [];
  const columns = [
    { title: "FOLLOWER" },
    { title: "SYMBOL" },
    { title: "LEADER", align: "right" },
    { title: "TARGET", align: "right" },
    { title: "HELD", align: "right" },
    { title: "IN FLIGHT", align: "right" },
    { title: "STEPS", align: "right" },
    { title: "REASON" },
  ] as const;
  return table(columns, rows);
}

function isOfInterest(row: InstrumentStatus): boolean {
  const { leader, target, held, inFlight, foreign, resting, pending } = row;
  if (resting !== undefined || pending !== undefined) return true;
  return [leader, target, held, inFlight, foreign ?? "0"].some((quantity) => quantity !== "0");
}

function instrumentRow(nickname: string, row: InstrumentStatus): readonly string[] {
  const own = row.foreign === undefined ? [] : [`its own: ${row.foreign}`];
  const reasons = [
    ...(row.reason === "" ? [] : [row.reason]),
    ...own,
    ...workingTexts(row),
    ...restingTexts(row),
  ];
  return [
    nickname,
    placeText(row),
    row.leader,
    row.target,
    row.held,
    row.inFlight,
    row.steps === 0 ? "0" : coloured("yellow", String(row.steps)),
    reasons.join("; "),
  ];
}

function workingTexts({ working }: InstrumentStatus): readonly string[] {
  if (working === undefined) return [];
  const { slice, slices, filled, wanted } = working;
  return [`slice ${slice} of ${slices}, ${filled} of ${wanted} filled`];
}

function restingTexts({ resting, pending = [] }: InstrumentStatus): readonly string[] {
  const waits = pending.map((reason) => `pending: ${reason}`);
  if (resting === undefined) return waits;
  const { entries, exits, takeProfits, stopLosses } = resting;
  const kinds = { entries, exits, targets: takeProfits, stops: stopLosses };
  const there = Object.entries(kinds).filter(([, quantity]) => quantity !== "0");
  return there.length === 0 ? waits : [`rest: ${there.map((kind) => kind.join(" ")).join(", ")}`, ...waits];
}

/** Of more followers only what stands or is half used: copytrader limits has all of them. */
const GUARDED_FOLLOWERS_MAX = 5;

function guardsShown({ followers }: StatusReport): readonly string[] {
  if (followers.length <= GUARDED_FOLLOWERS_MAX) return guardLines(followers, true);
  const near = followers.map(({ nickname, guards }) => ({ nickname, guards: guards.filter(isNear) }));
  const others = "Stops that are not near: copytrader limits";
  return [...guardLines(near, true), others];
}

function isNear({ use, at, unit, stands }: GuardUse): boolean {
  if (stands !== null) return true;
  if (use === "" || at === "") return false;
  const [used, most] = [Number(use), Number(at)];
  return unit === "USDT" ? used * 2 >= most : used <= most * 2;
}

function limitLines({ limits }: StatusReport): readonly string[] {
  const told = new Map<string, string[]>();
  for (const { limit, value, source, follower } of limits) {
    const text = `${limit} ${String(value)} (${source})`;
    told.set(text, [...(told.get(text) ?? []), follower]);
  }
  return [...told].flatMap(([text, followers]) =>
    wrapped(`limit: ${text} for ${[...new Set(followers)].join(", ")}`),
  );
}

/** Only where something falls away. */
function capitalLines({ capital }: StatusReport): readonly string[] {
  return capital.flatMap(({ leader, follower, smallestEquity, lost }) => {
    if (lost.length === 0) return [];
    const least = smallestEquity === null ? "no equity is enough" : `it takes ${smallestEquity} USDT`;
    const text = `capital: ${follower} is too small for ${lost.join(", ")} of ${leader}; ${least} (copytrader capital ${leader})`;
    return wrapped(text);
  });
}

function settingLines(settings: readonly SettingStatus[], all: boolean): readonly string[] {
  const shown = settings.filter(({ source }) => all || source !== "default");
  if (settings.length === 0) return [];
  const columns = [{ title: "SETTING" }, { title: "OF" }, { title: "VALUE" }, { title: "FROM" }] as const;
  const ofAccounts = new Set(settings.filter(({ leader }) => leader === undefined).flatMap(whoseOf));
  const ofRelations = new Set(settings.filter(({ leader }) => leader !== undefined).flatMap(whoseOf));
  const listed = all ? shown.map((setting) => ({ ...setting, of: whoseOf(setting) })) : together(shown);
  const rows = listed.map(({ keyPath, value, source, leader, of }) => [
    keyPath,
    shownWhose(of, (leader === undefined ? ofAccounts : ofRelations).size),
    shownValue(keyPath, value),
    source,
  ]);
  const hint = all ? [] : ["Settings at their defaults: copytrader status --settings"];
  return [...(rows.length === 0 ? [] : ["", ...table(columns, rows, { overflow: "wrap" })]), ...hint];
}

/** The pair or the follower that a setting is for; none for a setting of everybody. */
function whoseOf({ leader, follower }: SettingStatus): readonly string[] {
  if (follower === undefined) return [];
  return [leader === undefined ? follower : `${leader} > ${follower}`];
}

/** The same value from the same place is one row, whomever it is for. */
function together(settings: readonly SettingStatus[]): readonly (SettingStatus & { of: string[] })[] {
  const rows = new Map<string, SettingStatus & { of: string[] }>();
  for (const setting of settings) {
    const key = JSON.stringify([setting.keyPath, setting.value, setting.source]);
    const row = rows.get(key) ?? { ...setting, of: [] };
    row.of.push(...whoseOf(setting));
    rows.set(key, row);
  }
  return [...rows.values()];
}

function shownWhose(of: readonly string[], all: number): string {
  if (of.length === all && all > 1) return "all";
  const [first = "", ...more] = of;
  return more.length === 0 ? first : `${first}, ${more.length} more`;
}

/** A path may be as long as it likes: its middle is left out, so that the table keeps its width. The JSON form has all of it. */
const VALUE_WIDTH_MAX = 24;

function shownValue(keyPath: string, value: SettingStatus["value"]): string {
  if (value === null) return keyPath === "symbols_to_copy" ? "all" : "none";
  const text = settingText(value);
  if (text.length <= VALUE_WIDTH_MAX) return text;
  return `${text.slice(0, VALUE_WIDTH_MAX / 2 - 1)}…${text.slice(-VALUE_WIDTH_MAX / 2)}`;
}

function age(ageMs: number | null): string {
  if (ageMs === null) return "none";
  return ageMs < 120_000 ? `${Math.round(ageMs / 1_000)} s` : `${Math.round(ageMs / 60_000)} min`;
}

/** Two places are enough to look at. */
function money(text: string): string {
  const point = text.indexOf(".");
  return point < 0 ? text : text.slice(0, point + 3);
}
