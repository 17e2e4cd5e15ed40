/** Alerts over HTTP: acknowledging, muting, settings, and devices that are notified, each for what its user may see. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { Alerts } from "../../src/alerts/alerts.ts";
import { PushDesk } from "../../src/api/push-desk.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import { systemClock } from "../../src/exchange/net/system-clock.ts";
import { RealDisk } from "../../src/journal/real-disk.ts";
import { Redactor, silentLog } from "../../src/log.ts";
import { Vault } from "../../src/security/vault.ts";
import { rulesFor } from "../alerts/rules.ts";
import { testKey } from "../control-fixture.ts";
import { until } from "../e2e/await.ts";
import { PushService, type Subscription } from "../receivers/push-service.ts";
import { openWorld, type World } from "./world.ts";

let world: World | null = null;
let service: PushService | null = null;
let alerts: Alerts | null = null;

afterEach(async () => {
  await alerts?.close();
  await world?.close();
  await service?.close();
  world = service = alerts = null;
});

/** The engine's alerts beside a server that asks them. */
async function opened() {
  let running: Alerts | undefined;
  const own = await openWorld({
    alerts: (folder) => {
      running = new Alerts({
        disk: new RealDisk(join(folder, "alerts")),
        channels: [],
        clock: systemClock,
        chance: () => 0,
        log: silentLog,
        redactor: new Redactor(),
        rules: rulesFor({ quietMs: 1 }),
      });
      running.open();
      return running;
    },
  });
  if (running === undefined) throw new Error("it was opened");
  world = own;
  alerts = running;
  return { own, alerts: running };
}

/** What was raised is written down in a later turn of the event loop. */
const written = (running: Alerts, count: number) =>
  until(() => running.view.entries.size === count, 15_000, `${count} alerts are written down`);

test("whoever may manage copying acknowledges what he sees; others do not, and nobody what he does not see", async () => {
  const { own, alerts: running } = await opened();
  running.raise({ kind: "account-halted", follower: AccountId("follower") });
  running.raise({ kind: "account-halted", follower: AccountId("another") });
  running.raise({ kind: "journal-failed" });
  await written(running, 3);
  const state = async (as: string) => (await own.ask("GET", "/api/v1/alerts/state", as)).body;
  expect((await state("owner")).unacknowledged).toHaveLength(3);
  expect((await state("operator")).unacknowledged).toMatchObject([{ follower: "follower" }]);
  const ack = (as: string, body: object = {}) => own.ask("POST", "/api/v1/alerts/acknowledge", as, { body });
  expect((await ack("viewer")).status).toBe(403);
  const others = (await state("owner")).unacknowledged.find(
    (one: { follower?: string }) => one.follower === "another",
  );
  expect((await ack("operator", { ids: [others.id] })).body).toMatchObject({ code: "unknown-alert" });
  expect((await ack("operator")).body.acknowledged).toHaveLength(1);
  const { items } = (await own.ask("GET", "/api/v1/alerts", "owner")).body;
  const count = async (query: string) =>
    (await own.ask("GET", `/api/v1/alerts?${query}`, "owner")).body.items.length;
  expect([await count("from=1h"), await count("to=1h")]).toEqual([3, 0]);
  expect(items.find((one: { follower?: string }) => one.follower === "follower").acknowledged.by).toBe(
    "operator",
  );
  expect((await ack("owner", { ids: [others.id] })).body.acknowledged).toEqual([others.id]);
  expect((await state("owner")).unacknowledged).toMatchObject([{ kind: "journal-failed" }]);
  const audit = (await own.ask("GET", "/api/v1/audit", "owner")).text;
  expect(audit).toContain("alerts-acknowledged");
});

