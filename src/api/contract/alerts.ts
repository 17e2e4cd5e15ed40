/** What the owner was told, what is muted, what waits for an acknowledgement. */
import { z } from "zod";
import { ALERT_KINDS, type AlertKind } from "../../alerts/kinds.ts";
import { nextCursor, nickname, page, span, timeMs } from "./common.ts";
import { streamAlert } from "./stream.ts";

const KINDS = Object.keys(ALERT_KINDS) as [AlertKind, ...AlertKind[]];

export const alertKind = z.enum(KINDS);

export const alertsQuery = z.object({
  follower: nickname.optional(),
  severity: z.enum(["info", "warning", "critical"]).default("info").meta({ description: "These and worse." }),
  ...span,
  ...page,
});

export const alertsPage = z
  .object({ items: z.array(streamAlert).meta({ description: "Newest first." }), next_cursor: nextCursor })
  .meta({ id: "AlertsPage" });

const mute = z
  .object({
    kind: alertKind.nullable().meta({ description: "Null: all kinds but what is critical." }),
    untilMs: timeMs,
    atMs: timeMs,
    by: z.string(),
  })
  .meta({ id: "Mute" });

export const mutes = z.object({ mutes: z.array(mute) }).meta({ id: "Mutes" });

export const alertsState = z
  .object({
    mutes: z.array(mute),
    unacknowledged: z.array(streamAlert).meta({ description: "Critical ones, newest first." }),
    channels: z.array(z.object({ channel: z.string(), waiting: z.int(), held: z.int() })),
  })
  .meta({ id: "AlertsState" });

export const acknowledgeForm = z
  .strictObject({ ids: z.array(z.string().min(1).max(64)).min(1).max(1_000).exactOptional() })
  .meta({ id: "AcknowledgeAlerts" });

export const acknowledged = z
  .object({ acknowledged: z.array(z.string()) })
  .meta({ id: "AcknowledgedAlerts" });

export const muteForm = z
  .strictObject({
    minutes: z
      .number()
      .positive()
      .max(31 * 1_440),
    kind: alertKind.exactOptional(),
  })
  .meta({ id: "MuteAlerts" });

export const channelTests = z
  .object({
    channels: z.array(
      z.object({ channel: z.string(), result: z.enum(["ok", "fail", "off"]), answer: z.string() }),
    ),
  })
  .meta({ id: "ChannelTests" });
