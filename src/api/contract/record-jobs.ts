/** Computations in the background over records and markets: weights, histories taken in or fetched, what venues show, checks. */
import { z } from "zod";

const name = z.string().regex(/^[\w.:-]{1,100}$/, "must be a name of 1 to 100 letters, digits, _ . : or -");
const share = z.number().min(-10).max(10);
const money = z.string().regex(/^\d{1,15}(\.\d{1,18})?$/, "must be an amount above zero, as a decimal text");
const moment = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?$/,
    "must be a day (2024-05-01) or a moment (2024-05-01T12:00Z)",
  );
const bounds = z.tuple([share, share]).meta({ description: "Least and most share of the money." });

/** Of all that is sent in one request. */
export const UPLOAD_BYTES_MAX = 8 * 1024 * 1024;
const FILES_MAX = 20;
const NAMES_MAX = 1_000;

/** Bounded: what is in it becomes words of a command, of which a process takes only so many. */
function byName<Value extends z.ZodType>(value: Value) {
  return z.record(name, value).refine((all) => Object.keys(all).length <= NAMES_MAX, {
    error: `must have at most ${NAMES_MAX} names`,
  });
}

const ABOUT = "What is left out is as for the command of the same name; docs/ has a page on each.";

export const optimisationRequest = z
  .strictObject({
    returns: z.string().min(1).max(UPLOAD_BYTES_MAX).meta({
      description: "Daily returns as CSV: a header date,NAME,... and one row per day, oldest first.",
    }),
    method: name.optional(),
    covariance: name.optional(),
    series: z.array(name).min(1).max(1_000).optional(),
    bounds: bounds.optional(),
    bounds_of: byName(bounds).optional(),
    groups: z
      .array(
        z.strictObject({ name, most: z.number().min(0).max(1), members: z.array(name).min(1).max(1_000) }),
      )
      .max(100)
      .optional(),
    current: byName(share).optional().meta({ description: "What is held now, by name." }),
    turnover: z.number().min(0).max(10).optional(),
    cost_rate: z.number().min(0).max(1).optional(),
    holding_days: z.int().min(1).max(10_000).optional(),
    min_position: z.number().min(0).max(1).optional(),
    budget: byName(z.number().min(0).max(1)).optional(),
    risk_aversion: z.number().gt(0).max(1e6).optional(),
    kelly_fraction: z.number().gt(0).max(1).optional(),
    periods_per_year: z.number().gt(0).max(100_000).optional(),
  })
  .meta({ id: "OptimisationRequest", description: `copytrader optimise. ${ABOUT}` });

const file = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, "must be a file name of 1 to 100 letters, digits, _ . or -"),
  text: z.string().max(UPLOAD_BYTES_MAX).optional(),
  base64: z
    .base64()
    .max(UPLOAD_BYTES_MAX)
    .optional()
    .meta({ description: "In place of text: a gzipped file." }),
});

function sizeOf({ text = "", base64 = "" }: z.infer<typeof file>): number {
  return new TextEncoder().encode(text).length + base64.length;
}

const files = z
  .array(file)
  .min(1)
  .max(FILES_MAX)
  .refine((all) => new Set(all.map((one) => one.name)).size === all.length, {
    error: "must have a name of its own each",
  })
  .refine((all) => all.every((one) => (one.text === undefined) !== (one.base64 === undefined)), {
    error: "must have either text or base64 each",
  })
  .refine((all) => all.reduce((sum, one) => sum + sizeOf(one), 0) <= UPLOAD_BYTES_MAX, {
    error: `must be ${UPLOAD_BYTES_MAX / 1024 / 1024} MiB at most together, base64 as it is sent`,
  });

export const traderImportRequest = z
  .strictObject({
    files,
    format: name.optional(),
    trader: name.optional().meta({ description: "Whose fills they are, where the files do not say." }),
    venue: name.optional(),
    equity: money.optional(),
    drop_duplicates: z.boolean().optional(),
  })
  .meta({
    id: "TraderImportRequest",
    description: `copytrader traders import, ${UPLOAD_BYTES_MAX / 1024 / 1024} MiB in all. ${ABOUT}`,
  });

