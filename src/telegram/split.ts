/** Messages have 4,096 characters: longer texts are split between lines, and what would be a flood ends with a word of it. */
import { Html } from "./html.ts";

export const MESSAGE_MAX = 4_096;
/** Of one answer. */
const MESSAGES_MAX = 5;
const NOTE_ROOM = 60;

/**
 * Pieces of at most `lengthMax` characters, counted with their markup, which is never less than Telegram counts. Markup must not span
 * lines. A line that is longer by itself is cut at the end of a part of it.
 */
export function split(text: Html, lengthMax = MESSAGE_MAX): readonly Html[] {
  const pieces: string[] = [];
  let current = "";
  const rows = text.markup.split("\n").map((line) => cutLine(line, lengthMax));
  for (const [at, line] of rows.entries()) {
    const joined = current === "" ? line : `${current}\n${line}`;
    const isLast = pieces.length === MESSAGES_MAX - 1;
    if (joined.length <= lengthMax - (isLast && at < rows.length - 1 ? NOTE_ROOM : 0)) {
      current = joined;
      continue;
    }
    if (isLast) {
      current = `${current}\n... and ${rows.length - at} more lines`;
      break;
    }
    pieces.push(current);
    current = line;
  }
  if (current !== "") pieces.push(current);
  return pieces.map((markup) => Html.of(markup));
}

/** Without markup where it has to be cut: half a tag would refuse the whole message. */
function cutLine(line: string, lengthMax: number): string {
  if (line.length <= lengthMax) return line;
  const plain = line.replace(/<\/?[a-z]+>/g, "");
  if (plain.length <= lengthMax) return plain;
  return `${plain.slice(0, lengthMax - NOTE_ROOM).replace(/&[a-z]*$/, "")}...`;
}
