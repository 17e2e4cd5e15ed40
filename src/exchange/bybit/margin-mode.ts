/**
 * The margin mode of an account, read and set, in our words. Fields per "Get Account Info" and "Set Margin Mode". The only place
 * that knows the request to change it; there is no word for portfolio margin among those that may be asked for.
 */
import type { FollowedMarginMode, MarginMode } from "../../core/event.ts";
import { isRow, meant, rowOf } from "../raw.ts";
import {
  type AccountAccess,
  type OrdersWanted,
  type Result,
  read,
  readSnapshot,
  type Snapshot,
} from "./account-reads.ts";
import { rejectionOf, venueText } from "./errors.ts";
import type { AskResult } from "./rest.ts";

const MODES: Readonly<Record<string, MarginMode>> = {
  REGULAR_MARGIN: "cross",
  ISOLATED_MARGIN: "isolated",
  PORTFOLIO_MARGIN: "portfolio",
};

const WORDS = { cross: "REGULAR_MARGIN", isolated: "ISOLATED_MARGIN" } as const satisfies Record<
  FollowedMarginMode,
  string
>;

/** How many of the venue's reasons are told. */
const REASONS_MAX = 5;

/** The venue's own word; "" where it tells none. */
export function readMarginMode(access: AccountAccess, done: (result: Result<string>) => void): void {
  const parse = (result: unknown): string => {
    const { marginMode } = rowOf(result, "account information");
    return typeof marginMode === "string" ? marginMode : "";
  };
  read(access, "/v5/account/info", {}, parse, done);
}

/** Null for a word that is none of ours. */
export function marginModeOf(word: string): MarginMode | null {
  return meant(MODES, word) ?? null;
}

export interface SnapshotWanted {
  readonly orders: OrdersWanted;
  readonly marginMode: boolean;
}

export interface SnapshotWithMode extends Snapshot {
  readonly marginMode?: MarginMode;
}

/** A margin mode that cannot be read is left out: copying does not wait for it. */
export function readSnapshotWithMode(
  access: AccountAccess,
  wanted: SnapshotWanted,
  done: (result: Result<SnapshotWithMode>) => void,
): void {
  readSnapshot(access, wanted.orders, (result) => {
    if (result.kind === "error" || !wanted.marginMode) return done(result);
    readMarginMode(access, (word) => {
      const marginMode = word.kind === "ok" ? marginModeOf(word.value) : null;
      done(marginMode === null ? result : { ...result, value: { ...result.value, marginMode } });
    });
  });
}

/** What became of the request: carried out, refused with the venue's reasons, or nobody knows. */
export type MarginAnswer =
  | { readonly kind: "margin-mode-set" }
  | { readonly kind: "margin-mode-refused"; readonly rejection: ReturnType<typeof rejectionOf> }
  | { readonly kind: "failed"; readonly error: Extract<AskResult, { readonly kind: "error" }>["error"] };

export function setMarginMode(
  { rest, scope, credentials }: AccountAccess,
  mode: FollowedMarginMode,
  done: (answer: MarginAnswer) => void,
): void {
  const payload = JSON.stringify({ setMarginMode: WORDS[mode] });
  const path = "/v5/account/set-margin-mode";
  rest.ask({ method: "POST", path, payload, credentials, priority: "open" }, scope, (result) => {
    done(answerOf(result));
  });
}

/** A code that nobody knows is a refusal, too: the same will be answered again. A failure carries its reasons; one that is told with the code of success is a failure all the same. */
function answerOf(result: AskResult): MarginAnswer {
  const reasons = reasonsIn(result.result);
  if (result.kind === "ok")
    return reasons === ""
      ? { kind: "margin-mode-set" }
      : { kind: "margin-mode-refused", rejection: rejectionOf(0, reasons) };
  const { error } = result;
  if (error.class === "retry" || error.code <= 0) return { kind: "failed", error };
  const text = reasons === "" ? error.message : `${error.message}: ${reasons}`;
  return { kind: "margin-mode-refused", rejection: rejectionOf(error.code, text) };
}

function reasonsIn(result: unknown): string {
  const reasons: readonly unknown[] = isRow(result) && Array.isArray(result.reasons) ? result.reasons : [];
  return reasons
    .filter(isRow)
    .slice(0, REASONS_MAX)
    .map(({ reasonCode, reasonMsg }) => `${venueText(reasonMsg)} (${venueText(reasonCode)})`)
    .join("; ");
}
