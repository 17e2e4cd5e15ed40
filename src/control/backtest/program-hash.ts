/** Names the program by what it is made of: what one version has worked out is not told by another. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Of all code of the program, hexadecimal; some milliseconds. */
export function programHash(): string {
  return codeHash(fileURLToPath(new URL("../..", import.meta.url)));
}

/** Of all code below a folder that is there. */
export function codeHash(folder: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /(?<!\.test)\.[cm]?[jt]s$/.test(name),
  );
  for (const name of files.sort()) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  return hash.digest("hex");
}
