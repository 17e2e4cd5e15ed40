/** Lines of the log. */
import { z } from "zod";
import { LOG_FILE_NAMES, LOG_LEVELS } from "../../log/channels.ts";
import { nickname } from "./common.ts";

export const logQuery = z.object({
  channel: z
    .enum(LOG_FILE_NAMES)
    .optional()
    .meta({ description: "Only this one; `error` has the errors of all." }),
  level: z.enum(LOG_LEVELS).optional().meta({ description: "Only these and worse." }),
  since: z.string().max(40).optional().meta({ description: "`30m`, `24h`, `7d`, or a date." }),
  account: nickname.optional(),
  correlation: z
    .string()
    .regex(/^c\d{1,15}$/)
    .optional()
    .meta({ description: "A leader's change, such as `c18234`: from its fill to the followers' orders." }),
  limit: z.coerce.number().int().min(1).max(2_000).default(100).meta({ description: "The newest so many." }),
});

export const logLine = z
  .looseObject({
    time: z.string().meta({ description: "ISO 8601, UTC." }),
    level: z.enum(LOG_LEVELS),
    channel: z.string(),
    message: z.string(),
    correlation: z
      .string()
      .exactOptional()
      .meta({ description: "Changes of leaders that it is about, parted by commas." }),
  })
  .meta({ id: "LogLine", description: "What else it says stands in fields of its own." });

export const logs = z
  .object({ lines: z.array(logLine) })
  .meta({ id: "Logs", description: "The oldest first." });
