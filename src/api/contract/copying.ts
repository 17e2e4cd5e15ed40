/** Accounts and copies: what leaders hold, what followers should hold and hold, and how good that is. */
import { z } from "zod";
import {
  amount,
  detail,
  engine,
  largePage,
  leg,
  nextCursor,
  nickname,
  positionIdx,
  quantity,
  settingValue,
  symbol,
  timeMs,
} from "./common.ts";
import { guardUse, stop } from "./risk.ts";

const result = {
  trades: amount.meta({ description: "What trades brought in, with what is held at its mark." }),
  fees: amount.meta({ description: "Paid." }),
  funding: amount.meta({ description: "Received." }),
  profit: amount.meta({ description: "trades - fees + funding." }),
};

export const followerResults = z
  .object({
    coin: z.string(),
    leaders: z.array(z.object({ leader: nickname, ...result })),
    unattributed: z.object(result),
    account: z.object(result),
  })
  .meta({
    id: "FollowerResults",
    description: "What copying brought in on one account; leaders and the rest sum to the account's.",
  });

export const instrument = z
  .object({
    symbol,
    positionIdx: positionIdx.exactOptional(),
    leader: quantity.meta({ description: "What the leader holds; the netted sum with several." }),
    leaders: z.array(z.object({ nickname, leader: quantity, target: quantity })).exactOptional(),
    target: quantity,
    held: quantity,
    foreign: quantity.exactOptional().meta({ description: "Not ours, never touched." }),
    inFlight: quantity,
    resting: z
      .object({ entries: quantity, exits: quantity, takeProfits: quantity, stopLosses: quantity })
      .exactOptional(),
    working: z.object({ slice: z.int(), slices: z.int(), filled: amount, wanted: amount }).exactOptional(),
    pending: z.array(z.string()).exactOptional(),
    steps: z.number().meta({ description: "Quantity steps between held and target." }),
    reason: z.string().meta({ description: 'A word of the closed list of reasons; "" where there is none.' }),
  })
  .meta({ id: "Instrument" });

export const followerState = z.enum(["in-sync", "syncing", "paused", "halted"]);

export const follower = z
  .object({
    nickname,
    state: followerState,
    reason: z.string(),
    instruments: z.array(instrument),
    connected: z.boolean(),
    paused: z.boolean(),
    snapshotAgeMs: z.number().nullable(),
    equity: amount,
    available: amount,
    foreignOrders: z.int().exactOptional(),
    marginMode: z.object({ mode: z.string(), wanted: z.string(), reason: z.string() }).exactOptional(),
    stops: z.array(stop).exactOptional(),
    results: z.array(followerResults),
    worked: z
      .object({
        changes: z.int(),
        atTouch: amount,
        saved: amount,
        savedBps: amount,
        savedToMid: amount,
        fees: amount,
      })
      .exactOptional(),
    guards: z.array(guardUse),
  })
  .meta({ id: "Follower" });

export const leader = z
  .object({
    nickname,
    connected: z.boolean(),
    snapshotAgeMs: z.number().nullable(),
    equity: amount,
    positions: z.array(z.object({ symbol, positionIdx: positionIdx.exactOptional(), quantity })),
  })
  .meta({ id: "Leader" });

const limitStatus = settingValue.extend({
  limit: z.string(),
  leader: nickname.exactOptional(),
  follower: nickname,
});

const settingStatus = settingValue.extend({
  keyPath: z.string(),
  leader: nickname.exactOptional(),
  follower: nickname.exactOptional(),
});

export const watchdog = z
  .object({
    name: z.string(),
    subject: z.string(),
    state: z.enum(["ok", "warning", "acting"]),
    value: z.number(),
    threshold: z.number(),
    unit: z.enum(["ms", "MB", "%", "count"]),
    since: timeMs.nullable(),
    action: z.array(z.string()),
  })
  .meta({ id: "Watchdog" });

export const capitalNeed = z
  .object({
    leader: nickname,
    follower: nickname,
    capital: amount,
    smallestEquity: amount.nullable(),
    lost: z.array(symbol),
  })
  .meta({ id: "CapitalNeed" });

export const status = z
  .object({
    engine,
    mode: settingValue.nullable(),
    world: z.enum(["live", "demo", "simulated", "paper"]).nullable().meta({
      description:
        "What the followers trade with: real money (one is enough), the exchange's play money, an exchange of our own, or nothing that leaves here. Null where no follower is configured.",
    }),
    followers: z.array(follower),
    leaders: z.array(leader),
    limits: z.array(limitStatus),
    capital: z.array(capitalNeed),
    settings: z.array(settingStatus),
    watchdogs: z.array(watchdog),
    problems: z.array(z.string()),
  })
  .meta({ id: "Status" });