const length = z.string().regex(/^\d{1,4}[mhd]$/, 'must be a length such as "5m", "1h" or "1d"');

export const marketImportRequest = z
  .strictObject({
    files,
    venue: z
      .string()
      .regex(/^[\w.:-]{1,60}$/, "must be a name such as binance, binance-spot or bybit")
      .meta({ description: "Where it was recorded." }),
    symbol: name.optional().meta({ description: "In place of the file's name; for one file." }),
    scale: money.optional().meta({ description: "Prices times this, volumes divided by it." }),
    interval: length.optional(),
    volume_in: z.enum(["base", "quote"]).optional(),
    keep_last: z.boolean().optional(),
  })
  .refine((asked) => asked.symbol === undefined || asked.files.length === 1, {
    error: "is for one file",
    path: ["symbol"],
  })
  .meta({
    id: "MarketImportRequest",
    description: `copytrader market import, ${UPLOAD_BYTES_MAX / 1024 / 1024} MiB in all. ${ABOUT}`,
  });

export const backupRequest = z
  .strictObject({
    everything: z
      .boolean()
      .optional()
      .meta({ description: "Also what can be had again: market history, backtests, logs, reports." }),
    remove_old: z.boolean().optional().meta({ description: "Afterwards the oldest beyond backup.keep." }),
  })
  .meta({ id: "BackupRequest", description: "copytrader backup, into the folder of the configuration." });

export const traderFetchRequest = z
  .strictObject({ id: name, venue: z.enum(["hyperliquid", "okx"]), whole: z.boolean().optional() })
  .meta({ id: "TraderFetchRequest", description: `copytrader traders fetch. ${ABOUT}` });

export const discoveryRequest = z
  .strictObject({
    id: name.optional().meta({ description: "Only this one, in full." }),
    venue: z.enum(["okx"]),
    order: z.enum(["overview", "pnl", "aum", "win_ratio", "pnl_ratio", "current_copy_trader_pnl"]).optional(),
    limit: z.int().min(1).max(1_000).optional(),
    vacant: z.boolean().optional(),
    period: z.enum(["7d", "30d", "90d", "365d"]).optional(),
  })
  .meta({ id: "DiscoveryRequest", description: `copytrader traders discover. ${ABOUT}` });

export const marketFetchRequest = z
  .strictObject({
    symbols: z.array(name).min(1).max(100),
    from: moment,
    to: moment.optional(),
    interval: length.optional(),
    kinds: z
      .array(z.enum(["bars", "marks", "funding"]))
      .min(1)
      .max(3)
      .optional(),
  })
  .meta({ id: "MarketFetchRequest", description: `copytrader market fetch, of Bybit. ${ABOUT}` });

export const checkRequest = z
  .strictObject({
    what: z.enum(["installation", "accounts"]),
    account: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: "With accounts: only this one; all of them without." }),
    offline: z.boolean().optional().meta({ description: "With installation: ask no venue." }),
  })
  .refine((asked) => asked.account === undefined || asked.what === "accounts", {
    error: "goes with what: accounts",
    path: ["account"],
  })
  .refine((asked) => asked.offline === undefined || asked.what === "installation", {
    error: "goes with what: installation",
    path: ["offline"],
  })
  .meta({ id: "CheckRequest", description: "copytrader doctor, or copytrader accounts check." });

export type OptimisationRequest = z.infer<typeof optimisationRequest>;
export type TraderImportRequest = z.infer<typeof traderImportRequest>;
export type TraderFetchRequest = z.infer<typeof traderFetchRequest>;
export type DiscoveryRequest = z.infer<typeof discoveryRequest>;
export type MarketImportRequest = z.infer<typeof marketImportRequest>;
export type BackupRequest = z.infer<typeof backupRequest>;
export type MarketFetchRequest = z.infer<typeof marketFetchRequest>;
export type CheckRequest = z.infer<typeof checkRequest>;
