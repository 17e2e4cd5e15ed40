/**
 * What the kill switch asks of a run of its own, when no engine runs: the same engine, with the followers' accounts alone, until
 * everything is closed or the time is over. No leader is read, so that nothing can be opened.
 */
import type { ConfiguredAccount } from "../config.ts";
import type { Command } from "../core/event.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import type { State } from "../core/state.ts";
import type { AccountConnection } from "../exchange/exchange.ts";
import { admit } from "./admission.ts";
import type { VerifiedAccounts } from "./verified-accounts.ts";

export interface Flatten {
  readonly command: Command;
  readonly isFlat: (state: State) => boolean;
  readonly giveUpMs: number;
}

/** Who does not answer within this is tried all the same: its key was good when it last traded. */
const ADMIT_MAX_MS = 2_000;

/** Accounts that can be traded on at all. */
export function canFlatten({ role, execution, credentials }: ConfiguredAccount): boolean {
  return role === "follower" && (execution === "paper" || credentials !== null);
}

/** Takes the connections away whose key may not be used, or is another account's; names each with the reason. */
export async function dropRefused(
  accounts: readonly ConfiguredAccount[],
  connections: Map<AccountId, AccountConnection>,
  verified: VerifiedAccounts,
  stop: AbortSignal,
): Promise<readonly string[]> {
  const patience = AbortSignal.any([stop, AbortSignal.timeout(ADMIT_MAX_MS)]);
  const outcomes = accounts.flatMap((account) => {
    const connection = connections.get(account.account);
    return connection === undefined ? [] : [refusalOf(account, connection, verified, patience)];
  });
  const refused = (await Promise.all(outcomes)).flatMap((one) => (one === null ? [] : [one]));
  for (const { account } of refused) {
    connections.get(account)?.close();
    connections.delete(account);
  }
  return refused.map(({ account, cause }) => `${account}: ${cause}`);
}

async function refusalOf(
  account: ConfiguredAccount,
  connection: AccountConnection,
  verified: VerifiedAccounts,
  patience: AbortSignal,
): Promise<{ readonly account: AccountId; readonly cause: string } | null> {
  try {
    const admission = await admit(account, connection, verified, patience, () => {});
    return admission.kind === "refused" ? { account: account.account, cause: admission.cause } : null;
  } catch (error) {
    if (patience.aborted) return null;
    throw error;
  }
}

const LOOK_MS = 50;

/** Resolves to whether everything is closed, once it is or there is no more time for it. */
export async function untilFlat(
  { isFlat, giveUpMs }: Flatten,
  state: State,
  isOver: () => boolean,
): Promise<boolean> {
  const endMs = Date.now() + giveUpMs;
  while (!isFlat(state) && !isOver() && Date.now() < endMs)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  return isFlat(state);
}
