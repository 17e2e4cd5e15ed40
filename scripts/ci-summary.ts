/**
 * Prints what each kind of test took and the closing line of a test run, and fails when a test was skipped that should have run: only what needs the reference
 * data may be skipped, and only where that is not beside the project, and what needs a disk of its own, where none can be
 * mounted. Usage: node scripts/ci-summary.ts REPORT.json
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly startTime: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: node scripts/ci-summary.ts REPORT.json");
const report: Report = JSON.parse(readFileSync(file, "utf8"));
const skipped = report.testResults
  .flatMap((result) => result.assertionResults)
  .filter(({ status }) => status !== "passed" && status !== "failed")
  .map(({ fullName }) => fullName);
const hasShared = existsSync(fileURLToPath(new URL("../../shared/", import.meta.url)));

const root = fileURLToPath(new URL("../", import.meta.url));
const kinds = new Map<string, { ms: number; slowestMs: number; slowest: string }>();
for (const { name, startTime, endTime } of report.testResults) {
  const file = name.replace(root, "");
  const kind = /^test\/[^/]+(?=\/)/.exec(file)?.[0] ?? file.split("/", 1)[0] ?? file;
  const known = kinds.get(kind) ?? { ms: 0, slowestMs: 0, slowest: "" };
  const ms = endTime - startTime;
  const slowest = ms > known.slowestMs ? { slowestMs: ms, slowest: file } : {};
  kinds.set(kind, { ...known, ...slowest, ms: known.ms + ms });
}
const minutes = (ms: number) => (ms / 60_000).toFixed(1);
console.log("minutes of one worker, and the longest file:");
for (const [kind, { ms, slowestMs, slowest }] of [...kinds].toSorted(([, a], [, b]) => b.ms - a.ms))
  if (ms >= 6_000) console.log(`${minutes(ms).padStart(5)}  ${kind} (${minutes(slowestMs)} ${slowest})`);
const endMs = Math.max(...report.testResults.map(({ endTime }) => endTime));
console.log(`${minutes(endMs - report.startTime)} minutes for all of them together`);

for (const name of skipped) console.log(`skipped: ${name}`);
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped.length} skipped`);
if (report.numFailedTests > 0 || report.numPassedTests === 0) process.exitCode = 1;
const excused = (name: string) =>
  (!hasShared && name.includes("no ../shared folder")) || name.includes("(no mount here: ");
if (skipped.some((name) => !excused(name))) {
  console.error("Tests were skipped although all that they need is here or can be installed.");
  process.exitCode = 1;
}
