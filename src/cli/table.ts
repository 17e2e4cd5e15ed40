/**
 * Plain tables for a terminal of 100 columns. Where the last column does not fit it is cut (the JSON form has all of it), or
 * wrapped where what it says must be read.
 */
import { stripVTControlCharacters } from "node:util";

const WIDTH_MAX = 100;
const GAP = "  ";
/** The last column has at least so much, whatever the others take. */
const LAST_MIN = 20;

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Lines without an end; cells may be coloured. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { indent = "", overflow = "cut" }: { readonly indent?: string; readonly overflow?: "cut" | "wrap" } = {},
): readonly string[] {
  const widths = columns
    .slice(0, -1)
    .map(({ title }, index) => Math.max(title.length, ...rows.map((row) => visible(row[index] ?? ""))));
  const start = indent.length + widths.reduce((sum, width) => sum + width + GAP.length, 0);
  const room = Math.max(LAST_MIN, WIDTH_MAX - start);
  const lines = (cells: readonly string[]) => {
    const fixed = widths.map((width, index) =>
      padded(cells[index] ?? "", width, columns[index]?.align ?? "left"),
    );
    const [first = "", ...rest] = fitted(cells[widths.length] ?? "", room, overflow);
    const top = `${indent}${[...fixed, first].join(GAP)}`.trimEnd();
    return [top, ...rest.map((line) => `${" ".repeat(start)}${line}`)];
  };
  return [...lines(columns.map(({ title }) => title)), ...rows.flatMap(lines)];
}

function padded(cell: string, width: number, align: "left" | "right"): string {
  const blanks = " ".repeat(Math.max(0, width - visible(cell)));
  return align === "left" ? `${cell}${blanks}` : `${blanks}${cell}`;
}

/** A cell that does not fit loses its colour. */
function fitted(cell: string, width: number, overflow: "cut" | "wrap"): readonly string[] {
  if (visible(cell) <= width) return [cell];
  const plain = stripVTControlCharacters(cell);
  return overflow === "cut" ? [`${plain.slice(0, width - 1)}…`] : wrapped(broken(plain, width), width);
}

/** Words that are longer than a line, such as paths, are parted. */
function broken(text: string, width: number): string {
  return text.replaceAll(new RegExp(`\\S{${width}}(?=\\S)`, "g"), "$& ");
}

/** A plain text in lines of at most `width`, broken at blanks. */
export function wrapped(text: string, width = WIDTH_MAX): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function visible(text: string): number {
  return stripVTControlCharacters(text).length;
}
