/** E-mail over real sockets: encryption that is insisted on, signing in, what a message holds, refusals, and dying in between. */
import { afterEach, describe, expect, test } from "vitest";
import { type Alert, alertOf } from "../../src/alerts/alert.ts";
import { Alerts } from "../../src/alerts/alerts.ts";
import type { ChannelOutcome } from "../../src/alerts/channel.ts";
import {
  emailChannels,
  type MailRecipient,
  type MailServer as Settings,
} from "../../src/alerts/email/email.ts";
import { viewOutbox } from "../../src/alerts/outbox.ts";
import { AccountId, InstrumentId, VenueId } from "../../src/core/model/identifiers.ts";
import { createRealOutside } from "../../src/exchange/net/outside.ts";
import { MemoryDisk } from "../../src/journal/memory-disk.ts";
import { Redactor, silentLog } from "../../src/log.ts";
import { Password } from "../../src/security/secrets.ts";
import { until } from "../e2e/await.ts";
import { makeCertificate } from "../receivers/certificate.ts";
import { type MailSecurity, MailServer } from "../receivers/mail-server.ts";
import { rulesFor } from "./rules.ts";

const SECRET = "SMTPMARK-p4ss";
const ME: MailRecipient = { address: "me@example.com", accounts: null };
const certificate = makeCertificate();
const servers: MailServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function opened(
  security: MailSecurity,
  more: Partial<Settings> = {},
): Promise<{ readonly server: MailServer; readonly settings: Settings }> {
  const server = await MailServer.open({ security, certificate, user: { name: "me", password: SECRET } });
  servers.push(server);
  const settings: Settings = {
    host: "127.0.0.1",
    port: server.port,
    security,
    user: "me",
    password: new Password(SECRET),
    from: "bot@example.com",
    ca: certificate.certificate,
    ...more,
  };
  return { server, settings };
}

function delivered(settings: Settings, alert: Alert): Promise<ChannelOutcome> {
  const [channel] = emailChannels(settings, [ME]);
  return new Promise((resolve) => channel?.deliver(alert, resolve));
}

const rejected = alertOf(
  {
    kind: "order-rejected",
    follower: AccountId("slave1"),
    instrument: InstrumentId("BTCUSDT", VenueId("api.bybit.com")),
    cause: 'no <b>margin</b> & "more"\r\nBcc: thief@example.com',
    numbers: { code: 110_007 },
  },
  Date.UTC(2026, 0, 1, 12),
);

describe("a message", () => {
  test.each(["tls", "starttls", "none"] as const)("arrives by %s, signed in", async (security) => {
    const { server, settings } = await opened(security);
    expect(await delivered(settings, rejected)).toEqual({
      kind: "delivered",
      answer: "250 taken as 1",
    });
    const [mail] = server.mails;
    const secured = security !== "none";
    expect(mail).toMatchObject({ from: "bot@example.com", to: ["me@example.com"], signedIn: true, secured });
    const isOpenAtAuth = server.heard.findIndex((line) => line.startsWith("AUTH"));
    if (security === "starttls") expect(server.heard.indexOf("STARTTLS")).toBeLessThan(isOpenAtAuth);
  });

  test("says what happened in text and HTML, and nobody's words become headers or tags", async () => {
    const { server, settings } = await opened("none");
    await delivered(settings, rejected);
    const [mail] = server.mails;
    if (mail === undefined) throw new Error("it arrived");
    const { headers, text, html } = mail;
    expect(headers.get("message-id")).toBe(`<${rejected.id}@example.com>`);
    expect(headers.get("x-copytrader-alert")).toBe(rejected.id);
    expect(headers.get("auto-submitted")).toBe("auto-generated");
    expect(headers.has("bcc")).toBe(false);
    expect(text).toContain('slave1 BTCUSDT: the venue rejected an order: no <b>margin</b> & "more"');
    expect(html).toContain("no &lt;b&gt;margin&lt;/b&gt; &amp; &quot;more&quot;");
    for (const body of [text, html]) {
      expect(body).toContain("110007");
      expect(body).toContain("2026-01-01 12:00:00 UTC");
    }
  });
});

