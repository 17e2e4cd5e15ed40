/** Scheduled reports: what is in force, what `start` says, and what is refused. */
import { expect, test } from "vitest";
import { describeReports } from "../../src/config.ts";
import { loaded, pair, refusals } from "./folder.ts";

const stated = (yaml: string) => ({ ...pair, "config/reports.yaml": `reports: {${yaml}}\n` });

test("without any settings none are made", () => {
  const { reports, values } = loaded(pair);
  expect(reports).toMatchObject({
    daily: { value: false, source: "default" },
    time: { value: "07:00", source: "default" },
    timeZone: { value: "UTC", source: "default" },
    formats: { value: ["html", "pdf", "png"], source: "default" },
    keepDays: { value: 400, source: "default" },
  });
  expect(describeReports(reports)).toEqual([
    "no reports are scheduled: reports.daily, weekly and monthly are off",
  ]);
  expect(values).toContainEqual({ keyPath: "reports.accounts", value: "none", source: "default" });
});

test("what is stated is in force, and start says so", () => {
  const { reports } = loaded(
    stated(
      'daily: true, monthly: true, time: "06:30", time_zone: Europe/Berlin, accounts: [follower], formats: [pdf], keep_days: 30',
    ),
  );
  expect(reports).toMatchObject({
    daily: { value: true, source: "config/reports.yaml" },
    weekly: { value: false, source: "default" },
    accounts: { value: ["follower"], source: "config/reports.yaml" },
    keepDays: { value: 30, source: "config/reports.yaml" },
  });
  expect(describeReports(reports)).toEqual([
    "daily, monthly reports at 06:30 (config/reports.yaml) in Europe/Berlin (config/reports.yaml), of all accounts, follower, as pdf, kept for 30 days",
  ]);
});

test.each([
  ["time: 7", "reports.time", 'must be a time of the day such as "07:00"'],
  ['time: "25:00"', "reports.time", 'must be a time of the day such as "07:00"'],
  ["time_zone: Middle-Earth", "reports.time_zone", "must be a time zone such as Europe/Berlin"],
  ["accounts: [nobody]", "reports.accounts", '"nobody" must be the nickname of a follower; there are: '],
  ["formats: [doc]", "reports.formats", "html, pdf, png, csv, json"],
  ["formats: []", "reports.formats", "must be a list of html, pdf, png, csv, json"],
  ["keep_days: 0", "reports.keep_days", "must be"],
  ["dayly: true", "reports.dayly", "daily"],
])("%s is refused", (yaml, keyPath, message) => {
  const [problem] = refusals(stated(yaml));
  expect(problem?.keyPath).toContain(keyPath.split(".")[1] === "formats" ? "reports.formats" : keyPath);
  expect(JSON.stringify(problem)).toContain(message.replaceAll('"', '\\"'));
});
