/** The keys of reports that `start` makes by itself: which, when, of whom, as which files, and how long those are kept. */
import { z } from "zod";
import { defaults } from "./defaults.ts";
import { choice, flag, nickname, wholeNumber } from "./forms.ts";
import { key, section } from "./key-facts.ts";

const own = defaults.reports;
const FORMATS = ["html", "pdf", "png", "csv", "json"] as const;
const ACCOUNTS_MAX = 100;
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

export function reportsSection() {
  return section({
    daily: key(flag(), {
      meaning: "A report of each day (UTC) once it is over.",
      status: "in-force",
      default: own.daily,
    }),
    weekly: key(flag(), {
      meaning: "A report of each week, from Monday to Sunday.",
      status: "in-force",
      default: own.weekly,
    }),
    monthly: key(flag(), {
      meaning: "A report of each month.",
      status: "in-force",
      default: own.monthly,
    }),
    time: key(clock(), {
      meaning:
        "From when on they are made, by the clock of time_zone: the first time that it is so late after the end of the day, week or month.",
      status: "in-force",
      default: own.time,
    }),
    time_zone: key(timeZone(), {
      meaning: "The owner's time zone, such as Europe/Berlin: of time, and of the years of tax lots.",
      status: "in-force",
      default: own.timeZone,
    }),
    accounts: key(accountList(), {
      meaning: "Followers that get reports of their own, beside that of all accounts together.",
      status: "in-force",
    }),
    formats: key(formatList(), {
      meaning: "Files that are made; see docs/reports.md.",
      status: "in-force",
      default: own.formats.join(", "),
    }),
    keep_days: key(wholeNumber({ min: 1, max: 36_500 }), {
      meaning: "Days for which files of reports and their pictures are kept.",
      status: "in-force",
      default: own.keepDays,
    }),
  });
}

function clock() {
  const wrong = { error: 'must be a time of the day such as "07:00", between quotes' };
  return z.string(wrong).regex(CLOCK, wrong);
}

function timeZone() {
  const wrong = { error: "must be a time zone such as Europe/Berlin, America/New_York or UTC" };
  return z.string(wrong).refine(isTimeZone, wrong);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name !== "";
  } catch {
    return false;
  }
}

function accountList() {
  const wrong = { error: `must be a list of at most ${ACCOUNTS_MAX} nicknames` };
  return z.array(nickname(), wrong).max(ACCOUNTS_MAX, wrong);
}

function formatList() {
  const wrong = { error: `must be a list of ${FORMATS.join(", ")}` };
  return z.array(choice(FORMATS), wrong).min(1, wrong);
}
