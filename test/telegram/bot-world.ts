/** The bot over a core that is told a story, users of every role, and a Telegram of our own. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Alert, type AlertReport, alertOf } from "../../src/alerts/alert.ts";
import { ControlSource } from "../../src/api/control-source.ts";
import type { JobEnd, Progress } from "../../src/api/jobs/job-process.ts";
import { ControlError, type ControlKind } from "../../src/control/control.ts";
import type { Identity } from "../../src/identity/identity.ts";
import type { Permission, Role } from "../../src/identity/permissions.ts";
import { silentLog } from "../../src/log.ts";
import { reportSections } from "../../src/run/report-sections.ts";
import { SharedSecret } from "../../src/security/shared-secret.ts";
import type { AlertSource } from "../../src/telegram/alert-post.ts";
import { type RunningBot, startBot } from "../../src/telegram/start-bot.ts";
import type { WebhookParts } from "../../src/telegram/updates.ts";
import type { BackgroundWork } from "../../src/telegram/what-if.ts";
import { type AccountFile, identityIn, noted, runningControl, writeAccounts } from "../control-fixture.ts";
import { Story } from "../core/story.ts";
import { TEST_KEY } from "../e2e/program.ts";
import { Conversation, type Person } from "./world/conversation.ts";

const HERE = { kind: "local", name: "test" } as const;
const BOTH = ["leader", "follower"];

interface User {
  readonly role: Role;
  readonly given?: readonly string[];
  readonly listed?: readonly Permission[];
}

/** With Telegram; `stranger` has no user at all, `nobody` one who was given nothing; two have more than their role. */
export const USERS = {
  owner: { role: "owner" },
  operator: { role: "operator", given: BOTH },
  viewer: { role: "viewer", given: BOTH },
  nobody: { role: "operator" },
  trader: { role: "viewer", given: BOTH, listed: ["trade"] },
  keeper: { role: "viewer", given: ["follower"], listed: ["manage_stop_loss"] },
} as const satisfies Readonly<Record<string, User>>;

export type UserName = keyof typeof USERS | "stranger";

interface BotWorldOptions {
  readonly story?: Story;
  /** How often the bot comes for alerts; hardly ever when left out. */
  readonly alertsEveryMs?: number;
  /** Beside a leader and a follower. */
  readonly accounts?: readonly AccountFile[];
  /** Telegram ids by account. */
  readonly telegramIds?: ReadonlyMap<string, string>;
  /** Polls when left out. */
  readonly webhook?: WebhookParts | null;
}

/** Alerts that wait for the bot, as the engine's outbox would give them. */
class TestOutbox implements AlertSource {
  readonly #waiting: Alert[] = [];
  readonly takenIds: string[] = [];
  /** Longer than the pauses that pass by themselves; of no concern where a test is not about alerts. */
  everyMs = 7 * 24 * 3_600_000;
  /** Why it cannot be asked. */
  trouble: Error | null = null;

  raise(...reports: readonly AlertReport[]): void {
    for (const report of reports) this.#waiting.push(alertOf(report, report.atMs ?? 0));
  }

  /** A summary of what waited. */
  raiseSummary(waited: NonNullable<Alert["waited"]>): void {
    this.#waiting.push({ ...alertOf({ kind: "waited", numbers: { alerts: waited.length } }, 0), waited });
  }

  async waiting(): Promise<readonly Alert[]> {
    if (this.trouble !== null) throw this.trouble;
    return this.#waiting.slice(0, 20);
  }

  async taken(id: string): Promise<void> {
    this.takenIds.push(id);
    const at = this.#waiting.findIndex((one) => one.id === id);
    if (at >= 0) this.#waiting.splice(at, 1);
  }
}

/** Commands of the program that the bot began, which a test brings to their ends. */
export class TestCommands {
  readonly words: (readonly string[])[] = [];
  readonly #ends: ((end: JobEnd) => void)[] = [];
  progress: (progress: Progress) => void = () => {};

  run(words: readonly string[], onProgress: (progress: Progress) => void): BackgroundWork {
    this.words.push(words);
    this.progress = onProgress;
    const { promise, resolve } = Promise.withResolvers<JobEnd>();
    this.#ends.push(resolve);
    return { ended: promise, cancel: () => resolve({ kind: "cancelled" }) };
  }

  /** The newest. */
  end(end: JobEnd): void {
    this.#ends.at(-1)?.(end);
  }
}

function unanswered(): Promise<never> {
  return Promise.reject(new ControlError("unreachable", "the engine does not answer"));
}

