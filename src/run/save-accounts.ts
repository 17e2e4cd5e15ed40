/** Writes into the database which accounts there are, and since when their keys are known to be harmless. */
import type { ConfiguredAccount } from "../config.ts";
import type { Log } from "../log.ts";
import type { StoreWriter } from "../store/writer.ts";
import type { VerifiedAccounts } from "./verified-accounts.ts";

export interface AccountsToSave {
  readonly accounts: readonly ConfiguredAccount[];
  readonly verified: VerifiedAccounts;
  readonly log: Log;
}

/** Copying goes on where they cannot be written. */
export function saveAccounts(writer: StoreWriter, { accounts, verified, log }: AccountsToSave): void {
  const records = accounts.map(({ account, venue, role, accountType }) => ({
    account,
    venue,
    role,
    accountType,
    verifiedAtMs: verified.sinceMs(account),
  }));
  writer.saveAccounts(records).catch((error: unknown) => {
    log.warn("the accounts could not be written to the database", { cause: String(error) });
  });
}
