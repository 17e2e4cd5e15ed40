/**
 * Account files as command line and API add and remove them: a key is looked at before it is kept, secrets are written encrypted and
 * never told again, and what others still need is not removed. It counts from the engine's next start on.
 */
import type { ConfigurationProblem } from "../config.ts";
import type { AccountChecks } from "./account-checks.ts";
import type { StatusReport } from "./control.ts";

export interface Accounts {
  /** What the data folder holds now and the next start would take, in the order of the files' names. */
  list(): readonly AccountFileView[];
  /** Looks at what would be added; rejects with an AccountError where it would be refused. */
  look(account: StatedAccount): Promise<AccountLook>;
  /** Looks, and writes it where nothing is amiss; rejects with an AccountError otherwise. */
  add(account: StatedAccount): Promise<AccountAdded>;
  /** Throws an AccountError where others need it; `status` is of this moment. */
  removal(nickname: string, status: StatusReport): AccountRemoval;
  /** Removes the file with its secrets; throws an AccountError as `removal` does. */
  remove(nickname: string, status: StatusReport): AccountRemoval;
}

/** Where its key comes from; `none` where it has none, and `public` for an address that everybody may read. */
export type KeyPlace = "encrypted" | "plain" | "environment" | "public" | "none";

export interface AccountFileView {
  readonly nickname: string;
  readonly role: "leader" | "follower";
  readonly venue: string;
  /** live, testnet, demo or simulated; null where neither the file nor its address says. */
  readonly accountType: "live" | "testnet" | "demo" | "simulated" | null;
  readonly key: KeyPlace;
}

export interface StatedAccount {
  /** Keys of an account file, without secrets; what is left out is inferred from the other accounts. */
  readonly keys: Readonly<Record<string, unknown>> & { readonly nickname: string };
  /** Undefined for a paper follower, a public address, or a key that stays in the environment. */
  readonly secret?: { readonly apiKey: string; readonly apiSecret: string };
}

export interface AccountLook {
  readonly role: "leader" | "follower";
  /** Keys of the file that would be written, without secrets. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly file: string;
  /** Null where there is no key to look at. */
  readonly checks: AccountChecks | null;
  /** What would be done, in sentences. */
  readonly steps: readonly string[];
}

export interface AccountAdded extends AccountLook {
  /** The file of a key that had to be made for it; null otherwise. */
  readonly madeKeyFile: string | null;
}

export interface AccountRemoval {
  readonly nickname: string;
  readonly role: "leader" | "follower";
  readonly file: string;
  readonly steps: readonly string[];
}

export type AccountFailure =
  /** What was stated is wrong. */
  | "bad-settings"
  /** The files that are there, or the encryption key, have problems of their own. */
  | "configuration"
  | "name-taken"
  /** The venue refuses the key, or the key may do too much or too little. */
  | "key-refused"
  | "unknown-account"
  | "in-use"
  | "cannot-write";

export interface AccountTrouble {
  /** Key of the account file. */
  readonly field: string;
  readonly message: string;
}

export class AccountError extends Error {
  override readonly name = "AccountError";
  readonly failure: AccountFailure;
  readonly troubles: readonly AccountTrouble[];
  readonly problems: readonly ConfigurationProblem[];
  readonly checks: AccountChecks | null;

  constructor(
    failure: AccountFailure,
    message: string,
    facts: {
      readonly troubles?: readonly AccountTrouble[];
      readonly problems?: readonly ConfigurationProblem[];
      readonly checks?: AccountChecks;
    } = {},
  ) {
    super(message);
    this.failure = failure;
    this.problems = facts.problems ?? [];
    this.troubles =
      facts.troubles ??
      this.problems.map(({ keyPath, message: text }) => ({ field: keyPath, message: text }));
    this.checks = facts.checks ?? null;
  }
}

/** Why an account may not go while the engine that knows it still works on it; empty where nothing stands against it. */
export function reasonsToKeep({ engine, followers }: StatusReport, nickname: string): readonly string[] {
  const follower = followers.find((one) => one.nickname === nickname);
  if (follower === undefined) return [];
  const held = follower.instruments.filter((one) => !isZero(one.held) || !isZero(one.inFlight));
  const places = held.map(({ symbol }) => symbol);
  return [
    ...(places.length === 0
      ? []
      : [`${nickname} still holds or trades what is ours in ${places.join(", ")}: close it first`]),
    ...(engine.running && !follower.paused
      ? [`the running engine goes on copying to ${nickname} until its next start: pause it first`]
      : []),
  ];
}

function isZero(quantity: string): boolean {
  return /^-?0*(\.0*)?$/.test(quantity);
}
