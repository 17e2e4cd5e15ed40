/**
 * What `doctor` looks at without asking a venue: this program's Node, the configuration, the data folder with lock, journal
 * and database, and the disk. Each finding is ok, warn or fail, and says what to do.
 */
import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readRestoredMark } from "../backup/restored-mark.ts";
import { type Configuration, describeProblem, type LoadResult, loadConfiguration } from "../config.ts";
import { dataFolderPaths, isDataFolderInUse } from "../data-folder.ts";
import { verifyJournalFolder, viewJournalFolder } from "../journal/file.ts";
import type { WatchdogReport } from "../watch/watchdog.ts";
import type { CheckResult } from "./account-checks.ts";
import { connectControl } from "./client.ts";
import type { StoppedParts } from "./stopped.ts";
import { describeWatchdog } from "./watchdog-text.ts";

export interface Finding {
  readonly check: string;
  readonly result: CheckResult;
  readonly message: string;
}

const NODE_MAJOR_MIN = 24;
const MEGABYTE = 1_000_000;

export async function diagnose(parts: StoppedParts): Promise<readonly Finding[]> {
  const loaded = loadConfiguration({ ...parts, live: false, purpose: "inspect" });
  return [
    nodeFinding(),
    ...configurationFindings(loaded),
    ...(loaded.ok ? startFindings(parts) : []),
    ...secretFindings(parts.configDir),
    ...(await folderFindings(parts.dataDir, loaded.ok ? loaded.configuration : null)),
  ];
}

function nodeFinding(): Finding {
  const { node } = process.versions;
  const major = Number(node.split(".")[0]);
  if (major >= NODE_MAJOR_MIN) return { check: "node", result: "ok", message: `Node ${node}` };
  const message = `Node ${node} is too old: run npm ci (it brings its own), or install Node ${NODE_MAJOR_MIN}`;
  return { check: "node", result: "fail", message };
}

function configurationFindings(loaded: LoadResult): readonly Finding[] {
  if (!loaded.ok) {
    return loaded.problems.map((problem) => ({
      check: "configuration",
      result: "fail",
      message: describeProblem(problem),
    }));
  }
  const { accounts, mode, warnings, notInForce } = loaded.configuration;
  const summary = `mode ${mode.value} (${mode.source}), ${accounts.length} accounts`;
  return [
    { check: "configuration", result: "ok", message: summary },
    ...warnings.map(
      (warning): Finding => ({
        check: "configuration",
        result: "warn",
        message: describeProblem(warning),
      }),
    ),
    ...notInForce.map(
      ({ file, keyPath }): Finding => ({
        check: "configuration",
        result: "warn",
        message: `${file}: ${keyPath} is accepted but not in force in this version`,
      }),
    ),
  ];
}

/** What loads may still be refused: a key is missing, or real money wants --live, which is a word and no fault. */
function startFindings(parts: StoppedParts): readonly Finding[] {
  const plain = loadConfiguration({ ...parts, live: false });
  if (plain.ok) return [];
  const live = loadConfiguration({ ...parts, live: true });
  const isRefusedAnyhow = !live.ok;
  const told = [...plain.problems, ...(live.ok ? [] : live.problems)].map(describeProblem);
  return [...new Set(told)].map((problem) => ({
    check: "configuration",
    result: isRefusedAnyhow ? "fail" : "warn",
    message: isRefusedAnyhow
      ? `start will refuse: ${problem}`
      : `start will refuse without --live: ${problem}`,
  }));
}

/** Keys may lie in `.env`, which no start closes to others. */
function secretFindings(configDir: string): readonly Finding[] {
  const file = join(dirname(resolve(configDir)), ".env");
  return existsSync(file) ? [privateFinding(".env", file)] : [];
}

