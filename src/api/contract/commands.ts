/** Commands that may lead to orders, and what they would lead to. */
import { z } from "zod";
import {
  amount,
  detail,
  engine,
  largePage,
  nextCursor,
  nickname,
  positionIdx,
  quantity,
  settingValue,
  symbol,
  timeMs,
  writtenValue,
} from "./common.ts";
import { holdings, place, stop } from "./risk.ts";

export const commandKind = z.enum([
  "pause",
  "resume",
  "close",
  "copy",
  "uncopy",
  "settings",
  "portfolio-settings",
  "alert-settings",
  "rebalance",
  "release",
  "panic",
  "approve",
  "decline",
]);

const exposureChange = z.object({ before: amount, after: amount });

export const preview = z
  .object({
    command: commandKind,
    followers: z.array(nickname),
    engine,
    changes: z.array(
      settingValue.extend({
        leader: nickname.exactOptional(),
        follower: nickname.exactOptional(),
        keyPath: z.string(),
        before: writtenValue.exactOptional().meta({ description: "Absent for a relation that begins." }),
      }),
    ),
    revision: z.string().exactOptional().meta({ description: "That the changed settings would have." }),
    ended: z.array(nickname).exactOptional(),
    paused: z.array(nickname).exactOptional().meta({ description: "Whom it would pause." }),
    resumed: z.array(nickname).exactOptional().meta({ description: "Who would be paused no more." }),
    lifted: z
      .array(stop.extend({ follower: nickname }))
      .meta({ description: "What stands, and would stand no more." }),
    begun: z
      .array(stop.extend({ follower: nickname }))
      .exactOptional()
      .meta({ description: "What would be stopped by it, or go further than it stands." }),
    orders: z
      .array(
        z.object({
          ...place,
          side: z.enum(["buy", "sell"]),
          quantity: amount,
          reduceOnly: z.boolean(),
          rests: z.string().exactOptional(),
          value: amount,
        }),
      )
      .meta({ description: "In the order in which they would be sent." }),
    denied: z.array(
      z.object({ ...place, leader: nickname, reason: z.string(), explanation: z.string(), detail }),
    ),
    proposals: z.array(z.object({ ...place, leader: nickname, target: quantity })),
    exposures: z
      .array(
        z.object({
          follower: nickname,
          equity: amount,
          gross: exposureChange,
          net: exposureChange.meta({ description: "Longs less shorts, unsigned." }),
          margin: exposureChange,
          limits: z
            .array(
              z.object({
                limit: z.string(),
                of: z.string().meta({
                  description:
                    'A leader, a symbol, a style, a sector, two leaders; "" for the whole account.',
                }),
                measure: z.string(),
                unit: z.string(),
                before: amount,
                after: amount,
                most: amount,
                headroom: amount.meta({ description: "What would still fit; negative where it is passed." }),
              }),
            )
            .meta({ description: "Limits in force, and what would be used of each." }),
        }),
      )
      .meta({
        description:
          "What the account would come to with every order filled: of the followers on which something would be sent, or whose settings would change; fifty at most.",
      }),
    isCutOff: z.boolean(),
  })
  .meta({
    id: "Preview",
    description: "What a command would lead to, decided on a copy of the engine's state.",
  });

export const commandReport = z
  .object({
    command: commandKind,
    followers: z.array(nickname),
    leader: nickname.exactOptional(),
    symbol: symbol.exactOptional(),
    proposal: z.int().exactOptional(),
    revision: z
      .string()
      .exactOptional()
      .meta({ description: "Of the settings that were changed, as they are now." }),
    atMs: timeMs,
    running: z.boolean().meta({ description: "False when it was written down, and nothing is done yet." }),
  })
  .meta({ id: "CommandReport" });

/** The one is answered to `dry_run=true`, the other otherwise. */
export const outcome = z
  .object({
    dry_run: z.boolean(),
    preview: preview.nullable().meta({ description: "With dry_run." }),
    report: commandReport.nullable().meta({ description: "Without." }),
  })
  .meta({ id: "CommandOutcome" });

export const proposalQuery = z.object({
  leader: nickname.optional(),
  follower: nickname.optional(),
  ...largePage,
});
export const proposals = z
  .object({
    engine,
    next_cursor: nextCursor,
    proposals: z.array(
      z
        .object({
          id: z.int(),
          follower: nickname,
          leader: nickname,
          symbol,
          positionIdx: positionIdx.exactOptional(),
          side: z.enum(["buy", "sell"]),
          quantity: amount,
          held: quantity,
          target: quantity,
          value: amount,
          priceThen: amount,
          priceNow: amount,
          askedAtMs: timeMs,
          expiresAtMs: timeMs,
        })
        .meta({ id: "Proposal" }),
    ),
  })
  .meta({ id: "Proposals" });

export const killSwitchScope = z
  .strictObject({ follower: nickname.exactOptional(), leader: nickname.exactOptional() })
  .meta({ id: "KillSwitchScope", description: "One follower, one leader's copies, or everything." });

const killSwitchWay = {
  way: z.enum(["engine", "file", "next-start"]).meta({
    description:
      "`engine`: the running engine closes at once. `file`: it does not answer, or still starts; a file PANIC in the data folder is left for it. `next-start`: it is stopped, and nothing is closed before it starts.",
  }),
  note: z.string().meta({ description: 'What that means, for people; "" where the engine closes at once.' }),
};

export const killSwitchAsked = z
  .object({
    ...killSwitchWay,
    confirmation: z.string().meta({ description: "For /kill_switch/confirm; only for you, and only once." }),
    expires_ms: timeMs,
    holdings: holdings.meta({ description: "What would be closed." }),
    preview: preview.meta({ description: "Of the last journaled moment unless the engine closes at once." }),
  })
  .meta({ id: "KillSwitchAsked" });

export const killSwitchPulled = outcome.extend(killSwitchWay).meta({ id: "KillSwitchPulled" });
