/** The admission of every configured account at once: who is refused stops the start, who is halted does not. */
import type { ConfiguredAccount } from "../config.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import type { AccountConnection } from "../exchange/exchange.ts";
import type { Log } from "../log.ts";
import { admit } from "./admission.ts";
import type { Printer } from "./printer.ts";
import { problemOf, Refusal } from "./start-failure.ts";
import type { VerifiedAccounts } from "./verified-accounts.ts";

export interface AdmissionParts {
  readonly accounts: readonly ConfiguredAccount[];
  readonly connections: ReadonlyMap<AccountId, AccountConnection>;
  readonly verified: VerifiedAccounts;
  readonly dataDir: string;
  readonly stop: AbortSignal;
  readonly log: Log;
  readonly printer: Printer;
}

/** Every key is read once; throws a Refusal for never verified accounts. Resolves to those that are halted, with the cause. */
export async function admitAll(parts: AdmissionParts): Promise<ReadonlyMap<AccountId, string>> {
  const { accounts, connections, verified, dataDir, stop, log, printer } = parts;
  const outcomes = await Promise.all(
    accounts.map(async (account) => {
      const connection = connections.get(account.account);
      if (connection === undefined) throw new Error(`${account.account} has no connection`);
      const retry = (cause: string) =>
        log.channel("sync").warn("an account cannot be read yet", { account: account.account, cause });
      return { account, admission: await admit(account, connection, verified, stop, retry) };
    }),
  );
  const refused = outcomes.filter(({ admission }) => admission.kind === "refused");
  if (refused.length > 0)
    throw new Refusal(refused.map(({ account, admission }) => problemOf(account, admission, dataDir)));
  const halted = new Map<AccountId, string>();
  for (const { account, admission } of outcomes) {
    if (admission.kind !== "halted") continue;
    halted.set(account.account, admission.cause);
    log.channel("security").error("an account is refused by its venue and halted", {
      account: account.account,
      cause: admission.cause,
    });
    printer.note("halted", `${account.account}: ${admission.cause}`);
  }
  return halted;
}
