/** A scheduled report by the real command, over a journal that has yesterday: made, told once with its files, and nothing twice after a restart. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Alert } from "../../src/alerts/alert.ts";
import { Alerts } from "../../src/alerts/alerts.ts";
import { createRealOutside } from "../../src/exchange/net/outside.ts";
import { openJournalFolder } from "../../src/journal/file.ts";
import { MemoryDisk } from "../../src/journal/memory-disk.ts";
import { Redactor, silentLog } from "../../src/log.ts";
import { runNiced } from "../../src/run/niced-command.ts";
import { ReportSchedule } from "../../src/run/report-schedule.ts";
import { loaded, pair } from "../configuration/folder.ts";
import { writeAccounts } from "../control-fixture.ts";
import { until } from "../e2e/await.ts";
import { TEST_KEY } from "../e2e/program.ts";
import { type Move, playInto } from "../journal-fixture.ts";
import { rulesFor } from "./rules.ts";

const DAY_MS = 86_400_000;
const YAML = "reports:\n  daily: true\n  time: '00:00'\n  formats: [html]\n";
const HALF_DAY: readonly Move[] = [{ kind: "snapshots" }, { kind: "half-day" }];
const STORY: readonly Move[] = [
  { kind: "price", to: 60_000 },
  { kind: "trade", symbol: 0, side: "buy", quantity: 20 },
  { kind: "settle" },
  ...HALF_DAY,
  ...HALF_DAY,
  { kind: "price", to: 62_000 },
  ...HALF_DAY,
];

let root = "";
let runs = 0;
const disk = new MemoryDisk();
const got: Alert[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "report-ready-"));
  const [configDir, dataDir] = [join(root, "config"), join(root, "data")];
  for (const folder of [configDir, dataDir]) mkdirSync(folder);
  writeFileSync(join(configDir, "reports.yaml"), YAML);
  writeAccounts(dataDir, []);
  const { journal } = openJournalFolder(join(dataDir, "journal"), { reserveBytes: 0 });
  // From the day before yesterday until yesterday noon.
  const startMs = (Math.floor(Date.now() / DAY_MS) - 2) * DAY_MS + 60_000;
  playInto(journal, STORY, undefined, { tellsEquity: true, startMs });
  journal.sync();
  journal.close();
});
afterEach(() => rmSync(root, { recursive: true }));

/** One run of the program, as far as reports and alerts are concerned. */
function begun() {
  const { clock } = createRealOutside();
  const alerts = new Alerts({
    disk,
    channels: [
      {
        name: "phone",
        family: "webhook",
        deliver: (alert, done) => {
          got.push(alert);
          clock.setTimer(1, () => done({ kind: "delivered", answer: "" }));
        },
      },
    ],
    ...{ clock, chance: () => 0.5, log: silentLog, redactor: new Redactor(), rules: rulesFor() },
  });
  alerts.open();
  const schedule = new ReportSchedule({
    ...{ configDir: join(root, "config"), dataDir: join(root, "data"), log: silentLog },
    env: { ...process.env, COPYTRADER_ENCRYPTION_KEY: TEST_KEY },
    reports: loaded({ ...pair, "config/reports.yaml": YAML }).reports,
    raise: (report) => alerts.raise(report),
    run: (asked, ended) => {
      runs += 1;
      return runNiced(asked, ended);
    },
  });
  schedule.start();
  return async () => {
    schedule.stop();
    await alerts.close();
  };
}

test("is told once, with its files, and by no later run again", async () => {
  const end = begun();
  await until(() => got.length > 0, 100_000, "the report is told");
  await end();
  const yesterday = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);
  expect(got).toMatchObject([
    {
      kind: "report-ready",
      message: `a scheduled report is ready: daily ${yesterday}, all accounts`,
      numbers: { of: "portfolio", period: yesterday },
    },
  ]);
  const [file = ""] = String(got[0]?.numbers.files).split(" ");
  expect(existsSync(join(root, "data", file))).toBe(true);
  const endAgain = begun();
  await endAgain();
  expect([runs, got.length]).toEqual([1, 1]);
}, 120_000);
