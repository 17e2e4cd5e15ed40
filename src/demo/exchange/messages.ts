/** What the demo and its exchange, two processes, tell one another over their channel. */
import type { DemoFolders } from "../demo-folder.ts";
import type { RecordFile } from "../records/record-files.ts";

/** The first message to the exchange. */
export interface ExchangeOrder {
  readonly kind: "open";
  /** The demo's folder, which the exchange empties and fills. */
  readonly folder: string;
  readonly seed: number;
  /** Of the past that is lived through first. */
  readonly days: number;
}

export type ToExchange =
  | ExchangeOrder
  | { readonly kind: "start-trading" }
  | { readonly kind: "stop-trading" };

export type FromExchange =
  | { readonly kind: "progress"; readonly done: number }
  | {
      readonly kind: "open";
      /** REST address. */
      readonly rest: string;
      readonly folders: DemoFolders;
      /** API keys by nickname. */
      readonly keys: Readonly<Record<string, string>>;
      /** Of traders; to be taken in. */
      readonly records: readonly RecordFile[];
    }
  | { readonly kind: "trading-started" }
  | { readonly kind: "trading-stopped" }
  | { readonly kind: "failed"; readonly message: string };
