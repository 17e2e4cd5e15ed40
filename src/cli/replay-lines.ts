/** A replayed decision, and what would be decided differently, in lines for a terminal. */
import type { ReplayedDecision, ReplayedItem } from "../control/replay-report.ts";
import { type Colour, coloured } from "./output.ts";

const EVENT_CHARACTERS_MAX = 300;

const COLOURS: { readonly [Kind in ReplayedItem["kind"]]?: Colour } = {
  order: "green",
  amend: "green",
  cancel: "yellow",
  denial: "yellow",
  stop: "red",
  refusal: "red",
};

/** `12 2026-01-05 10:00:00.250 leader-filled account lead, ...` and a line for each thing that it led to. */
export function decisionLines({ items, ...of }: ReplayedDecision): readonly string[] {
  return [headLine(of), ...items.map((item) => `  ${itemLine(item)}`)];
}

/** Lines of one side only are marked `-` (recorded) and `+` (now). */
export function differenceLines(recorded: ReplayedDecision, now: readonly ReplayedItem[]): readonly string[] {
  const [before, after] = [recorded.items.map(itemLine), now.map(itemLine)];
  return [
    headLine(recorded),
    ...before.map((line) => (after.includes(line) ? `    ${line}` : coloured("red", `  - ${line}`))),
    ...after.flatMap((line) => (before.includes(line) ? [] : coloured("green", `  + ${line}`))),
  ];
}

function headLine({ sequence, at, event }: Omit<ReplayedDecision, "items">): string {
  const { kind, ...rest } = event;
  const time = new Date(at).toISOString().replace("T", " ").slice(0, 23);
  const text = partsOf(rest).join(", ");
  const short = text.length > EVENT_CHARACTERS_MAX ? `${text.slice(0, EVENT_CHARACTERS_MAX)}…` : text;
  return `${coloured("dim", `${sequence} ${time}`)} ${coloured("bold", kind)} ${short}`.trimEnd();
}

function itemLine({ kind, follower, symbol, leg, text }: ReplayedItem): string {
  const place = [follower, symbol, leg].filter((part) => part !== undefined && part !== "net").join(" ");
  const colour = COLOURS[kind];
  const word = colour === undefined ? kind : coloured(colour, kind);
  return `${word}${place === "" ? "" : ` ${place}`} ${text}`;
}

/** Plain members as they are, lists by their length; times that end in Ms are left to the head. */
function partsOf(value: object, path = ""): readonly string[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    if (name.endsWith("Ms") || inner === "") return [];
    if (Array.isArray(inner)) return [`${path}${name}: ${inner.length}`];
    if (typeof inner === "object" && inner !== null) return partsOf(inner, `${path}${name} `);
    return [`${path}${name} ${String(inner)}`];
  });
}
