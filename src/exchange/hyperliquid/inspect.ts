/**
 * What is to be known of a public address before it is followed: what kind of address it is, and what it holds. An API wallet only
 * signs for another address and holds nothing itself: reading it gives an empty state and no error (official documentation,
 * "Nonces and API wallets"), so it is refused with the address that is meant.
 */
import type { AccountId } from "../../core/model/identifiers.ts";
import type { AccountInspection, KeyInspection } from "../exchange.ts";
import { ExchangeError } from "../exchange-error.ts";
import { isRow } from "../raw.ts";
import type { Scope } from "../scope.ts";
import { type Address, shortAddress } from "./address.ts";
import { type InfoClient, WEIGHTS } from "./info.ts";
import type { StateReader } from "./state-reads.ts";

export function inspectAddress(
  { info, scope, account, address }: Inspected,
  done: (result: KeyInspection | ExchangeError) => void,
): void {
  const question = {
    body: { type: "userRole", user: address },
    weight: WEIGHTS.role,
    urgency: "ask",
  } as const;
  info.ask(question, scope, (answer) => {
    if (answer.kind === "error") return done(answer.error);
    const objection = objectionTo(answer.value, address);
    if (objection !== null) return done(new ExchangeError("give-up", 0, objection));
    done({
      account,
      userId: address,
      readOnly: true,
      canTrade: false,
      canWithdraw: false,
      permissions: ["public address"],
      expiresAtMs: null,
    });
  });
}

export interface Inspected {
  readonly info: InfoClient;
  readonly scope: Scope;
  readonly account: AccountId;
  readonly address: Address;
}

export function inspectWithState(
  inspected: Inspected,
  states: StateReader,
  done: (result: AccountInspection | ExchangeError) => void,
): void {
  inspectAddress(inspected, (key) => {
    if (key instanceof ExchangeError) return done(key);
    states.read((state) => {
      if (state instanceof ExchangeError) return done(state);
      const { equity, available } = state.equity;
      const clockOffsetMs = Math.round(state.timeMs - (state.sentAtMs + state.receivedAtMs) / 2);
      done({ ...key, equity, available, clockOffsetMs, positionMode: "one-way", marginMode: "" });
    });
  });
}

/** Roles per `userRole`: user, vault and sub-account hold positions; an agent signs for another, `missing` was never used. */
function objectionTo(value: unknown, address: Address): string | null {
  const role = isRow(value) ? value.role : undefined;
  if (role === "agent") {
    const data = isRow(value) && isRow(value.data) ? value.data.user : undefined;
    const meant = typeof data === "string" ? `: follow ${data.slice(0, 42)}` : "";
    return `${shortAddress(address)} is an API wallet, which holds nothing itself${meant}`;
  }
  if (role === "missing") return `${address} was never used at Hyperliquid; check the address`;
  return null;
}
