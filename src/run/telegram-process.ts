/** The Telegram bot as a program beside the engine. */
import type { Log } from "../log.ts";
import { ChildProgram, textIn } from "./child-program.ts";

export interface TelegramProcessParts {
  readonly configDir: string;
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** It talks to Telegram as this bot. */
  readonly talking: (username: string) => void;
  readonly lost: (cause: string) => void;
  readonly back: (username: string) => void;
}

export function telegramProcess({
  configDir,
  dataDir,
  talking,
  back,
  ...rest
}: TelegramProcessParts): ChildProgram {
  return new ChildProgram({
    ...rest,
    command: ["telegram", "--config", configDir, "--data", dataDir],
    channel: "telegram",
    missing: "the Telegram bot is not there",
    heard: (told, wasLost) => {
      const username = textIn(told.telegram, "username");
      if (username === undefined) return false;
      if (wasLost) back(username);
      talking(username);
      return true;
    },
  });
}
