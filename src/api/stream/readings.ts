/** How the readings of the stream are had: from the facade, which is asked once for everybody, and from the data folder. */
import { lastAlerts } from "../../control/alerts-report.ts";
import { ControlError } from "../../control/control.ts";
import { masked } from "../../security/secrets.ts";
import type { StreamEngine } from "../contract/stream.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { ApiParts } from "../parts.ts";
import { problemFrom } from "../problems.ts";
import { Feed, type FeedParts } from "./feed.ts";
import type { Reading, Readings } from "./topics.ts";

const STATUS_MS = 1_000;
/** What a stopped engine left behind changes by commands alone, which are noticed anyhow; that it starts is to be noticed. */
const STOPPED_MS = 5_000;
const RELATIONS_MS = 2_000;
const JOURNAL_MS = 2_000;
const ALERTS_MS = 2_000;
/** They tell of themselves when something happens. */
const JOBS_MS = 60_000;
const JOBS_APART_MS = 500;
const APART_MS = 100;
const ENTRIES_MAX = 100;
const ALERTS_MAX = 100;

type Facts<Value> = Pick<FeedParts<Value>, "read" | "everyMs"> & Partial<Pick<FeedParts<Value>, "apartMs">>;

export type Feeds = { readonly [Name in Reading]: Feed<Readings[Name]> };

export interface ReadingEvents {
  readonly onValue: <Name extends Reading>(name: Name, value: Readings[Name]) => void;
  readonly onFailure: (name: Reading, error: unknown) => void;
}

export function feedsOf(
  { control, dataDir, jobs }: Pick<ApiParts, "control" | "dataDir"> & { readonly jobs: Jobs },
  { onValue, onFailure }: ReadingEvents,
): Feeds {
  const feed = <Name extends Reading>(
    name: Name,
    { read, everyMs, apartMs = APART_MS }: Facts<Readings[Name]>,
  ) =>
    new Feed<Readings[Name]>({
      read,
      everyMs,
      apartMs,
      onValue: (value) => onValue(name, value),
      onFailure: (error) => onFailure(name, error),
    });
  const whileRunning = (usualMs: number) => () => (control.running ? usualMs : STOPPED_MS);
  return {
    status: feed("status", {
      read: () => control.ask({ kind: "status" }),
      everyMs: (last) => (last === null || last.engine.running ? STATUS_MS : STOPPED_MS),
    }),
    allocations: feed("allocations", {
      read: () => control.ask({ kind: "allocations" }),
      everyMs: whileRunning(RELATIONS_MS),
    }),
    journal: feed("journal", {
      read: () => control.ask({ kind: "journal", filter: { limit: ENTRIES_MAX } }),
      everyMs: whileRunning(JOURNAL_MS),
    }),
    alerts: feed("alerts", {
      read: async () => lastAlerts(dataDir, ALERTS_MAX),
      everyMs: () => ALERTS_MS,
    }),
    jobs: feed("jobs", {
      read: async () => jobs.all(),
      everyMs: () => JOBS_MS,
      apartMs: JOBS_APART_MS,
    }),
  };
}

export function engineOf({ engine: { running, starting, asOf } }: Readings["status"]): StreamEngine {
  const state = starting === true ? "starting" : running ? "running" : "stopped";
  return { state, as_of: asOf, detail: "" };
}

/** After a status could not be had; `asOf` of the last that was. */
export function engineWithout(error: unknown, asOf: number | null): StreamEngine {
  const isStarting = error instanceof ControlError && error.failure === "starting";
  return { state: isStarting ? "starting" : "gone", as_of: asOf, detail: failureOf(error).detail };
}

/** What nobody expected says nothing of its inside. */
export function failureOf(error: unknown): { readonly code: string; readonly detail: string } {
  const known = problemFrom(error, false);
  if (known === null) return { code: "internal", detail: "it failed here; the log of the API has the cause" };
  return { code: known.code, detail: masked(known.message) };
}
