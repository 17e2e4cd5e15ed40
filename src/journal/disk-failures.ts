/** How a failure of the disk becomes one of the journal. */
import { DiskError } from "./disk.ts";
import { JournalError } from "./journal.ts";

export function isFull(error: unknown): error is DiskError {
  return error instanceof DiskError && error.failure === "full";
}

/** What the disk says as what the journal says; anything else as it is. */
export function asJournalError(error: unknown): unknown {
  if (!(error instanceof DiskError)) return error;
  const failure = error.failure === "full" ? "disk-full" : "write-failed";
  return new JournalError(failure, `the journal could not be written: ${error.message}`, { cause: error });
}

/** Of one of the disk's calls that do not block. */
export function settled(start: (done: (error: DiskError | undefined) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error === undefined ? resolve() : reject(error)));
  });
}

/** Throws a JournalError where the disk fails. */
export function attempt<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw asJournalError(error);
  }
}
