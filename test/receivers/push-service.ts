/**
 * A push service with the browsers behind it: takes messages over HTTPS (RFC 8030; over HTTP without a certificate), checks who sends (VAPID, RFC 8292), and opens them
 * as the subscribed browser does (RFC 8291, 8188).
 */
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from "node:crypto";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./certificate.ts";

export interface Subscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export interface PushMessage {
  readonly endpoint: string;
  readonly text: string;
  readonly ttlSeconds: number;
  readonly urgency: string;
  readonly topic: string | null;
  /** Who to write to when something is wrong: `mailto:` or an address. */
  readonly contact: string;
}

interface Browser {
  readonly subscription: Subscription;
  readonly ecdh: ReturnType<typeof createECDH>;
  readonly auth: Buffer;
  /** The public key that may send, base64url. */
  readonly applicationKey: string;
  isGone: boolean;
}

const BODY_BYTES_MAX = 4_096;
const DAY_SECONDS = 86_400;

export class PushService {
  readonly messages: PushMessage[] = [];
  /** What the next requests are answered with, whatever they are; a number of seconds is told as `Retry-After`. */
  readonly answers: { readonly status: number; readonly retryAfterSeconds?: number }[] = [];
  /** The same for one browser, by its endpoint. */
  readonly answersTo = new Map<string, number[]>();
  /** Endpoints whose requests are never answered. */
  readonly silent = new Set<string>();
  /** Why requests were refused. */
  readonly refusals: string[] = [];
  requests = 0;
  readonly #browsers = new Map<string, Browser>();
  readonly #server: Server | ReturnType<typeof createHttpServer>;
  readonly #scheme: "http" | "https";

  private constructor(certificate: Certificate | null) {
    const answer = (request: IncomingMessage, response: ServerResponse) =>
      void this.#answer(request, response);
    this.#scheme = certificate === null ? "http" : "https";
    this.#server =
      certificate === null
        ? createHttpServer(answer)
        : createServer({ key: certificate.key, cert: certificate.certificate }, answer);
    // A client that does not trust the certificate is no concern of the service's.
    this.#server.on("tlsClientError", () => {});
  }

  static async open(certificate: Certificate | null = null): Promise<PushService> {
    const service = new PushService(certificate);
    await new Promise<void>((resolve) => service.#server.listen(0, "127.0.0.1", resolve));
    return service;
  }

  get origin(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What a browser gives to a page that asked for messages of the owner of this key (base64url). */
  subscribe(applicationKey: string): Subscription {
    const ecdh = createECDH("prime256v1");
    const auth = randomBytes(16);
    const path = `/push/${randomBytes(12).toString("base64url")}`;
    const keys = { p256dh: ecdh.generateKeys("base64url"), auth: auth.toString("base64url") };
    const subscription = { endpoint: `${this.origin}${path}`, keys };
    this.#browsers.set(path, { subscription, ecdh, auth, applicationKey, isGone: false });
    return subscription;
  }

  /** The user took the permission back. */
  unsubscribe({ endpoint }: Subscription): void {
    const browser = this.#browsers.get(new URL(endpoint).pathname);
    if (browser !== undefined) browser.isGone = true;
  }

  messagesOf({ endpoint }: Subscription): readonly PushMessage[] {
    return this.messages.filter((message) => message.endpoint === endpoint);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const endpoint = `${this.origin}${request.url}`;
    if (this.silent.has(endpoint)) return;
    const planned = this.answers.shift();
    const wait = planned?.retryAfterSeconds;
    if (wait !== undefined) response.setHeader("retry-after", String(wait));
    const status =
      planned?.status ?? this.answersTo.get(endpoint)?.shift() ?? this.#take(request, Buffer.concat(chunks));
    if (status === 201) response.setHeader("location", `${this.origin}/message/${this.messages.length}`);
    response.writeHead(status).end();
  }

  #take(request: IncomingMessage, body: Buffer): number {
    const browser = this.#browsers.get(request.url ?? "");
    if (request.method !== "POST" || browser === undefined) return this.#refuse(404, "no such subscription");
    if (browser.isGone) return this.#refuse(410, "unsubscribed");
    const ttl = header(request, "ttl");
    if (!/^\d+$/.test(ttl)) return this.#refuse(400, "no TTL");
    if (body.length > BODY_BYTES_MAX) return this.#refuse(413, "too large");
    const urgency = header(request, "urgency") || "normal";
    if (!["very-low", "low", "normal", "high"].includes(urgency)) return this.#refuse(400, "wrong urgency");
    const topic = header(request, "topic");
    if (!/^[\w-]{0,32}$/.test(topic)) return this.#refuse(400, "wrong topic");
    const contact = contactOf(header(request, "authorization"), browser, this.origin);
    if (contact.kind === "wrong") return this.#refuse(403, contact.why);
    if (header(request, "content-encoding") !== "aes128gcm") return this.#refuse(415, "wrong encoding");
    this.messages.push({
      endpoint: browser.subscription.endpoint,
      text: opened(body, browser),
      ttlSeconds: Number(ttl),
      urgency,
      topic: topic === "" ? null : topic,
      contact: contact.subject,
    });
    return 201;
  }

  #refuse(status: number, why: string): number {
    this.refusals.push(why);
    return status;
  }
}

