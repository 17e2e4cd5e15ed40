/**
 * The keys of alerts: what is told, when, how often, and where to. Those that may be changed while running stand here once and are
 * used for the files and for run time. Secrets are no keys: see alert-values.ts and email-values.ts.
 */
import { z } from "zod";
import { ALERT_KINDS, type AlertKind } from "../alerts/kinds.ts";
import { alertChannels, copiesTold, defaults, leastTold } from "./defaults.ts";
import { emailServerKeys } from "./email-keys.ts";
import { choice, flag, number, text, wholeNumber } from "./forms.ts";
import { key, section } from "./key-facts.ts";
import { parseWindow } from "./trading-hours.ts";

const own = defaults.alerts;
const KINDS = Object.keys(ALERT_KINDS) as [AlertKind, ...AlertKind[]];
const WINDOWS_MAX = 50;

export function alertsSection() {
  const { webhook, email, ...groups } = channelGroups();
  return section({
    ...generalKeys(),
    connection_down_after_seconds: key(number({ min: 1, max: 86_400 }), {
      meaning: "A connection that is down for longer than this is told.",
      status: "in-force",
      default: own.connectionDownAfterSeconds,
    }),
    parity_after_seconds: key(number({ min: 5, max: 86_400 }), {
      meaning: "A follower that has not reached its target for longer than this, without a reason, is told.",
      status: "in-force",
      default: own.parityAfterSeconds,
    }),
    give_up_after_hours: key(number({ min: 0.1, max: 720 }), {
      meaning: "An alert that could not be delivered for so long is given up, with a record.",
      status: "in-force",
      default: own.giveUpAfterHours,
    }),
    ...optional(groups),
    webhook: section({
      url: key(text("an address such as https://example.com/alerts", 2_000), {
        meaning:
          "Where alerts are posted: https, or http to this machine. Needs COPYTRADER_WEBHOOK_SECRET in the environment or .env.",
        status: "in-force",
      }),
      ...webhook,
    }).optional(),
    email: section({ ...emailServerKeys(), ...email }).optional(),
  });
}

/** Those that may be changed while running, without `alerts.` before them. */
export function alertSettingsSection() {
  return section({ ...generalKeys(), ...optional(channelGroups()) });
}

export type AlertSettings = z.infer<ReturnType<typeof alertSettingsSection>>;

function generalKeys() {
  return {
    quiet_seconds: key(number({ min: 1, max: 86_400 }), {
      meaning: "The same alert again within this time is counted, and told once at its end.",
      status: "in-force",
      default: own.quietSeconds,
    }),
    time_zone: key(timeZone(), {
      meaning: "Where you live, for quiet_hours: an IANA name such as Europe/Berlin.",
      status: "in-force",
      default: own.timeZone,
    }),
    quiet_hours: key(quietHours(), {
      meaning:
        "Windows of the week in time_zone in which only what is critical is told; the rest comes in one summary at their end.",
      status: "in-force",
    }),
    kinds_off: key(kinds(), {
      meaning: "Kinds of alerts that are told nowhere; they are listed all the same.",
      status: "in-force",
    }),
    copies: key(choice(copiesTold), {
      meaning: "Whether executed copies are told: not at all, each, or summed up.",
      status: "in-force",
      default: own.copies,
    }),
    copies_summary_minutes: key(wholeNumber({ min: 1, max: 1_440 }), {
      meaning: "With copies: summary, over how long they are summed up.",
      status: "in-force",
      default: own.copiesSummaryMinutes,
    }),
    api_errors_per_minute: key(wholeNumber({ min: 1, max: 100_000 }), {
      meaning: "More answers of a venue than this that were errors within a minute are told.",
      status: "in-force",
      default: own.apiErrorsPerMinute,
    }),
    margin_use: key(number({ above: 0, max: 1 }), {
      meaning: "A follower whose positions bind more than this share of its equity as margin is told.",
      status: "in-force",
      default: own.marginUse,
    }),
    escalation: section({
      after_minutes: key(number({ min: 0, max: 1_440 }), {
        meaning: "A critical alert that nobody acknowledged for so long is told again; 0 is off.",
        status: "in-force",
        default: own.escalateAfterMinutes,
      }),
      times: key(wholeNumber({ min: 1, max: 100 }), {
        meaning: "At most so often.",
        status: "in-force",
        default: own.escalateTimes,
      }),
      channels: key(listOf(z.enum(alertChannels), `one of ${alertChannels.join(", ")}`), {
        meaning: "Where it is told then; everywhere when left out.",
        status: "in-force",
      }),
    }).optional(),
  };
}

function channelGroups() {
  return {
    terminal: toldKeys("terminal"),
    webhook: { ...toldKeys("webhook"), ...pacingKeys("webhook") },
    email: { ...toldKeys("email"), ...pacingKeys("email") },
    web_push: { ...toldKeys("web_push"), ...pacingKeys("web_push") },
    telegram: { ...toldKeys("telegram"), ...pacingKeys("telegram") },
  };
}

function toldKeys(channel: (typeof alertChannels)[number]) {
  return {
    least_severity: key(choice(leastTold), {
      meaning: "Least severe alerts that are told there; escalated: only what nobody acknowledged in time.",
      status: "in-force",
      default: own.leastSeverity[channel],
    }),
    kinds_off: key(kinds(), { meaning: "Kinds of alerts that are not told there.", status: "in-force" }),
  };
}

function pacingKeys(channel: Exclude<(typeof alertChannels)[number], "terminal">) {
  const most = { error: "must be a whole number from 1 to 10000, or off" };
  return {
    heed_quiet_hours: key(flag(), {
      meaning: "Whether it is quiet there in quiet_hours.",
      status: "in-force",
      default: own.heedQuietHours,
    }),
    most_per_hour: key(z.union([z.int(most).min(1, most).max(10_000, most), z.literal("off", most)], most), {
      meaning: "What is more within an hour, and not critical, comes in a summary.",
      status: "in-force",
      default: own.mostPerHour[channel],
    }),
  };
}

type Groups = Readonly<Record<string, z.ZodRawShape>>;

/** Each group may be left out. */
function optional<Shapes extends Groups>(shapes: Shapes) {
  const entries = Object.entries(shapes).map(([name, shape]) => [name, section(shape).optional()]);
  return Object.fromEntries(entries) as {
    readonly [Name in keyof Shapes]: z.ZodOptional<z.ZodObject<Shapes[Name], z.core.$strict>>;
  };
}

function kinds() {
  return listOf(z.enum(KINDS), "kinds of alerts, such as connection-restored");
}

function listOf<One extends z.ZodEnum>(one: One, what: string) {
  const all = { error: `must be a list of ${what}; leave the key out for none` };
  return z.array(one, all).min(1, all).max(200, all);
}

function quietHours() {
  const one = { error: 'must be a window such as "22:00-07:00" or "Sat-Sun 00:00-10:00"' };
  const all = { error: "must be a list of at least one window; leave the key out for none" };
  const window = z.string(one).refine((value) => parseWindow(value) !== undefined, one);
  return z.array(window, all).min(1, all).max(WINDOWS_MAX, all);
}

function timeZone() {
  const wrong = { error: 'must be the IANA name of a time zone, such as "Europe/Berlin" or "UTC"' };
  return z.string(wrong).refine(isTimeZone, wrong);
}

function isTimeZone(name: string): boolean {
  try {
    // What is no name of a zone throws.
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    return name !== "";
  } catch {
    return false;
  }
}
