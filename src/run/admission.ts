/**
 * Whether an account may take part: its key is read once before anything is sent. Withdrawal rights, missing trade rights,
 * keys of another account than before and keys that never worked are refusals; passing trouble is retried until the venue answers.
 */
import type { ConfiguredAccount } from "../config.ts";
import type { AccountConnection, KeyInspection } from "../exchange/exchange.ts";
import { ExchangeError } from "../exchange/exchange-error.ts";
import { untilAnswered } from "./venues.ts";
import type { VerifiedAccounts } from "./verified-accounts.ts";

export type Admission =
  | { readonly kind: "admitted"; readonly inspection: KeyInspection }
  /** Worked before, refused today: it is halted, the others run. */
  | { readonly kind: "halted"; readonly cause: string }
  | { readonly kind: "refused"; readonly cause: string };

export async function admit(
  account: ConfiguredAccount,
  connection: Pick<AccountConnection, "inspectKey">,
  verified: VerifiedAccounts,
  stop: AbortSignal,
  onRetry: (cause: string) => void,
): Promise<Admission> {
  try {
    const inspection = await untilAnswered<KeyInspection>(
      (done) => connection.inspectKey(done),
      stop,
      onRetry,
    );
    const objection = objectionTo(account, inspection);
    if (objection !== null) return { kind: "refused", cause: objection };
    const { userId } = inspection;
    const knownId = verified.userId(account.account, account.venue);
    if (userId !== null && knownId !== null && userId !== knownId)
      return { kind: "refused", cause: otherAccount(account, userId, knownId) };
    verified.add(account.account, account.venue, userId, Date.now());
    return { kind: "admitted", inspection };
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    const cause = describeExchangeError(error);
    return verified.has(account.account, account.venue)
      ? { kind: "halted", cause }
      : { kind: "refused", cause };
  }
}

/** What was copied for the earlier account would be reduced, or bought again, on this one. */
function otherAccount({ account, venue }: ConfiguredAccount, userId: string, knownId: string): string {
  return (
    `the API key of "${account}" belongs to user ${userId} of ${venue}, but what is recorded under this nickname ` +
    `belongs to user ${knownId}; put back a key of user ${knownId}, or give the new account a nickname of its own`
  );
}

/** The venue's word with its code, once. */
export function describeExchangeError({ message, code }: ExchangeError): string {
  return code === 0 || message.includes(String(code)) ? message : `${message} (code ${code})`;
}

/** What is wrong with a key that works, or null. */
export function objectionTo(account: ConfiguredAccount, inspection: KeyInspection): string | null {
  if (inspection.canWithdraw) {
    return "its API key may withdraw; make a key without withdrawal rights";
  }
  if (account.role === "leader") return null;
  if (inspection.readOnly) return "its API key is read-only; a follower needs a key that may trade contracts";
  if (!inspection.canTrade) {
    return "its API key lacks the right to contract orders and positions; add both to the key";
  }
  return null;
}