async function folderFindings(
  dataDir: string,
  configuration: Configuration | null,
): Promise<readonly Finding[]> {
  const { root, journal, database } = dataFolderPaths(dataDir);
  if (!existsSync(root)) {
    return [{ check: "data folder", result: "warn", message: `${root} is not there yet; start makes it` }];
  }
  const findings = [
    permissionFinding(root),
    diskFinding(root, configuration),
    ...restoredFindings(dataDir),
    ...(await engineFindings(dataDir)),
    journalFinding(journal),
  ];
  if (existsSync(database)) findings.push(privateFinding("database", database));
  if (existsSync(join(root, "accounts"))) findings.push(permissionFinding(join(root, "accounts")));
  return findings;
}

/** Nothing for a folder that was never restored, or was reconciled since. */
function restoredFindings(dataDir: string): readonly Finding[] {
  const check = "restored";
  const mark = readRestoredMark(dataDir);
  if (mark === null) return [];
  const message =
    mark.state === "unfinished"
      ? "the restore of this folder was broken off: restore the backup into an empty folder again"
      : `restored from ${mark.from}: copytrader start --after-restore reconciles every account first, when no other engine runs for them`;
  return [{ check, result: mark.state === "unfinished" ? "fail" : "warn", message }];
}

function permissionFinding(folder: string): Finding {
  const check = "data folder";
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return { check, result: "fail", message: `${folder} cannot be read and written by this user` };
  }
  return privateFinding(check, folder);
}

function privateFinding(check: string, path: string): Finding {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return { check, result: "ok", message: `${path} is the owner's alone` };
  const message = `${path} is open to others (${mode.toString(8)}): chmod go-rwx ${path}`;
  return { check, result: "warn", message };
}

/** By the bounds of the watchdog; those of a configuration that cannot be read are not known, which is a failure of its own. */
function diskFinding(folder: string, configuration: Configuration | null): Finding {
  const warning = configuration?.watchdogs.diskWarningMegabytes.value ?? 0;
  const stop = configuration?.watchdogs.diskStopMegabytes.value ?? 0;
  const { bavail, bsize } = statfsSync(folder);
  const free = (bavail * bsize) / MEGABYTE;
  const message = `${Math.floor(free)} MB free for ${folder}`;
  if (free < stop) {
    const advice = `nothing is opened below ${stop} MB: make room`;
    return { check: "disk", result: "fail", message: `${message}; ${advice}` };
  }
  return { check: "disk", result: free < warning ? "warn" : "ok", message };
}

async function engineFindings(dataDir: string): Promise<readonly Finding[]> {
  const check = "engine";
  if (!isDataFolderInUse(dataDir)) return [{ check, result: "ok", message: "stopped; the lock is free" }];
  const control = await connectControl(dataDir);
  if (control === null)
    return [{ check, result: "warn", message: "running, but it takes no commands (yet)" }];
  try {
    const { engine, watchdogs } = await control.ask({ kind: "status" });
    const message = `running as process ${engine.pid ?? "unknown"}`;
    return [{ check, result: "ok", message }, ...watchdogFindings(watchdogs)];
  } finally {
    await control.close();
  }
}

/** Of a running engine; what stops openings is a failure, the rest a warning. */
function watchdogFindings(watchdogs: readonly WatchdogReport[]): readonly Finding[] {
  const check = "watchdogs";
  const found = watchdogs
    .filter(({ state }) => state !== "ok")
    .map((one): Finding => {
      const result = one.action.includes("stop-opening") ? "fail" : "warn";
      return { check, result, message: describeWatchdog(one) };
    });
  return found.length > 0 ? found : [{ check, result: "ok", message: "nothing is late, silent, low or off" }];
}

/** Reads the whole journal: every checksum, and that each record follows from the one before. */
function journalFinding(folder: string): Finding {
  const check = "journal";
  try {
    verifyJournalFolder(folder);
    let records = 0;
    const view = viewJournalFolder(folder);
    for (const _record of view.read(1)) records += 1;
    const what =
      records === 0 ? "empty" : `${records} records, whole; newest checkpoint ${view.lastCheckpoint}`;
    return { check, result: "ok", message: what };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const message = `${text}; keep a copy of ${folder} before anything else, then restore it from a backup`;
    return { check, result: "fail", message };
  }
}
