/** Records of traders for a copier of a test. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Copier } from "./copier.ts";
import { runCommand } from "./in-process.ts";

const DAY_MS = 86_400_000;

export interface DailyRecord {
  readonly trader: string;
  readonly days: number;
  /** Of each round trip. */
  readonly quantity: string;
  /** In USDT a unit, by the day. */
  readonly profitOf: (day: number) => number;
  /** In USDT; null where it is not known. */
  readonly equity: string | null;
}

/** Imports a round trip a day, until yesterday. */
export async function importRecord(
  { folder, data, options }: Copier,
  { trader, days, quantity, profitOf, equity }: DailyRecord,
): Promise<void> {
  const firstMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - days * DAY_MS;
  const rows = Array.from({ length: days }, (_, day) => {
    const at = firstMs + day * DAY_MS;
    const price = (2_000 + profitOf(day)).toFixed(2);
    return [
      `${at + 3_600_000},ETHUSDT,buy,2000,${quantity},0,t${day}a`,
      `${at + 7_200_000},ETHUSDT,sell,${price},${quantity},0,t${day}b`,
    ].join("\n");
  });
  const file = join(folder, `${trader}.csv`);
  writeFileSync(file, `time,symbol,side,price,quantity,fee,trade_id\n${rows.join("\n")}\n`);
  const told = ["--format", "csv", "--venue", "bybit", "--trader", trader];
  const stated = equity === null ? [] : ["--equity", equity];
  const command = ["traders", "import", file, ...told, ...stated, "--data", data];
  const { code, stdout, stderr } = await runCommand(command, options);
  expect(code, `${stdout}${stderr}`).toBe(0);
}
