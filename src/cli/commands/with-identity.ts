/** Opens the users of a data folder, lets them be asked or changed in the name of the command line, and closes them again. */
import { existsSync, mkdirSync } from "node:fs";
import type { Identity, LocalActor, UserView } from "../../identity/identity.ts";
import type { Folders } from "../command.ts";
import { usage } from "../output.ts";

/** Whoever may use the data folder may do everything. */
export const COMMAND_LINE: LocalActor = { kind: "local", name: "command line" };

export async function withIdentity<Value>(
  { config, data }: Folders,
  use: (identity: Identity) => Promise<Value>,
): Promise<Value> {
  const { openIdentityAt } = await import("../../run/identity-at.ts");
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const identity = await openIdentityAt({ configDir: config, dataDir: data });
  try {
    return await use(identity);
  } finally {
    await identity.close();
  }
}

/** To look only: nothing is made, and where there are no users yet the answer is what is given for that. */
export async function lookingAtIdentity<Value>(
  folders: Folders,
  nothing: Value,
  use: (identity: Identity) => Promise<Value>,
): Promise<Value> {
  const { dataFolderPaths } = await import("../../data-folder.ts");
  return existsSync(dataFolderPaths(folders.data).identity) ? withIdentity(folders, use) : nothing;
}

/** Throws a CliError that names those there are. */
export async function userNamed(identity: Identity, name: string): Promise<UserView> {
  const users = await identity.users(COMMAND_LINE);
  const found = users.find((user) => user.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  throw usage(
    `there is no user "${name}"; there are: ${users.map((user) => user.name).join(", ") || "none"}`,
  );
}
