/** Every member of the lists that a branch or a fault can be named after, so that what was never reached is named, too. */
import type { Adjustment, Question } from "../../src/core/decision.ts";
import { type Command, EVENT_KINDS, type RejectionClass } from "../../src/core/event.ts";
import { GUARDS } from "../../src/core/guard/stop.ts";
import type { OrderPurpose } from "../../src/core/order.ts";
import { REASONS, type RefusalKind } from "../../src/core/reason.ts";
import { NO_FAULTS } from "./model-connection.ts";

const PURPOSES: Readonly<Record<OrderPurpose, true>> = {
  rebalance: true,
  close: true,
  "entry-rest": true,
  "take-profit": true,
  stop: true,
  "rested-exit": true,
  slice: true,
  "pending-entry": true,
};

const QUESTIONS: Readonly<Record<Question["kind"], true>> = {
  "look-up": true,
  "describe-market": true,
  "set-leverage": true,
  "set-margin-mode": true,
  snapshot: true,
};

const COMMANDS: Readonly<Record<Command["kind"], true>> = {
  pause: true,
  resume: true,
  close: true,
  release: true,
  panic: true,
  stop: true,
  replace: true,
  approve: true,
  decline: true,
};

const REJECTIONS: Readonly<Record<RejectionClass, true>> = {
  "insufficient-margin": true,
  "below-minimum": true,
  "above-maximum": true,
  "price-out-of-band": true,
  "trigger-passed": true,
  "reduce-only-violation": true,
  "market-closed": true,
  "position-mode-mismatch": true,
  "leverage-too-high": true,
  "account-refused": true,
  "rate-limited": true,
  "try-again": true,
  "bad-request": true,
};

const REFUSALS: Readonly<Record<RefusalKind, true>> = {
  "unknown-account": true,
  "unknown-instrument": true,
  "wrong-step": true,
  "not-a-number": true,
  "price-out-of-bounds": true,
  "stamp-in-the-future": true,
  "stamp-too-old": true,
  "impossible-size": true,
  "impossible-evidence": true,
};

const ADJUSTMENTS: Readonly<Record<Adjustment["kind"], true>> = { waive: true, "round-up": true };

/** By kind of branch. */
export const CLOSED_LISTS: Readonly<Record<string, readonly string[]>> = {
  event: Object.keys(EVENT_KINDS),
  command: Object.keys(COMMANDS),
  reason: Object.keys(REASONS),
  order: Object.keys(PURPOSES),
  question: Object.keys(QUESTIONS),
  rejection: Object.keys(REJECTIONS),
  refusal: Object.keys(REFUSALS),
  adjustment: Object.keys(ADJUSTMENTS),
  stop: GUARDS.filter((guard) => guard !== "panic"),
  judged: ["in-full"],
};

const RATES: readonly string[] = ["latencyMaxMs", "streamDelayMaxMs", "readLagMaxMs"];

/** What can befall a copier on the model venue, as it is counted. */
export const MODEL_FAULTS: readonly string[] = [
  ...Object.keys(NO_FAULTS).filter((name) => !RATES.includes(name)),
  "disconnect",
  "outage of reads",
  "outage of stream and reads",
  "kill",
  "power-cut",
  "liquidation",
  "venue clock ahead",
  "venue clock behind",
];

/** And through the wire protocol. */
export const WIRE_FAULTS: readonly string[] = [
  "request lost-hang",
  "request lost-break",
  "request http-5xx-before",
  "request http-5xx-after",
  "request code-10006",
  "request code-10016-before",
  "request code-10016-after",
  "request response-lost",
  "request delayed",
  "stream silent",
  "stream dropped",
  "stream duplicated",
  "stream reordered",
  "stream delayed",
  "stream disconnected",
  "partial fill",
  "stale read",
  "connection broken",
  "kill",
  "power-cut",
  "stop",
  "death before a message",
  "second process refused",
  "machine clock jump",
  "disk-slow",
  "disk-full",
  "write-failed",
  "sync-failed",
  "record-torn",
  "start refused by the disk",
  "gave up",
  "checkpoint beside the journal",
  "checkpoint failed",
  "leader refused",
  "leader exit",
  "leader exit refused",
  "leader leverage",
  "leader leverage refused",
  "foreign market order",
  "foreign limit order",
  "foreign order refused",
  "foreign reduction",
  "price run",
  "deposit",
  "withdrawal",
  "funding set",
  "terms changed",
  "settings changed",
  "leader silent for long",
  "follower silent for long",
  "answers lost while streams are broken",
  "burst of orders",
  "power-cut of a young process",
];

/** What no history took, by kind; `faults` are those that could have struck. */
export function neverOf(
  branches: Readonly<Record<string, number>>,
  faults: { readonly struck: Readonly<Record<string, number>>; readonly possible: readonly string[] },
): Readonly<Record<string, readonly string[]>> {
  const taken = Object.keys(branches);
  const never = Object.entries(CLOSED_LISTS).map(([kind, names]): [string, readonly string[]] => [
    kind,
    names.filter((name) => {
      const branch = `${kind} ${name}`;
      return !taken.some((one) => one === branch || one.startsWith(`${branch} `));
    }),
  ]);
  const spared = faults.possible.filter((name) => faults.struck[name] === undefined);
  return Object.fromEntries([...never, ["fault", spared] as const].filter(([, names]) => names.length > 0));
}
