/** What was: records of the journal lived through again, lots for a tax return, traces, market history, backups. */
import { z } from "zod";
import { amount, flag, nextCursor, nickname, page, symbol, timeMs } from "./common.ts";
import { follower } from "./copying.ts";

/** Each is lived through one by one, while others wait. */
export const REPLAYED_MAX = 5_000;

const LOT_METHODS = ["fifo", "average"] as const;

const sequence = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

export const replayQuery = z.object({
  from: sequence.optional().meta({ description: "The first record; or `change` instead." }),
  change: sequence
    .optional()
    .meta({ description: "Of an entry of the journal: the first record is that of this change." }),
  until: sequence.optional().meta({
    description: `The last one; \`from\` when left out. At most ${REPLAYED_MAX} records further.`,
  }),
  follower: nickname.optional().meta({ description: "Only what concerns it." }),
  against: flag.meta({ description: "Decide every event anew, and tell what would be decided differently." }),
});

const replayedDecision = z.object({
  sequence: z.int(),
  at: timeMs,
  event: z.looseObject({ kind: z.string() }).meta({ description: "As the journal has it." }),
  items: z.array(
    z.looseObject({
      kind: z.string(),
      follower: z.string().exactOptional(),
      symbol: z.string().exactOptional(),
      text: z.string().meta({ description: "In words." }),
    }),
  ),
});

export const replay = z
  .object({
    first: z.int().meta({ description: "The record of `change`, or `from`." }),
    decisions: z.array(replayedDecision),
    differences: z.array(
      z.object({
        recorded: replayedDecision,
        now: z
          .array(z.unknown())
          .nullable()
          .meta({ description: "Null where this version fails on the event." }),
        recordedText: z.string(),
        nowText: z.string(),
      }),
    ),
    followers: z
      .array(follower.pick({ nickname: true, state: true, reason: true, instruments: true }))
      .meta({ description: "How each stood at the end." }),
    end: z.object({
      from: z.int().meta({ description: "Where folding began: at a state that was recorded before." }),
      last: z.int(),
      events: z.int(),
      decisions: z.int(),
      checkpoints: z.object({ exact: z.int(), earlier: z.int() }),
      tornBytes: z.int(),
      stateHash: z.string().meta({ description: "SHA-256 of the state at the end." }),
    }),
  })
  .meta({ id: "Replay" });

export const taxLotsQuery = z.object({
  year: z.coerce.number().int().min(2000).max(9999),
  method: z.enum(LOT_METHODS).default("fifo"),
  follower: nickname.optional(),
  ...page,
});

const lotTotals = { fees: amount, funding: amount, gain: amount };

export const taxLots = z
  .object({
    method: z.enum(LOT_METHODS),
    year: z.int(),
    timeZone: z.string(),
    recordFromMs: timeMs.meta({ description: "What was closed before it is not in it." }),
    items: z
      .array(
        z.object({
          account: nickname,
          isPaper: z.boolean(),
          symbol,
          coin: z.string(),
          side: z.enum(["long", "short"]),
          openedMs: timeMs,
          closedMs: timeMs,
          quantity: amount,
          cost: amount,
          proceeds: amount,
          ...lotTotals,
          note: z.enum(["", "taken", "opening", "taken, opening"]),
        }),
      )
      .meta({ description: "In order of time. `gain` is proceeds - cost - fees + funding." }),
    totals: z.array(
      z.object({ account: nickname, symbol, coin: z.string(), closings: z.int(), ...lotTotals }),
    ),
    check: z
      .array(
        z.object({
          coin: z.string(),
          ledgers: amount,
          closed: amount,
          open: amount,
          opening: amount,
          residual: amount,
        }),
      )
      .meta({ description: "Of all that is kept: closed and open lots are the ledgers; `residual` is 0." }),
    next_cursor: nextCursor,
  })
  .meta({ id: "TaxLots" });

export const tracesQuery = z.object({
  since: z.string().max(40).default("1h").meta({ description: "`30m`, `24h`, `7d`, or a date." }),
});

export const traces = z
  .looseObject({ resourceSpans: z.array(z.unknown()) })
  .meta({ id: "Traces", description: "The body of an OTLP request (`/v1/traces`) as JSON." });

const range = z.object({ from: z.string(), to: z.string() });

export const marketQuery = z.object({ symbol: symbol.optional(), ...page });

export const marketSeries = z
  .object({
    items: z.array(
      z.object({
        venue: z.string(),
        symbol,
        kind: z.string(),
        interval: z.string().nullable(),
        rows: z.int(),
        covered: z.array(range),
        holes: z.array(range),
        missingBars: z.int(),
        bytes: z.int(),
        damaged: z.array(z.string()),
      }),
    ),
    next_cursor: nextCursor,
  })
  .meta({ id: "MarketSeries" });

export const backupsQuery = z.object(page);

export const backups = z
  .object({
    folder: z.string(),
    items: z
      .array(z.object({ name: z.string(), madeAtMs: timeMs, bytes: z.int() }))
      .meta({ description: "Newest first." }),
    next_cursor: nextCursor,
  })
  .meta({ id: "Backups" });
