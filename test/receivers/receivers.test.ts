/** The receivers understand unmodified nodemailer and web-push, and refuse as real ones do. */
import { Agent } from "node:https";
import { createTransport } from "nodemailer";
import { afterEach, describe, expect, test } from "vitest";
import webPush from "web-push";
import { makeCertificate } from "./certificate.ts";
import { MailServer, type MailServerOptions } from "./mail-server.ts";
import { PushService } from "./push-service.ts";

const certificate = makeCertificate();
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

describe("mail", () => {
  const USER = { name: "me@example.org", password: "open sesame" };

  async function opened(options: MailServerOptions = {}): Promise<MailServer> {
    const server = await MailServer.open(options);
    open.push(server);
    return server;
  }

  const MESSAGE = {
    from: "Copytrader <copytrader@example.org>",
    to: ["one@example.org", "two@example.org"],
    subject: "Stop reached on “slave1” – größer als gedacht, und zwar deutlich länger als eine Zeile",
    text: "First line\n.dot\n..two dots\nÄ €",
    html: "<p>First</p>",
    attachments: [{ filename: "day.csv", content: Buffer.from([0, 1, 2, 255]) }],
  };

  test.each(["none", "starttls", "tls"] as const)("arrives whole, with security %s", async (security) => {
    const server = await opened({ security, certificate, user: USER });
    const transport = createTransport({
      host: "127.0.0.1",
      port: server.port,
      secure: security === "tls",
      ignoreTLS: security === "none",
      requireTLS: security === "starttls",
      tls: { ca: certificate.certificate },
      auth: { user: USER.name, pass: USER.password },
    });
    await transport.sendMail(MESSAGE);
    const [mail] = server.mails;
    expect(mail).toMatchObject({
      from: "copytrader@example.org",
      to: MESSAGE.to,
      signedIn: true,
      secured: security !== "none",
      text: expect.stringContaining(MESSAGE.text),
      html: expect.stringContaining(MESSAGE.html),
      attachments: [{ name: "day.csv", bytes: Buffer.from([0, 1, 2, 255]) }],
    });
    expect(mail?.headers.get("subject")).toBe(MESSAGE.subject);
    transport.close();
  });

  test("who is not known, does not encrypt or is not trusted gets nowhere", async () => {
    const server = await opened({ security: "starttls", certificate, user: USER });
    const to = (more: object) => createTransport({ host: "127.0.0.1", port: server.port, ...more });
    const tls = { ca: certificate.certificate };
    const wrong = to({ tls, auth: { user: USER.name, pass: "wrong" } });
    await expect(wrong.sendMail(MESSAGE)).rejects.toMatchObject({ code: "EAUTH", responseCode: 535 });
    expect(server.refusedSignIns).toBe(1);
    await expect(to({ ignoreTLS: true }).sendMail(MESSAGE)).rejects.toMatchObject({ responseCode: 530 });
    await expect(to({ requireTLS: true }).sendMail(MESSAGE)).rejects.toThrow(/self-signed/);
    expect(server.mails).toEqual([]);
  });

  test("breaks and refuses where it is told to", async () => {
    const server = await opened();
    const transport = createTransport({ host: "127.0.0.1", port: server.port, ignoreTLS: true });
    server.faults.push({ kind: "answer", at: "rcpt", line: "451 4.7.1 come again later" });
    const { rejected } = await transport.sendMail(MESSAGE);
    expect(rejected).toEqual(["one@example.org"]);
    expect(server.mails.map(({ to }) => to)).toEqual([["two@example.org"]]);
    for (const at of ["connect", "mail", "data", "message"] as const) {
      server.faults.push({ kind: "break", at });
      await expect(transport.sendMail(MESSAGE)).rejects.toThrow();
    }
    expect(server.mails).toHaveLength(1);
    server.faults.push({ kind: "lost-answer" });
    await expect(transport.sendMail(MESSAGE)).rejects.toThrow();
    expect(server.mails).toHaveLength(2);
    server.faults.push({ kind: "silence", at: "connect" });
    const impatient = createTransport({
      host: "127.0.0.1",
      port: server.port,
      ignoreTLS: true,
      greetingTimeout: 30,
    });
    await expect(impatient.sendMail(MESSAGE)).rejects.toMatchObject({ code: "ETIMEDOUT" });
  });
});

describe("push", () => {
  const KEYS = webPush.generateVAPIDKeys();
  const agent = new Agent({ ca: certificate.certificate });
  const vapidDetails = { subject: "mailto:me@example.org", ...KEYS };

  async function opened(): Promise<PushService> {
    const service = await PushService.open(certificate);
    open.push(service);
    return service;
  }

  test("a message is opened by the browser that it is for", async () => {
    const service = await opened();
    const [one, two] = [service.subscribe(KEYS.publicKey), service.subscribe(KEYS.publicKey)];
    const text = JSON.stringify({ title: "Stop reached", body: "größer € 😀".repeat(50) });
    const options = { vapidDetails, agent, TTL: 60, urgency: "high", topic: "stops" } as const;
    expect((await webPush.sendNotification(two, text, options)).statusCode).toBe(201);
    expect(service.messagesOf(one)).toEqual([]);
    expect(service.messagesOf(two)).toEqual([
      {
        endpoint: two.endpoint,
        text,
        ttlSeconds: 60,
        urgency: "high",
        topic: "stops",
        contact: "mailto:me@example.org",
      },
    ]);
  });

  test("others' keys, gone browsers, floods and large messages are refused", async () => {
    const service = await opened();
    const subscription = service.subscribe(KEYS.publicKey);
    const send = (text: string, more: object = {}) =>
      webPush.sendNotification(subscription, text, { vapidDetails, agent, ...more });
    const other = { ...vapidDetails, ...webPush.generateVAPIDKeys() };
    await expect(send("x", { vapidDetails: other })).rejects.toMatchObject({ statusCode: 403 });
    await expect(send("x".repeat(5_000))).rejects.toMatchObject({ statusCode: 413 });
    service.answers.push({ status: 429, retryAfterSeconds: 7 });
    await expect(send("x")).rejects.toMatchObject({ statusCode: 429, headers: { "retry-after": "7" } });
    service.unsubscribe(subscription);
    await expect(send("x")).rejects.toMatchObject({ statusCode: 410 });
    expect(service.refusals).toEqual(["another application's key", "too large", "unsubscribed"]);
    expect(service.messages).toEqual([]);
    await expect(webPush.sendNotification(subscription, "x", { vapidDetails })).rejects.toThrow(
      /self-signed/,
    );
  });
});
