/** Forms that all topics share. */
import { z } from "zod";

/** Exact; never a double. */
export const amount = z
  .string()
  .meta({ id: "Amount", description: 'Exact decimal text; "" where it is not known.' });

export const quantity = z
  .string()
  .meta({ id: "Quantity", description: "Signed exact decimal text: above zero long, below it short." });

export const timeMs = z.number().meta({ id: "TimeMs", description: "UTC milliseconds." });

/** 1 and 2 name the legs of hedge accounts. */
export const positionIdx = z.union([z.literal(1), z.literal(2)]);

export const leg = z.enum(["net", "long", "short"]);

/** Numbers at the moment of a decision. */
export const detail = z.record(z.string(), z.union([z.string(), z.number()]));

/** As a configuration file holds it: a text, a number, a switch, a list or a group. */
export const writtenValue = z.unknown().meta({ description: "As a configuration file holds it." });

export const settingValue = z
  .object({
    value: writtenValue,
    source: z.string().meta({ description: "`default`, `run-time`, `environment`, or a file." }),
  })
  .meta({ id: "SettingValue" });

export const engine = z
  .object({
    running: z.boolean(),
    asOf: timeMs.meta({
      description: "When this was true: now while it runs, the last journaled moment when it is stopped.",
    }),
    pid: z.int().exactOptional(),
    starting: z
      .boolean()
      .exactOptional()
      .meta({ description: "True while it starts up and does not answer yet." }),
  })
  .meta({ id: "Engine" });

const NAME_MAX = 200;

/** Of a leader or a follower. */
export const nickname = z.string().min(1).max(NAME_MAX).meta({ description: "An account's nickname." });

export const symbol = z
  .string()
  .min(1)
  .max(NAME_MAX)
  .meta({ description: "As the venue writes it: BTCUSDT." });

/** The names of two accounts and a symbol. */
const CURSOR_MAX = 3 * NAME_MAX + 10;

/** Rows of one page; `cursor` of the answer before is where it begins. */
export const page = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(CURSOR_MAX).optional().meta({ description: "`next_cursor` of the page before." }),
};

/** Of what happened: from the one moment on, and before the other. */
export const span = {
  from: z
    .string()
    .max(40)
    .optional()
    .meta({ description: "From this moment on: `24h`, `7d` back, or a date (2026-05-01T12:00Z)." }),
  to: z.string().max(40).optional().meta({ description: "Before this moment, written the same." }),
};

/** Of lists that usually are one page: what is configured, and what is so now. */
export const largePage = {
  limit: z.coerce.number().int().min(1).max(1_000).default(1_000),
  cursor: page.cursor,
};

export const nextCursor = z.string().nullable().meta({ description: "For the next page; null at the end." });

/** `?dry_run=true` and its like; what is absent is false. */
export const flag = z
  .enum(["true", "false"])
  .default("false")
  .transform((text) => text === "true");

export const dryRun = {
  dry_run: flag.meta({ description: "Answer what it would lead to, and do nothing." }),
};
