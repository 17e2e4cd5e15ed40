/**
 * HMAC-SHA256 under one secret, for the many short texts of a busy exchange: both pads are made once, and a signature is two
 * one-shot hashes, which costs half of setting up an Hmac object for each. RFC 2104.
 */
import { createHmac, hash } from "node:crypto";

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** Longer messages are signed by an Hmac object. */
const MESSAGE_BYTES_MAX = 16 * 1024;
/** UTF-8 of one character of a JavaScript string. */
const CHARACTER_BYTES_MAX = 3;

/** Holds a message behind its inner pad while it is hashed; nothing of it is read again. */
const scratch = Buffer.alloc(BLOCK_BYTES + MESSAGE_BYTES_MAX);

export class SigningKey {
  readonly #secret: string;
  readonly #innerPad: Buffer;
  /** The outer pad and behind it, during a signature, the inner digest. */
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

  constructor(secret: string) {
    const bytes = Buffer.from(secret, "utf8");
    const key = Buffer.alloc(BLOCK_BYTES);
    (bytes.length > BLOCK_BYTES ? hash("sha256", bytes, "buffer") : bytes).copy(key);
    this.#secret = secret;
    this.#innerPad = Buffer.from(key.map((byte) => byte ^ INNER_PAD));
    this.#outer.set(key.map((byte) => byte ^ OUTER_PAD));
  }

  /** The lower-case hexadecimal signature of the text's UTF-8 with the body behind it. */
  sign(text: string, body: Buffer | undefined): string {
    const bodyLength = body?.length ?? 0;
    if (text.length * CHARACTER_BYTES_MAX + bodyLength > MESSAGE_BYTES_MAX) return this.#signLong(text, body);
    scratch.set(this.#innerPad);
    const bodyAt = BLOCK_BYTES + scratch.write(text, BLOCK_BYTES);
    if (body !== undefined) scratch.set(body, bodyAt);
    const digest = hash("sha256", scratch.subarray(0, bodyAt + bodyLength), "binary");
    this.#outer.write(digest, BLOCK_BYTES, "latin1");
    return hash("sha256", this.#outer, "hex");
  }

  #signLong(text: string, body: Buffer | undefined): string {
    const hmac = createHmac("sha256", this.#secret).update(text);
    if (body !== undefined) hmac.update(body);
    return hmac.digest("hex");
  }
}
