/** Prints what a replay meets, as it meets it: decisions, or where today's code would decide differently. */
import {
  concerning,
  type ReplayedDecision,
  type ReplayedDifference,
  type ReplayedItem,
} from "../control/replay-report.ts";
import type { Output } from "./output.ts";
import { decisionLines, differenceLines } from "./replay-lines.ts";

export interface TellerOptions {
  /** Only what concerns this follower. */
  readonly follower?: string;
  /** Differences only. */
  readonly against?: boolean;
  /** Events that led to nothing, too. */
  readonly all?: boolean;
}

export class ReplayTeller {
  readonly #options: TellerOptions;
  readonly #output: Output;
  differences = 0;

  constructor(options: TellerOptions, output: Output) {
    this.#options = options;
    this.#output = output;
  }

  step(step: ReplayedDecision): void {
    const told = this.#chosen(step);
    if (told === null) return;
    const { against, all } = this.#options;
    if (against === true || (all !== true && told.items.every(isWait))) return;
    this.#output.result({ kind: "decision", ...told }, () => decisionLines(told).join("\n"));
  }

  difference(difference: ReplayedDifference): void {
    const { now, recordedText, nowText, recorded: whole } = difference;
    const before = this.#chosen(whole);
    const after = this.#chosen({ ...whole, items: now ?? [] });
    if (before === null && after === null) return;
    this.differences += 1;
    const recorded = before?.items ?? [];
    const decided = after?.items ?? [];
    const { items: _, ...head } = whole;
    this.#output.result(
      { kind: "difference", ...head, recorded, now: now === null ? null : decided, recordedText, nowText },
      () => {
        const lines = differenceLines({ ...head, items: recorded }, decided);
        return [...lines, ...textLines(now === null || sameWords(recorded, decided), difference)].join("\n");
      },
    );
  }

  #chosen(told: ReplayedDecision): ReplayedDecision | null {
    const { follower } = this.#options;
    return follower === undefined ? told : concerning(told, follower);
  }
}

function isWait({ kind }: ReplayedItem): boolean {
  return kind === "wait";
}

function sameWords(left: readonly ReplayedItem[], right: readonly ReplayedItem[]): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** Where words do not show the difference: as the journal would have both. */
function textLines(isNeeded: boolean, { recordedText, nowText }: ReplayedDifference): readonly string[] {
  return isNeeded ? [`  recorded ${recordedText}`, `  now      ${nowText}`] : [];
}
