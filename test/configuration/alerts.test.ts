/** The settings of alerts: what is in force, what is refused, and that the webhook's secret shows nowhere. */
import { describe, expect, test } from "vitest";
import { describeProblem, type LoadOptions } from "../../src/config.ts";
import { load, loaded, pair, refusals, shown } from "./folder.ts";

const SECRET = "Sw9RtY4uSECRETMARK1aB3dE5";
const env = { COPYTRADER_WEBHOOK_SECRET: SECRET };
const webhook = (url: string, more = "") => ({
  ...pair,
  "config/alerts.yaml": `alerts:\n  webhook:\n    url: "${url}"\n${more}`,
});
const messages = (url: string, options: Partial<LoadOptions> = { env }, more = "") =>
  refusals(webhook(url, more), options).map(describeProblem);

test("without any settings alerts have their defaults and no webhook", () => {
  const { alerts, values } = loaded(pair);
  expect(alerts).toMatchObject({
    quietSeconds: { value: 300, source: "default" },
    connectionDownAfterSeconds: { value: 30, source: "default" },
    parityAfterSeconds: { value: 60, source: "default" },
    giveUpAfterHours: { value: 24, source: "default" },
    webhook: null,
  });
  expect(values).toContainEqual({ keyPath: "alerts.webhook.url", value: "none", source: "default" });
});

test.each([
  "https://example.com/hooks/x?y=1",
  "http://127.0.0.1:9999/",
  "http://localhost:9999/a",
  "http://[::1]/",
])("a webhook at %s signs by the secret of the environment or .env", (url) => {
  for (const files of [
    { files: webhook(url), env },
    { files: { ...webhook(url), ".env": dotEnv }, env: {} },
  ]) {
    const { alerts } = loaded(files.files, { env: files.env });
    expect(alerts.webhook).toMatchObject({ url, leastSeverity: "info" });
    expect(alerts.webhook?.secret?.sign("x")).toMatch(/^[0-9a-f]{64}$/);
  }
});
const dotEnv = `COPYTRADER_WEBHOOK_SECRET=${SECRET}\n`;

test("of the url only the origin is listed, and of the secret nothing is shown", () => {
  const result = load(webhook("https://example.com/hooks/x", "    least_severity: critical\n"), { env });
  if (!result.ok) throw new Error("it loads");
  expect(result.configuration.values).toContainEqual({
    keyPath: "alerts.webhook.url",
    value: "https://example.com",
    source: "config/alerts.yaml",
  });
  expect(result.configuration.alerts.leastSeverity.value).toBe("critical");
  expect(shown(result)).not.toContain("SECRETMARK");
});

describe("refused with the key named", () => {
  test.each([
    [
      "http://example.com/",
      "must begin with https://; without encryption only this machine may be addressed",
    ],
    ["ftp://example.com/", "must begin with https://"],
    ["example.com", "must be an address such as https://example.com/alerts"],
    [`https://u:${SECRET}@example.com/`, "must not hold a user name or password"],
    ["https://example.com/#a", "must not hold a # part"],
  ])("%s", (url, message) => {
    const [problem = "", ...others] = messages(url);
    expect(problem).toContain(`alerts.yaml:3: alerts.webhook.url: ${message}`);
    expect(others).toEqual([]);
    expect(problem).not.toContain("SECRETMARK");
  });

  test("a missing or a weak secret, only where alerts would be sent", () => {
    expect(messages("https://example.com/", { env: {} })).toEqual([
      expect.stringContaining("COPYTRADER_WEBHOOK_SECRET: is missing"),
    ]);
    expect(messages("https://example.com/", { env: {}, purpose: "inspect" })).toEqual([]);
    for (const weak of ["SECRETMARK", `${SECRET} x`]) {
      const [problem = ""] = messages("https://example.com/", { env: { COPYTRADER_WEBHOOK_SECRET: weak } });
      expect(problem).toContain("COPYTRADER_WEBHOOK_SECRET: must be 16 to 256");
      expect(problem).not.toContain("SECRETMARK");
    }
  });

  test("a secret in the file, unknown severities, a webhook without an address", () => {
    const [inFile = ""] = messages("https://example.com/", { env }, `    secret: ${SECRET}\n`);
    expect(inFile).toContain("alerts.webhook.secret: is not a known key");
    expect(inFile).not.toContain("SECRETMARK");
    expect(messages("https://example.com/", { env }, "    least_severity: warn\n")).toEqual([
      expect.stringContaining('did you mean "warning"?'),
    ]);
    const nowhere = { ...pair, "config/a.yaml": "alerts:\n  webhook:\n    least_severity: info\n" };
    expect(refusals(nowhere, { env }).map(describeProblem)).toEqual([
      expect.stringContaining("alerts.webhook.url: is missing"),
    ]);
  });
});
