/** Backups by the clock, as real processes: one is made at once where none is there, a failure is told once, and that it works again. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AlertReport } from "../alerts/alert.ts";
import type { BackupValues } from "../config.ts";
import { silentLog } from "../log.ts";
import { BackupSchedule } from "./backup-schedule.ts";

let root: string;
let schedule: BackupSchedule | null = null;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "backup-schedule-"));
  mkdirSync(join(root, "data", "accounts"), { recursive: true });
  mkdirSync(join(root, "config"));
  writeFileSync(join(root, "data", "accounts", "one.json"), "{}");
  writeFileSync(join(root, "config", "keep.yaml"), "backup: { every_hours: 1, keep: 2, folder: ../kept }\n");
});
afterEach(() => {
  schedule?.stop();
  rmSync(root, { recursive: true });
});

const source = "config/keep.yaml";
const values = (everyHours: number | null): BackupValues => ({
  everyHours: { value: everyHours, source },
  keep: { value: 2, source },
  folder: { value: join(root, "kept"), source },
  everything: { value: false, source },
});
const kept = () => (existsSync(join(root, "kept")) ? readdirSync(join(root, "kept")) : []);

function started(everyHours: number | null, told: AlertReport[]): void {
  const folders = { configDir: join(root, "config"), dataDir: join(root, "data") };
  const env = { PATH: process.env.PATH, COPYTRADER_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString("base64") };
  const raise = (report: AlertReport) => told.push(report);
  const parts = { ...folders, env, backup: values(everyHours), log: silentLog, raise };
  schedule = new BackupSchedule(parts, { lookMs: 50, retryMs: 50 });
  schedule.start();
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 25));
}

test("the first is made at once and no second; a failure is told once, and that it is over", async () => {
  const told: AlertReport[] = [];
  // A file where the folder should be.
  writeFileSync(join(root, "kept"), "");
  started(1, told);
  await until(() => told.length > 0);
  expect(told).toEqual([{ kind: "backup-failed", cause: expect.stringContaining("kept") }]);
  rmSync(join(root, "kept"));
  await until(() => told.length > 1);
  expect(told[1]).toEqual({
    kind: "backup-made",
    cause: expect.stringMatching(/\/kept\/copytrader-.*\.backup$/),
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect([kept().length, told.length]).toEqual([1, 2]);
});

test("none is made where none is wished, or a younger one is there", async () => {
  const told: AlertReport[] = [];
  started(null, told);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(kept()).toEqual([]);
  mkdirSync(join(root, "kept"));
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  writeFileSync(join(root, "kept", `copytrader-${stamp}.backup`), "");
  started(1, told);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect([kept().length, told.length]).toEqual([1, 0]);
});
