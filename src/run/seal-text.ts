/** A secret as a configuration file may hold it: under the newest encryption key, which is made where there is none. */
import { encryptionKeysFor } from "../config/encryption-keys.ts";
import { readyVault } from "../config/vault-work.ts";

/** `trouble`: why there is no key. */
export function sealed(
  configDir: string,
  dataDir: string,
  secret: string,
): { readonly sealed: string } | { readonly trouble: string } {
  const read = () => encryptionKeysFor(configDir);
  const ready = readyVault(dataDir, read(), read);
  return typeof ready === "string" ? { trouble: ready } : { sealed: ready.vault.encrypt(secret) };
}
