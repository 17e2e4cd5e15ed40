/**
 * What may be asked about alerts, and what is done about them: acknowledging, muting, and coming for what waits for a channel that
 * another process serves. The same on a running engine's alerts and on the outbox of a stopped one.
 */
import type { Alert } from "../alerts/alert.ts";
import { type ChannelTest, COLLECTED, type CollectedChannel } from "../alerts/channel.ts";
import { ALERT_KINDS, type AlertKind } from "../alerts/kinds.ts";
import type { Outbox } from "../alerts/outbox.ts";
import type { Ending, OutboxEntry, OutboxView } from "../alerts/outbox-records.ts";
import { isAbout, type Mute } from "../alerts/rules.ts";
import { ControlError } from "./control.ts";

export type AlertRequest =
  /** What is muted, what waits where, what nobody acknowledged. */
  | { readonly kind: "alerting" }
  | ({ readonly kind: "acknowledge-alerts" } & AcknowledgeRequest)
  | ({ readonly kind: "mute-alerts" } & MuteRequest)
  /** One through every channel of the engine, and what each answered; only while it runs. */
  | { readonly kind: "test-alerts" }
  /** Whether somebody comes for what is told through a channel. */
  | { readonly kind: "alert-collector"; readonly channel: CollectedChannel; readonly wants: boolean }
  | { readonly kind: "alerts-waiting"; readonly channel: CollectedChannel }
  | {
      readonly kind: "alert-ended";
      readonly channel: CollectedChannel;
      readonly id: string;
      readonly ending: Ending;
    };

export interface AcknowledgeRequest {
  /** Without ids: all that wait for it. With that of a summary also what waited in it. */
  readonly ids?: readonly string[];
  /** Who does it, for the record. */
  readonly by: string;
  /** Only alerts about these accounts; all when left out. */
  readonly accounts?: readonly string[];
}

export interface MuteRequest {
  /** One kind; everything but what is critical when left out. */
  readonly alertKind?: AlertKind;
  /** UTC milliseconds; 0 ends it now. */
  readonly untilMs: number;
  readonly by: string;
}

export interface AlertAnswers {
  readonly alerting: AlertingReport;
  readonly "acknowledge-alerts": { readonly acknowledged: readonly string[] };
  readonly "mute-alerts": { readonly mutes: readonly Mute[] };
  readonly "test-alerts": { readonly channels: readonly ChannelTest[] };
  readonly "alert-collector": { readonly done: true };
  /** Critical ones first, then oldest first, as many as one answer holds. */
  readonly "alerts-waiting": { readonly alerts: readonly Alert[] };
  readonly "alert-ended": { readonly done: true };
}

export interface AlertingReport {
  readonly mutes: readonly Mute[];
  /** Critical ones that nobody acknowledged, newest first. */
  readonly unacknowledged: readonly Omit<Alert, "key" | "event">[];
  /** By channel, where there is something. */
  readonly channels: readonly {
    readonly channel: string;
    readonly waiting: number;
    readonly held: number;
  }[];
}

/** The alerts of a run, or the outbox of a stopped one. */
export interface AlertBook {
  readonly view: OutboxView;
  acknowledge(ids: readonly string[], by: string): void;
  mute(mute: Mute): void;
  collect(channel: CollectedChannel, wants: boolean): void;
  ended(id: string, channel: CollectedChannel, ending: Ending): void;
  /** Absent where there are no channels at hand. */
  test?(): Promise<readonly ChannelTest[]>;
}

const KINDS: ReadonlySet<string> = new Set<AlertRequest["kind"]>([
  "alerting",
  "acknowledge-alerts",
  "mute-alerts",
  "test-alerts",
  "alert-collector",
  "alerts-waiting",
  "alert-ended",
]);

export function isAlertRequest(request: { readonly kind: string }): request is AlertRequest {
  return KINDS.has(request.kind);
}

/** Whether it only looks. */
export function onlyLooks({ kind }: AlertRequest): boolean {
  return kind === "alerting" || kind === "alerts-waiting";
}

