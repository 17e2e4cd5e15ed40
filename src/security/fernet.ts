/**
 * Fernet tokens (github.com/fernet/spec, version 0x80): AES-128-CBC and HMAC-SHA256 over version, time, IV and ciphertext, as
 * Python's `cryptography` writes and reads them. Reading answers with the message or with null, for every failure alike.
 * Written here because the package of that name on npm rests on crypto-js, which is discontinued.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { Hidden } from "./secrets.ts";

const VERSION = 0x80;
const KEY_BYTES = 32;
const HALF_BYTES = 16;
const BLOCK_BYTES = 16;
const TIME_AT = 1;
const IV_AT = 9;
const TEXT_AT = 25;
const MAC_BYTES = 32;
const FRAME_BYTES = TEXT_AT + MAC_BYTES;
/** How far ahead another machine's clock may be; customary, the specification names no number. */
const SKEW_SECONDS_MAX = 60;

/** 32 bytes: the first half signs, the second encrypts. */
export class FernetKey extends Hidden {
  readonly #signing: KeyObject;
  readonly #encryption: KeyObject;

  private constructor(bytes: Uint8Array) {
    super();
    this.#signing = createSecretKey(bytes.subarray(0, HALF_BYTES));
    this.#encryption = createSecretKey(bytes.subarray(HALF_BYTES));
  }

  static generate(): FernetKey {
    return FernetKey.#from(randomBytes(KEY_BYTES));
  }

  /**
   * A key as it is written: 44 characters of base64 with `=` at the end, in the alphabet of addresses or the standard one
   * (Python takes both). Null for anything else, a passphrase for example.
   */
  static parse(text: string): FernetKey | null {
    if (!/^[\w+/-]{43}=$/.test(text)) return null;
    return FernetKey.#from(Buffer.from(text, "base64"));
  }

  static #from(bytes: Buffer): FernetKey {
    const key = new FernetKey(bytes);
    bytes.fill(0);
    return key;
  }

  /** The key as it is written; for the file that keeps it, and for masking it. */
  reveal(): string {
    return padded(Buffer.concat([this.#signing.export(), this.#encryption.export()]));
  }

  /** Tells a log what it must never show. */
  maskIn(register: (value: string) => void): void {
    register(this.reveal());
  }

  /** 8 hexadecimal digits that tell keys apart and give nothing away. */
  get name(): string {
    return createHmac("sha256", this.#signing).update("copytrader key name").digest("hex").slice(0, 8);
  }

  equals(other: FernetKey): boolean {
    return this.#signing.equals(other.#signing) && this.#encryption.equals(other.#encryption);
  }

  /** A token of the message; time and IV are given only to reproduce a known one. */
  encrypt(
    message: Uint8Array,
    {
      nowMs = Date.now(),
      iv = randomBytes(BLOCK_BYTES),
    }: { readonly nowMs?: number; readonly iv?: Uint8Array } = {},
  ): string {
    const head = Buffer.alloc(TEXT_AT);
    head[0] = VERSION;
    head.writeBigUInt64BE(BigInt(Math.floor(nowMs / 1_000)), TIME_AT);
    head.set(iv, IV_AT);
    const cipher = createCipheriv("aes-128-cbc", this.#encryption, iv);
    const signed = Buffer.concat([head, cipher.update(message), cipher.final()]);
    return padded(Buffer.concat([signed, this.#mac(signed)]));
  }

  /**
   * The message, or null: not a token, another key's, changed, or (only where an age is given, as in Python) too old or from
   * the future. A token at rest has no age.
   */
  decrypt(token: string, age?: { readonly ttlSeconds: number; readonly nowMs: number }): Buffer | null {
    const bytes = decoded(token);
    if (bytes === null) return null;
    const macAt = bytes.length - MAC_BYTES;
    const signed = bytes.subarray(0, macAt);
    if (!timingSafeEqual(this.#mac(signed), bytes.subarray(macAt))) return null;
    if (age !== undefined && !isWithin(bytes.readBigUInt64BE(TIME_AT), age)) return null;
    try {
      const decipher = createDecipheriv("aes-128-cbc", this.#encryption, bytes.subarray(IV_AT, TEXT_AT));
      return Buffer.concat([decipher.update(bytes.subarray(TEXT_AT, macAt)), decipher.final()]);
    } catch {
      // Wrong padding under a right signature: no answer may tell it from the others.
      return null;
    }
  }

  #mac(signed: Uint8Array): Buffer {
    return createHmac("sha256", this.#signing).update(signed).digest();
  }
}

/** Node decodes whatever it is given; only what encodes to the same text again is a token. */
function decoded(token: string): Buffer | null {
  if (token.length % 4 !== 0 || !/^[\w-]+={0,2}$/.test(token)) return null;
  const bytes = Buffer.from(token, "base64url");
  if (padded(bytes) !== token || bytes[0] !== VERSION) return null;
  const textBytes = bytes.length - FRAME_BYTES;
  return textBytes >= BLOCK_BYTES && textBytes % BLOCK_BYTES === 0 ? bytes : null;
}

function isWithin(
  seconds: bigint,
  { ttlSeconds, nowMs }: { readonly ttlSeconds: number; readonly nowMs: number },
): boolean {
  const now = BigInt(Math.floor(nowMs / 1_000));
  return seconds + BigInt(ttlSeconds) >= now && seconds <= now + BigInt(SKEW_SECONDS_MAX);
}

function padded(bytes: Buffer): string {
  const text = bytes.toString("base64url");
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}
