/**
 * One account's private topics: venue events in, messages out. Rows are collected while a request is processed and
 * leave together, several executions of one order in one message; nothing is formatted that nobody listens to.
 */
import type { AccountEventKind, VenueEvent } from "../../venue-types.ts";
import type { Account } from "../accounts.ts";
import type { ExchangeState } from "../exchange-state.ts";
import { walletRow } from "../rows/account-rows.ts";
import { fastExecutionRow, streamExecutionRow } from "../rows/execution-row.ts";
import { streamOrderRow } from "../rows/order-row.ts";
import { streamPositionRow } from "../rows/position-row.ts";
import { privateTopic, type RowKind } from "./private-topics.ts";

export interface PrivateListener {
  readonly topics: ReadonlySet<string>;
  deliver(text: string): void;
  disconnect(reason: string): void;
}

interface Target {
  readonly listener: PrivateListener;
  readonly topic: string;
}

interface Group {
  readonly kind: RowKind;
  readonly atMs: number;
  readonly id: string;
  readonly rows: string[];
}

type AccountEvent = Extract<VenueEvent, { readonly account: string }>;

const RANKS: Readonly<Record<"execution-first" | "position-first", Readonly<Record<RowKind, number>>>> = {
  "execution-first": { execution: 0, "execution.fast": 0, order: 1, position: 2, wallet: 3 },
  "position-first": { position: 0, wallet: 1, order: 2, execution: 3, "execution.fast": 3 },
};

export class PrivateFeed {
  readonly #state: ExchangeState;
  readonly #account: Account;
  readonly #listeners = new Set<PrivateListener>();
  /** Who hears a kind of row, under which name of the topic. */
  readonly #targets = new Map<RowKind, Target[]>();
  #groups: Group[] = [];
  #messages = 0;

  constructor(state: ExchangeState, account: Account) {
    this.#state = state;
    this.#account = account;
  }

  /** Whether events of a kind would reach anybody. */
  wants(kind: AccountEventKind): boolean {
    switch (kind) {
      case "order-changed":
        return this.#targets.has("order");
      case "executed":
        return this.#targets.has("execution") || this.#targets.has("execution.fast");
      case "position-changed":
        return this.#targets.has("position");
      case "wallet-changed":
        return this.#targets.has("wallet");
    }
  }

  /** To be called again whenever the topics of a listener have changed. */
  listen(listener: PrivateListener): void {
    this.#listeners.add(listener);
    this.#aim();
  }

  leave(listener: PrivateListener): void {
    this.#listeners.delete(listener);
    this.#aim();
  }

  listeners(): readonly PrivateListener[] {
    return [...this.#listeners];
  }

  #aim(): void {
    this.#targets.clear();
    for (const listener of this.#listeners) {
      for (const topic of listener.topics) {
        const kind = privateTopic(topic);
        if (kind === undefined || kind === "nothing") continue;
        const targets = this.#targets.get(kind);
        if (targets === undefined) this.#targets.set(kind, [{ listener, topic }]);
        else targets.push({ listener, topic });
      }
    }
  }

  collect(event: AccountEvent): void {
    const skewMs = this.#state.faults.skewMs(this.#account.apiKey);
    // biome-ignore lint/nursery/useExhaustiveSwitchCases: every kind of the narrowed union is here
    switch (event.kind) {
      case "order-changed":
        return this.#add("order", event.atMs + skewMs, "", () => streamOrderRow(event.row, skewMs));
      case "executed":
        return this.#addExecution(event, skewMs);
      case "position-changed":
        return this.#add("position", event.atMs + skewMs, "", () => streamPositionRow(event.row, skewMs));
      case "wallet-changed":
        return this.#add("wallet", event.atMs + skewMs, "", () => walletRow(event.row));
      case "liquidated":
        return;
    }
  }

  #addExecution(event: Extract<AccountEvent, { readonly kind: "executed" }>, skewMs: number): void {
    const { row } = event;
    const id = `${this.#account.uid}_${row.symbol}_${row.seq}`;
    this.#add("execution", event.atMs + skewMs, id, () => streamExecutionRow(row, skewMs));
    if (row.execType !== "Trade") return;
    const keep = this.#state.behaviour.fastExecutionMakerLinkId === "kept";
    this.#add("execution.fast", event.atMs + skewMs, "", () => fastExecutionRow(row, keep, skewMs));
  }

  /** Executions that follow each other share a message; a changed order gets its own. */
  #add(kind: RowKind, atMs: number, id: string, row: () => string): void {
    if (!this.#targets.has(kind)) return;
    const joins = kind === "execution" || kind === "execution.fast";
    const open = joins ? this.#openGroup(kind) : undefined;
    if (open !== undefined) open.rows.push(row());
    else this.#groups.push({ kind, atMs, id, rows: [row()] });
  }

  #openGroup(kind: RowKind): Group | undefined {
    for (let at = this.#groups.length - 1; at >= 0; at -= 1) {
      const group = this.#groups[at];
      if (group?.kind === kind) return group;
      if (group?.kind !== "execution" && group?.kind !== "execution.fast") return undefined;
    }
    return undefined;
  }

  /** Sends what was collected. */
  flush(): void {
    if (this.#groups.length === 0) return;
    const groups = this.#ordered(this.#groups);
    this.#groups = [];
    for (const group of groups) this.#send(group);
  }

  #ordered(groups: readonly Group[]): readonly Group[] {
    const order = this.#state.behaviour.topicOrder;
    if (order === "order-first") return groups;
    const ranks = RANKS[order];
    return groups.toSorted((left, right) => ranks[left.kind] - ranks[right.kind]);
  }

  #send(group: Group): void {
    const data = group.rows.join(",");
    for (const { listener, topic } of this.#targets.get(group.kind) ?? []) {
      listener.deliver(this.#message(topic, group, data));
    }
  }

  #message(topic: string, group: Group, data: string): string {
    if (group.kind === "execution.fast") {
      return `{"topic":"${topic}","creationTime":${group.atMs},"data":[${data}]}`;
    }
    this.#messages += 1;
    const id = group.id || `${this.#account.uid}_${group.kind}_${group.atMs}_${this.#messages}`;
    return `{"id":"${id}","topic":"${topic}","creationTime":${group.atMs},"data":[${data}]}`;
  }
}
