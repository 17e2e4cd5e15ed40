/**
 * The stream `/api/v1/stream`, a WebSocket: per topic a snapshot, then what changed, each message numbered one higher than the one before.
 * A client says what it wants and where it stopped; what it missed is told again from memory, or else a new snapshot.
 */
import { z } from "zod";
import { engine as engineStatus, nickname, timeMs } from "./common.ts";
import { allocations, follower, instrument, status } from "./copying.ts";
import { job } from "./jobs.ts";
import { journalEntry } from "./journal.ts";

export const STREAM_TOPICS = [
  "status",
  "positions",
  "copies",
  "parity",
  "health",
  "alerts",
  "journal",
  "jobs",
] as const;
export type StreamTopic = (typeof STREAM_TOPICS)[number];

/** Every code that the server closes with, and whether the same client may try again. */
export const STREAM_CLOSES = {
  restart: { code: 1012, reason: "the server restarts: come again", mayRetry: true },
  badRequest: { code: 4400, reason: "a message does not have the documented form", mayRetry: false },
  sessionEnded: { code: 4401, reason: "the session or token is over: sign in", mayRetry: false },
  tooSlow: { code: 4408, reason: "messages are not read: come again and resume", mayRetry: true },
  accessChanged: { code: 4409, reason: "what you may see has changed: come again", mayRetry: true },
  tooMany: { code: 4429, reason: "too many streams or messages: come again later", mayRetry: true },
} as const;

export const STREAM_LIMITS = {
  heartbeatMs: 5_000,
  /** A client that hears nothing for so long has lost the connection. */
  silenceMs: 15_000,
  /** Of one message of a client. */
  messageBytesMax: 16_384,
} as const;

const topic = z.enum(STREAM_TOPICS);
const sequence = z.int().meta({ description: "One higher with every message of a topic." });

export const streamRequest = z
  .strictObject({
    subscribe: z.array(topic).max(STREAM_TOPICS.length).optional(),
    unsubscribe: z.array(topic).max(STREAM_TOPICS.length).optional(),
    resume: z
      .strictObject({
        id: z.string().max(100).meta({ description: "Of the last hello." }),
        sequences: z.partialRecord(topic, z.int()).meta({ description: "The last of each topic." }),
      })
      .optional(),
  })
  .meta({ id: "StreamRequest", description: "What a client says." });

export const streamEngine = z
  .object({
    state: z.enum(["running", "starting", "stopped", "gone", "unknown"]).meta({
      description:
        "`gone`: a process that should answer does not. `unknown`: it was not asked yet. Documents are then as of their `at`.",
    }),
    as_of: timeMs.nullable().meta({ description: "When a status was last had; null before the first." }),
    detail: z.string().meta({ description: 'Why it does not answer; "" where it does.' }),
  })
  .meta({ id: "StreamEngine" });

export const streamHello = z
  .object({
    type: z.literal("hello"),
    id: z
      .string()
      .meta({ description: "For `resume`; another one after a restart or where you see other accounts." }),
    at: timeMs,
    topics: z.array(topic).meta({ description: "Those that you may subscribe to." }),
    heartbeat_ms: z.number(),
    silence_ms: z.number(),
    engine: streamEngine,
  })
  .meta({ id: "StreamHello" });

export const streamSubscribed = z
  .object({
    type: z.literal("subscribed"),
    topics: z.array(topic).meta({ description: "All that you are subscribed to now." }),
    resumed: z
      .array(topic)
      .meta({ description: "Of those, where nothing was missed that is not told again." }),
    refused: z.array(z.object({ topic, needs: z.string() })),
  })
  .meta({ id: "StreamSubscribed" });

export const streamHeartbeat = z
  .object({ type: z.literal("heartbeat"), at: timeMs, engine: streamEngine })
  .meta({
    id: "StreamHeartbeat",
    description: "Every few seconds, and at once when the engine's state is another.",
  });

export const streamError = z
  .object({ type: z.literal("error"), code: z.literal("bad-request"), detail: z.string() })
  .meta({ id: "StreamError", description: "The connection is closed after it." });

const numbered = { topic, sequence, at: timeMs.meta({ description: "When the server had it." }) };

export const streamSnapshot = z.object({ ...numbered, snapshot: z.unknown() }).meta({
  id: "StreamSnapshot",
  description: "The whole document of a topic; what was before counts no more.",
});

export const streamChange = z.object({
  path: z.array(z.union([z.string(), z.int()])).meta({
    description: "Keys and places from the top down; empty for the whole document.",
  }),
  value: z
    .unknown()
    .optional()
    .meta({ description: "Absent: what was there is gone; in a list the rest moves up." }),
});