export const virtualPosition = z.object({
  symbol,
  positionIdx: positionIdx.exactOptional(),
  target: quantity,
  held: quantity,
  value: amount,
});

export const allocation = z
  .object({
    leader: nickname,
    follower: nickname,
    state: z.enum(["copying", "paused", "halted", "ending", "ended"]),
    revision: z.string().meta({
      description: "Stands for exactly these settings, for If-Match; `none` once it ended.",
    }),
    settings: z.array(settingValue.extend({ keyPath: z.string() })),
    results: z.array(z.object({ coin: z.string(), ...result })),
    positions: z.array(virtualPosition),
  })
  .meta({ id: "Allocation" });

export const allocations = z
  .object({
    engine,
    allocations: z.array(allocation),
    accounts: z.array(z.object({ follower: nickname, results: z.array(followerResults) })),
  })
  .meta({ id: "Allocations" });

export const allocationQuery = z.object({
  leader: nickname.optional(),
  follower: nickname.optional(),
  state: allocation.shape.state.optional(),
  ...largePage,
});
export const allocationPage = allocations.extend({ next_cursor: nextCursor }).meta({ id: "AllocationPage" });

export const leaderPage = z
  .object({ leaders: z.array(leader), next_cursor: nextCursor })
  .meta({ id: "Leaders" });

export const followerQuery = z.object({ state: followerState.optional(), ...largePage });
export const followerPage = z
  .object({ followers: z.array(follower), next_cursor: nextCursor })
  .meta({ id: "Followers" });

const position = z
  .object({ follower: nickname, ...instrument.shape, positionIdx: positionIdx.exactOptional() })
  .meta({ id: "Position" });
export const positionQuery = z.object({
  follower: nickname.optional(),
  symbol: symbol.optional(),
  ...largePage,
});
export const positionPage = z
  .object({ engine, positions: z.array(position), next_cursor: nextCursor })
  .meta({ id: "Positions" });

const age = { ageMs: z.number().nullable(), stale: z.boolean() };

export const certificate = z
  .object({
    version: z.literal(1),
    cause: z.enum(["start", "reconnect", "asked"]),
    atMs: timeMs,
    journal: z.object({ sequence: z.int(), hash: z.string() }).nullable(),
    engineRunning: z.boolean(),
    inParity: z.boolean().meta({
      description: "No difference beyond a step without a recorded reason, and no data older than the bound.",
    }),
    counts: z.object({
      inSync: z.boolean(),
      followers: z.int(),
      rows: z.int(),
      atTarget: z.int(),
      withinStep: z.int(),
      explained: z.int(),
      unexplained: z.int(),
    }),
    bounds: z.object({ leaderStaleAfterMs: z.number(), followerStaleAfterMs: z.number() }),
    leaders: z.array(z.object({ nickname, ...age })),
    followers: z.array(
      z.object({
        nickname,
        ...age,
        state: followerState,
        reason: z.string(),
        rows: z.array(
          z.object({
            symbol,
            positionIdx: positionIdx.exactOptional(),
            target: quantity,
            held: quantity,
            inFlight: quantity,
            steps: z.number(),
            reason: z.string(),
            parity: z.enum(["at-target", "within-step", "explained", "unexplained"]),
            leaderAgeMs: z.number().nullable(),
          }),
        ),
      }),
    ),
    number: z.int().exactOptional(),
    previous: z.string().exactOptional(),
    hash: z.string().exactOptional(),
  })
  .meta({ id: "ParityCertificate" });

export const parity = z
  .object({
    certificate,
    unrecorded: z.string().meta({ description: 'Why it is not recorded in the chain; "" when it is.' }),
  })
  .meta({ id: "Parity" });

const pathStep = z.object({ step: z.string(), text: z.string(), numbers: detail });

export const positionPath = z
  .object({
    follower: nickname,
    symbol,
    leg,
    leaders: z.array(z.object({ leader: nickname, steps: z.array(pathStep) })),
    account: z.array(pathStep),
  })
  .meta({ id: "PositionPath" });

export const explanation = z.object({ engine, positions: z.array(positionPath) }).meta({
  id: "Explanation",
  description: "The path from what leaders hold to the order, or to the reason why there is none.",
});
