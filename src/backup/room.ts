/** A backup must not fill the disk that the engine needs: what it will take at most is asked for before it is taken. */
import { statfs } from "node:fs/promises";
import { BackupError } from "./backup-error.ts";

/** What is left for everybody else. */
const LEFT_BYTES = 256_000_000;
const MEGABYTE = 1_000_000;

/** Throws a BackupError where less than this, and something to spare, is free on the disk of the folder. */
export async function assertRoom(
  folder: string,
  bytes: number,
  look: (folder: string) => Promise<{ readonly bavail: number; readonly bsize: number }> = statfs,
): Promise<void> {
  const { bavail, bsize } = await look(folder);
  const needed = bytes + LEFT_BYTES;
  if (bavail * bsize >= needed) return;
  const [free, wanted] = [bavail * bsize, needed].map((one) => Math.ceil(one / MEGABYTE));
  throw new BackupError(
    "no-room",
    `there is too little room in ${folder}: ${free} MB are free, and up to ${wanted} MB are wanted so that the disk does not fill up`,
  );
}