export class BotWorld {
  readonly commands = new TestCommands();
  readonly talk: Conversation;
  readonly story: Story;
  readonly identity: Identity;
  readonly control: ControlSource;
  readonly folder: string;
  /** What was asked of the facade, by kind. */
  readonly asked: ControlKind[];
  readonly #people = new Map<UserName, Person>();
  readonly #groups: number[] = [];
  readonly alerts = new TestOutbox();
  /** What the bot keeps, as its file holds it. */
  kept: unknown;
  isDiskFull = false;
  /** It runs, and answers nothing. */
  isEngineMute = false;
  #webhook: WebhookParts | null = null;
  #bot: RunningBot | null = null;
  readonly #stop = new AbortController();

  #telegramIds: ReadonlyMap<string, string> = new Map();

  private constructor(parts: Pick<BotWorld, "talk" | "story" | "identity" | "control" | "folder" | "asked">) {
    this.talk = parts.talk;
    this.story = parts.story;
    this.identity = parts.identity;
    this.control = parts.control;
    this.folder = parts.folder;
    this.asked = parts.asked;
  }

  static async open({
    story = new Story(),
    accounts = [],
    telegramIds,
    webhook = null,
    alertsEveryMs,
  }: BotWorldOptions = {}): Promise<BotWorld> {
    const folder = mkdtempSync(join(tmpdir(), "bot-"));
    const talk = await Conversation.open();
    const identity = await identityIn(folder, talk.clock, telegramIds);
    writeAccounts(folder, accounts);
    const asked: ControlKind[] = [];
    const engine = noted(runningControl(story, folder), asked);
    const control = new ControlSource({
      dataDir: folder,
      configDir: join(folder, "config"),
      env: {},
      connect: async () => ({
        ask: (request) => (made.isEngineMute ? unanswered() : engine.ask(request)),
        close: async () => {},
      }),
    });
    const made: BotWorld = new BotWorld({ talk, story, identity, control, folder, asked });
    made.#telegramIds = telegramIds ?? new Map();
    if (alertsEveryMs !== undefined) made.alerts.everyMs = alertsEveryMs;
    await made.#addPeople();
    made.#webhook = webhook;
    await made.startBot();
    return made;
  }

  async #addPeople(): Promise<void> {
    this.#people.set("stranger", this.talk.person("Mallory", 9_999));
    let id = 1_000;
    for (const [name, user] of Object.entries<User>(USERS)) {
      id += 1;
      await this.identity.addUser(HERE, { name, ...user, telegramId: String(id) });
      // Their names are the keys of this very object.
      this.#people.set(name as UserName, this.talk.person(name, id));
    }
  }

  /** Groups in which the bot may be used, from its next start on. */
  allow(groupId: number): void {
    this.#groups.push(groupId);
  }

  /** With the webhook that it had, or another. */
  async startBot({ webhook = this.#webhook }: Pick<BotWorldOptions, "webhook"> = {}): Promise<void> {
    const { telegram, clock } = this.talk;
    const { control, identity, folder } = this;
    this.#bot = await startBot({
      token: new SharedSecret(telegram.token),
      apiRoot: telegram.root,
      webhook,
      allowedGroups: this.#groups,
      control,
      identity,
      log: silentLog,
      configDir: join(folder, "config"),
      dataDir: folder,
      env: { COPYTRADER_ENCRYPTION_KEY: TEST_KEY },
      telegramIds: () => this.#telegramIds,
      sectionsOf: () => reportSections(join(folder, "config")),
      runCommand: (words, onProgress) => this.commands.run(words, onProgress),
      version: "test",
      clock,
      alerts: this.alerts,
      file: {
        read: () => this.kept,
        write: (content) => {
          if (this.isDiskFull) throw new Error("ENOSPC");
          this.kept = JSON.parse(JSON.stringify(content));
        },
      },
      stop: this.#stop.signal,
    });
  }

  async stopBot(): Promise<void> {
    // What is being answered is answered to its end, at the pace of the platform.
    await this.talk.during(this.#bot?.stop() ?? Promise.resolve());
    this.#bot = null;
  }

  person(name: UserName): Person {
    const found = this.#people.get(name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  }

  /** With a session. */
  async signedIn(name: Exclude<UserName, "stranger">): Promise<Person> {
    const person = this.person(name);
    person.says("/start");
    await person.sees(/^Welcome/);
    return person;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.stopBot();
    await Promise.all([this.talk.close(), this.control.close(), this.identity.close()]);
    rmSync(this.folder, { recursive: true });
  }
}
