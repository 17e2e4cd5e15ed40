/** Everything that lies sealed, for the replacement of the encryption key: older keys may go once nothing is under them. */
import type { Vault } from "../security/vault.ts";
import type { IdentityRows } from "../store/identity-store.ts";

export function staleSeals(rows: IdentityRows, vault: Vault): number {
  const users = rows.users.all().flatMap(({ factor, pendingFactor }) => [factor, pendingFactor]);
  const sessions = rows.sessions.all().map(({ sealed }) => sealed);
  return [...users, ...sessions].filter((sealed) => isStale(sealed, vault)).length;
}

function isStale(sealed: string | null, vault: Vault): sealed is string {
  // What no key opens is lost already.
  return sealed !== null && !vault.isCurrent(sealed) && vault.decrypt(sealed) !== null;
}

/** How many were sealed anew under the vault's newest key. */
export function resealAll(rows: IdentityRows, vault: Vault): number {
  const count = staleSeals(rows, vault);
  const renewed = (sealed: string) => vault.encrypt(vault.decrypt(sealed) ?? "");
  for (const { id, factor, pendingFactor } of rows.users.all()) {
    if (isStale(factor, vault)) rows.users.change(id, { factor: renewed(factor) });
    if (isStale(pendingFactor, vault)) rows.users.change(id, { pendingFactor: renewed(pendingFactor) });
  }
  for (const { id, sealed } of rows.sessions.all()) {
    if (isStale(sealed, vault)) rows.sessions.seal(id, renewed(sealed));
  }
  return count;
}
