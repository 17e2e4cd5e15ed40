/**
 * Runs of this engine that a restored journal knows nothing of: those that were started after the backup was made. Their orders carry
 * our mark with an epoch of their own. They are found in what the venues tell of each follower since its last reading, and written
 * into the journal as runs of it, so that what they traded is adopted like the lost tail of a power cut.
 */
import type { Configuration, ConfiguredAccount } from "../config.ts";
import { parseClientOrderId } from "../core/client-order-id.ts";
import { decide } from "../core/decide.ts";
import { isEmpty } from "../core/decision.ts";
import { encodeDecision } from "../core/decision-codec.ts";
import type { Event } from "../core/event.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import { readUpToMs } from "../core/read-up-to.ts";
import type { State } from "../core/state.ts";
import {
  type AccountAccess,
  type Result,
  readExecutions,
  readSnapshot,
  type Snapshot,
} from "../exchange/bybit/account-reads.ts";
import type { ExchangeError } from "../exchange/exchange-error.ts";
import type { RawRow } from "../exchange/raw.ts";
import { Scope } from "../exchange/scope.ts";
import type { Outside } from "../exchange/transport.ts";
import type { Journal, JournalEntry } from "../journal/journal.ts";
import type { Log } from "../log.ts";
import { untilAnswered, type Venue } from "./venues.ts";

export interface LostRunsParts {
  readonly configuration: Configuration;
  readonly venueOf: (account: ConfiguredAccount) => Venue | undefined;
  /** As recovered; the runs that are found are folded into it. */
  readonly state: State;
  readonly journal: Journal;
  readonly outside: Outside;
  /** Refused by their venues: they are not asked. */
  readonly halted: ReadonlySet<AccountId>;
  readonly log: Log;
  readonly stop: AbortSignal;
}

export interface LostRuns {
  /** Epochs that the journal did not know. */
  readonly epochs: readonly string[];
  /** Executions of our orders since the last reading, by follower. */
  readonly executions: ReadonlyMap<AccountId, number>;
}

/** Asks until every venue has answered; rejects with the reason when stopped. */
export async function adoptLostRuns(parts: LostRunsParts): Promise<LostRuns> {
  const { configuration, state, journal, outside, halted } = parts;
  const epochs = new Set<string>();
  const executions = new Map<AccountId, number>();
  const followers = configuration.accounts.filter(
    ({ role, account, execution }) => role === "follower" && execution !== "paper" && !halted.has(account),
  );
  for (const follower of followers) {
    const ids = await orderIdsOf(follower, parts);
    executions.set(follower.account, ids.executed);
    for (const id of ids.all) {
      const epoch = parseClientOrderId(id)?.epoch;
      if (epoch !== undefined && !state.epochs.has(epoch)) epochs.add(epoch);
    }
  }
  const entries: JournalEntry[] = [];
  for (const epoch of epochs) {
    const event: Event = { kind: "engine-started", epoch, atMs: outside.clock.nowMs() };
    const decision = decide(state, event);
    entries.push({ type: "event", payload: JSON.stringify(event) });
    if (!isEmpty(decision)) entries.push({ type: "decision", payload: encodeDecision(state, decision) });
  }
  if (entries.length > 0) journal.append(entries);
  return { epochs: [...epochs], executions };
}

interface OrderIds {
  readonly all: readonly string[];
  readonly executed: number;
}

/** Of our orders that were executed since the account was last read, or are open. */
async function orderIdsOf(follower: ConfiguredAccount, parts: LostRunsParts): Promise<OrderIds> {
  const { outside, state, stop, log } = parts;
  const venue = parts.venueOf(follower);
  const { credentials, account } = follower;
  if (venue === undefined || credentials === null) return { all: [], executed: 0 };
  const scope = new Scope(outside.clock);
  const access: AccountAccess = { venue: venue.id, credentials, rest: venue.rest, scope, priority: "open" };
  const retry = (cause: string) => log.warn("an account cannot be read yet", { account, cause });
  const answerTo = <Value>(ask: (done: (result: Result<Value>) => void) => void): Promise<Value> =>
    untilAnswered<Value>((done) => ask((result) => done(answerOf(result))), stop, retry);
  const { clock } = venue.rest;
  await new Promise<void>((known) => clock.use(known));
  try {
    const rows = await answerTo<readonly RawRow[]>((done) =>
      readExecutions(access, readUpToMs(state, account) ?? 0, done),
    );
    const { orders } = await answerTo<Snapshot>((done) => readSnapshot(access, "ours", done));
    const executed = rows.flatMap(({ orderLinkId }) =>
      typeof orderLinkId === "string" && parseClientOrderId(orderLinkId) !== undefined ? [orderLinkId] : [],
    );
    return {
      all: [...executed, ...orders.map(({ clientOrderId }) => clientOrderId)],
      executed: executed.length,
    };
  } finally {
    clock.release();
    scope.close();
  }
}

function answerOf<Value>(result: Result<Value>): Value | ExchangeError {
  return result.kind === "ok" ? result.value : result.error;
}
