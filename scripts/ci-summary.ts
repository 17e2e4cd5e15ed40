/**
 * Prints the closing line of a test run and fails when a test was skipped that should have run: only what needs the reference
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
  readonly testResults: readonly {
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

for (const name of skipped) console.log(`skipped: ${name}`);
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped.length} skipped`);
if (report.numFailedTests > 0 || report.numPassedTests === 0) process.exitCode = 1;
const excused = (name: string) =>
  (!hasShared && name.includes("no ../shared folder")) || name.includes("(no mount here: ");
if (skipped.some((name) => !excused(name))) {
  console.error("Tests were skipped although all that they need is here or can be installed.");
  process.exitCode = 1;
}
