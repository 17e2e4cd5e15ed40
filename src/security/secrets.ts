/**
 * The only place where an API key and its secret exist once they were read. A `Credentials` signs for whoever holds it and
 * gives the public half for the request header; the secret itself cannot be read back, and printing, logging or
 * serialising the object in any way gives `[secret]`.
 */
import { createHash, createHmac } from "node:crypto";
import { inspect } from "node:util";

const HIDDEN = "[secret]";

export class Credentials {
  readonly #key: string;
  readonly #secret: string;

  /** Both are given as the venue issued them: printable ASCII without blanks (see `isKeyText`). */
  constructor(key: string, secret: string) {
    this.#key = key;
    this.#secret = secret;
  }

  /** The public half, for the request header and nothing else. */
  get apiKey(): string {
    return this.#key;
  }

  /** Tells a log what it must never show. */
  maskIn(register: (value: string) => void): void {
    register(this.#secret);
  }

  /** HMAC-SHA256 of the text by the secret, as lower-case hexadecimal. */
  sign(text: string): string {
    return createHmac("sha256", this.#secret).update(text, "utf8").digest("hex");
  }

  /** 16 hexadecimal digits of a hash of the key: equal for two pairs of one key, whatever their secrets. */
  keyFingerprint(): string {
    return createHash("sha256").update(`copytrader\n${this.#key}`, "utf8").digest("hex").slice(0, 16);
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** Whether a text can be a key or a secret: 1 to 256 printable ASCII characters, no blanks (it goes into a header). */
export function isKeyText(text: string): boolean {
  return /^[\x21-\x7e]{1,256}$/.test(text);
}
