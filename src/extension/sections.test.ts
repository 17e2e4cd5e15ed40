/** Sections of reports by the owner's own files: the contract, what is read of their answers, and that a broken one breaks no report. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { sampleReport } from "../../test/reports/sample-report.ts";
import { reportPage } from "../reports/period/page.ts";
import { reportSections } from "../run/report-sections.ts";
import { checkExtension } from "./conformance.ts";
import { readSection } from "./sections.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/extensions", import.meta.url));
const config = mkdtempSync(join(tmpdir(), "sections-"));
const folder = join(config, "extensions");
mkdirSync(folder, { mode: 0o700 });
afterAll(() => rmSync(config, { recursive: true }));

function written(name: string, body: string): void {
  const head = `contract: 1, kind: "report-section", name: "${name}", description: "for a test"`;
  writeFileSync(join(folder, `${name}.mjs`), `export default { ${head}, section: ${body} };\n`);
}

test("the contract beside the examples is the program's own, and the example keeps it", async () => {
  const own = readFileSync(new URL("report-contract.ts", import.meta.url), "utf8");
  expect(readFileSync(join(EXAMPLES, "report-contract.ts"), "utf8")).toBe(own);
  const checks = await checkExtension(join(EXAMPLES, "best-and-worst-days.ts"));
  expect(checks.filter(({ result }) => result !== "ok")).toEqual([]);
  expect(checks.map(({ message }) => message).join()).toContain("section");
});

test("sections stand in the report, in the order of their files; one that fails is told and left out", async () => {
  for (const name of ["best-and-worst-days.ts", "report-contract.ts"])
    copyFileSync(join(EXAMPLES, name), join(folder, name));
  written("throws", '() => { throw new Error("no idea"); }');
  written("hangs", "() => { for (;;); }");
  written("quiet", "() => null");
  written("spoils", '(report) => { report.summary.profit = "1e9"; return { title: "spoilt" }; }');
  written("zz-script", '() => ({ title: "<script>x</script>", table: { head: ["a"], rows: [["<b>"]] } })');
  const sectionsOf = await reportSections(config);
  const report = sampleReport({ days: 20 });
  const { sections, notes } = sectionsOf(report);
  expect(sections.map(({ title }) => title)).toEqual(["Best and worst days", "<script>x</script>"]);
  expect(sections[0]?.table?.rows).toHaveLength(6);
  expect(notes.map((note) => note.replace(/^.*\/extensions\//, ""))).toEqual([
    "hangs.mjs failed: no answer within 2000 ms",
    expect.stringContaining("spoils.mjs failed: TypeError"),
    "throws.mjs failed: Error: no idea",
  ]);
  const page = reportPage({ ...report, sections, notes });
  expect(page).toContain("<h2>&lt;script&gt;x&lt;/script&gt;</h2>");
  expect(page).not.toContain("<script>");
});

describe("an answer that is none", () => {
  test.each([
    [7, "the answer must be null or an object with a title"],
    [{}, "title must be a text"],
    [{ title: "x", html: "<b>" }, "html is no field of a section"],
    [{ title: "x", paragraphs: "y" }, "paragraphs must be a list of at most 20 texts"],
    [{ title: "x", table: { head: ["a"], rows: [["b", "c"]] } }, "table.rows[0] has 2 cells, and the head 1"],
    [{ title: "x", table: { head: [], rows: [] } }, "table.head must have at least one title"],
    [Promise.resolve(null), "the answer is a promise"],
  ])("%j is refused", (answer, why) => {
    expect(() => readSection(answer)).toThrow(why);
  });
});
