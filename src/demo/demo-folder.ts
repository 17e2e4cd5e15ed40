/**
 * The folder that a demo empties and fills. It carries a mark, and a folder without that mark is never emptied: `--data` names
 * the real data everywhere else, with its keys and its journal.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDataFolderInUse } from "../data-folder.ts";

export interface DemoFolders {
  readonly config: string;
  readonly data: string;
  /** Of traders, as a source would give them. */
  readonly records: string;
}

/** The folder is somebody's own, or another demo runs in it. */
export class DemoFolderError extends Error {
  override readonly name = "DemoFolderError";
}

const MARK = ".copytrader-demo";

export function demoFolders(folder: string): DemoFolders {
  return { config: join(folder, "config"), data: join(folder, "data"), records: join(folder, "records") };
}

/** Throws a DemoFolderError unless the folder is absent, empty, or an earlier demo's that no process uses. */
export function assertDemoFolder(folder: string): void {
  if (!existsSync(folder)) return;
  if (readdirSync(folder).length > 0 && !existsSync(join(folder, MARK))) {
    throw new DemoFolderError(
      `${folder} holds files that are no demo's, and a demo empties its folder; name another with --data`,
    );
  }
  if (isDataFolderInUse(demoFolders(folder).data)) {
    throw new DemoFolderError(`another demo runs in ${folder}; name another folder with --data`);
  }
}

/** Leaves the folder with its mark alone. */
export function emptyDemoFolder(folder: string): void {
  assertDemoFolder(folder);
  rmSync(folder, { recursive: true, force: true });
  // Where a user's data folder will be, so as closed as that.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, MARK), "Made by copytrader demo; the next demo empties this folder.\n");
}
