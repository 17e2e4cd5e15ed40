/**
 * The channels of the log, each a file of its own, and which part of the program writes to which: this table decides it. `error` is no
 * channel that anybody writes to: it gets the errors of all.
 */
export const CHANNEL_MEANING = {
  main: "start and stop, configuration, journal, database, watchdogs, alerts, backups",
  api: "the HTTP API, and what the venues' APIs say of themselves: feeds, books, followed addresses",
  sync: "connections, snapshots, statements that were refused, questions that failed, parity and its certificates",
  telegram: "the Telegram bot",
  trading: "what leaders did, orders, fills, refusals, why something was not copied",
  security: "keys, permissions, refused accounts, users and their sessions, encryption",
  reporting: "reports, charts, performance and monitoring of leaders",
} as const satisfies Readonly<Record<string, string>>;

export type LogChannel = keyof typeof CHANNEL_MEANING;

export const LOG_CHANNELS = Object.keys(CHANNEL_MEANING) as readonly LogChannel[];

/** Each has a file `NAME.log` in the folder of logs. */
export type LogFileName = LogChannel | "error";

export const LOG_FILE_NAMES: readonly LogFileName[] = [...LOG_CHANNELS, "error"];

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
