/**
 * A push service and a browser behind it, as far as a test needs them: takes what is posted, checks who signed it (RFC 8292), and
 * decrypts it as the device would (RFC 8291, aes128gcm). Answers as a test wants it to.
 */
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";

export interface Pushed {
  readonly device: string;
  readonly headers: IncomingMessage["headers"];
  readonly message: {
    readonly id: string;
    readonly severity: string;
    readonly title: string;
    readonly body: string;
  };
}

interface Browser {
  readonly name: string;
  readonly ecdh: ReturnType<typeof createECDH>;
  readonly auth: Buffer;
}

export class PushService {
  readonly pushed: Pushed[] = [];
  /** Whose signature was not by the key that was subscribed with. */
  forged = 0;
  /** Statuses of the next requests for a device; 201 when it is empty. */
  readonly answers = new Map<string, number[]>();
  /** Devices whose requests are never answered. */
  readonly silent = new Set<string>();
  publicKey = "";
  readonly #browsers = new Map<string, Browser>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#take(request).then((status) => response.writeHead(status).end());
    });
  }

  static async open(): Promise<PushService> {
    const service = new PushService();
    await new Promise<void>((resolve) => service.#server.listen(0, "127.0.0.1", resolve));
    return service;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** What a browser gives for `PushManager.subscribe`. */
  subscribe(name: string) {
    const ecdh = createECDH("prime256v1");
    ecdh.generateKeys();
    const auth = randomBytes(16);
    this.#browsers.set(`/${name}`, { name, ecdh, auth });
    const address = this.#server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    return {
      endpoint: `http://127.0.0.1:${port}/${name}`,
      keys: { p256dh: ecdh.getPublicKey("base64url"), auth: auth.toString("base64url") },
    };
  }

  of(name: string): readonly Pushed[] {
    return this.pushed.filter(({ device }) => device === name);
  }

  async #take(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const browser = this.#browsers.get(request.url ?? "");
    if (browser === undefined) return 404;
    if (this.silent.has(browser.name)) return new Promise(() => {});
    const status = this.answers.get(browser.name)?.shift() ?? 201;
    if (status !== 201) return status;
    if (!isSignedBy(String(request.headers.authorization), this.publicKey)) {
      this.forged += 1;
      return 403;
    }
    const message = JSON.parse(decrypted(Buffer.concat(chunks), browser));
    this.pushed.push({ device: browser.name, headers: request.headers, message });
    return status;
  }
}

/** `vapid t=JWT, k=KEY`: an ES256 token by that key. */
function isSignedBy(header: string, publicKey: string): boolean {
  const token = /t=([^,\s]+)/.exec(header)?.[1] ?? "";
  const key = /k=([^,\s]+)/.exec(header)?.[1] ?? "";
  const [head = "", claims = "", signature = ""] = token.split(".");
  const raw = Buffer.from(key, "base64url");
  const { exp, aud } = JSON.parse(Buffer.from(claims, "base64url").toString());
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: raw.subarray(1, 33).toString("base64url"),
    y: raw.subarray(33).toString("base64url"),
  };
  return (
    key === publicKey &&
    exp * 1_000 > Date.now() &&
    aud.startsWith("http://127.0.0.1:") &&
    verify(
      "sha256",
      Buffer.from(`${head}.${claims}`),
      { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
      Buffer.from(signature, "base64url"),
    )
  );
}

function decrypted(body: Buffer, { ecdh, auth }: Browser): string {
  const salt = body.subarray(0, 16);
  const keyLength = body[20] ?? 0;
  const serverKey = body.subarray(21, 21 + keyLength);
  const sealed = body.subarray(21 + keyLength);
  const derive = (secret: Buffer, by: Buffer, info: Buffer, length: number) =>
    Buffer.from(hkdfSync("sha256", secret, by, info, length));
  const keyInfo = Buffer.concat([Buffer.from("WebPush: info\0"), ecdh.getPublicKey(), serverKey]);
  const secret = derive(ecdh.computeSecret(serverKey), auth, keyInfo, 32);
  const key = derive(secret, salt, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
  const nonce = derive(secret, salt, Buffer.from("Content-Encoding: nonce\0"), 12);
  const decipher = createDecipheriv("aes-128-gcm", key, nonce);
  decipher.setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  return plain.subarray(0, plain.lastIndexOf(2)).toString("utf8");
}
