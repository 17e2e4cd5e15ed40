/** What a judgement of protections says of a rung and of a strike: the same on the terminal and on the page. */
import { percentText } from "./figure-text.ts";

export interface RungToTell {
  readonly verdict: "saved" | "cost" | "chance" | "too-few-strikes" | "too-few-days" | "no-difference";
  readonly struck: number;
}

export function verdictText({ verdict, struck }: RungToTell): string {
  switch (verdict) {
    case "saved":
    case "cost":
      return verdict;
    case "chance":
      return "cannot be told from chance";
    case "too-few-strikes":
      return `cannot be told from chance: ${struck === 1 ? "one strike" : `${struck} strikes`}`;
    case "too-few-days":
      return "cannot be told from chance: too few days";
    case "no-difference":
      return struck === 0 ? "never struck: no difference" : "no difference";
  }
}

/** All of them in one sentence. */
export function verdictCounts(verdicts: readonly RungToTell["verdict"][]): string {
  const count = (...some: readonly RungToTell["verdict"][]) =>
    verdicts.filter((verdict) => some.includes(verdict)).length;
  const unsure = count("chance", "too-few-strikes", "too-few-days");
  const all = `${verdicts.length} ${verdicts.length === 1 ? "comparison" : "comparisons"}`;
  return `Of ${all} ${count("saved")} saved, ${count("cost")} cost, ${unsure} cannot be told from chance, and ${count("no-difference")} made no difference.`;
}

export interface FiguresToTell {
  readonly maxDrawdown: number;
  readonly cvar95: number | null;
}

/** Deepest draw-down by hours, and the expected shortfall of a day. */
export function figureColumns({ maxDrawdown, cvar95 }: FiguresToTell): readonly [string, string] {
  return [percentText(maxDrawdown), cvar95 === null ? "-" : percentText(cvar95)];
}

/** Says so where the exchange took the positions. */
export function rowLabel(
  label: string,
  { happenings }: { readonly happenings: { readonly liquidations: number } },
): string {
  return happenings.liquidations === 0 ? label : `${label} (liquidated)`;
}

export interface StrikeToTell {
  readonly leader: string | null;
  readonly action: string;
  readonly untilMs: number | null;
  readonly numbers: Readonly<Record<string, unknown>>;
  readonly positions: readonly {
    readonly leader: string;
    readonly instrument: string;
    readonly cut: string;
    readonly price: string;
    readonly afterwards: { readonly untilMs: number | null; readonly brought: string } | null;
  }[];
}

const POSITIONS_SHOWN = 2;

/** `timeText` writes a moment. */
export function struckText(strike: StrikeToTell, timeText: (ms: number) => string): string {
  const { leader, action, untilMs, numbers, positions } = strike;
  const whose = leader === null ? "the account" : leader;
  const loss = "loss" in numbers ? ` had lost ${amount(numbers.loss)}, limit ${amount(numbers.limit)}:` : ":";
  const end = untilMs === null ? "" : ` until ${timeText(untilMs)}`;
  const shown = positions.slice(0, POSITIONS_SHOWN).map((one) => positionText(one, timeText));
  const rest = positions.length - shown.length;
  const what =
    positions.length === 0 ? "" : `; cut ${shown.join("; ")}${rest === 0 ? "" : `; and ${rest} more`}`;
  return `${whose}${loss} ${action}${end}${what}`;
}

function positionText(
  { instrument, cut, price, afterwards }: StrikeToTell["positions"][number],
  timeText: (ms: number) => string,
): string {
  const symbol = instrument.split("@")[0] ?? instrument;
  const side = cut.startsWith("-") ? "short" : "long";
  const what = `${cut.replace(/^-/, "")} ${symbol} ${side} at ${price}`;
  if (afterwards === null)
    return `${what} (what it would have brought is not told: nothing alike was held without it)`;
  const until = afterwards.untilMs === null ? "the end" : timeText(afterwards.untilMs);
  const brought = Number(afterwards.brought);
  return `${what}, which left alone would have ${brought < 0 ? "lost another" : "brought"} ${Math.abs(brought).toFixed(2)} until ${until}`;
}

/** To cents; what is no number as it stands. */
function amount(value: unknown): string {
  const number = Number(value);
  return Number.isFinite(number) ? number.toFixed(2) : String(value);
}
