/** The earlier system's status: who copies whom, and whether it is as it should be. */

import { seen } from "../access.ts";
import { copyTradingStatus } from "../contract/earlier.ts";
import { principalOf } from "../guard.ts";
import type { RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import { seenStatus } from "../seen-status.ts";
import { ENGINE_PROBLEMS } from "./copying.ts";

export const copyTradingRoutes: RoutePlugin = (app, { control }) => {
  addRoutes(app, [
    route({
      method: "GET",
      path: "/api/v1/copy_trading/status",
      access: "view_sync",
      tag: "copying",
      summary: "Who copies whom, and whether it is as it should be",
      problems: ENGINE_PROBLEMS,
      answer: copyTradingStatus,
      handle: async ({ request }) => {
        const principal = principalOf(request);
        const { engine, mode, followers, leaders } = seenStatus(
          principal,
          await control.ask({ kind: "status" }),
        );
        const { allocations } = await control.ask({ kind: "allocations" });
        const relations = seen(principal, allocations, ({ follower }) => follower).filter(
          ({ state }) => state !== "ended",
        );
        return {
          engine,
          mode,
          in_sync: followers.every(({ state }) => state === "in-sync"),
          traders: leaders.map(({ nickname: leader, connected, positions }) => ({
            leader,
            connected,
            copied_by: relations.filter((one) => one.leader === leader).map(({ follower }) => follower),
            positions: positions.length,
          })),
          followers: followers.map(
            ({ nickname, state, reason, connected, paused, equity, instruments, results }) => ({
              nickname,
              state,
              reason,
              connected,
              paused,
              equity,
              copies: relations.filter((one) => one.follower === nickname).map(({ leader }) => leader),
              positions: instruments.filter(({ held }) => held !== "0").length,
              positions_apart: instruments.filter(({ steps }) => steps !== 0).length,
              results,
            }),
          ),
        };
      },
    }),
  ]);
};
