/**
 * What a dependency may be: under a licence of a named list, pinned by a hash, and without a script of its own at installation
 * unless it is named here. A new entry in these lists is a decision; its line says why.
 */
import type { LockedPackage } from "./lock-file.ts";

/**
 * What may be shipped with the program: permissive, no duty beyond keeping the notice. Apache-2.0 (echarts) asks for its NOTICE file, which comes
 * along inside the package, and grants patents besides. BlueOak-1.0.0 (glob, below @fastify/static) is MIT in plainer words with a grant of
 * patents; the Unlicense (wouter, in the dashboard) gives to the public domain and asks for nothing. MIT-0 (nodemailer) is MIT without the duty to
 * keep the notice. MPL-2.0 (resvg-js, web-push) binds whoever changes its own files, which come along unchanged, and nothing beside them.
 */
export const LICENCES: ReadonlySet<string> = new Set([
  "MIT",
  "MIT-0",
  "ISC",
  "0BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "Unlicense",
  "MPL-2.0",
]);

/** What tools may be under besides: they are used, not shipped. */
export const TOOL_LICENCES: ReadonlySet<string> = new Set([...LICENCES, "PSF-2.0"]);

/** Packages whose script is known. None of them runs: `.npmrc` turns install scripts off. */
export const INSTALL_SCRIPTS: ReadonlySet<string> = new Set([
  // Compiles a faster WebSocket mask where no prebuilt one fits; comes with ccxt, which only tests and measurements use.
  "bufferutil",
  // Prints an advertisement.
  "ccxt",
]);

/** One sentence for each thing that is wrong; empty when all is well. */
export function objectionsTo(packages: readonly LockedPackage[]): readonly string[] {
  return packages.flatMap((found) => [
    ...licenceObjection(found),
    ...(found.isPinned ? [] : [`${label(found)} has no sha512 hash in package-lock.json`]),
    ...(found.runsScript && !INSTALL_SCRIPTS.has(found.name)
      ? [`${label(found)} wants to run a script when it is installed; see scripts/dependencies/objections.ts`]
      : []),
  ]);
}

function licenceObjection(found: LockedPackage): readonly string[] {
  const allowed = found.isTool ? TOOL_LICENCES : LICENCES;
  if (isAllowed(found.licence, allowed)) return [];
  const stated = found.licence === "" ? "states no licence" : `is under ${found.licence}`;
  return [`${label(found)} ${stated}; allowed are ${[...allowed].join(", ")}`];
}

/** One identifier, or a choice of which one is allowed; anything else is left to a person. */
function isAllowed(licence: string, allowed: ReadonlySet<string>): boolean {
  const choice = /^\((.*)\)$/.exec(licence)?.[1] ?? licence;
  return choice.split(" OR ").some((one) => allowed.has(one));
}

const label = ({ name, version }: LockedPackage): string => `${name} ${version}`;
