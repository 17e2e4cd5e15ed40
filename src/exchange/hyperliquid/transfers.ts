/**
 * Reads what moved into and out of the margin account of an address (`userNonFundingLedgerUpdates`), page by page. What only moves
 * spot balances, stakes or loans is left out. What is of no known kind, or cannot be read, is kept without an amount, and why is told.
 */
import type { UserNonFundingLedgerUpdatesResponse } from "@nktkas/hyperliquid";
import { Decimal } from "../../core/model/decimal.ts";
import { decimal, MalformedMessage, meant, type RawRow, rowOf, rowsOf, text } from "../raw.ts";
import type { Scope } from "../scope.ts";
import type { Address } from "./address.ts";
import { type HistoryPage, type HistoryPages, type HistoryWanted, readHistory } from "./history-pages.ts";
import type { InfoClient } from "./info.ts";
import { moment } from "./parse.ts";

type Delta = UserNonFundingLedgerUpdatesResponse[number]["delta"];
type DeltaOf<Type extends Delta["type"]> = Extract<Delta, { readonly type: Type }>;

interface Movement {
  readonly kind: "deposit" | "withdrawal" | "address" | "sub-account" | "spot" | "vault" | "unknown";
  /** In USDC, without fees, positive into the account; null where it is not told. */
  readonly amount: string | null;
}

export interface Transfer extends Movement {
  readonly id: string;
  readonly timeMs: number;
  /** The venue's word. */
  readonly type: string;
}

export interface TransferPage extends HistoryPage {
  readonly transfers: readonly Transfer[];
  /** Why rows have no amount: the venue's word, and what is wrong. */
  readonly untold: readonly string[];
}

/** Of 500 rows (official documentation, "Info endpoint"). */
const PAGES_MAX = 100;

export function readTransfers(
  info: InfoClient,
  scope: Scope,
  wanted: HistoryWanted,
  heard: HistoryPages<TransferPage>,
): void {
  const isLast = ({ rows, lastMs }: HistoryPage, sinceMs: number) => rows === 0 || lastMs <= sinceMs;
  const parse = (value: unknown) => parseTransfers(value, wanted.address);
  const history = { type: "userNonFundingLedgerUpdates", parse, isLast, pagesMax: PAGES_MAX };
  readHistory(info, scope, { ...wanted, history }, heard);
}

/** Throws a MalformedMessage that names the field. */
export function parseTransfers(value: unknown, address: Address): TransferPage {
  const rows = rowsOf(value, "ledger updates");
  const times = rows.map(moment);
  const seen = new Map<string, number>();
  const untold: string[] = [];
  const transfers = rows.flatMap((row, index): readonly Transfer[] => {
    const delta = rowOf(row.delta, "delta of a ledger update");
    const type = text<Delta>(delta, "type");
    const timeMs = times[index] ?? 0;
    const name = `${timeMs}-${text<UserNonFundingLedgerUpdatesResponse[number]>(row, "hash")}-${type}`;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    const movement = movementOf(type, delta, address, untold);
    // A page begins with the whole of the moment that the one before it ended in, so this place is always the same.
    return movement === "elsewhere" ? [] : [{ id: `${name}-${before}`, timeMs, type, ...movement }];
  });
  return {
    transfers,
    untold,
    rows: rows.length,
    firstMs: times.reduce((least, time) => Math.min(least, time), times[0] ?? 0),
    lastMs: times.reduce((most, time) => Math.max(most, time), 0),
  };
}

/** `elsewhere`: nothing of the margin account moved by it as a transfer. Throws a MalformedMessage. */
type Read = (delta: RawRow, address: Address) => Movement | "elsewhere";

const elsewhere: Read = () => "elsewhere";

