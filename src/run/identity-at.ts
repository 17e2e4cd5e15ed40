/**
 * Identity of a data folder with the encryption key of its configuration: what the server, the command line and the bot open. A key
 * file is made when the first thing is to be sealed and there is none.
 */
import { readAccountFiles } from "../config/account-files.ts";
import { encryptionKeysFor } from "../config/encryption-keys.ts";
import type { Variables } from "../config/environment.ts";
import { readyVault } from "../config/vault-work.ts";
import { dataFolderPaths } from "../data-folder.ts";
import type { Identity, IdentityClock } from "../identity/identity.ts";
import { IdentityError } from "../identity/identity-error.ts";
import { openIdentity } from "../identity/open-identity.ts";
import { type Log, silentLog } from "../log.ts";
import type { Vault } from "../security/vault.ts";

export interface IdentityFolders {
  readonly configDir: string;
  readonly dataDir: string;
  readonly env?: Variables;
}

/** Of a process with a log: what it adds to the audit log is a line of the security channel, too. */
export interface IdentityTelling {
  readonly clock?: IdentityClock;
  readonly log?: Log;
}

/** So long the account files are not read again. */
const ACCOUNTS_KEPT_MS = 2_000;

export const machineClock: IdentityClock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
};

/** Throws a StoreError. The data folder must be there. */
export async function openIdentityAt(
  { configDir, dataDir, env }: IdentityFolders,
  { clock = machineClock, log = silentLog }: IdentityTelling = {},
): Promise<Identity> {
  let vault: Vault | null = null;
  const security = log.channel("security");
  return openIdentity({
    path: dataFolderPaths(dataDir).identity,
    clock,
    audited({ actor, actorKind, action, subject, address }) {
      const level = actorKind === "nobody" ? "warn" : "info";
      const from = address === null ? {} : { from: address };
      security[level]("audited", { action, by: actor, subject, ...from });
    },
    telegramIds: telegramIdsOf(dataDir, clock),
    vault() {
      vault ??= vaultOf(dataDir, () => encryptionKeysFor(configDir, env));
      return vault;
    },
  });
}

/** To seal with what lies in the data folder; throws an IdentityError `no-key`. */
export function vaultAt({ configDir, dataDir, env }: IdentityFolders): Vault {
  return vaultOf(dataDir, () => encryptionKeysFor(configDir, env));
}

function vaultOf(dataDir: string, read: () => ReturnType<typeof encryptionKeysFor>): Vault {
  const ready = readyVault(dataDir, read(), read);
  if (typeof ready === "string") throw new IdentityError("no-key", ready);
  return ready.vault;
}

/** Telegram id of each account that carries one, as the account files are now. */
export function telegramIdsOf(
  dataDir: string,
  clock: Pick<IdentityClock, "elapsedMs">,
): () => ReadonlyMap<string, string> {
  let known: ReadonlyMap<string, string> = new Map();
  let readAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = clock.elapsedMs();
    if (nowMs - readAtMs >= ACCOUNTS_KEPT_MS) {
      readAtMs = nowMs;
      const { accounts } = readAccountFiles(dataDir);
      known = new Map(
        accounts.flatMap(({ nickname, content }) =>
          content.telegram_id === undefined ? [] : [[nickname, String(content.telegram_id)] as const],
        ),
      );
    }
    return known;
  };
}
