/**
 * The Telegram bot on its own: opens what it stands on, says who it is, and stops in order. It holds no lock: the engine may run beside it,
 * stop and start again, and the bot asks whichever is there.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ControlSource } from "../api/control-source.ts";
import { JobProcess } from "../api/jobs/job-process.ts";
import { programVersion } from "../cli/program-version.ts";
import { commandLine } from "../command-line.ts";
import { readJson } from "../config/read-json.ts";
import { writeJson } from "../config/write-json.ts";
import {
  type ConfigurationProblem,
  hasBot,
  loadTelegram,
  TELEGRAM_TOKEN,
  type TelegramValues,
} from "../config.ts";
import { dataFolderPaths } from "../data-folder.ts";
import type { Identity } from "../identity/identity.ts";
import type { Log } from "../log.ts";
import { eachSecret } from "../security/secrets.ts";
import { controlAlerts } from "../telegram/control-alerts.ts";
import type { BotClock } from "../telegram/parts.ts";
import { THE_BOT } from "../telegram/people.ts";
import { startBot } from "../telegram/start-bot.ts";
import { aborted } from "./aborted.ts";
import { textIn } from "./child-program.ts";
import { machineClock, openIdentityAt, telegramIdsOf } from "./identity-at.ts";
import { openLogAt } from "./open-log.ts";
import { reportSections } from "./report-sections.ts";

export interface TelegramRunOptions {
  readonly configDir: string;
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Aborting it stops the bot cleanly. */
  readonly stop: AbortSignal;
  /** Called once it talks to Telegram. */
  readonly talking: (username: string) => void;
  readonly quiet?: boolean;
}

/** Entries of the audit log that are read at once. */
const AUDIT_PAGE = 500;
/** Those that tell of a user, with his Telegram id. */
const USER_ACTIONS = ["user-imported", "user-added", "user-changed", "user-removed"];

/** Why there is no bot; nothing else is touched by it. */
export class TelegramStartError extends Error {
  override readonly name = "TelegramStartError";
  readonly problems: readonly ConfigurationProblem[];

  constructor(message: string, problems: readonly ConfigurationProblem[] = []) {
    super(message);
    this.problems = problems;
  }
}

/** Talks until stopped; rejects with a TelegramStartError where the configuration has no bot, with a BotRefusedError where Telegram refuses it. */
export async function runTelegram(options: TelegramRunOptions): Promise<void> {
  const { configDir, dataDir, env, stop, talking, quiet } = options;
  const loaded = loadTelegram(configDir, env);
  if (!loaded.ok) throw new TelegramStartError("the configuration has problems", loaded.problems);
  const { telegram, logging } = loaded;
  const token = tokenOf(telegram);
  const shown = quiet === undefined ? {} : { quiet };
  const opened = await openLogAt({ dataDir, logging, secrets: eachSecret, ...shown });
  const log = opened.log.channel("telegram");
  const folders = { configDir, dataDir, ...(env === undefined ? {} : { env }) };
  const control = new ControlSource(folders);
  const identity = await openIdentityAt(folders, { log });
  try {
    await importUsers(identity, configDir, log);
    const running = await startBot({
      token,
      apiRoot: telegram.apiRoot.value,
      webhook: telegram.webhook.value,
      allowedGroups: telegram.allowedGroups.value,
      control,
      identity,
      log,
      ...folders,
      telegramIds: telegramIdsOf(dataDir, machineClock),
      sectionsOf: () => reportSections(configDir),
      runCommand: (words, onProgress) => new JobProcess(commandLine(), words, onProgress),
      version: programVersion(),
      clock: machineBotClock,
      alerts: controlAlerts(control),
      file: stateFile(dataFolderPaths(dataDir).telegram),
      stop,
    });
    try {
      talking(running.username);
      log.info("talking to Telegram", { username: running.username });
      const ended = await Promise.race([running.ended, aborted(stop, () => null).then(() => null)]);
      if (ended !== null) throw ended;
    } finally {
      await running.stop();
    }
  } finally {
    await Promise.all([control.close(), identity.close()]);
    opened.close();
  }
}

function tokenOf(telegram: TelegramValues) {
  const { token, enabled } = telegram;
  if (hasBot(telegram) && token.value !== null) return token.value;
  if (token.value !== null)
    throw new TelegramStartError(`the bot is off: telegram.enabled (${enabled.source})`);
  throw new TelegramStartError(
    `there is no bot: set ${TELEGRAM_TOKEN} in the environment or .env to the token that @BotFather gave`,
  );
}

/** Users of the earlier bot, each once: an id that was taken from somebody here since does not come back with the next start. */
async function importUsers(identity: Identity, configDir: string, log: Log): Promise<void> {
  const read = readJson(join(configDir, "telegram_auth.json"));
  if (read.kind === "absent") return;
  try {
    if (read.kind === "broken") throw new Error("telegram_auth.json cannot be read");
    const { added } = await identity.importTelegramUsers(
      THE_BOT,
      withoutThese(read.content, await everKnownIds(identity)),
    );
    if (added.length > 0) log.channel("security").info("users were taken over", { names: added });
  } catch (error) {
    log.error("telegram_auth.json was not taken over", { cause: String(error) });
  }
}

/** Telegram ids that any user has or ever had, by the audit log. */
async function everKnownIds(identity: Identity): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const action of USER_ACTIONS)
    for (let from: number | null | undefined; from !== null; ) {
      const page = await identity.auditEntries(THE_BOT, {
        action,
        limit: AUDIT_PAGE,
        ...(from === undefined ? {} : { before: from }),
      });
      for (const user of page.entries.flatMap(({ before, after }) => [before, after])) {
        const id = textIn(user, "telegram_id");
        if (id !== undefined) ids.add(id);
      }
      from = page.nextBefore;
    }
  return ids;
}

/** What has another form is left as it is: the import says what is wrong. */
function withoutThese(content: unknown, ids: ReadonlySet<string>): unknown {
  if (typeof content !== "object" || content === null || !("authorized_users" in content)) return content;
  const { authorized_users: users } = content;
  if (!Array.isArray(users)) return content;
  const isKnown = (user: unknown) =>
    typeof user === "object" && user !== null && "user_id" in user && ids.has(String(user.user_id));
  return { ...content, authorized_users: users.filter((user) => !isKnown(user)) };
}

const machineBotClock: BotClock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  setTimer(delayMs, action) {
    const timer = setTimeout(action, Math.max(0, delayMs)).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

function stateFile(path: string) {
  return {
    read: (): unknown => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined),
    write: (content: unknown) => writeJson(path, content),
  };
}
