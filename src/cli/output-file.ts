/** Files that a command writes when it is done: what would keep it from writing them is said before the work begins. */
import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { usage } from "./output.ts";

/** A page of `option`, where it was given. Throws an error of usage where it could not be written. */
export function assertPage(option: string, path: string | undefined): void {
  if (path?.endsWith(".html") === false) throw usage(`${option}: ${path} has to end in .html`);
  assertWritable(option, path);
}

/** Throws an error of usage where no file could be written there, one that is there included. */
export function assertWritable(option: string, path: string | undefined): void {
  if (path === undefined) return;
  const folder = dirname(path);
  const found = statSync(path, { throwIfNoEntry: false });
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw usage(`${option}: there is no folder ${folder} for ${path}; make it, or name another`);
  if (found?.isDirectory() === true) throw usage(`${option}: ${path} is a folder; name a file in it`);
  if (!isWritable(found === undefined ? folder : path))
    throw usage(`${option}: ${path} may not be written by whoever runs this`);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
