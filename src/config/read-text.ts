/**
 * Reads configuration files and folders: small texts, listed in a fixed order, with the trouble of the disk as a value.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";

/** No configuration or account file is longer. */
export const TEXT_BYTES_MAX = 1_048_576;

export type ReadResult<Value> =
  | { readonly kind: "read"; readonly value: Value }
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly cause: string };

export function readText(path: string): ReadResult<string> {
  return attempt(() => {
    const found = statSync(path);
    // A pipe would be waited for, and a device never ends.
    if (!found.isFile()) throw new RangeError("is no file");
    if (found.size > TEXT_BYTES_MAX) throw new RangeError(`is longer than ${TEXT_BYTES_MAX} bytes`);
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  });
}

/** File names in a folder whose end is one of these, sorted; hidden files and folders left out. */
export function listFiles(folder: string, endings: readonly string[]): ReadResult<readonly string[]> {
  return attempt(() => {
    const entries = readdirSync(folder, { withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."));
    return files
      .map((entry) => entry.name)
      .filter((name) => endings.some((end) => name.endsWith(end)))
      .sort();
  });
}

function attempt<Value>(read: () => Value): ReadResult<Value> {
  try {
    return { kind: "read", value: read() };
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): { kind: "absent" } | { kind: "failed"; cause: string } {
  if (error instanceof RangeError) return { kind: "failed", cause: error.message };
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  return code === "ENOENT" ? { kind: "absent" } : { kind: "failed", cause: `cannot be read (${code})` };
}
