/** Long lists by pages, turned in the same message. */
import type { Call } from "./call.ts";
import { type Html, html } from "./html.ts";
import type { Keyboard } from "./speaker.ts";

export interface Page {
  readonly rows: readonly Html[];
  /** Empty where there is one page. */
  readonly keyboard: Keyboard;
}

export function pageOf(call: Call, rows: readonly Html[], wanted: PageWanted): Page {
  const { shown, keyboard, note } = turnable(call, rows, wanted);
  return { rows: [...shown, ...note], keyboard };
}

/** The rows of a page, with what turns it. `asked`: as it stands in the button, from "1"; the last page where there are fewer by now. */
export function turnable<Row>(
  call: Call,
  rows: readonly Row[],
  { asked, perPage, command, args = [] }: PageWanted,
): { readonly shown: readonly Row[]; readonly note: readonly Html[]; readonly keyboard: Keyboard } {
  const count = Math.max(1, Math.ceil(rows.length / perPage));
  const wanted = /^\d{1,6}$/.test(asked ?? "") ? Number(asked) : 1;
  const page = Math.min(Math.max(1, wanted), count);
  const shown = rows.slice((page - 1) * perPage, page * perPage);
  if (count === 1) return { shown, note: [], keyboard: [] };
  const turn = (label: string, to: number) => call.button(label, command, ...args, String(to));
  const buttons = [
    ...(page > 1 ? [turn("\u25c0", page - 1)] : []),
    ...(page < count ? [turn("\u25b6", page + 1)] : []),
  ];
  return { shown, note: [html`<i>page ${page} of ${count}</i>`], keyboard: [buttons] };
}

interface PageWanted {
  readonly asked: string | undefined;
  readonly perPage: number;
  readonly command: string;
  /** Before the page. */
  readonly args?: readonly string[];
}
