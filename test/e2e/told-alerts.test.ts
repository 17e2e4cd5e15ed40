/**
 * What a person is told while he sleeps: each kind of trouble of one night fires in the running program, and arrives once at the
 * webhook and once by e-mail; he acknowledges and mutes from the command line.
 */
import { statfsSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Receiver } from "../alerts/receiver.ts";
import { MailServer } from "../receivers/mail-server.ts";
import { until, untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { killPrograms } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

const SECRET = "whsec-0123456789-abcdef";
const MEGABYTES_MAX = 1_000_000;

let venue: Venue;
let receiver: Receiver;
let mail: MailServer;
let copier: Copier;

beforeAll(async () => {
  venue = await startVenue();
  receiver = await Receiver.open(SECRET);
  mail = await MailServer.open({ security: "none" });
  copier = new Copier(venue, undefined, { COPYTRADER_WEBHOOK_SECRET: SECRET });
});
afterEach(() => killPrograms());
afterAll(async () => {
  await receiver.close();
  await mail.close();
  copier.close();
});

const asked = async (...words: readonly string[]) => (await copier.answered("alerts", ...words)).answer;

const { bavail, bsize } = statfsSync("/tmp");
const freeMegabytes = (bavail * bsize) / 1e6;

test("copies, a refused key, a limit that acts, used margin, a full disk and a lost venue are each told once", async () => {
  const warning = Math.min(MEGABYTES_MAX, Math.ceil(freeMegabytes * 2));
  copier.yaml(
    "alerts.yaml",
    `alerts:
  copies: each
  margin_use: 0.01
  api_errors_per_minute: 1
  connection_down_after_seconds: 2
  webhook: {url: "${receiver.url}"}
  email:
    host: 127.0.0.1
    port: ${mail.port}
    security: none
    from: bot@example.com
    to: [me@example.com, {address: one@example.com, accounts: [one]}]
watchdogs: {disk_warning_megabytes: ${warning}}
`,
  );
  for (const name of ["lead", "one", "two"]) await venue.putAccount(name, { balance: "20000" });
  copier.accountFile("lead", "leader");
  copier.accountFile("one", "follower", { max_daily_loss: { usd: 0.01 } });
  copier.accountFile("two", "follower");
  // It was in order once; then its key is refused.
  const before = await copier.started();
  before.kill("SIGTERM");
  await before.exit;
  copier.accountFile("two", "follower", { api_secret: "another-secret" });
  await copier.started();
  await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.1" });
  const kinds = () => receiver.alerts.map(({ kind }) => kind);
  const night = ["account-halted", "copies-executed", "account-stopped", "margin-high"];
  await untilEqual(async () => night.filter((kind) => !kinds().includes(kind)), [], 20_000);

  const { mutes } = await asked("mute", "1h", "--kind", "connection-down");
  expect(mutes).toMatchObject([{ kind: "connection-down" }]);
  venue.program.kill("SIGKILL");
  await until(() => kinds().includes("api-errors"), 20_000, "the errors of the venue are told");
  const { unacknowledged } = await asked("state");
  expect(unacknowledged.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual([
    "account-halted",
    "account-stopped",
  ]);
  expect((await asked("ack", "--all")).acknowledged).toHaveLength(2);
  const listed = async () => (await asked()).alerts;
  await until(
    async () =>
      (await listed()).filter(
        ({ kind, deliveries }: { kind: string; deliveries: { channel: string; kind: string }[] }) =>
          kind === "connection-down" &&
          deliveries.some((one) => one.channel === "webhook" && one.kind === "held"),
      ).length === 2,
    20_000,
    "what is muted is held",
  );
  await asked("unmute", "--kind", "connection-down");
  await until(() => kinds().includes("waited"), 10_000, "what was muted is summed up");

  const once = [...night, "api-errors", ...(freeMegabytes < MEGABYTES_MAX ? ["disk-low"] : []), "waited"];
  for (const kind of once) expect([kind, kinds().filter((one) => one === kind).length]).toEqual([kind, 1]);
  expect(receiver.alerts.find(({ kind }) => kind === "copies-executed")).toMatchObject({
    follower: "one",
    cause: expect.stringMatching(/^BTCUSDT \+0\.1 at /),
  });
  expect(kinds()).not.toContain("connection-down");
  expect([receiver.forged, receiver.doubles]).toEqual([0, 0]);
  const subjects = (address: string) =>
    mail.mails
      .filter(({ to }) => to.includes(address))
      .map(({ headers }) => headers.get("x-copytrader-kind") ?? "");
  const isMailed = () => subjects("me@example.com").includes("waited");
  await until(isMailed, 10_000, "the last is mailed");
  for (const kind of ["account-halted", "account-stopped", "margin-high", "waited"])
    expect([kind, subjects("me@example.com").filter((one) => one === kind).length]).toEqual([kind, 1]);
  expect(subjects("me@example.com")).not.toContain("copies-executed");
  expect(subjects("one@example.com")).not.toContain("account-halted");
  expect(subjects("one@example.com").filter((one) => one === "account-stopped")).toHaveLength(1);
}, 90_000);
