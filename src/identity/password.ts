/**
 * Passwords: what is taken for one, and argon2id (RFC 9106) with 19 MiB, two passes and one lane, which the OWASP Password Storage Cheat Sheet
 * names as the least (cheatsheetseries.owasp.org, read as of 2025). Kept as PHC strings, so that the parameters can grow: an older one is
 * hashed anew when its owner logs in. Few are hashed at once, because each takes a core and its memory from whoever copies.
 */
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { IdentityError } from "./identity-error.ts";

const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Without rules of composition, as NIST SP 800-63B-4 (3.1.1.2) asks. */
export const PASSWORD_LENGTH_MIN = 12;
const PASSWORD_LENGTH_MAX = 256;
/** Fewer different characters than any sentence has. */
const DIFFERENT_MIN = 5;

const AT_ONCE_MAX = 2;
const WAITING_MAX = 32;

/** Throws an IdentityError that says what would be right. */
export function assertStrong(password: string, name: string): void {
  const length = [...password].length;
  if (length < PASSWORD_LENGTH_MIN) throw weak(`must have at least ${PASSWORD_LENGTH_MIN} characters`);
  if (length > PASSWORD_LENGTH_MAX) throw weak(`must have at most ${PASSWORD_LENGTH_MAX} characters`);
  const plain = normalised(password).toLowerCase();
  if (new Set(plain).size < DIFFERENT_MIN)
    throw weak(`must have at least ${DIFFERENT_MIN} different characters`);
  const rest = [name.toLowerCase(), "copytrader", "password"].reduce(
    (left, word) => (word.length < 3 ? left : left.replaceAll(word, "")),
    plain,
  );
  if (rest.length < PASSWORD_LENGTH_MIN / 2 || isRun(plain))
    throw weak("is too easy to guess: not a name with a number, not letters or digits in their order");
}

function weak(message: string): IdentityError {
  return new IdentityError("weak-password", `the password ${message}`, { field: "password" });
}

/** `abcdefghijkl`, `123456789012`: each character follows from the one before. */
function isRun(text: string): boolean {
  const steps = [...text].slice(1).map((letter, at) => letter.charCodeAt(0) - text.charCodeAt(at));
  const counts = new Map<number, number>();
  for (const step of steps) counts.set(step, (counts.get(step) ?? 0) + 1);
  return Math.max(...counts.values()) >= steps.length - 2;
}

/** The same password however a keyboard composes its letters. */
function normalised(password: string): string {
  return password.normalize("NFKC");
}

interface Kept {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export interface Verdict {
  readonly matches: boolean;
  /** Whether it was hashed with other parameters than today's. */
  readonly outdated: boolean;
}

export class PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** Nobody's: what is compared where there is no such user, so that it takes as long. */
  readonly #nobody = written({
    memory: MEMORY_KIB,
    passes: PASSES,
    parallelism: LANES,
    salt: randomBytes(SALT_BYTES),
    hash: randomBytes(HASH_BYTES),
  });

  /** A PHC string. */
  async hash(password: string): Promise<string> {
    const rest = {
      memory: MEMORY_KIB,
      passes: PASSES,
      parallelism: LANES,
      salt: randomBytes(SALT_BYTES),
    };
    return written({ ...rest, hash: await this.#derived(password, rest, HASH_BYTES) });
  }

  /** Without a PHC string it takes as long and never matches. */
  async verify(password: string, phc: string | null): Promise<Verdict> {
    const kept = parsed(phc ?? this.#nobody);
    const given = await this.#derived(password, kept, kept.hash.length);
    const { memory, passes, parallelism } = kept;
    return {
      matches: timingSafeEqual(given, kept.hash) && phc !== null,
      outdated: memory !== MEMORY_KIB || passes !== PASSES || parallelism !== LANES,
    };
  }

  async #derived(password: string, kept: Omit<Kept, "hash">, tagLength: number): Promise<Buffer> {
    await this.#turn();
    try {
      const { salt, memory, passes, parallelism } = kept;
      const message = normalised(password.slice(0, 4 * PASSWORD_LENGTH_MAX));
      return await derive({ message, nonce: salt, memory, passes, parallelism, tagLength });
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= AT_ONCE_MAX) {
      if (this.#waiting.length >= WAITING_MAX)
        throw new IdentityError("busy", "too many log-ins at once; try again in a few seconds", {
          retryAfterMs: 5_000,
        });
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    this.#running += 1;
  }
}

function derive(parameters: Argon2Parameters): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2("argon2id", parameters, (error, derived) => {
      if (error === null) resolve(derived);
      else reject(error);
    });
  });
}

function written({ memory, passes, parallelism, salt, hash }: Kept): string {
  const text = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${text(salt)}$${text(hash)}`;
}

/** Throws where it is none of ours: nobody but this program writes them. */
function parsed(phc: string): Kept {
  const form = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(phc);
  if (form === null) throw new TypeError("the stored password is no argon2id hash");
  const [, memory, passes, parallelism, salt = "", hash = ""] = form;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
}
