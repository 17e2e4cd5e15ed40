/**
 * How a backup file begins: 64 bytes in the open, which every sealed piece vouches for (docs/backup.md has the whole format).
 *
 *   0 "CTBACKUP"   8 version u8   9 derivation u8 (1 key, 2 passphrase)   10 log2 N, r, p of scrypt, u8 each   13 zero u24
 *   16 salt [32]   48 nonce prefix [7]   55 zero u8   56 check of the key [8]
 */
import {
  BackupKey,
  type BackupSecret,
  CHECK_BYTES,
  newSalt,
  PREFIX_BYTES,
  SALT_BYTES,
  SCRYPT,
} from "../security/backup-key.ts";
import { BackupError } from "./backup-error.ts";

export const HEADER_BYTES = 64;
export const FORMAT_VERSION = 1;

const MARK = Buffer.from("CTBACKUP", "latin1");
const [VERSION_AT, DERIVATION_AT, COST_AT, SALT_AT, PREFIX_AT, CHECK_AT] = [8, 9, 10, 16, 48, 56];
const DERIVATIONS = ["", "key", "passphrase"] as const;
/** A header is read before anything vouches for it: more than this is not spent on it. */
const COST_MAX = { log2N: 18, r: 16, p: 4 } as const;

export interface Sealing {
  readonly header: Buffer;
  readonly prefix: Uint8Array;
  readonly key: BackupKey;
}

/** A new header, with the key of its file. */
export function newHeader(secret: BackupSecret): Sealing {
  const { salt, prefix } = newSalt();
  const key = BackupKey.of(secret, salt);
  const header = Buffer.alloc(HEADER_BYTES);
  header.set(MARK, 0);
  header[VERSION_AT] = FORMAT_VERSION;
  header[DERIVATION_AT] = DERIVATIONS.indexOf(secret.kind);
  if (secret.kind === "passphrase") header.set([SCRYPT.log2N, SCRYPT.r, SCRYPT.p], COST_AT);
  header.set(salt, SALT_AT);
  header.set(prefix, PREFIX_AT);
  header.set(key.check, CHECK_AT);
  return { header, prefix, key };
}

/** The key among those given that opens the file. Throws a BackupError where none does, or it is no backup of ours. */
export function readHeader(header: Buffer, secrets: readonly BackupSecret[]): Sealing {
  if (header.length < HEADER_BYTES || !header.subarray(0, MARK.length).equals(MARK))
    throw new BackupError("not-a-backup", "is no backup of Copytrader");
  const version = header[VERSION_AT] ?? 0;
  if (version > FORMAT_VERSION) {
    const message = `was made by a newer version of Copytrader (format ${version}; this program reads up to ${FORMAT_VERSION}): restore it with that version`;
    throw new BackupError("newer-version", message);
  }
  const kind = DERIVATIONS[header[DERIVATION_AT] ?? 0];
  if (version < 1 || kind === undefined || kind === "") throw changedHeader();
  const fitting = secrets.filter((secret) => secret.kind === kind);
  if (fitting.length === 0) throw new BackupError("no-key", NEEDS[kind]);
  const cost = { log2N: header[COST_AT] ?? 0, r: header[COST_AT + 1] ?? 0, p: header[COST_AT + 2] ?? 0 };
  if (kind === "passphrase" && !isAffordable(cost)) throw changedHeader();
  const salt = header.subarray(SALT_AT, SALT_AT + SALT_BYTES);
  const prefix = Buffer.from(header.subarray(PREFIX_AT, PREFIX_AT + PREFIX_BYTES));
  const check = header.subarray(CHECK_AT, CHECK_AT + CHECK_BYTES);
  for (const secret of fitting) {
    const key = BackupKey.of(secret, salt, cost);
    if (key.fits(check)) return { header, prefix, key };
  }
  throw new BackupError("wrong-key", WRONG[kind]);
}

const NEEDS = {
  key: "is encrypted with an encryption key, and there is none here: set COPYTRADER_ENCRYPTION_KEY, or bring back the key file, as they were when it was made",
  passphrase:
    "is encrypted with a passphrase: set COPYTRADER_BACKUP_PASSPHRASE, or name a file with it by --passphrase-file",
} as const;

const WRONG = {
  key: "does not open with the encryption keys that are here (or its beginning was changed): the key that was in force when it was made is needed",
  passphrase: "does not open with this passphrase (or its beginning was changed)",
} as const;

function isAffordable({ log2N, r, p }: { log2N: number; r: number; p: number }): boolean {
  return log2N >= 1 && r >= 1 && p >= 1 && log2N <= COST_MAX.log2N && r <= COST_MAX.r && p <= COST_MAX.p;
}

function changedHeader(): BackupError {
  return new BackupError("changed", "has a beginning that was changed");
}
