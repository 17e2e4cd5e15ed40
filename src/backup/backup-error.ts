/** Why a backup could not be made, read or restored. */

export type BackupFailure =
  /** There is nothing to encrypt with, or to open it with. */
  | "no-key"
  | "wrong-key"
  /** There is nothing to back up. */
  | "nothing"
  | "not-a-backup"
  | "newer-version"
  | "truncated"
  | "changed"
  /** What is in it, or was read for it, is no sound journal or database. */
  | "damaged"
  | "no-room"
  | "not-empty"
  | "in-use"
  | "unusable";

export class BackupError extends Error {
  override readonly name = "BackupError";
  readonly failure: BackupFailure;

  constructor(failure: BackupFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}
