/** Asks the owner's report sections, each within its time, and reads what they answer: texts of our own, or the cause why there is none. */
import { AnswerError, shown } from "./answer.ts";
import { guarded } from "./guard.ts";
import { deeplyFrozen } from "./question.ts";
import type { ReportedPeriod, ReportSectionMaker } from "./report-contract.ts";
import { fieldsOf, type Loaded } from "./traders.ts";

export const SECTION_MS_MAX = 2_000;
const PARAGRAPHS_MAX = 20;
const TEXT_MAX = 1_000;
const COLUMNS_MAX = 10;
const ROWS_MAX = 200;

export interface SectionText {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly table: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } | null;
}

/** Null where it has nothing to say of this report; a failure is told by its cause. */
export function sectionOf(
  { file, extension }: Loaded<ReportSectionMaker>,
  report: ReportedPeriod,
): SectionText | null | { readonly failed: string } {
  // A copy: what is frozen here is nobody else's.
  const question = deeplyFrozen(structuredClone(report));
  const answer = guarded(SECTION_MS_MAX, () => readSection(extension.section(question)));
  return answer.kind === "answered" ? answer.value : { failed: `${file} failed: ${answer.cause}` };
}

/** A copy that holds nothing of the owner's objects. To be called within the guard. */
export function readSection(answer: unknown): SectionText | null {
  if (answer === null) return null;
  const fields = fieldsOf(answer, "the answer must be null or an object with a title");
  const { title, paragraphs = [], table, ...more } = fields;
  const [strange] = Object.keys(more);
  if (strange !== undefined)
    throw new AnswerError(`${strange} is no field of a section; there are title, paragraphs, table`);
  if (typeof title !== "string" || title.trim() === "" || title.length > TEXT_MAX)
    throw new AnswerError(`title must be a text, got ${shown(title)}`);
  return {
    title,
    paragraphs: textsIn(paragraphs, "paragraphs", PARAGRAPHS_MAX),
    table: table === undefined ? null : readTable(table),
  };
}

function readTable(table: unknown): NonNullable<SectionText["table"]> {
  const { head, rows, ...more } = fieldsOf(table, "table must be an object with head and rows");
  const [strange] = Object.keys(more);
  if (strange !== undefined) throw new AnswerError(`table.${strange} is no field; there are head and rows`);
  const titles = textsIn(head, "table.head", COLUMNS_MAX);
  if (titles.length === 0) throw new AnswerError("table.head must have at least one title");
  if (!Array.isArray(rows) || rows.length > ROWS_MAX)
    throw new AnswerError(`table.rows must be a list of at most ${ROWS_MAX}, got ${shown(rows)}`);
  return {
    head: titles,
    rows: rows.map((row: unknown, at) => {
      const cells = textsIn(row, `table.rows[${at}]`, COLUMNS_MAX);
      if (cells.length === titles.length) return cells;
      throw new AnswerError(`table.rows[${at}] has ${cells.length} cells, and the head ${titles.length}`);
    }),
  };
}

function textsIn(list: unknown, what: string, most: number): readonly string[] {
  if (!Array.isArray(list) || list.length > most)
    throw new AnswerError(`${what} must be a list of at most ${most} texts, got ${shown(list)}`);
  return list.map((text: unknown, at) => {
    if (typeof text === "string" && text.length <= TEXT_MAX) return String(text);
    throw new AnswerError(
      `${what}[${at}] must be a text of at most ${TEXT_MAX} characters, got ${shown(text)}`,
    );
  });
}
