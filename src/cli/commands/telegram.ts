/** `copytrader telegram`: the bot alone, beside an engine that runs or a stopped one's folder; and the token as it may lie in a file. */
import type { Command } from "commander";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { goOnUnread } from "../readers.ts";
import { readSecretLine } from "../secret-input.ts";
import { stopOnSignals } from "../stop-on-signals.ts";

interface TelegramOptions extends Folders, CommonOptions {
  readonly seal?: boolean;
}

export function telegramCommand(finish: Finish): Command {
  const examples = [
    "telegram                       needs TELEGRAM_BOT_TOKEN in the environment or .env",
    "telegram --seal                asks for a token and prints what telegram.bot_token may hold",
  ];
  return withFolders(command("telegram", "run the Telegram bot without copying", examples))
    .option("--seal", "encrypt a token (typed, or a line of stdin) for the configuration")
    .action((options: TelegramOptions) =>
      runAction(options, finish, (output) =>
        options.seal === true ? seal(options, output) : run(options, output),
      ),
    );
}

async function run(options: TelegramOptions, output: Output): Promise<number> {
  const { runTelegram, TelegramStartError } = await import("../../run/telegram-bot.ts");
  const { BotRefusedError } = await import("../../telegram/updates.ts");
  goOnUnread();
  const stop = stopOnSignals();
  try {
    await runTelegram({
      configDir: options.config,
      dataDir: options.data,
      stop,
      talking: (username) =>
        output.result(
          { telegram: { username } },
          () => `The bot is @${username}: send it /start. Ctrl-C ends it.`,
        ),
    });
    return EXIT.ok;
  } catch (error) {
    if (stop.aborted) return EXIT.ok;
    if (error instanceof BotRefusedError)
      throw new CliError("refused", error.message, { exitCode: EXIT.failure });
    if (!(error instanceof TelegramStartError)) throw error;
    const { describeProblem } = await import("../../config.ts");
    const { message, problems } = error;
    throw new CliError("configuration", message, {
      exitCode: EXIT.usage,
      problems: problems.map((one) => ({ ...one })),
      lines: problems.map(describeProblem),
    });
  }
}

async function seal(options: TelegramOptions, output: Output): Promise<number> {
  const { sealed } = await import("../../run/seal-text.ts");
  const token = await readSecretLine("bot token, or secret token of the webhook");
  if (!/^[\x21-\x7e]{16,256}$/.test(token)) throw usage("a token has 16 to 256 characters without blanks");
  const made = sealed(options.config, options.data, token);
  if ("trouble" in made) throw new CliError("no-key", made.trouble, { exitCode: EXIT.failure });
  output.result(made, () => made.sealed);
  return EXIT.ok;
}