test("what was done is answered as done where the audit log cannot be written", async () => {
  const { own, alerts: running } = await opened();
  running.raise({ kind: "journal-failed" });
  await written(running, 1);
  service = await PushService.open();
  vi.spyOn(own.parts.identity, "audit").mockRejectedValue(new Error("the disk is full"));
  const device = service.subscribe("");
  const added = await own.ask("POST", "/api/v1/push_subscriptions", "owner", { body: device });
  const statuses = [
    added,
    await own.ask("DELETE", `/api/v1/push_subscriptions/${added.body.id}`, "owner"),
    await own.ask("POST", "/api/v1/alerts/acknowledge", "owner", { body: {} }),
    await own.ask("POST", "/api/v1/alerts/mutes", "owner", { body: { minutes: 5 } }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([201, 200, 200, 200]);
});

test("alerts are muted for everybody only by who sees everything", async () => {
  const { own } = await opened();
  const mute = (as: string, body: object) => own.ask("POST", "/api/v1/alerts/mutes", as, { body });
  expect((await mute("operator", { minutes: 5 })).status).toBe(403);
  expect((await mute("owner", { minutes: 5, kind: "parity-missed" })).body.mutes).toMatchObject([
    { kind: "parity-missed", by: "owner" },
  ]);
  expect((await mute("owner", { minutes: 5, kind: "parity" })).status).toBe(400);
  expect((await mute("owner", { minutes: 1e6 })).status).toBe(400);
  const ended = await own.ask("DELETE", "/api/v1/alerts/mutes?kind=parity-missed", "owner");
  expect(ended.body).toEqual({ mutes: [] });
});

test("what is told where is changed by who may do everything, under its revision", async () => {
  const { own } = await opened();
  const path = "/api/v1/settings/alerts";
  const before = await own.ask("GET", path, "owner");
  const change = (as: string, values: object, match = String(before.headers.etag)) =>
    own.ask("PATCH", path, as, { body: { values }, headers: { "if-match": match } });
  expect((await change("operator", { quiet_seconds: 60 })).status).toBe(403);
  expect((await change("owner", { "email.least_severity": "loud" })).body.code).toBe("bad-settings");
  const values = {
    quiet_hours: ["22:00-07:00"],
    time_zone: "Europe/Berlin",
    "web_push.least_severity": "critical",
  };
  expect((await change("owner", values)).status).toBe(200);
  const { settings } = (await own.ask("GET", path, "owner")).body;
  expect(settings).toContainEqual(
    expect.objectContaining({ keyPath: "quiet_hours", value: ["22:00-07:00"], source: "run-time" }),
  );
  expect((await change("owner", { quiet_seconds: 60 })).status).toBe(412);
});

test("a device that does not answer holds back nobody's alerts; critical ones come first", async () => {
  const { own, alerts: running } = await opened();
  service = await PushService.open();
  const path = "/api/v1/push_subscriptions";
  const key = (await own.ask("GET", path, "owner")).body.public_key;
  const [phone, tablet] = [service.subscribe(key), service.subscribe(key)];
  for (const body of [phone, tablet]) await own.ask("POST", path, "owner", { body });
  const { push, control } = own.parts;
  await push.look();
  // More than twenty of one kind at once would be told as one.
  for (const kind of ["order-rejected", "leverage-refused"] as const)
    for (let count = 0; count < 15; count += 1)
      running.raise({ kind, follower: AccountId(`follower${count}`) });
  running.raise({ kind: "journal-failed" });
  await written(running, 31);
  const { alerts: waiting } = await control.ask({ kind: "alerts-waiting", channel: "web-push" });
  expect([waiting.length, waiting[0]?.kind]).toEqual([31, "journal-failed"]);
  service.silent.add(phone.endpoint);
  const look = push.look();
  await until(() => service?.messagesOf(tablet).length === 31, 15_000, "the other device was told all");
  await service.close();
  service = null;
  await look;
});

test("devices get what their users may see, encrypted, once, over a death of the server", async () => {
  const { own, alerts: running } = await opened();
  service = await PushService.open();
  const path = "/api/v1/push_subscriptions";
  const key = (await own.ask("GET", path, "owner")).body.public_key;
  const [phone, tablet, other] = [service.subscribe(key), service.subscribe(key), service.subscribe(key)];
  const add = (as: string, body: object) => own.ask("POST", path, as, { body });
  expect((await add("owner", phone)).status).toBe(201);
  const made = await add("operator", tablet);
  expect((await add("stranger", other)).status).toBe(201);
  expect((await add("owner", { ...service.subscribe(key), endpoint: "http://10.0.0.1/x" })).status).toBe(400);
  expect((await own.ask("DELETE", `${path}/${made.body.id}`, "owner")).status).toBe(404);
  expect((await own.ask("POST", `${path}/${made.body.id}/test`, "operator")).body).toEqual({
    result: "delivered",
    cause: null,
  });
  const { push } = own.parts;
  await push.look();
  running.raise({ kind: "account-halted", follower: AccountId("follower"), cause: "banned" });
  running.raise({ kind: "journal-failed" });
  running.raise({ kind: "order-rejected", follower: AccountId("another") });
  await written(running, 3);
  service.answersTo.set(phone.endpoint, [503]);
  await push.look();
  const pushed = (device: Subscription) =>
    (service?.messagesOf(device) ?? []).map((message) => ({ ...message, said: JSON.parse(message.text) }));
  const kinds = (device: Subscription) => pushed(device).map(({ said }) => said.title.split(": ")[1]);
  expect(kinds(tablet)).toEqual([undefined, "account halted"]);
  expect(kinds(other)).toEqual([]);
  // The server dies; another one goes on where it was.
  push.close();
  const again = new PushDesk({
    file: join(own.parts.dataDir, "web-push.json"),
    vault: () => new Vault(testKey()),
    control: own.parts.control,
    identity: own.parts.identity,
    log: silentLog,
    nowMs: () => Date.now(),
  });
  await again.look();
  await until(() => running.view.waitingFor("web-push").length === 0, 15_000, "all were told");
  await again.look();
  expect(kinds(phone).toSorted()).toEqual(["account halted", "journal failed", "order rejected"]);
  expect(kinds(tablet)).toHaveLength(2);
  // Each was signed for this service, by the key that was subscribed with, and encrypted.
  expect(service.refusals).toEqual([]);
  const [told] = pushed(tablet).slice(1);
  expect(told?.said).toMatchObject({ severity: "critical", body: expect.stringContaining("banned") });
  expect(told).toMatchObject({ urgency: "high", topic: told?.said.id });
  // Who is gone is forgotten.
  service.answersTo.set(phone.endpoint, [410]);
  running.raise({ kind: "engine-stopped" });
  await written(running, 4);
  await again.look();
  const users = await own.parts.identity.users({ kind: "local", name: "test" });
  const devices = (name: string) => again.devicesOf(users.find((one) => one.name === name)?.id ?? 0).length;
  expect([devices("owner"), devices("operator")]).toEqual([0, 1]);
  const file = readFileSync(join(own.parts.dataDir, "web-push.json"), "utf8");
  expect(file).toMatch(/^gAAAAA/);
});