export const streamChanges = z
  .object({ ...numbered, changes: z.array(streamChange) })
  .meta({ id: "StreamChanges", description: "To be made one after the other." });

export const streamUnavailable = z
  .object({
    topic,
    at: timeMs,
    problem: z.object({ code: z.string(), detail: z.string() }),
  })
  .meta({ id: "StreamUnavailable", description: "A topic cannot be had now; it comes when it can be." });

export const streamMessage = z.union([
  streamHello,
  streamSubscribed,
  streamHeartbeat,
  streamError,
  streamSnapshot,
  streamChanges,
  streamUnavailable,
]);

export type StreamRequest = z.infer<typeof streamRequest>;
export type StreamEngine = z.infer<typeof streamEngine>;
export type StreamChange = z.infer<typeof streamChange>;

const parityCounts = z.object({
  inSync: z.boolean(),
  followers: z.int(),
  rows: z.int(),
  atTarget: z.int(),
  withinStep: z.int(),
  explained: z.int(),
  unexplained: z.int(),
});

export const streamParity = z
  .object({
    engine: engineStatus,
    counts: parityCounts,
    followers: z.array(
      z.object({
        nickname,
        state: follower.shape.state,
        reason: z.string(),
        connected: z.boolean(),
        snapshotAgeMs: z.number().nullable(),
        counts: parityCounts,
      }),
    ),
  })
  .meta({ id: "StreamParity", description: "How many rows are where they should be; nothing is recorded." });

export const streamHealth = z
  .object({
    engine: engineStatus,
    followers: z.object({ all: z.int(), connected: z.int(), in_sync: z.int() }),
    leaders: z.object({ all: z.int(), connected: z.int() }),
    watchdogs: z.object({ ok: z.int(), warning: z.int(), acting: z.int() }),
  })
  .meta({ id: "StreamHealth" });

export const streamPositions = z
  .object({
    engine: engineStatus,
    positions: z.array(z.object({ follower: nickname, ...instrument.shape })),
  })
  .meta({ id: "StreamPositions", description: "As GET /api/v1/positions." });

export const streamAlert = z
  .object({
    id: z.string(),
    kind: z.string(),
    severity: z.string(),
    message: z.string(),
    leader: nickname.exactOptional(),
    follower: nickname.exactOptional(),
    instrument: z.string().exactOptional(),
    cause: z.string().exactOptional(),
    numbers: z.record(z.string(), z.union([z.string(), z.number()])),
    atMs: timeMs,
    repeats: z.object({ count: z.int(), sinceMs: timeMs }).exactOptional(),
    waited: z
      .array(
        z.object({
          id: z.string(),
          kind: z.string(),
          severity: z.string(),
          message: z.string(),
          leader: nickname.exactOptional(),
          follower: nickname.exactOptional(),
          instrument: z.string().exactOptional(),
          numbers: z
            .record(z.string(), z.union([z.string(), z.number()]))
            .exactOptional()
            .meta({ description: "Of a report that is ready." }),
          atMs: timeMs,
        }),
      )
      .exactOptional()
      .meta({ description: "Of the kind waited: what could not be told when it happened." }),
    escalates: z.string().exactOptional().meta({
      description: "The id of the alert that nobody acknowledged and that is told again.",
    }),
    acknowledged: z.object({ atMs: timeMs, by: z.string() }).exactOptional(),
  })
  .meta({ id: "Alert" });

export const streamAlerts = z
  .object({
    items: z.array(streamAlert).meta({
      description: "Of the last 100 of all accounts those that you see, newest first.",
    }),
  })
  .meta({ id: "StreamAlerts" });

export const streamJournal = z
  .object({
    entries: z.record(z.string(), journalEntry).meta({
      description:
        "Of the last 100 of all accounts those that you see, each under a name of its own: a new one moves no other.",
    }),
  })
  .meta({ id: "StreamJournal" });

export const streamJobs = z
  .object({ jobs: z.record(z.string(), job).meta({ description: "The last 50 that you see, by id." }) })
  .meta({ id: "StreamJobs" });

/** The document of each topic. */
export const STREAM_DOCUMENTS = {
  status,
  positions: streamPositions,
  copies: allocations,
  parity: streamParity,
  health: streamHealth,
  alerts: streamAlerts,
  journal: streamJournal,
  jobs: streamJobs,
} as const satisfies Record<StreamTopic, z.ZodType>;