const READERS: Readonly<Record<string, Read>> = {
  deposit: (delta) => into("deposit", usdc(delta)),
  withdraw: (delta) => outOf("withdrawal", usdc(delta)),
  accountClassTransfer: (delta) => {
    const { toPerp } = delta;
    if (typeof toPerp !== "boolean")
      throw new MalformedMessage("toPerp is missing or neither true nor false");
    return toPerp ? into("spot", usdc(delta)) : outOf("spot", usdc(delta));
  },
  internalTransfer: (delta, address) => between("address", delta, address),
  subAccountTransfer: (delta, address) => between("sub-account", delta, address),
  send: readSend,
  vaultCreate: readVault,
  vaultDeposit: readVault,
  vaultDistribution: (delta, address) => turned(readVault(delta, address)),
  vaultWithdraw: (delta, address) =>
    isAddress(delta, "user", address)
      ? into("vault", unsigned(delta, "netWithdrawnUsd"))
      : untoldWay("what left a vault"),
  // A liquidation is told by its fills; the others move spot balances, stakes or loans.
  liquidation: elsewhere,
  spotTransfer: elsewhere,
  spotGenesis: elsewhere,
  cStakingTransfer: elsewhere,
  deployGasAuction: elsewhere,
  borrowLend: elsewhere,
};

function movementOf(type: string, delta: RawRow, address: Address, untold: string[]): Movement | "elsewhere" {
  try {
    const read = meant(READERS, type);
    if (read === undefined) throw new MalformedMessage("no known kind");
    return read(delta, address);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    untold.push(`${type}: ${error.message}`);
    return { kind: "unknown", amount: null };
  }
}

function untoldWay(what: string): never {
  throw new MalformedMessage(`${what} is not told`);
}

/** Between dexes and the spot wallet, of one address or of two. */
function readSend(delta: RawRow, address: Address): Movement | "elsewhere" {
  const [source, destination] = [
    text<DeltaOf<"send">>(delta, "sourceDex"),
    text<DeltaOf<"send">>(delta, "destinationDex"),
  ];
  const isLeaving = isAddress(delta, "user", address) && source !== SPOT;
  const isComing = isAddress(delta, "destination", address) && destination !== SPOT;
  if (isLeaving === isComing) return "elsewhere";
  const isOwn = isAddress(delta, "user", address) && isAddress(delta, "destination", address);
  const kind = isOwn ? "spot" : "address";
  if (text<DeltaOf<"send">>(delta, "token").split(":")[0] !== "USDC") return untoldWay("its value in USDC");
  const amount = unsigned(delta, "amount");
  return isComing ? into(kind, amount) : outOf(kind, amount);
}

const SPOT = "spot";

/** Into the vault; the address may be the vault itself. */
function readVault(delta: RawRow, address: Address): Movement {
  return isAddress(delta, "vault", address) ? into("vault", usdc(delta)) : outOf("vault", usdc(delta));
}

function turned({ kind, amount }: Movement): Movement {
  return { kind, amount: amount === null ? null : Decimal.parse(amount).negated().toString() };
}

function between(kind: Movement["kind"], delta: RawRow, address: Address): Movement {
  const [isFrom, isTo] = [isAddress(delta, "user", address), isAddress(delta, "destination", address)];
  if (isFrom === isTo) return untoldWay("which way it went");
  return isTo ? into(kind, usdc(delta)) : outOf(kind, usdc(delta));
}

const into = (kind: Movement["kind"], amount: Decimal): Movement => ({ kind, amount: amount.toString() });
const outOf = (kind: Movement["kind"], amount: Decimal): Movement => into(kind, amount.negated());

function isAddress(delta: RawRow, name: "user" | "destination" | "vault", address: Address): boolean {
  return text<Record<typeof name, string>>(delta, name).toLowerCase() === address;
}

const usdc = (delta: RawRow): Decimal => unsigned(delta, "usdc");

function unsigned(delta: RawRow, name: "usdc" | "amount" | "netWithdrawnUsd"): Decimal {
  const amount = Decimal.parse(decimal<Record<typeof name, string>>(delta, name));
  if (amount.sign < 0) throw new MalformedMessage(`${name} is below zero`);
  return amount;
}
