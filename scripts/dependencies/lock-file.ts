/**
 * What the lock file says of every package: the name, version and licence that the registry stated when it was locked, whether
 * the package wants to run a script when it is installed, and whether its content is pinned by a hash.
 */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression; "" where none is stated and none was found in the package. */
  readonly licence: string;
  /** Only the tools of development need it. */
  readonly isTool: boolean;
  readonly runsScript: boolean;
  readonly isPinned: boolean;
}

const FOLDER = "node_modules/";

/** Licences of what states none to the registry and carries one as a file, as a person has read it. */
export const LICENCE_FILES: Readonly<Record<string, string>> = {
  // Below pdfkit, which the reports use; its LICENSE is the MIT text.
  "png-js": "MIT",
};

/** Every package but the project itself, by name and version; throws when the text is no lock file of version 3. */
export function readLockFile(text: string): readonly LockedPackage[] {
  const lock: unknown = JSON.parse(text);
  if (!isRecord(lock) || lock.lockfileVersion !== 3 || !isRecord(lock.packages)) {
    throw new Error("package-lock.json must be a lock file of version 3");
  }
  return Object.entries(lock.packages)
    .filter(([place]) => place !== "")
    .map(([place, entry]) => lockedPackage(place, isRecord(entry) ? entry : {}))
    .toSorted((left, right) => compare(left.name, right.name) || compare(left.version, right.version));
}

function lockedPackage(place: string, entry: Readonly<Record<string, unknown>>): LockedPackage {
  const name = place.slice(place.lastIndexOf(FOLDER) + FOLDER.length);
  return {
    name: textOf(entry.name) || name,
    version: textOf(entry.version),
    licence: textOf(entry.license) || (LICENCE_FILES[name] ?? ""),
    isTool: entry.dev === true,
    runsScript: entry.hasInstallScript === true,
    isPinned: textOf(entry.integrity).startsWith("sha512-"),
  };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