function header(request: IncomingMessage, name: string): string {
  return String(request.headers[name] ?? "");
}

type Contact =
  | { readonly kind: "right"; readonly subject: string }
  | { readonly kind: "wrong"; readonly why: string };

/** `vapid t=TOKEN, k=KEY`: signed for this service by the owner of the key that the browser subscribed to. */
function contactOf(authorization: string, { applicationKey }: Browser, origin: string): Contact {
  const wrong = (why: string): Contact => ({ kind: "wrong", why });
  const [, token = "", key = ""] = /^vapid t=([^,\s]+),\s*k=([\w-]+)$/i.exec(authorization) ?? [];
  const [head = "", claims = "", signature = ""] = token.split(".");
  if (signature === "") return wrong("no VAPID token");
  if (key !== applicationKey) return wrong("another application's key");
  const point = Buffer.from(key, "base64url");
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33, 65).toString("base64url"),
  };
  const publicKey = createPublicKey({ key: jwk, format: "jwk" });
  const signed = verify(
    "sha256",
    Buffer.from(`${head}.${claims}`),
    { key: publicKey, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  if (!signed) return wrong("wrong signature");
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, "base64url").toString("utf8"));
  const nowSeconds = Date.now() / 1000;
  if (aud !== origin) return wrong(`signed for ${aud}`);
  if (typeof exp !== "number" || exp < nowSeconds || exp > nowSeconds + DAY_SECONDS)
    return wrong("wrong expiry");
  if (typeof sub !== "string" || !/^(mailto:|https:)/.test(sub)) return wrong("no contact");
  return { kind: "right", subject: sub };
}

/** One record of `aes128gcm`, as push messages have it. */
function opened(body: Buffer, { ecdh, auth }: Browser): string {
  const salt = body.subarray(0, 16);
  const keyLength = body.readUInt8(20);
  const senderKey = body.subarray(21, 21 + keyLength);
  const sealed = body.subarray(21 + keyLength);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), ecdh.getPublicKey(), senderKey]);
  const secret = hkdf(ecdh.computeSecret(senderKey), auth, info, 32);
  const key = hkdf(secret, salt, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
  const nonce = hkdf(secret, salt, Buffer.from("Content-Encoding: nonce\0"), 12);
  const decipher = createDecipheriv("aes-128-gcm", key, nonce);
  decipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  // A byte 2 ends the last record; zeros may follow.
  return padded.subarray(0, padded.lastIndexOf(2)).toString("utf8");
}

function hkdf(secret: Buffer, salt: Buffer, info: Buffer, length: number): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, info, length));
}
