/** Tells a recorded history: when (virtual time), what happened, what was decided, and what broke. */
import { stripVTControlCharacters } from "node:util";
import { decisionLines } from "../../src/cli/replay-lines.ts";
import { replayedDecision } from "../../src/control/replay-report.ts";
import { Lots, Ticks } from "../../src/core/model/amounts.ts";
import {
  type InstrumentSpec,
  makeInstrument,
  priceText,
  quantityText,
} from "../../src/core/model/instrument.ts";
import type { Clock } from "../../src/exchange/transport.ts";
import type { Happening } from "./happenings.ts";
import { SYMBOLS } from "./markets.ts";
import { type Faults, NO_FAULTS } from "./model-connection.ts";
import type { Recording, Setting } from "./recording.ts";
import { replayRecording } from "./simulate.ts";
import type { DecisionWatcher } from "./world.ts";

const LINES_MAX = 400;
const BROKEN = "BROKEN  ";

/** The lines of a history that is told as it runs; what broke stands where it was noticed, and what the end showed at the end. */
export class StoryLines {
  readonly #lines: string[];
  readonly #startMs: number;
  readonly #nowMs: () => number;
  #broken = 0;

  constructor(setting: Setting, clock: Pick<Clock, "nowMs">) {
    this.#lines = settingLines(setting);
    this.#startMs = clock.nowMs();
    this.#nowMs = () => clock.nowMs();
  }

