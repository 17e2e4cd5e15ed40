/**
 * The key of one backup file: derived from an encryption key (HKDF-SHA256, RFC 5869) or from a passphrase (scrypt, RFC 7914), with the
 * file's own salt, so that no two files share one. It seals the file piece by piece with AES-256-GCM; a piece's place in the file, and
 * whether it is the last, are part of its nonce (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015): none can be
 * left out, doubled, moved, or cut off at the end without being noticed.
 */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  scryptSync,
  timingSafeEqual,
} from "node:crypto";
import type { FernetKey } from "./fernet.ts";
import { Hidden } from "./secrets.ts";

export const SALT_BYTES = 32;
export const PREFIX_BYTES = 7;
export const TAG_BYTES = 16;
/** Of a value that tells a wrong key from a changed file. */
export const CHECK_BYTES = 8;

const KEY_BYTES = 32;
const PIECES_MAX = 2 ** 32;
const SCRYPT_BYTES_MAX = 512 * 1024 * 1024;

/** What a passphrase costs whoever tries many: 128 MiB and about a third of a second each (OWASP Password Storage Cheat Sheet). */
export const SCRYPT = { log2N: 17, r: 8, p: 1 } as const;

export interface ScryptCost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** What people give: a passphrase, or the key under which secrets lie at rest. */
export type BackupSecret =
  | { readonly kind: "key"; readonly key: FernetKey }
  | { readonly kind: "passphrase"; readonly passphrase: Passphrase };

/** A passphrase that does not show itself. */
export class Passphrase extends Hidden {
  readonly #text: Buffer;

  constructor(text: string) {
    super();
    this.#text = Buffer.from(text.normalize("NFKC"), "utf8");
  }

  maskIn(register: (value: string) => void): void {
    register(this.#text.toString("utf8"));
  }

  derive(salt: Uint8Array, { log2N, r, p }: ScryptCost): Buffer {
    return scryptSync(this.#text, salt, KEY_BYTES, { N: 2 ** log2N, r, p, maxmem: SCRYPT_BYTES_MAX });
  }
}

export interface Place {
  readonly prefix: Uint8Array;
  /** 0 for the first piece. */
  readonly index: number;
  readonly isLast: boolean;
  /** The file's header: sealed with every piece. */
  readonly header: Uint8Array;
}

export class BackupKey extends Hidden {
  readonly #content: KeyObject;
  readonly #check: Buffer;

  private constructor(secret: Buffer, salt: Uint8Array) {
    super();
    const derived = (purpose: string, bytes: number) =>
      Buffer.from(hkdfSync("sha256", secret, salt, `copytrader backup 1 ${purpose}`, bytes));
    this.#content = createSecretKey(derived("content", KEY_BYTES));
    this.#check = derived("check", CHECK_BYTES);
    secret.fill(0);
  }

  /** The cost counts for passphrases only. Blocks for a moment where it does. */
  static of(secret: BackupSecret, salt: Uint8Array, cost: ScryptCost = SCRYPT): BackupKey {
    if (secret.kind === "passphrase") return new BackupKey(secret.passphrase.derive(salt, cost), salt);
    return new BackupKey(Buffer.from(secret.key.reveal(), "base64url"), salt);
  }

  /** Gives nothing of the key away; to be stored in the file. */
  get check(): Buffer {
    return Buffer.from(this.#check);
  }

  fits(check: Uint8Array): boolean {
    return check.length === CHECK_BYTES && timingSafeEqual(check, this.#check);
  }

  /** The sealed piece with its tag behind it. */
  seal(piece: Uint8Array, place: Place): Buffer {
    const cipher = createCipheriv("aes-256-gcm", this.#content, nonceOf(place));
    cipher.setAAD(place.header);
    return Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
  }

  /** The piece; null where it is not what was sealed at this place. */
  open(sealed: Uint8Array, place: Place): Buffer | null {
    if (sealed.length < TAG_BYTES) return null;
    const tagAt = sealed.length - TAG_BYTES;
    const decipher = createDecipheriv("aes-256-gcm", this.#content, nonceOf(place), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(place.header);
    decipher.setAuthTag(sealed.subarray(tagAt));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, tagAt)), decipher.final()]);
    } catch {
      return null;
    }
  }

  /** Keys are bytes, which no text shows. */
  maskIn(): void {}
}

export function newSalt(): { readonly salt: Buffer; readonly prefix: Buffer } {
  return { salt: randomBytes(SALT_BYTES), prefix: randomBytes(PREFIX_BYTES) };
}

function nonceOf({ prefix, index, isLast }: Place): Buffer {
  if (index >= PIECES_MAX) throw new RangeError("a backup has at most 2^32 pieces");
  const nonce = Buffer.alloc(12);
  nonce.set(prefix, 0);
  nonce.writeUInt32BE(index, PREFIX_BYTES);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}
