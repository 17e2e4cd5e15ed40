/**
 * The only place where an API key and its secret exist once they were read: as buffers inside objects. A `Credentials` signs
 * for whoever holds it and gives the public half for the request header; printing, logging or serialising any of these
 * objects in any way gives `[secret]`, and so does every text that is shown by way of `masked`.
 */
import { createHash, hash } from "node:crypto";
import { inspect } from "node:util";

const HIDDEN = "[secret]";

/** Every secret that this process holds, for as long as anybody else holds it too. */
const living = new Set<WeakRef<Hidden>>();
/** Shorter values are words, not secrets; masking them would garble every line. */
const MASKED_LENGTH_MIN = 4;

/** What shows itself as `[secret]`, whoever prints it; its contents stand in private fields. */
export abstract class Hidden {
  constructor() {
    living.add(new WeakRef(this));
  }

  /** Hands out what must never be shown, so that it can be looked for in a text. */
  abstract maskIn(register: (value: string) => void): void;

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

/** Tells a log every secret that this process holds at this moment. */
export function eachSecret(register: (value: string) => void): void {
  for (const reference of living) {
    const holder = reference.deref();
    if (holder === undefined) living.delete(reference);
    holder?.maskIn(register);
  }
}

/** The text with every secret that this process holds masked: for errors and whatever else was not made to be shown. */
export function masked(text: string): string {
  let shown = text;
  eachSecret((value) => {
    if (value.length < MASKED_LENGTH_MIN) return;
    const inJson = JSON.stringify(value).slice(1, -1);
    shown = shown.replaceAll(value, HIDDEN).replaceAll(inJson, HIDDEN);
  });
  return shown;
}

/** A secret that has to be sent to whom it is for, such as the password of a mail server. */
export class Password extends Hidden {
  readonly #value: string;

  constructor(value: string) {
    super();
    this.#value = value;
  }

  /** For the one who is to be shown it, and nothing else. */
  reveal(): string {
    return this.#value;
  }

  /** Tells a log what it must never show; also in the form in which a mail server is given it. */
  maskIn(register: (value: string) => void): void {
    register(this.#value);
    register(Buffer.from(this.#value).toString("base64"));
  }
}

/** Keys and secrets of venues are far shorter. */
const KEY_BYTES_MAX = 256;
/** SHA-256's block; a longer key is hashed first (RFC 2104). */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Texts of our requests are far shorter; longer ones get a buffer of their own. */
const TEXT_BYTES_MAX = 4_096;

/** Inner hash's input; used and done with inside one call of `sign`. */
const innerText = Buffer.alloc(BLOCK_BYTES + TEXT_BYTES_MAX);

export class Credentials extends Hidden {
  readonly #key: string;
  readonly #secret: Buffer;
  /** The inner block, then the outer one with room for the inner digest: prepared once, so that a signature costs two hashes. */
  readonly #blocks = Buffer.allocUnsafeSlow(2 * BLOCK_BYTES + DIGEST_BYTES);

  /** Both are given as the venue issued them: printable ASCII without blanks (see `isKeyText`). */
  constructor(key: string, secret: string | Uint8Array) {
    super();
    this.#key = key;
    this.#secret = ownBuffer(secret);
    const block = this.#secret.length > BLOCK_BYTES ? hash("sha256", this.#secret, "buffer") : this.#secret;
    for (let at = 0; at < BLOCK_BYTES; at++) {
      this.#blocks[at] = (block[at] ?? 0) ^ 0x36;
      this.#blocks[BLOCK_BYTES + at] = (block[at] ?? 0) ^ 0x5c;
    }
  }

  /** The public half, for the request header and nothing else. */
  get apiKey(): string {
    return this.#key;
  }

  /** Tells a log what it must never show. */
  maskIn(register: (value: string) => void): void {
    register(this.#secret.toString("utf8"));
  }

  /** HMAC-SHA256 of the text by the secret, as lower-case hexadecimal. */
  sign(text: string): string {
    const length = Buffer.byteLength(text);
    const inner = length <= TEXT_BYTES_MAX ? innerText : Buffer.alloc(BLOCK_BYTES + length);
    this.#blocks.copy(inner, 0, 0, BLOCK_BYTES);
    inner.write(text, BLOCK_BYTES);
    const digest = hash("sha256", inner.subarray(0, BLOCK_BYTES + length), "binary");
    this.#blocks.write(digest, 2 * BLOCK_BYTES, "binary");
    return hash("sha256", this.#blocks.subarray(BLOCK_BYTES), "hex");
  }

  /** 16 hexadecimal digits of a hash of the key: equal for two pairs of one key, whatever their secrets. */
  keyFingerprint(): string {
    return createHash("sha256").update(`copytrader\n${this.#key}`, "utf8").digest("hex").slice(0, 16);
  }
}

/** Memory of its own: small buffers share theirs with whatever else the process reads. */
function ownBuffer(value: string | Uint8Array): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  if (typeof value === "string") bytes.fill(0);
  return own;
}

/** Whether a text can be a key or a secret: 1 to 256 printable ASCII characters, no blanks (it goes into a header). */
export function isKeyText(text: string | Uint8Array): boolean {
  if (text.length === 0 || text.length > KEY_BYTES_MAX) return false;
  if (typeof text === "string") return /^[\x21-\x7e]+$/.test(text);
  return text.every((byte) => byte >= 0x21 && byte <= 0x7e);
}
