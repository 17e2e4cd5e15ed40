import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Receiver, verify } from "../../test/alerts/receiver.ts";
import { AccountId } from "../core/model/identifiers.ts";
import { createHttpClient, type HttpClient } from "../exchange/net/http-client.ts";
import { systemClock } from "../exchange/net/system-clock.ts";
import { Credentials } from "../security/secrets.ts";
import { alertOf } from "./alert.ts";
import type { ChannelOutcome } from "./channel.ts";
import { webhookChannel } from "./webhook.ts";

const SECRET = "whsec-0123456789-abcdef";

let receiver: Receiver;
let http: HttpClient;
beforeEach(async () => {
  receiver = await Receiver.open(SECRET);
  http = createHttpClient();
});
afterEach(async () => {
  http.close();
  await receiver.close();
});

const alert = alertOf(
  {
    kind: "order-rejected",
    follower: AccountId("slave é 1"),
    cause: "110007\nnot enough",
    numbers: { code: 110007 },
  },
  1_700_000_000_000,
);

function deliver(secret = SECRET, url = receiver.url): Promise<ChannelOutcome> {
  const signer = new Credentials("webhook", secret);
  const channel = webhookChannel({ url, signer, http, clock: systemClock });
  return new Promise((resolve) => channel.deliver(alert, resolve));
}

describe("the webhook", () => {
  it("posts the alert, and a receiver who knows the secret can verify it", async () => {
    expect(await deliver()).toEqual({ kind: "delivered", answer: "HTTP 200" });
    expect(receiver.alerts).toEqual([
      {
        version: 1,
        id: alert.id,
        kind: "order-rejected",
        severity: "warning",
        message: "the venue rejected an order: 110007 not enough",
        follower: "slave é 1",
        cause: "110007 not enough",
        numbers: { code: 110007 },
        atMs: 1_700_000_000_000,
      },
    ]);
  });

  it("is refused by a receiver whose secret is another", async () => {
    expect(await deliver("another-secret-of-someone")).toEqual({
      kind: "failed",
      cause: "HTTP 401",
      isRefusal: false,
    });
    expect([receiver.forged, receiver.alerts]).toEqual([1, []]);
  });

  it("follows no redirect, and says of each failure what it was", async () => {
    receiver.answers = [302, 400, 503];
    const causes = [];
    for (let attempt = 0; attempt < 3; attempt += 1) causes.push(await deliver());
    expect(causes).toEqual([
      { kind: "failed", cause: "HTTP 302, and redirects are not followed", isRefusal: false },
      { kind: "failed", cause: "HTTP 400", isRefusal: true },
      { kind: "failed", cause: "HTTP 503", isRefusal: false },
    ]);
    expect(receiver.requests).toBe(3);
    const nobody = await deliver(SECRET, "http://127.0.0.1:1/alerts");
    expect(nobody).toMatchObject({ kind: "failed", isRefusal: false });
  });
});

describe("the verification that the documents show", () => {
  const documents = readFileSync(new URL("../../docs/alerts.md", import.meta.url), "utf8");
  const signed = (seconds: number, body: string) =>
    `t=${seconds},v1=${new Credentials("webhook", SECRET).sign(`${seconds}.${body}`)}`;

  it("takes the vector, and nothing that was changed, cut or is old", () => {
    const [, t = "", body = "", v1 = ""] =
      /timestamp `(\d+)`[\s\S]*?body\s`(\{.*?\})`[\s\S]*?gives `([0-9a-f]{64})`/.exec(documents) ?? [];
    expect(new Credentials("webhook", SECRET).sign(`${t}.${body}`)).toBe(v1);
    const now = Number(t);
    expect(verify(SECRET, `t=${t},v1=${v1}`, body, now)).toBe(true);
    expect(verify(SECRET, `t=${t},v1=${v1}`, `${body} `, now)).toBe(false);
    expect(verify(SECRET, `t=${now + 1},v1=${v1}`, body, now)).toBe(false);
    expect(verify(SECRET, `t=${t},v1=${v1.slice(2)}`, body, now)).toBe(false);
    expect(verify(SECRET, "undefined", body, now)).toBe(false);
    expect(verify(SECRET, signed(now - 301, body), body, now)).toBe(false);
  });
});
