/** The owner's commands, each with its preview (`dry_run`) and the word that carries it out. */
import { type CallOptions, call } from "./client.ts";
import type {
  CommandOutcome,
  CommandReport,
  CopyForm,
  PreviewReport,
  RebalanceForm,
  WrittenValue,
} from "./types.ts";

/** One command, as its dialog needs it. */
export interface Command {
  readonly preview: (signal: AbortSignal) => Promise<PreviewReport>;
  readonly give: (idempotencyKey: string) => Promise<CommandReport>;
}

export function pauseFollower(follower: string): Command {
  return command("/pause", { body: { follower } });
}

export function resumeFollower(follower: string): Command {
  return command("/resume", { body: { follower } });
}

/** Without a symbol: everything that is ours. */
export function closeCopies(follower: string, symbol?: string): Command {
  return command("/close", { body: { follower, ...(symbol === undefined ? {} : { symbol }) } });
}

/** What was closed or stopped may be bought again. */
export function releaseFollower(follower: string, symbol?: string): Command {
  return command("/release", { body: { follower, ...(symbol === undefined ? {} : { symbol }) } });
}

/** Up to the position `target`, as it was seen, and no further. */
export function approveProposal(id: number, target: string): Command {
  return command(`/proposals/${id}/approve`, { body: { target } });
}

/** What waits is left out. */
export function declineProposal(id: number): Command {
  return command(`/proposals/${id}/decline`, {});
}

export interface Relation {
  readonly leader: string;
  readonly follower: string;
}

/** As it was seen: refused where it is another by now; "none" where it is to begin, undefined where that is not known. */
type Revision = string | undefined;

const matching = (revision: Revision) => (revision === undefined ? {} : { ifMatch: `"${revision}"` });

/** Begins a relation or changes it; null takes back what was decided at run time. */
export function copyLeader(
  relation: Relation,
  values: Readonly<Record<string, WrittenValue>>,
  revision: Revision,
): Command {
  return command("/allocations", { body: { ...relation, values }, ...matching(revision) });
}

export interface TraderKey {
  readonly id: string;
  readonly venue: string;
}

/** A trader of the ranking, by its id; it has to be a configured leader. */
export function copyTrader({ id, venue }: TraderKey, form: CopyForm, revision: Revision): Command {
  const path = `/traders/${encodeURIComponent(id)}/copy`;
  return command(path, { query: { venue }, body: form, ...matching(revision) });
}

/** Parts a follower's equity among leaders anew, all at once. */
export function rebalance(form: RebalanceForm): Command {
  return command("/rebalance", { body: form });
}

export const STOP_MODES = ["close", "leave", "with-leader"] as const;
export type StopMode = (typeof STOP_MODES)[number];

export function endCopying({ leader, follower }: Relation, stopMode: StopMode, revision: Revision): Command {
  const path = `/allocations/${encodeURIComponent(leader)}/${encodeURIComponent(follower)}`;
  return command(path, { method: "DELETE", query: { stop_mode: stopMode }, ...matching(revision) });
}

/** Stops and limits of one account; refused where they are others by now than those of `revision`. */
export function changeSettings(
  follower: string,
  revision: string,
  values: Readonly<Record<string, WrittenValue>>,
): Command {
  const path = `/followers/${encodeURIComponent(follower)}/settings`;
  return command(path, { method: "PATCH", body: { values }, ifMatch: `"${revision}"` });
}

/** What holds for all followers; refused where it is something else by now than what `revision` stands for. */
export function changePortfolioSettings(
  revision: string,
  values: Readonly<Record<string, WrittenValue>>,
): Command {
  return command("/settings/portfolio", { method: "PATCH", body: { values }, ifMatch: `"${revision}"` });
}

/** What is told, when and where; refused like the others. */
export function changeAlertSettings(
  revision: string,
  values: Readonly<Record<string, WrittenValue>>,
): Command {
  return command("/settings/alerts", { method: "PATCH", body: { values }, ifMatch: `"${revision}"` });
}

function command(path: string, options: CallOptions): Command {
  const { method = "POST", query = {}, ...more } = options;
  return {
    preview: async (signal) => {
      const asked = { ...more, method, query: { ...query, dry_run: true }, signal };
      return stated((await call<CommandOutcome>(path, asked)).preview);
    },
    give: async (idempotencyKey) =>
      stated((await call<CommandOutcome>(path, { ...more, method, query, idempotencyKey })).report),
  };
}

/** By the contract the one is there with `dry_run`, the other without. */
function stated<Value>(value: Value | null): Value {
  if (value === null) throw new Error("the server answered something else than what it was asked for");
  return value;
}
