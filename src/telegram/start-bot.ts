/** Puts the bot together and starts it: what it says, what it answers to, and where updates come from. */
import { setTimeout as pause } from "node:timers/promises";
import type { ControlSource } from "../api/control-source.ts";
import type { Identity } from "../identity/identity.ts";
import type { Log } from "../log.ts";
import type { SharedSecret } from "../security/shared-secret.ts";
import { AlertPost, type AlertSource } from "./alert-post.ts";
import { CopyBot } from "./bot.ts";
import { botCommands } from "./commands.ts";
import { Confirmations } from "./confirmations.ts";
import { grammyBot } from "./grammy-bot.ts";
import { GrammySpeaker } from "./grammy-speaker.ts";
import { onUpdates } from "./grammy-updates.ts";
import { LiveMessages } from "./live.ts";
import type { BotClock, BotParts } from "./parts.ts";
import { Presses } from "./presses.ts";
import { BotState, type StateFile } from "./state.ts";
import { polled, posted, refusalOf, type Updates, type WebhookParts } from "./updates.ts";
import { WhatIfs } from "./what-if.ts";

export interface StartParts {
  readonly token: SharedSecret;
  readonly apiRoot: string;
  /** Null: Telegram is asked for updates. */
  readonly webhook: WebhookParts | null;
  readonly allowedGroups: readonly number[];
  readonly control: ControlSource;
  readonly identity: Identity;
  readonly log: Log;
  readonly configDir: string;
  readonly dataDir: string;
  readonly telegramIds: () => ReadonlyMap<string, string>;
  readonly sectionsOf: BotParts["sectionsOf"];
  readonly runCommand: BotParts["runCommand"];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly clock: BotClock;
  readonly file: StateFile;
  readonly alerts: AlertSource;
  /** Ends waiting for a Telegram that cannot be reached. */
  readonly stop: AbortSignal;
}

export interface RunningBot {
  /** Without its @. */
  readonly username: string;
  /** Why it can go on no more. */
  readonly ended: Promise<Error>;
  stop(): Promise<void>;
}

const RETRY_MS = 3_000;
/** What somebody asked for may take so long after the end was asked for; whoever runs the bot as a child waits two seconds in all. */
const FINISH_MS = 1_200;

/** Resolves once Telegram knows it; rejects with a BotRefusedError. A Telegram that cannot be reached is waited for. */
export async function startBot(parts: StartParts): Promise<RunningBot> {
  const { log, clock, webhook, stop } = parts;
  const bot = grammyBot(parts);
  const live = new LiveMessages();
  const whatIfs = new WhatIfs();
  const speaker = new GrammySpeaker(bot.api);
  const botParts: BotParts = {
    control: parts.control,
    identity: parts.identity,
    log,
    speaker,
    configDir: parts.configDir,
    dataDir: parts.dataDir,
    telegramIds: parts.telegramIds,
    sectionsOf: parts.sectionsOf,
    runCommand: parts.runCommand,
    ...(parts.env === undefined ? {} : { env: parts.env }),
    version: parts.version,
    stop,
    allowedGroups: new Set(parts.allowedGroups),
    clock,
    state: new BotState(parts.file, (cause) => log.error("what the bot had kept cannot be read", { cause })),
    presses: new Presses(),
    confirmations: new Confirmations(() => clock.elapsedMs()),
  };
  const post = new AlertPost(botParts, parts.alerts);
  const copyBot = new CopyBot(botParts, botCommands(live, whatIfs));
  const atWork = new Set<Promise<void>>();
  onUpdates(bot, log, (incoming) => {
    const work = copyBot.handle(incoming).finally(() => atWork.delete(work));
    atWork.add(work);
    return work;
  });
  const patiently = <Value>(work: () => Promise<Value>) => untilReached(work, { log, stop });
  bot.botInfo = await patiently(() => bot.api.getMe());
  await patiently(() => speaker.menu(null, [{ command: "start", description: "open a session" }]));
  const updates = await updatesOf();
  post.start();
  return {
    username: bot.botInfo.username,
    ended: updates.ended,
    stop: async () => {
      live.close();
      whatIfs.close();
      post.close();
      await updates.stop();
      // What was taken in is not told again: it is brought to its end.
      await Promise.race([Promise.allSettled(atWork), pause(FINISH_MS, undefined, { ref: false })]);
    },
  };

  async function updatesOf(): Promise<Updates> {
    if (webhook !== null) return patiently(() => posted(bot, webhook, log));
    await patiently(() => bot.api.deleteWebhook());
    return polled(bot);
  }
}

interface Patience {
  readonly log: Log;
  readonly stop: AbortSignal;
}

/** Tries until it works, is refused for good, or is stopped. */
async function untilReached<Value>(work: () => Promise<Value>, { log, stop }: Patience): Promise<Value> {
  for (let isTold = false; ; isTold = true) {
    stop.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.name === "BotRefusedError") throw refusal;
      if (!isTold) log.warn("Telegram cannot be reached; it is tried again", { cause: refusal.message });
    }
    await pause(RETRY_MS, undefined, { signal: stop });
  }
}
