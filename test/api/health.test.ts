/** How well everything is, over HTTP and as figures; and that the dashboard and the rules for alerts ask for figures that there are. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Control } from "../../src/control/control.ts";
import type { HealthReport } from "../../src/control/health-report.ts";
import { stoppedHealth } from "../../src/control/health-report.ts";
import {
  HEALTH_CHECKS,
  type HealthCheck,
  type HealthCheckName,
  type HealthFacts,
} from "../../src/watch/health.ts";
import { loaded, pair } from "../configuration/folder.ts";
import { openWorld, type World } from "./world.ts";

const checks: readonly HealthCheck[] = (Object.keys(HEALTH_CHECKS) as HealthCheckName[]).map((check) => ({
  ...{
    check,
    subject: `of ${check}`,
    state: "ok",
    value: 1_500,
    threshold: 3_000,
    unit: HEALTH_CHECKS[check].unit,
  },
  ...{ since: null, total: 7 },
}));
const down: HealthCheck = {
  ...{ check: "connection", subject: "follower", account: "follower", state: "critical", value: 31_000 },
  ...{ threshold: 30_000, unit: "ms", since: 5, cause: "reset" },
};
const hidden: HealthCheck = { ...down, subject: "hidden", account: "hidden" };
const change = {
  at: 5,
  check: "connection",
  subject: "hidden",
  account: "hidden",
  from: "ok",
  to: "critical",
} as const;
const facts = { state: "critical", checks: [hidden, down, ...checks], changes: [change] } as const;

/** The real facade, but for what it says of health. */
const telling =
  (told: HealthFacts) =>
  (control: Control): Control => ({
    ask: async (request) => {
      const answer = await control.ask(request);
      return request.kind === "health" ? { ...answer, ...told } : answer;
    },
    close: () => control.close(),
  });

const people = { owner: { role: "owner" }, one: { role: "viewer", given: ["follower"] } } as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({ people, wrap: telling(facts) });
});
afterAll(() => world.close());

describe("health", () => {
  test("tells all to who sees all, and each his accounts", async () => {
    const { body } = await world.ask("GET", "/api/v1/health", "owner");
    expect(body).toMatchObject({ ...facts, engine: { running: true } });
    const own = await world.ask("GET", "/api/v1/health?history=true", "one");
    expect(own.body).toMatchObject({
      state: "critical",
      checks: [{ check: "engine", state: "ok" }, down],
      changes: [],
    });
    expect(own.text).not.toContain("hidden");
    expect((await world.ask("GET", "/metrics", "one")).text).not.toContain("hidden");
  });

  test("is as bad for who sees some accounts as that of a stopped engine is", async () => {
    const stopped = stoppedHealth("/tmp", { running: false, asOf: 5 }, loaded(pair));
    const other = await openWorld({ people, wrap: telling(stopped) });
    const { body, text } = await other.ask("GET", "/api/v1/health", "one");
    await other.close();
    expect(body).toMatchObject({ state: "critical", checks: [{ check: "engine", state: "critical" }] });
    expect(text).not.toContain("/tmp");
  });

  test("is of the folder alone where no engine runs", () => {
    const engine = { running: false, asOf: 5 };
    const { watchdogs } = loaded(pair);
    const report: HealthReport = stoppedHealth("/tmp", engine, { watchdogs });
    expect(report).toMatchObject({
      state: "critical",
      checks: [
        { check: "engine", state: "critical", since: 5 },
        { check: "disk", subject: "/tmp" },
      ],
    });
    const starting = stoppedHealth("/nowhere", { ...engine, starting: true }, null);
    expect(starting).toMatchObject({
      state: "warning",
      checks: [{ check: "engine", cause: "it is starting up" }],
    });
  });

  test("is told in base units", async () => {
    const { text } = await world.ask("GET", "/metrics", "owner");
    for (const line of [
      'copytrader_health{check="connection",subject="follower"} 2',
      'copytrader_account_down_seconds{account="follower"} 31',
      'copytrader_event_loop_delay_seconds{of="of event-loop"} 1.5',
      'copytrader_disk_free_bytes{folder="of disk"} 1500000000',
      'copytrader_rate_limit_used_ratio{venue="of rate-limit"} 15',
      'copytrader_errors_total{kind="of errors"} 7',
    ])
      expect(text.split("\n")).toContain(line);
  });
});

interface Panel {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("what asks for figures", () => {
  const {
    panels,
    templating,
  }: { panels: readonly Panel[]; templating: { list: readonly { query: unknown }[] } } = JSON.parse(
    read("deploy/grafana/copytrader.json"),
  );
  const {
    groups,
  }: {
    groups: readonly {
      rules: readonly { alert: string; expr: string; annotations: { summary: string } }[];
    }[];
  } = parse(read("deploy/prometheus/copytrader-alerts.yml"));
  const rules = groups.flatMap((group) => group.rules);

  test("asks for figures that are exported", async () => {
    const { text } = await world.ask("GET", "/metrics", "owner");
    const exported = new Set([...text.matchAll(/^# TYPE (\w+) \w+$/gm)].map(([, name = ""]) => name));
    const asked = [
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
      ...rules.map(({ expr }) => expr),
      JSON.stringify(templating.list.map(({ query }) => query)),
    ];
    const names = asked.flatMap((expr) => expr.match(/\bcopytrader_\w+/g) ?? []);
    expect(names.length).toBeGreaterThan(30);
    const unknown = names.filter(
      (name) => !exported.has(name.replace(/_(?:bucket|sum|count)$/, "")) && !exported.has(name),
    );
    expect(unknown).toEqual([]);
  });

  test("shows everything that health exports", async () => {
    const { text } = await world.ask("GET", "/metrics", "owner");
    const exported = [...text.matchAll(/^# TYPE (copytrader_\w+) \w+$/gm)].map(([, name = ""]) => name);
    const own = exported.filter(
      (name) => !name.startsWith("copytrader_api_") && name !== "copytrader_account_connected",
    );
    const shown = JSON.stringify(panels);
    expect(own.filter((name) => !new RegExp(`${name}\\b`).test(shown))).toEqual([]);
  });

  test("is a dashboard of panels that do not cover each other, and rules that say what is wrong", () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    for (const { alert, annotations } of rules)
      expect([alert, annotations.summary.length > 10]).toEqual([alert, true]);
  });
});
