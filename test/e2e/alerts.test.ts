/** Alerts of the running program: through a real webhook, over a kill, on the terminal, and in `copytrader alerts`. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Receiver } from "../alerts/receiver.ts";
import { until } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { killPrograms, type Program } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

const SECRET = "whsec-0123456789-abcdef";

let venue: Venue;
let receiver: Receiver;
let copier: Copier;
const engines: Program[] = [];

beforeAll(async () => {
  venue = await startVenue();
});
afterAll(killPrograms);
beforeEach(async () => {
  receiver = await Receiver.open(SECRET);
  await furnish(venue);
});
afterEach(async () => {
  for (const engine of engines.splice(0)) {
    engine.kill("SIGKILL");
    await engine.exit;
  }
  await receiver.close();
  copier.close();
});

/** A leader, a follower without the margin for anything and without limits that would tell us so first, and a webhook. */
async function furnish(at: Venue, settings = ""): Promise<void> {
  copier?.close();
  copier = new Copier(at, undefined, { COPYTRADER_WEBHOOK_SECRET: SECRET });
  writeFileSync(
    join(copier.config, "alerts.yaml"),
    `alerts:\n${settings}  webhook:\n    url: ${receiver.url}\n`,
  );
  await at.putAccount("lead");
  await at.putAccount("one", { balance: "1" });
  copier.accountFile("lead", "leader");
  copier.accountFile("one", "follower", { max_portfolio_exposure: "off", free_margin_reserve: "off" });
}

async function started(): Promise<Program> {
  const engine = await copier.started();
  engines.push(engine);
  return engine;
}

/** The leader trades, and the follower's order is rejected. */
async function provoke(): Promise<void> {
  await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.4" });
}

async function listed(...filters: readonly string[]) {
  const { stdout, code } = await copier.run(["alerts", "--json", ...filters]);
  expect(code).toBe(0);
  return JSON.parse(stdout).alerts;
}

const kinds = (of: Receiver) => of.alerts.map(({ kind }) => kind);

test("a rejected order reaches the webhook, the terminal and the list; the secret reaches nothing", async () => {
  const engine = await started();
  await provoke();
  await until(() => kinds(receiver).includes("order-rejected"), 15_000, "the rejection is told");
  const told = receiver.alerts.find(({ kind }) => kind === "order-rejected");
  expect(told).toMatchObject({
    version: 1,
    severity: "warning",
    follower: "one",
    instrument: `BTCUSDT@${new URL(venue.rest).host}`,
    numbers: { code: 110007, class: "insufficient-margin" },
  });
  await engine.line((line) => JSON.stringify(line).includes(String(told?.id)), 5_000);
  expect(await listed("--severity", "warning", "--follower", "one", "--since", "1h")).toContainEqual(
    expect.objectContaining({
      id: told?.id,
      deliveries: [
        { channel: "terminal", kind: "delivered", answer: "printed" },
        { channel: "webhook", kind: "delivered", answer: "HTTP 200" },
      ],
    }),
  );
  expect(await listed("--follower", "two")).toEqual([]);
  engine.kill("SIGTERM");
  const { stdout, stderr } = await engine.exit;
  expect([kinds(receiver).at(0), kinds(receiver).at(-1)]).toEqual(["engine-started", "engine-stopped"]);
  expect([receiver.forged, receiver.doubles]).toEqual([0, 0]);
  const texts = ["alerts", "logs"].flatMap((folder) =>
    readdirSync(join(copier.data, folder)).map((name) =>
      readFileSync(join(copier.data, folder, name), "utf8"),
    ),
  );
  for (const text of [stdout, stderr, ...texts, ...receiver.bodies]) expect(text).not.toContain("whsec-");
}, 30_000);

