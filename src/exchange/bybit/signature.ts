/**
 * API key and signature. The secret stays inside its object: it is in no property, log line, error or JSON text.
 * Strings to sign per the V5 documentation ("Integration Guidance", "Connect").
 */
import { hash } from "node:crypto";
import { inspect } from "node:util";

export interface Credentials {
  readonly apiKey: string;
  /** Lower-case hex HMAC-SHA256 of the text. */
  sign(text: string): string;
}

/** SHA-256's block; a longer key is hashed first (RFC 2104). */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Texts of our requests are far shorter; longer ones get a buffer of their own. */
const TEXT_BYTES_MAX = 4_096;

/** Inner hash's input; used and done with inside one call of `sign`. */
const innerText = Buffer.alloc(BLOCK_BYTES + TEXT_BYTES_MAX);

/**
 * HMAC-SHA256 from two one-shot hashes over blocks prepared once: each signature saves the making of a hash object,
 * and the secret itself is not kept.
 */
class HmacCredentials implements Credentials {
  readonly apiKey: string;
  /** The inner block, then the outer one with room for the inner digest. */
  readonly #blocks = Buffer.allocUnsafeSlow(2 * BLOCK_BYTES + DIGEST_BYTES);

  constructor(apiKey: string, secret: string) {
    this.apiKey = apiKey;
    const bytes = Buffer.from(secret);
    const key = bytes.length > BLOCK_BYTES ? hash("sha256", bytes, "buffer") : bytes;
    for (let at = 0; at < BLOCK_BYTES; at++) {
      this.#blocks[at] = (key[at] ?? 0) ^ 0x36;
      this.#blocks[BLOCK_BYTES + at] = (key[at] ?? 0) ^ 0x5c;
    }
  }

  sign(text: string): string {
    const length = Buffer.byteLength(text);
    const inner = length <= TEXT_BYTES_MAX ? innerText : Buffer.alloc(BLOCK_BYTES + length);
    this.#blocks.copy(inner, 0, 0, BLOCK_BYTES);
    inner.write(text, BLOCK_BYTES);
    const digest = hash("sha256", inner.subarray(0, BLOCK_BYTES + length), "binary");
    this.#blocks.write(digest, 2 * BLOCK_BYTES, "binary");
    return hash("sha256", this.#blocks.subarray(BLOCK_BYTES), "hex");
  }

  toJSON(): string {
    return this.toString();
  }

  toString(): string {
    return `credentials of key ${this.apiKey.slice(0, 4)}...`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

export function bybitCredentials(apiKey: string, secret: string): Credentials {
  return new HmacCredentials(apiKey, secret);
}

/** Signature of a REST request; `payload` is the query exactly as sent (GET) or the body's text (POST). */
export function requestSignature(
  credentials: Credentials,
  stampMs: number,
  windowMs: number,
  payload: string,
): string {
  return credentials.sign(`${stampMs}${credentials.apiKey}${windowMs}${payload}`);
}

/** The login message of private and order-entry streams; `expiresMs` lies in the future on the server's clock. */
export function loginMessage(credentials: Credentials, expiresMs: number): string {
  const signature = credentials.sign(`GET/realtime${expiresMs}`);
  return JSON.stringify({ op: "auth", args: [credentials.apiKey, expiresMs, signature] });
}
