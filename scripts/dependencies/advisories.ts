/**
 * Known weaknesses of what is shipped, as `npm audit` tells them. A registry that does not answer is no weakness: it is said,
 * and nothing else.
 */
export type Advisories =
  | { readonly kind: "unknown"; readonly cause: string }
  | {
      readonly kind: "known";
      readonly serious: number;
      readonly others: number;
      readonly names: readonly string[];
    };

/** Reads the output of `npm audit --json`; `cause` is at most 200 characters of what the registry said. */
export function readAdvisories(output: string): Advisories {
  const report = parsed(output);
  const counts = recordOf(recordOf(report.metadata).vulnerabilities);
  if (typeof counts.total !== "number") return { kind: "unknown", cause: causeOf(report) };
  const serious = count(counts.high) + count(counts.critical);
  const names = Object.keys(recordOf(report.vulnerabilities));
  return { kind: "known", serious, others: counts.total - serious, names };
}

function causeOf(report: Readonly<Record<string, unknown>>): string {
  const said = [report.message, recordOf(report.error).summary].find(
    (words) => typeof words === "string" && words !== "",
  );
  return typeof said === "string" ? said.slice(0, 200) : "no answer that could be read";
}

function parsed(output: string): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(output));
  } catch {
    // Reported as an answer that could not be read.
    return {};
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value));
}

const count = (value: unknown): number => (typeof value === "number" ? value : 0);
