/** What the earlier system's paths take and answer beside those of traders. */
import { z } from "zod";
import { amount, engine, nickname, settingValue } from "./common.ts";
import { followerResults, followerState } from "./copying.ts";

export const copyTradingStatus = z
  .object({
    engine,
    mode: settingValue.nullable(),
    in_sync: z.boolean(),
    traders: z.array(
      z.object({
        leader: nickname,
        connected: z.boolean(),
        copied_by: z.array(nickname),
        positions: z.int(),
      }),
    ),
    followers: z.array(
      z.object({
        nickname,
        state: followerState,
        reason: z.string(),
        connected: z.boolean(),
        paused: z.boolean(),
        equity: amount,
        copies: z.array(nickname),
        positions: z.int(),
        positions_apart: z.int(),
        results: z.array(followerResults),
      }),
    ),
  })
  .meta({ id: "CopyTradingStatus" });
