/** `copytrader audit`: who changed what, newest first. */
import type { Command } from "commander";
import type { AuditEntry, AuditPage } from "../../identity/identity.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  positiveCount,
  runAction,
  withFolders,
} from "../command.ts";
import { table } from "../table.ts";
import { COMMAND_LINE, lookingAtIdentity } from "./with-identity.ts";

interface AuditOptions extends Folders, CommonOptions {
  readonly limit: number;
  readonly before?: number;
  readonly action?: string;
  readonly actor?: string;
}

export function auditCommand(finish: Finish): Command {
  const examples = ["audit", "audit --actor alice --action settings-changed", "audit --before 120 --json"];
  return withFolders(command("audit", "who changed what, newest first, with before and after", examples))
    .option("--limit <count>", "at most so many, 500 at most", positiveCount, 50)
    .option("--before <id>", "only entries older than this one", positiveCount)
    .option("--action <word>", "only this action, such as user-changed")
    .option("--actor <name>", "only what this user did")
    .action((options: AuditOptions) =>
      runAction(options, finish, async (output) => {
        const { limit, before, action, actor } = options;
        const query = {
          limit,
          ...(before === undefined ? {} : { before }),
          ...(action === undefined ? {} : { action }),
          ...(actor === undefined ? {} : { actor }),
        };
        const nothing: AuditPage = { entries: [], nextBefore: null };
        const page = await lookingAtIdentity(options, nothing, (identity) =>
          identity.auditEntries(COMMAND_LINE, query),
        );
        output.result(page, () => describe(page));
        return undefined;
      }),
    );
}

function describe({ entries, nextBefore }: AuditPage): string {
  if (entries.length === 0) return "nothing matches";
  const columns = ["ID", "TIME (UTC)", "WHO", "WHAT"].map((title) => ({ title }));
  const rows = entries.map((entry) => [
    String(entry.id),
    new Date(entry.atMs).toISOString().slice(0, 19).replace("T", " "),
    entry.actorKind === "token" ? `${entry.actor} (token)` : entry.actor,
    whatText(entry),
  ]);
  const more = nextBefore === null ? [] : [`more with --before ${nextBefore}`];
  return [...table(columns, rows, { overflow: "wrap" }), ...more].join("\n");
}

function whatText({ action, subject, before, after, address }: AuditEntry): string {
  const change = changeText(before, after);
  return `${action} ${subject}${change === "" ? "" : `: ${change}`}${address === null ? "" : ` from ${address}`}`;
}

/** Field by field what changed; all of it where it is new or gone. */
function changeText(before: unknown, after: unknown): string {
  if (!isGroup(before) || !isGroup(after)) return [before, after].filter(isThere).map(valueText).join(" -> ");
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .map((name) => [name, valueText(before[name]), valueText(after[name])] as const)
    .filter(([, was, is]) => was !== is)
    .map(([name, was, is]) => `${name} ${was} -> ${is}`)
    .join(", ");
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join("+") || "none";
  if (isGroup(value))
    return Object.entries(value)
      .map(([name, one]) => `${name} ${valueText(one)}`)
      .join(", ");
  return isThere(value) ? String(value) : "none";
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