test("killed between accepting and delivering, the alert arrives after the restart, in order, once", async () => {
  receiver.usual = 503;
  const engine = await started();
  await provoke();
  const waiting = async () =>
    (await listed("--severity", "warning")).filter(
      ({ kind, deliveries }: { kind: string; deliveries: { channel: string; kind: string }[] }) =>
        kind === "order-rejected" &&
        deliveries.some(({ channel, kind: fate }) => channel === "webhook" && fate === "waiting"),
    );
  await until(async () => (await waiting()).length === 1, 15_000, "the rejection is accepted and waits");
  await until(() => receiver.requests > 0, 15_000, "its delivery is tried");
  expect(receiver.alerts).toEqual([]);
  const [accepted] = await waiting();
  engine.kill("SIGKILL");
  await engine.exit;
  receiver.answers = [503, 500];
  receiver.usual = 200;
  await started();
  await until(() => kinds(receiver).includes("engine-died"), 15_000, "what waited is delivered");
  expect(kinds(receiver).slice(0, 2)).toEqual(["engine-started", "order-rejected"]);
  expect(receiver.alerts[1]?.id).toBe(accepted.id);
  expect([receiver.forged, receiver.doubles]).toEqual([0, 0]);
  expect(kinds(receiver).filter((kind) => kind === "order-rejected")).toHaveLength(1);
}, 40_000);

test("what was journaled and not told is told after the restart, by the same id", async () => {
  const engine = await started();
  await provoke();
  await until(() => kinds(receiver).includes("order-rejected"), 15_000, "the rejection is told");
  engine.kill("SIGKILL");
  await engine.exit;
  const [file = ""] = readdirSync(join(copier.data, "alerts")).map((name) =>
    join(copier.data, "alerts", name),
  );
  const told = receiver.alerts.find(({ kind }) => kind === "order-rejected");
  const lines = readFileSync(file, "utf8").split("\n");
  // As if the process had died before it wrote this one down.
  writeFileSync(file, lines.filter((line) => !line.includes(told?.id ?? "?")).join("\n"));
  await started();
  await until(() => kinds(receiver).includes("engine-died"), 10_000, "it goes on");
  await until(() => receiver.doubles === 1, 15_000, "the receiver drops it as a double");
}, 30_000);

test("a venue that is gone is told, once per account", async () => {
  const own = await startVenue();
  await furnish(own, "  connection_down_after_seconds: 1\n");
  await started();
  own.program.kill("SIGKILL");
  const down = () => receiver.alerts.filter(({ kind }) => kind === "connection-down");
  await until(() => down().length === 2, 10_000, "both connections are told");
  expect(down().map(({ leader, follower }) => leader ?? follower)).toEqual(["lead", "one"]);
  expect(down()[0]?.numbers.seconds).toBeGreaterThanOrEqual(1);
}, 30_000);

test("a start that is refused is told", async () => {
  copier.accountFile("one", "follower", { api_secret: "another-secret" });
  const { code } = await copier.start().exit;
  expect(code).toBe(2);
  expect(receiver.alerts).toMatchObject([{ kind: "start-failed", severity: "critical" }]);
  expect(receiver.alerts[0]?.cause).toMatch(/account "one": .*the signature is wrong.* \(at api_key\)$/);
}, 20_000);

test("alerts test says what each channel answered, and writes nothing down", async () => {
  const tested = async () => {
    const { stdout, code } = await copier.run(["alerts", "test", "--json"]);
    const last = stdout.trim().split("\n").at(-1) ?? "";
    return { code, channels: JSON.parse(last).channels };
  };
  const terminal = { channel: "terminal", result: "ok", answer: "printed" };
  const email = { channel: "email", result: "off", answer: "alerts.email is not set" };
  expect(await tested()).toEqual({
    code: 0,
    channels: [terminal, { channel: "webhook", result: "ok", answer: "HTTP 200" }, email],
  });
  expect(receiver.alerts).toMatchObject([{ kind: "test", severity: "info" }]);
  receiver.usual = 302;
  const answer = "HTTP 302, and redirects are not followed";
  expect(await tested()).toEqual({
    code: 1,
    channels: [terminal, { channel: "webhook", result: "fail", answer }, email],
  });
  writeFileSync(join(copier.config, "alerts.yaml"), "alerts:\n  quiet_seconds: 60\n");
  expect(await tested()).toMatchObject({
    code: 0,
    channels: [terminal, { channel: "webhook", result: "off" }, email],
  });
  expect(await listed()).toEqual([]);
}, 20_000);