describe("nothing is sent", () => {
  test("where the server does not encrypt, or nobody vouches for its certificate", async () => {
    const plain = await opened("none", { security: "starttls" });
    expect(await delivered(plain.settings, rejected)).toMatchObject({ kind: "failed", isRefusal: false });
    const { ca: _, ...strange } = (await opened("tls")).settings;
    expect(await delivered(strange, rejected)).toMatchObject({ kind: "failed", isRefusal: false });
    for (const { heard, mails } of servers) {
      expect(mails).toEqual([]);
      expect(heard.filter((line) => line.startsWith("AUTH"))).toEqual([]);
    }
  });

  test("with a wrong password, which no error shows", async () => {
    const { settings } = await opened("tls", { password: new Password("SMTPMARK-wrong") });
    const outcome = await delivered(settings, rejected);
    expect(outcome).toMatchObject({ kind: "failed", isRefusal: false });
    expect(JSON.stringify(outcome)).toContain("535");
    expect(JSON.stringify(outcome)).not.toContain("SMTPMARK");
    expect(JSON.stringify(outcome)).not.toContain(Buffer.from("SMTPMARK-wrong").toString("base64"));
  });

  test("to a recipient that the server refuses for good, which is a refusal; for now is none", async () => {
    const { server, settings } = await opened("none");
    for (const line of ["550 5.1.1 no such user", "451 4.3.0 later"])
      server.faults.push({ kind: "answer", at: "rcpt", line });
    expect(await delivered(settings, rejected)).toMatchObject({ kind: "failed", isRefusal: true });
    expect(await delivered(settings, rejected)).toMatchObject({ kind: "failed", isRefusal: false });
  });
});

test("each recipient gets what is for him, once, although the server dies between taking one and saying so", async () => {
  const { server, settings } = await opened("none");
  const { clock, close } = createRealOutside();
  const disk = new MemoryDisk();
  const recipients = [ME, { address: "two@example.com", accounts: new Set(["two"]) }];
  // The dead try nothing again.
  const lives = { dead: 0, begun: 0 };
  const start = () => {
    lives.begun += 1;
    const own = lives.begun;
    return new Alerts({
      disk,
      channels: emailChannels(settings, recipients).map((channel) => ({
        ...channel,
        deliver: (alert, done) => {
          if (own > lives.dead) channel.deliver(alert, done);
        },
      })),
      clock,
      chance: () => 0,
      log: silentLog,
      redactor: new Redactor(),
      rules: rulesFor({ quietMs: 1 }),
    });
  };
  const alerts = start();
  alerts.open();
  server.faults.push({ kind: "lost-answer" });
  alerts.raise({ kind: "order-rejected", follower: AccountId("one") });
  await until(() => server.mails.length === 1, 15_000, "it is taken, and nobody said so");
  disk.killProcess();
  lives.dead = 1;
  const again = start();
  again.open();
  again.raise({ kind: "order-rejected", follower: AccountId("two"), atMs: Date.now() });
  const isDone = () =>
    [...viewOutbox(disk).entries.values()].every(({ channels }) =>
      [...channels.values()].every((fate) => fate?.kind === "delivered"),
    );
  await until(() => server.mails.length >= 5 && isDone(), 10_000, "all have arrived");
  await Promise.all([again.close(), alerts.close()]);
  close();
  const told = (address: string) =>
    server.mails.filter(({ to }) => to.includes(address)).map(({ headers }) => headers.get("message-id"));
  const mine = told("me@example.com");
  // The one that was taken came again, and every mail program knows it by its Message-ID.
  expect(mine).toHaveLength(new Set(mine).size + 1);
  expect(new Set(mine).size).toBe(3);
  expect(told("two@example.com")).toHaveLength(1);
});
