/** `copytrader traders learn` as a user calls it, and that its model is used only where the verdict kept with it says so. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seededRandom } from "../../src/analytics/numeric/random.ts";
import { killPrograms, runProgram } from "./program.ts";

const FIRST_MS = Date.UTC(2024, 0, 1);
const HOUR_MS = 3_600_000;
const DAYS = 130;
const TRADERS = 9;
/** Each starts the program several times. */
const PATIENCE_MS = 60_000;
const PERIODS = ["--period-days", "10", "--min-days", "20", "--min-trips", "10", "--resamples", "200"];

let folder = "";
let model = "";
const traders = (...args: readonly string[]) => runProgram(["traders", ...args], { cwd: folder });

/** A round trip a day; what it gains is chance. */
function history(): string {
  const random = seededRandom(11);
  const rows = ["trader,time,symbol,side,price,quantity,fee"];
  for (let trader = 0; trader < TRADERS; trader += 1) {
    for (let day = 0; day < DAYS; day += 1) {
      const ms = FIRST_MS + day * 24 * HOUR_MS + trader * 60_000;
      const price = (60_000 * (1 + 0.03 * (random() - 0.5))).toFixed(1);
      rows.push(
        `t${trader},${ms},BTCUSDT,buy,60000,0.1,-3`,
        `t${trader},${ms + HOUR_MS},BTCUSDT,sell,${price},0.1,-3`,
      );
    }
  }
  return `${rows.join("\n")}\n`;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "traders-learn-"));
  model = join(folder, "data/selection-model.json");
  writeFileSync(join(folder, "all.csv"), history());
  expect(await traders("import", "all.csv", "--venue", "bybit")).toMatchObject({ code: 0 });
}, PATIENCE_MS);
afterAll(async () => {
  await killPrograms();
  rmSync(folder, { recursive: true });
});

test(
  "before anything was learned the model cannot be gone by",
  async () => {
    const refused = await traders("rank", "--by", "model");
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain(
      "--by model is not possible: there is none yet; copytrader traders learn makes",
    );
  },
  PATIENCE_MS,
);

test(
  "of chance nothing is learned that is better: it is said, kept, and the model stays refused",
  async () => {
    const learned = await traders("learn", ...PERIODS, "--json");
    expect(learned).toMatchObject({ code: 1, stderr: "" });
    const found = JSON.parse(learned.stdout);
    expect(found).toMatchObject({ periodDays: 10, until: "2024-05-09", judgement: { isBetter: false } });
    expect(found.judgement.periods).toBeGreaterThanOrEqual(6);
    expect(found.judgement.ahead.days).toBe(10 * found.judgement.periods);
    expect(found.judgement.ahead.sharpeInterval[0]).toBeLessThanOrEqual(0);
    expect(found.model.weights).toHaveLength(found.features.length);
    expect(JSON.parse(readFileSync(model, "utf8"))).toEqual(found);
    expect(statSync(model).mode & 0o777).toBe(0o600);

    const told = await traders("learn", ...PERIODS);
    expect(told.stdout).toContain("Nothing shows that the model chooses better than the simple ranking");
    expect(told.stdout).toContain("traders rank --by model stays refused.");
    const refused = await traders("rank", "--by", "model");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      "nothing shows that it chooses better than the simple ranking: its choice had",
    );
  },
  PATIENCE_MS,
);

test(
  "a kept model that was better orders who can be judged, for the follower that it is of, and no other",
  async () => {
    const kept = JSON.parse(readFileSync(model, "utf8"));
    const better = { ...kept, judgement: { ...kept.judgement, isBetter: true } };
    writeFileSync(model, JSON.stringify(better));
    const ranked = await traders("rank", "--by", "model", "--json", "--resamples", "0");
    expect(ranked.code).toBe(0);
    const { by, traders: all } = JSON.parse(ranked.stdout) as {
      by: string;
      traders: readonly { id: string; predictedSharpe: number }[];
    };
    expect(by).toBe("model");
    const expected = all.map(({ predictedSharpe }) => predictedSharpe);
    expect(expected).toHaveLength(TRADERS);
    expect(expected).toEqual([...expected].sort((one, other) => other - one));
    const net = JSON.parse((await traders("rank", "--json", "--resamples", "0")).stdout) as typeof ranked & {
      traders: readonly { id: string; predictedSharpe: null }[];
    };
    expect(net.traders.map(({ predictedSharpe }) => predictedSharpe)).toEqual(all.map(() => null));
    const text = await traders("rank", "--by", "model", "--resamples", "0");
    expect(text.stdout).toContain("The model expects of the next period, as a Sharpe ratio a year: ");

    const other = await traders("rank", "--by", "model", "--delay", "5");
    expect(other.stderr).toContain("it was learned for a follower of other capital, delay or costs");
    writeFileSync(model, JSON.stringify({ ...better, features: ["another"] }));
    expect((await traders("rank", "--by", "model")).stderr).toContain(
      "it is of another version of the program",
    );
    writeFileSync(model, "{");
    expect((await traders("rank", "--by", "model")).stderr).toContain("cannot be read");
  },
  PATIENCE_MS,
);

test(
  "too short a past is told, and wrong numbers are refused",
  async () => {
    const short = await traders("learn", "--period-days", "60", "--min-days", "60");
    expect(short).toMatchObject({ code: 1 });
    expect(short.stdout).toContain("Only 0 periods could be judged, and 6 are needed");
    const wrong = await traders("learn", "--period-days", "0");
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("--period-days must be at least 1");
    const nobody = await traders("learn", "--data", "elsewhere");
    expect(nobody).toMatchObject({ code: 2, stdout: "" });
    expect(nobody.stderr).toContain("no traders yet in elsewhere");
  },
  PATIENCE_MS,
);