  get lines(): readonly string[] {
    return shortened(this.#lines);
  }

  tell(text: string): void {
    this.#lines.push(`${((this.#nowMs() - this.#startMs) / 1_000).toFixed(3).padStart(10)} s  ${text}`);
  }

  readonly decided: DecisionWatcher = (event, decision, state) => {
    for (const line of decidedLines(event, decision, state)) this.tell(line);
  };

  /** With all that is broken so far. */
  judged(breaches: readonly string[]): void {
    for (const one of breaches.slice(this.#broken)) this.tell(`${BROKEN}${one}`);
    this.#broken = breaches.length;
  }
}

/** Runs it once more. */
export function storyOf(recording: Recording): readonly string[] {
  let story: StoryLines | undefined;
  const { breaches } = replayRecording(recording, {
    begun: ({ clock }) => {
      story = new StoryLines(recording.setting, clock);
    },
    happening: (happening) => {
      if (happening.kind !== "pass") story?.tell(wordsOf(happening));
    },
    decided: (event, decision, state) => story?.decided(event, decision, state),
    judged: (all) => story?.judged(all),
  });
  story?.judged(breaches);
  return story?.lines ?? [];
}

/** Nothing of one that led to nothing. */
function decidedLines(...[event, decision, state]: Parameters<DecisionWatcher>): readonly string[] {
  const told = replayedDecision({ sequence: 0, event, decision }, state);
  if (told.items.every(({ kind }) => kind === "wait")) return [];
  const [head = "", ...items] = decisionLines(told).map(stripVTControlCharacters);
  return [`    ${head.split(" ").slice(3).join(" ")}`, ...items.map((item) => `      ${item}`)];
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= LINES_MAX) return lines;
  const [head, tail] = [LINES_MAX / 4, (LINES_MAX * 3) / 4];
  const between = lines.slice(head, -tail);
  const broken = between.filter((line) => line.includes(BROKEN));
  const left = `  (${between.length - broken.length} lines are left out here)`;
  return [...lines.slice(0, head), left, ...broken, ...lines.slice(-tail)];
}

function settingLines({ accounts, allocations, isRuled, tiers = {} }: Setting): string[] {
  return [
    ...Object.entries(tiers).map(([symbol, rows]) => {
      const steps = rows.map(({ limit, maxLeverage }) => `up to ${limit} USDT ${maxLeverage}x`);
      return `${symbol}: ${steps.join(", ")}`;
    }),
    ...accounts.map(
      ({ account, role, mode, equity, venue: _, ...rest }) =>
        `${role} ${account}: ${mode}, ${equity} USDT${isRuled && role === "leader" ? " at first" : ""}${stated(rest)}`,
    ),
    ...allocations.map(
      ({ id: _, leader, follower, sizing, ...rest }) =>
        `${follower} copies ${leader}: ${Object.values(sizing).map(textOf).join(" ")}${stated(rest)}`,
    ),
  ];
}

/** What is not nothing. */
export function stated(rest: object): string {
  return Object.entries(rest)
    .filter(([, value]) => !(value === null || value === false || value === 0 || isEmpty(value)))
    .map(([name, value]) => `; ${name} ${textOf(value)}`)
    .join("");
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === undefined;
  return Object.values(value).every((inner) => inner === null || isEmpty(inner));
}

function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function wordsOf(happening: Happening): string {
  switch (happening.kind) {
    case "pass":
      return `${happening.ms} ms pass`;
    case "trade": {
      const { account, side, steps, symbol, leg, reduceOnly } = happening;
      return `${account} ${side}s ${quantityOf(symbol, steps)} ${symbol}${legText(leg)}${reduceOnly ? ", reducing" : ""}`;
    }
    case "exit": {
      const { account, side, steps, symbol, leg, form } = happening;
      return `${account} puts an exit, ${side} ${quantityOf(symbol, steps)} ${symbol}${legText(leg)}: ${JSON.stringify(form)}`;
    }
    case "wait": {
      const { account, side, steps, symbol, leg, form } = happening;
      return `${account} waits to ${side} ${quantityOf(symbol, steps)} ${symbol}${legText(leg)}: ${JSON.stringify(form)}`;
    }
    case "edit": {
      const { account, place, price, steps } = happening;
      return `${account} changes its open order ${place}: ${steps} steps at ${price} ticks`;
    }
    case "met":
      return `${happening.share} of the open order ${happening.place} of ${happening.account} is filled, and nobody else's`;
    case "withdraw":
      return `${happening.account} takes back its open order ${happening.place}`;
    case "price":
      return `${happening.symbol} is at ${priceOf(happening.symbol, happening.ticks)}`;
    case "volatility":
      return `${happening.account} is measured: a volatility of ${happening.volatility} in a year${stated(happening.measured ?? {})}`;
    case "margin-mode":
      return `${happening.account} chooses ${happening.mode} margin`;
    case "equity":
      return `${happening.account} has ${happening.equity} USDT`;
    case "leverage":
      return `${happening.account} takes a leverage of ${happening.leverage} in ${happening.symbol}`;
    case "stream-break":
      return `the stream of ${happening.account} breaks for ${happening.ms} ms`;
    case "outage": {
      const { account, ms, streamToo } = happening;
      return `reads of ${account}${streamToo ? " and its stream" : ""} fail for ${ms} ms`;
    }
    case "faults":
      return `the network: ${faultsText(happening.faults)}`;
    case "command":
      return `the owner: ${stated(happening.command).slice(2)}`;
    case "settings":
      return `other settings: ${happening.allocations.map(({ leader, follower }) => `${follower} copies ${leader}`).join(", ")}`;
    case "limits":
      return `${happening.account} has other limits: ${JSON.stringify(happening.limits)}`;
    case "guards":
      return `${happening.account} has other guards: ${JSON.stringify(happening.guards)}`;
    case "down": {
      const { by, lostRecords, meanwhile } = happening;
      const lost = lostRecords === 0 ? "" : ` and loses ${lostRecords} records of its journal`;
      return `the copier ${by === "stop" ? "is stopped" : `dies${lost}`}; it begins again after ${meanwhile.length} things`;
    }
  }
}

export function legText(leg: string): string {
  return leg === "net" ? "" : ` ${leg}`;
}

function faultsText(faults: Faults): string {
  const names = Object.keys(faults) as (keyof Faults)[];
  const bad = names.filter((name) => faults[name] !== NO_FAULTS[name]);
  if (bad.length === 0) return "all is well";
  return bad.map((name) => `${name} ${Number(faults[name].toFixed(3))}`).join(", ");
}

function specOf(symbol: string): InstrumentSpec | undefined {
  return SYMBOLS.find((spec) => spec.symbol === symbol);
}

function quantityOf(symbol: string, steps: number): string {
  const spec = specOf(symbol);
  return spec === undefined ? String(steps) : quantityText(makeInstrument(spec), Lots(steps));
}

function priceOf(symbol: string, ticks: number): string {
  const spec = specOf(symbol);
  return spec === undefined ? String(ticks) : priceText(makeInstrument(spec), Ticks(ticks));
}
