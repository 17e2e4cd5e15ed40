/** Whether this server and the engine are at work. */
import { z } from "zod";
import { engine, flag, timeMs } from "./common.ts";

export const live = z
  .object({ status: z.literal("ok"), version: z.string(), pid: z.int(), uptime_ms: z.number() })
  .meta({ id: "Live" });

export const ready = z
  .object({
    status: z.literal("ready"),
    engine: z.object({ running: z.boolean(), starting: z.boolean(), as_of: timeMs }),
    followers: z.object({ all: z.int(), connected: z.int(), in_sync: z.int() }),
    leaders: z.object({ all: z.int(), connected: z.int() }),
  })
  .meta({ id: "Ready" });

const healthState = z.enum(["ok", "warning", "critical"]);

const healthCheck = z
  .object({
    check: z.string().meta({ description: "What is looked at; docs/health.md lists them." }),
    subject: z.string().meta({ description: "A nickname, a venue, a part of the program, a kind of error." }),
    account: z.string().exactOptional(),
    state: healthState,
    value: z.number(),
    threshold: z.number(),
    unit: z.enum(["ms", "MB", "%", "count"]),
    since: timeMs.nullable().meta({ description: "Null while it is ok." }),
    cause: z.string().exactOptional(),
    total: z.number().exactOptional().meta({ description: "Of what is counted: all since the start." }),
    history: z
      .array(z.object({ at: timeMs, value: z.number() }))
      .exactOptional()
      .meta({ description: "The worst of each minute, six hours at most, the oldest first." }),
  })
  .meta({ id: "HealthCheck" });

const healthChange = z
  .object({
    at: timeMs,
    check: z.string(),
    subject: z.string(),
    account: z.string().exactOptional(),
    from: healthState,
    to: healthState,
    cause: z.string().exactOptional(),
  })
  .meta({ id: "HealthChange" });

export const healthQuery = z.object({
  history: flag.meta({ description: "With the last hours of each check." }),
});

export const healthReport = z
  .object({
    engine,
    state: healthState.meta({ description: "The worst of all that you see." }),
    checks: z.array(healthCheck),
    changes: z.array(healthChange).meta({ description: "The newest first, 500 at most." }),
  })
  .meta({ id: "HealthReport" });
