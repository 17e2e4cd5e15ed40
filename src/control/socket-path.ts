/**
 * Where the control socket lies: in the data folder, or, where that path is too long for a socket, in a folder of the
 * owner's under the system's temporary folder whose name follows from the data folder's.
 */
import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, realpathSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { dataFolderPaths } from "../data-folder.ts";

/** Linux allows 107 bytes, macOS 103. */
const PATH_BYTES_MAX = 100;

export function controlSocketPath(dataDir: string): string {
  const { root, socket } = dataFolderPaths(dataDir);
  if (Buffer.byteLength(socket) <= PATH_BYTES_MAX) return socket;
  const name = createHash("sha256").update(realPath(root)).digest("hex").slice(0, 16);
  return join(tmpdir(), `copytrader-${userInfo().uid}`, `${name}.sock`);
}

/** Makes the socket's folder where it is not the data folder; throws when somebody else owns it or could look into it. */
export function prepareSocketFolder(path: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  const uid = userInfo().uid;
  if (!found.isDirectory() || (uid >= 0 && found.uid !== uid)) {
    throw new Error(`${folder} belongs to somebody else; the control socket is not opened there`);
  }
  if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

function realPath(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    // It does not exist yet, so nobody listens for it either.
    return root;
  }
}
