/** E-mail over real sockets: encryption that is insisted on, signing in, what a message holds, refusals, and dying in between. */
import { readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeCertificate } from "../../scripts/bench/certificate.ts";
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
import { type Mail, MailServer, type MailServerOptions } from "./mail-server.ts";
import { rulesFor } from "./rules.ts";

const SECRET = "SMTPMARK-p4ss";
const ME: MailRecipient = { address: "me@example.com", accounts: null };
let tls: { readonly key: string; readonly cert: string };
const servers: MailServer[] = [];

beforeAll(() => {
  const files = makeCertificate();
  if (files === null) throw new Error("openssl makes the certificate of this test");
  tls = { key: readFileSync(files.key, "utf8"), cert: readFileSync(files.certificate, "utf8") };
  files.remove();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function opened(
  security: MailServerOptions["security"],
  more: Partial<Settings> = {},
): Promise<{ readonly server: MailServer; readonly settings: Settings }> {
  const server = await MailServer.open({ security, ...tls, user: "me", password: SECRET });
  servers.push(server);
  const settings: Settings = {
    host: "127.0.0.1",
    port: server.port,
    security,
    user: "me",
    password: new Password(SECRET),
    from: "bot@example.com",
    ca: tls.cert,
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

/** Quoted-printable and base64 parts of a message, read. */
function partsOf({ raw }: Mail): string {
  return raw
    .replaceAll("=\n", "")
    .replaceAll(/((?:=[0-9A-F]{2})+)/g, (run) =>
      Buffer.from(run.replaceAll("=", ""), "hex").toString("utf8"),
    );
}

describe("a message", () => {
  test.each(["tls", "starttls", "none"] as const)("arrives by %s, signed in", async (security) => {
    const { server, settings } = await opened(security);
    expect(await delivered(settings, rejected)).toEqual({
      kind: "delivered",
      answer: "250 2.0.0 queued as 42",
    });
    const [mail] = server.mails;
    expect(mail).toMatchObject({ from: "bot@example.com", to: "me@example.com" });
    const isOpenAtAuth = server.lines.findIndex((line) => line.startsWith("AUTH"));
    if (security === "starttls") expect(server.lines.indexOf("STARTTLS")).toBeLessThan(isOpenAtAuth);
  });

  test("says what happened in text and HTML, and nobody's words become headers or tags", async () => {
    const { server, settings } = await opened("none");
    await delivered(settings, rejected);
    const [mail] = server.mails;
    if (mail === undefined) throw new Error("it arrived");
    const head = mail.raw.slice(0, mail.raw.indexOf("\n\n"));
    expect(head).toContain(`Message-ID: <${rejected.id}@example.com>`);
    expect(head).toContain(`X-Copytrader-Alert: ${rejected.id}`);
    expect(head).toContain("Auto-Submitted: auto-generated");
    expect(head).not.toMatch(/^Bcc:/m);
    const body = partsOf(mail);
    expect(body).toContain('slave1 BTCUSDT: the venue rejected an order: no <b>margin</b> & "more"');
    expect(body).toContain("no &lt;b&gt;margin&lt;/b&gt; &amp; &quot;more&quot;");
    expect(body).toContain("code: 110007");
    expect(body).toContain("2026-01-01 12:00:00 UTC");
  });
});

describe("nothing is sent", () => {
  test("where the server does not encrypt, or nobody vouches for its certificate", async () => {
    const plain = await opened("none", { security: "starttls" });
    expect(await delivered(plain.settings, rejected)).toMatchObject({ kind: "failed", isRefusal: false });
    const { ca: _, ...strange } = (await opened("tls")).settings;
    expect(await delivered(strange, rejected)).toMatchObject({ kind: "failed", isRefusal: false });
    for (const { lines, mails } of servers) {
      expect(mails).toEqual([]);
      expect(lines.filter((line) => line.startsWith("AUTH"))).toEqual([]);
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
    server.recipientAnswers = ["550 5.1.1 no such user", "451 4.3.0 later"];
    expect(await delivered(settings, rejected)).toMatchObject({ kind: "failed", isRefusal: true });
    expect(await delivered(settings, rejected)).toMatchObject({ kind: "failed", isRefusal: false });
  });
});

test("each recipient gets what is for him, once, although the server dies between taking one and saying so", async () => {
  const { server, settings } = await opened("none");
  const { clock, close } = createRealOutside();
  const disk = new MemoryDisk();
  const start = () =>
    new Alerts({
      disk,
      channels: emailChannels(settings, [ME, { address: "two@example.com", accounts: new Set(["two"]) }]),
      clock,
      chance: () => 0,
      log: silentLog,
      redactor: new Redactor(),
      rules: rulesFor({ quietMs: 1 }),
    });
  const alerts = start();
  alerts.open();
  server.answers = ["close"];
  alerts.raise({ kind: "order-rejected", follower: AccountId("one") });
  await until(() => server.mails.length === 1, 15_000, "it is taken, and nobody said so");
  disk.killProcess();
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
    server.mails.filter(({ to }) => to === address).map(({ raw }) => /Message-ID: (\S+)/.exec(raw)?.[1]);
  const mine = told("me@example.com");
  // The one that was taken came again, and every mail program knows it by its Message-ID.
  expect(mine).toHaveLength(new Set(mine).size + 1);
  expect(new Set(mine).size).toBe(3);
  expect(told("two@example.com")).toHaveLength(1);
});