const UNACKNOWLEDGED_MAX = 200;
const WAITING_MAX = 200;
const MUTE_MAX_MS = 31 * 86_400_000;

/** Throws a ControlError where it cannot be. */
export async function answerAlerts(
  book: AlertBook,
  request: AlertRequest,
  nowMs: number,
): Promise<AlertAnswers[AlertRequest["kind"]]> {
  switch (request.kind) {
    case "alerting":
      return alertingOf(book.view, nowMs);
    case "acknowledge-alerts":
      return acknowledge(book, request);
    case "mute-alerts":
      return mute(book, request, nowMs);
    case "test-alerts": {
      const channels = await book.test?.();
      if (channels !== undefined) return { channels };
      throw new ControlError(
        "not-running",
        "the engine does not run: copytrader alerts test sends one through every channel without it",
      );
    }
    case "alert-collector":
      book.collect(request.channel, request.wants);
      return { done: true };
    case "alerts-waiting":
      return { alerts: urgentFirst(book.view.waitingFor(request.channel)).slice(0, WAITING_MAX) };
    case "alert-ended":
      book.ended(request.id, request.channel, request.ending);
      return { done: true };
  }
}

function urgentFirst(alerts: readonly Alert[]): readonly Alert[] {
  const { critical = [], others = [] } = Object.groupBy(alerts, ({ severity }) =>
    severity === "critical" ? "critical" : "others",
  );
  return [...critical, ...others];
}

function alertingOf(view: OutboxView, nowMs: number): AlertingReport {
  const counts = new Map<string, { waiting: number; held: number }>();
  for (const { channels } of view.entries.values()) {
    for (const [channel, fate] of channels) {
      if (fate !== null && fate.kind !== "held") continue;
      const known = counts.get(channel) ?? { waiting: 0, held: 0 };
      counts.set(channel, known);
      if (fate === null) known.waiting += 1;
      else known.held += 1;
    }
  }
  return {
    mutes: view.mutesAt(nowMs),
    unacknowledged: openCriticals(view)
      .toReversed()
      .slice(0, UNACKNOWLEDGED_MAX)
      .map(({ alert: { key: _, event: __, ...told } }) => told),
    channels: [...counts].map(([channel, count]) => ({ channel, ...count })),
  };
}

/** What is told again names the alert that it is about: that one is acknowledged. */
function openCriticals(view: OutboxView): readonly OutboxEntry[] {
  return [...view.entries.values()].filter(
    ({ alert, acknowledged }) =>
      alert.severity === "critical" &&
      acknowledged === null &&
      alert.escalates === undefined &&
      alert.waited === undefined,
  );
}

function acknowledge(
  book: AlertBook,
  { ids, by, accounts }: AcknowledgeRequest,
): AlertAnswers["acknowledge-alerts"] {
  const seen = accounts === undefined ? ("all" as const) : new Set(accounts);
  const { entries } = book.view;
  const named = ids?.flatMap((id) => {
    const entry = entries.get(id);
    const meant =
      entry?.alert.escalates === undefined ? entry : (entries.get(entry.alert.escalates) ?? entry);
    if (meant === undefined || !isAbout(meant.alert, seen))
      throw new ControlError("unknown-alert", `there is no alert "${id}"; copytrader alerts lists them`);
    const waited = (meant.alert.waited ?? []).filter((one) => isAbout(one, seen));
    return [meant, ...waited.flatMap((one) => entries.get(one.id) ?? [])];
  });
  const meant = named ?? openCriticals(book.view).filter(({ alert }) => isAbout(alert, seen));
  const open = meant.filter(({ acknowledged }) => acknowledged === null).map(({ alert }) => alert.id);
  const fresh = [...new Set(open)];
  book.acknowledge(fresh, by);
  return { acknowledged: fresh };
}

function mute(
  book: AlertBook,
  { alertKind: kind = undefined, untilMs, by }: MuteRequest,
  nowMs: number,
): AlertAnswers["mute-alerts"] {
  if (untilMs > nowMs + MUTE_MAX_MS)
    throw new ControlError(
      "bad-request",
      "alerts are muted for 31 days at most; switch a kind off for good with kinds_off",
    );
  book.mute({ kind: kind ?? null, untilMs, atMs: nowMs, by });
  return { mutes: book.view.mutesAt(nowMs) };
}

