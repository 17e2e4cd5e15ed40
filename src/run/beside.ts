/** The programs that run beside the engine, each in a process of its own: the API with the dashboard, and the Telegram bot. */
import type { AlertReport } from "../alerts/alert.ts";
import { type ApiOverrides, type Configuration, hasBot } from "../config.ts";
import type { Log } from "../log.ts";
import { apiProcess } from "./api-process.ts";
import type { ChildProgram } from "./child-program.ts";
import type { Printer } from "./printer.ts";
import { telegramProcess } from "./telegram-process.ts";

export interface BesideParts {
  readonly folders: {
    readonly configDir: string;
    readonly dataDir: string;
    readonly env?: Readonly<Record<string, string | undefined>>;
  };
  readonly configuration: Pick<Configuration, "api" | "telegram">;
  /** Of the command line. */
  readonly overrides: ApiOverrides;
  readonly log: Log;
  readonly printer: Pick<Printer, "listening" | "talking">;
  readonly raise: (report: AlertReport) => void;
}

/** A start takes no longer, unless an exchange does not answer: whoever has only a phone is to hear of that, too. */
const WAIT_MAX_MS = 10_000;

/** Those that the configuration wants. They ask the engine over the control socket, and nothing waits for them. */
export class ProgramsBeside {
  readonly #programs: readonly ChildProgram[];
  #timer: NodeJS.Timeout | null = null;
  #isStarted = false;

  constructor(parts: BesideParts) {
    const { api, telegram } = parts.configuration;
    this.#programs = [
      ...(api.enabled.value ? [served(parts)] : []),
      ...(hasBot(telegram) ? [bot(parts)] : []),
    ];
  }

  /** Once copying is at work, or at the latest in a moment. */
  startSoon(): void {
    this.#timer = setTimeout(() => this.start(), WAIT_MAX_MS);
  }

  start(): void {
    this.#cancel();
    if (this.#isStarted) return;
    this.#isStarted = true;
    for (const program of this.#programs) program.start();
  }

  async stop(): Promise<void> {
    this.#cancel();
    await Promise.all(this.#programs.map((program) => program.stop()));
  }

  #cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function served({ folders, overrides, log, printer, raise }: BesideParts): ChildProgram {
  return apiProcess({
    ...folders,
    overrides,
    log,
    listening: (told) => printer.listening(told),
    lost: (cause) => raise({ kind: "api-lost", cause }),
    back: (url) => raise({ kind: "api-back", cause: url }),
  });
}

function bot({ folders, log, printer, raise }: BesideParts): ChildProgram {
  return telegramProcess({
    ...folders,
    log,
    talking: (username) => printer.talking(username),
    lost: (cause) => raise({ kind: "telegram-lost", cause }),
    back: (username) => raise({ kind: "telegram-back", cause: `@${username}` }),
  });
}
