import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ALERT_KINDS, SEVERITIES, severityAtLeast } from "./kinds.ts";

it("has each kind in docs/alerts.md as it stands here, and no other", () => {
  const documents = readFileSync(new URL("../../docs/alerts.md", import.meta.url), "utf8");
  const rows = [...documents.matchAll(/^\| `([a-z-]+)` \| ([a-z]+) \| (.+) \|$/gm)].map((row) =>
    row.slice(1),
  );
  expect(rows).toEqual(
    Object.entries(ALERT_KINDS).map(([kind, { severity, sentence }]) => [kind, severity, sentence]),
  );
});

it("orders severities from the least to the most severe", () => {
  const passing = SEVERITIES.map((least) =>
    SEVERITIES.filter((severity) => severityAtLeast(severity, least)),
  );
  expect(passing).toEqual([["info", "warning", "critical"], ["warning", "critical"], ["critical"]]);
});
