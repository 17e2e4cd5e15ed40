/** What a command would make of exposure and limits, in a preview: what changes, and what is nearly used up anyway. */
import type { LimitChange, PreviewExposure } from "../control/owner-commands.ts";
import { coloured } from "./output.ts";
import { table } from "./table.ts";

/** From here on a limit is told of although it is used no more than before. */
const NEAR = 0.8;

export function exposureLines(exposures: readonly PreviewExposure[]): readonly string[] {
  const rows = exposures.flatMap(rowsOf);
  if (rows.length === 0) return [];
  const columns = [
    { title: "FOLLOWER" },
    { title: "" },
    { title: "NOW", align: "right" },
    { title: "THEN", align: "right" },
    { title: "MOST", align: "right" },
    { title: "USED", align: "right" },
    { title: "UNIT" },
  ] as const;
  return ["Exposure then, and how much of each limit it uses:", ...table(columns, rows, { indent: "  " })];
}

function rowsOf({ follower, gross, margin, limits }: PreviewExposure): readonly (readonly string[])[] {
  const own = [["exposure", gross] as const, ["margin", margin] as const].flatMap(
    ([what, { before, after }]) =>
      before === after ? [] : [[follower, what, cut(before), cut(after), "", "", "USDT"]],
  );
  return [...own, ...limits.filter(isTold).map((one) => limitRow(follower, one))];
}

function isTold({ before, after, most }: LimitChange): boolean {
  return before !== after || Number(after) >= NEAR * Number(most);
}

function limitRow(follower: string, change: LimitChange): readonly string[] {
  const { limit, of, before, after, most, headroom, unit } = change;
  const used = Number(after) / Number(most);
  const text = after === "" || !Number.isFinite(used) ? "?" : `${Math.round(used * 100)} %`;
  const shown = headroom.startsWith("-") ? coloured("red", text) : text;
  return [
    follower,
    `${limit} ${of}`.trim(),
    cut(before, unit),
    cut(after, unit),
    cut(most, unit),
    shown,
    unit,
  ];
}

/** Two places are enough to look at; four of what is a share of equity; what is not known is a question mark. */
function cut(text: string, unit = ""): string {
  if (text === "") return "?";
  const point = text.indexOf(".");
  return point < 0 ? text : text.slice(0, point + (unit.startsWith("of equity") ? 5 : 3));
}
