/**
 * Equity as one row per account and minute: the last report of the minute that begins at `atMs`. A report for every
 * snapshot of every follower would be most of the database.
 */
import type { EquityReport } from "../../core/event.ts";
import type { FoldedStep } from "../../journal/fold.ts";
import type { EquityRecord } from "../store.ts";

const BUCKET_MS = 60_000;

export function equityOf({ event, decision }: FoldedStep): readonly EquityRecord[] {
  if (decision.refusal !== null) return [];
  switch (event.kind) {
    case "equity-reported":
      return rowOf(event.account, event.atMs, event);
    case "leader-snapshot-taken":
    case "follower-snapshot-taken":
      return rowOf(event.account, event.receivedAtMs, event.equity);
    default:
      return [];
  }
}

function rowOf(account: string, atMs: number, { equity, available }: EquityReport): readonly EquityRecord[] {
  if (equity === "") return [];
  return [{ account, atMs: atMs - (atMs % BUCKET_MS), equity, available }];
}
