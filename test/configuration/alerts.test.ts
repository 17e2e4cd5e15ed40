/** The settings of alerts: what is in force, what is refused, and that the webhook's secret shows nowhere. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { describeAlerts } from "../../src/config/alert-values.ts";
import { changeableKeys, describeProblem, type LoadOptions } from "../../src/config.ts";
import { alertRulesOf } from "../../src/run/alert-rules.ts";
import { FernetKey } from "../../src/security/fernet.ts";
import { Vault } from "../../src/security/vault.ts";
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
    settings: { quietSeconds: { value: 300, source: "default" } },
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
    expect(alerts.webhook).toMatchObject({ url });
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
  expect(result.configuration.alerts.settings.channels.webhook.leastSeverity.value).toBe("critical");
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

describe("the settings that may be changed while running", () => {
  const yaml = {
    ...pair,
    "config/alerts.yaml": `alerts:
  time_zone: Europe/Berlin
  quiet_hours: ["22:00-07:00", "Sat-Sun 00:00-10:00"]
  kinds_off: [connection-restored]
  copies: summary
  escalation: {after_minutes: 15, channels: [email, telegram]}
  email: {least_severity: critical, most_per_hour: off}
  web_push: {heed_quiet_hours: false}
`,
  };

  test("come from the files, and from run time before them; what is taken back is the files' again", () => {
    const { alerts, values, reconfigure } = loaded(yaml);
    expect(alerts.settings).toMatchObject({
      timeZone: { value: "Europe/Berlin", source: "config/alerts.yaml" },
      quietHours: { value: ["22:00-07:00", "Sat-Sun 00:00-10:00"] },
      kindsOff: { value: ["connection-restored"] },
      copies: { value: "summary" },
      escalation: {
        afterMinutes: { value: 15 },
        times: { value: 3 },
        channels: { value: ["email", "telegram"] },
      },
      channels: {
        email: { leastSeverity: { value: "critical" }, mostPerHour: { value: "off" } },
        web_push: {
          heedQuietHours: { value: false },
          leastSeverity: { value: "warning", source: "default" },
        },
      },
    });
    expect(values).toContainEqual({
      keyPath: "alerts.quiet_hours",
      value: "22:00-07:00, Sat-Sun 00:00-10:00",
      source: "config/alerts.yaml",
    });
    const told = { "email.least_severity": "escalated", quiet_hours: ["23:00-06:00"] };
    const after = reconfigure({ allocations: [], settings: { accounts: [], portfolio: {}, alerts: told } });
    if (!after.ok) throw new Error("it loads");
    expect(after.configuration.alerts.settings).toMatchObject({
      quietHours: { value: ["23:00-06:00"], source: "run-time" },
      channels: { email: { leastSeverity: { value: "escalated", source: "run-time" } } },
      copies: { value: "summary" },
    });
    const rules = alertRulesOf(after.configuration);
    expect(rules.quietHours).toEqual([
      { days: [0, 1, 2, 3, 4, 5, 6], fromMinute: 1_380, toMinute: 360, timeZone: "Europe/Berlin" },
    ]);
    expect(rules.escalation).toEqual({
      afterMs: 900_000,
      times: 3,
      families: new Set(["email", "telegram"]),
    });
  });

  test.each([
    ["time_zone: Berlin", 'must be the IANA name of a time zone, such as "Europe/Berlin" or "UTC"'],
    ['quiet_hours: ["22-7"]', 'must be a window such as "22:00-07:00"'],
    ["kinds_off: [parity-mised]", 'did you mean "parity-missed"?'],
    ["copies: all", "must be one of off, each, summary"],
    ["email: {most_per_hour: 0}", "must be a whole number from 1 to 10000, or off"],
    ["terminal: {most_per_hour: 5}", "is not a known key"],
    ["margin_use: 2", "must be a number above 0, at most 1"],
  ])("%s is refused", (line, message) => {
    const [problem = "", ...others] = refusals({ ...pair, "config/a.yaml": `alerts:\n  ${line}\n` }).map(
      describeProblem,
    );
    expect(problem).toContain(message);
    expect(others).toEqual([]);
  });

  test("are said at the start", () => {
    expect(describeAlerts(loaded(yaml).alerts)).toEqual([
      "alerts go to the terminal from warning on (default); to devices and Telegram where somebody wants them",
      "alerts that are not critical wait in 22:00-07:00, Sat-Sun 00:00-10:00 Europe/Berlin (config/alerts.yaml)",
      "critical alerts that nobody acknowledges are told again after 15 min (config/alerts.yaml)",
    ]);
  });

  test("each key stands in docs/alerts.md", () => {
    const documents = readFileSync(new URL("../../docs/alerts.md", import.meta.url), "utf8");
    const names = changeableKeys({ kind: "alerts" }).map(({ keyPath }) => keyPath.split(".").at(-1) ?? "");
    for (const name of names) expect(documents).toMatch(new RegExp(`\\b${name}\\b`));
  });
});

describe("e-mail", () => {
  const email = (lines: string) => ({ ...pair, "config/a.yaml": `alerts:\n  email:\n${lines}` });
  const whole = email(
    "    host: smtp.example.com\n    user: me@example.com\n    to: [me@example.com, {address: you@example.com, accounts: [slave1]}]\n",
  );
  const password = { COPYTRADER_SMTP_PASSWORD: SECRET };

  test("has a server, recipients and a password that shows nowhere", () => {
    const result = load(whole, { env: password });
    if (!result.ok) throw new Error("it loads");
    expect(result.configuration.alerts.email).toMatchObject({
      host: "smtp.example.com",
      port: 465,
      security: "tls",
      user: "me@example.com",
      from: "me@example.com",
      recipients: [
        { address: "me@example.com", accounts: null },
        { address: "you@example.com", accounts: new Set(["slave1"]) },
      ],
    });
    expect(result.configuration.alerts.email?.password?.reveal()).toBe(SECRET);
    expect(shown(result)).not.toContain("SECRETMARK");
  });

  test("takes the server from COPYTRADER_SMTP_URL, before the files", () => {
    const url = `smtp://bot%40x:${encodeURIComponent("p:w/d")}@mail.example.com:2525`;
    const { email: found } = loaded(whole, { env: { COPYTRADER_SMTP_URL: url } }).alerts;
    expect(found).toMatchObject({
      host: "mail.example.com",
      port: 2_525,
      security: "starttls",
      user: "bot@x",
      from: "bot@x",
    });
    expect(found?.password?.reveal()).toBe("p:w/d");
  });

  test("takes a password that is encrypted, and refuses one that no key opens", () => {
    const [key, other] = [FernetKey.generate(), FernetKey.generate()];
    const sealed = (by: FernetKey) => ({
      COPYTRADER_ENCRYPTION_KEY: key.reveal(),
      COPYTRADER_SMTP_PASSWORD: new Vault(by).encrypt(SECRET),
    });
    expect(loaded(whole, { env: sealed(key) }).alerts.email?.password?.reveal()).toBe(SECRET);
    expect(refusals(whole, { env: sealed(other) }).map(describeProblem)).toEqual([
      expect.stringContaining("COPYTRADER_SMTP_PASSWORD: is encrypted, and no key at hand opens it"),
    ]);
  });

  test.each([
    ["    host: smtp.example.com\n", "alerts.email.to: is missing"],
    ["    to: [me@example.com]\n", "alerts.email.host: is missing"],
    ["    host: mail.example.com\n    to: [me@example.com]\n", "alerts.email.from: is missing"],
    [
      "    host: mail.example.com\n    from: a@example.com\n    security: none\n    to: [me@example.com]\n",
      "alerts.email.security: must be tls or starttls",
    ],
    ["    host: mail.example.com\n    to: [me]\n", "must be"],
    [
      "    host: mail.example.com\n    user: me@example.com\n    to: [me@example.com]\n",
      "COPYTRADER_SMTP_PASSWORD: is missing",
    ],
    ["    password: x\n", "is not a known key"],
  ])("%j is refused", (lines, message) => {
    const problems = refusals(email(lines), { env: {} }).map(describeProblem);
    expect(problems).toEqual([expect.stringContaining(message)]);
  });

  test("on this machine may do without encryption", () => {
    const { email: found } = loaded(
      email("    host: 127.0.0.1\n    security: none\n    from: a@b.c\n    to: [me@example.com]\n"),
    ).alerts;
    expect(found).toMatchObject({ port: 25, security: "none", user: null, password: null });
  });
});
