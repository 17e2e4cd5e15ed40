/** What the engine's thread and the database's thread say to each other: plain data, cloned on the way. */
import type { AccountRecord, OutcomeFilter, Store, WorkedFilter } from "./store.ts";

export interface WriterStart {
  readonly journalFolder: string;
  readonly databasePath: string;
  /** Last sequence of the journal when it was opened for writing. */
  readonly journalSequence?: number;
}

/** A question to the database, or a change that does not come from the journal. */
export type StoreCall =
  | { readonly method: "outcomes"; readonly filter: OutcomeFilter }
  | { readonly method: "worked"; readonly filter: WorkedFilter }
  | { readonly method: "orders"; readonly filter: Parameters<Store["orders"]>[0] }
  | { readonly method: "fills"; readonly filter: Parameters<Store["fills"]>[0] }
  | { readonly method: "equity"; readonly filter: Parameters<Store["equity"]>[0] }
  | { readonly method: "positions"; readonly filter: Parameters<Store["positions"]>[0] }
  | { readonly method: "accounts" }
  | { readonly method: "save-accounts"; readonly accounts: readonly AccountRecord[] }
  /** Forgets what comes from the journal and reads it again; answered when that is done. */
  | { readonly method: "rebuild" };

export type WriterRequest =
  | { readonly kind: "appended" }
  | { readonly kind: "call"; readonly id: number; readonly call: StoreCall }
  /** Writes what is in the journal, then ends. */
  | { readonly kind: "stop" };

export type StoreAnswer =
  | { readonly kind: "answer"; readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly kind: "answer"; readonly id: number; readonly ok: false; readonly cause: string };

export type StoreReport =
  /** Everything up to `sequence` is in the database. */
  | { readonly kind: "progress"; readonly sequence: number; readonly atMs: number }
  /** It goes on after a pause; `failures` in a row. */
  | { readonly kind: "failed"; readonly cause: string; readonly failures: number }
  | { readonly kind: "stopped" };
