/** What the bot is made of, handed to every command. */
import type { ControlSource } from "../api/control-source.ts";
import type { AddedSections } from "../control/report/make-report.ts";
import type { Identity } from "../identity/identity.ts";
import type { Log } from "../log.ts";
import type { PeriodReport } from "../reports/period/period-report.ts";
import type { Confirmations } from "./confirmations.ts";
import type { Offer } from "./offer.ts";
import type { Presses } from "./presses.ts";
import type { Speaker } from "./speaker.ts";
import type { BotState } from "./state.ts";
import type { RunCommand } from "./what-if.ts";

export interface BotParts {
  readonly control: ControlSource;
  readonly identity: Identity;
  readonly log: Log;
  readonly speaker: Speaker;
  readonly configDir: string;
  readonly dataDir: string;
  /** Telegram id of each account that carries one. */
  readonly telegramIds: () => ReadonlyMap<string, string>;
  /** That of this process when left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What the owner's own files add to a report, as they lie there now. */
  readonly sectionsOf: () => Promise<(report: PeriodReport) => AddedSections>;
  /** A command of the program in a process of its own. */
  readonly runCommand: RunCommand;
  /** Of this program. */
  readonly version: string;
  /** Ends what takes long when the bot ends. */
  readonly stop: AbortSignal;
  /** Ids of groups in which it may be used. */
  readonly allowedGroups: ReadonlySet<number>;
  readonly clock: BotClock;
  readonly state: BotState;
  readonly presses: Presses;
  readonly confirmations: Confirmations<Offer>;
}

export interface BotClock {
  /** UTC milliseconds. */
  nowMs(): number;
  /** Of a clock that nobody sets. */
  elapsedMs(): number;
  /** Keeps no process alive. */
  setTimer(delayMs: number, action: () => void): { cancel(): void };
}