/** What came in over the socket, or null where it is no request about alerts; throws a ControlError for a wrong one. */
export function alertRequestOf(raw: Readonly<Record<string, unknown>>): AlertRequest | null {
  switch (raw.kind) {
    case "alerting":
    case "test-alerts":
      return { kind: raw.kind };
    case "acknowledge-alerts":
      return {
        kind: raw.kind,
        by: textOf(raw.by, "by"),
        ...(raw.ids === undefined ? {} : { ids: textsOf(raw.ids, "ids") }),
        ...(raw.accounts === undefined ? {} : { accounts: textsOf(raw.accounts, "accounts") }),
      };
    case "mute-alerts": {
      const { untilMs } = raw;
      if (typeof untilMs !== "number" || !Number.isSafeInteger(untilMs) || untilMs < 0)
        throw new ControlError("bad-request", "untilMs must be a whole number");
      const kind = raw.alertKind === undefined ? {} : { alertKind: kindOf(raw.alertKind) };
      return { kind: raw.kind, untilMs, by: textOf(raw.by, "by"), ...kind };
    }
    case "alert-collector":
      return { kind: raw.kind, channel: channelOf(raw.channel), wants: raw.wants === true };
    case "alerts-waiting":
      return { kind: raw.kind, channel: channelOf(raw.channel) };
    case "alert-ended":
      return {
        kind: raw.kind,
        channel: channelOf(raw.channel),
        id: textOf(raw.id, "id"),
        ending: endingOf(raw.ending),
      };
    default:
      return null;
  }
}

/** Throws a ControlError that says which kinds there are. */
export function kindOf(value: unknown): AlertKind {
  const kinds = Object.keys(ALERT_KINDS) as AlertKind[];
  const found = kinds.find((kind) => kind === value);
  if (found !== undefined) return found;
  throw new ControlError(
    "bad-request",
    `there is no kind of alert "${String(value).slice(0, 100)}"; docs/alerts.md lists them`,
  );
}

function channelOf(value: unknown): CollectedChannel {
  const found = COLLECTED.find((one) => one === value);
  if (found === undefined)
    throw new ControlError("bad-request", `channel must be one of ${COLLECTED.join(", ")}`);
  return found;
}

function endingOf(value: unknown): Ending {
  if (typeof value === "object" && value !== null && "kind" in value) {
    if (value.kind === "delivered" && "answer" in value)
      return { kind: "delivered", answer: textOf(value.answer, "answer") };
    if (value.kind === "given-up" && "cause" in value)
      return { kind: "given-up", cause: textOf(value.cause, "cause") };
  }
  throw new ControlError("bad-request", "ending must be delivered with an answer, or given-up with a cause");
}

const TEXTS_MAX = 10_000;

function textsOf(value: unknown, name: string): readonly string[] {
  if (!Array.isArray(value) || value.length > TEXTS_MAX)
    throw new ControlError("bad-request", `${name} must be a list of at most ${TEXTS_MAX}`);
  return value.map((one) => textOf(one, name));
}

function textOf(value: unknown, name: string): string {
  if (typeof value === "string" && value !== "" && value.length <= 500) return value;
  throw new ControlError("bad-request", `${name} must be a text of 1 to 500 characters`);
}

/** The outbox of an engine that does not run, as its alerts would do it. */
export function bookOf(outbox: Outbox, nowMs: () => number): AlertBook {
  return {
    view: outbox.view,
    acknowledge(ids, by) {
      if (ids.length > 0) outbox.acknowledge(ids, nowMs(), by);
    },
    mute: (mute) => outbox.mute(mute),
    collect(channel, wants) {
      if (outbox.view.collectors.has(channel) !== wants) outbox.collect(channel, wants);
    },
    ended: (id, channel, ending) => outbox.end(id, channel, nowMs(), ending),
  };
}
