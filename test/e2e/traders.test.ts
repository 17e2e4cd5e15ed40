/** `copytrader traders` as a user calls it: taking histories in, the list, one trader, and what goes wrong. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { hasShared, sharedNote, sharedPath } from "../shared.ts";
import { until } from "./await.ts";
import { runCommand } from "./in-process.ts";
import { killPrograms, Program } from "./program.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "traders-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(killPrograms);

const traders = (...args: readonly string[]) => runCommand(["traders", ...args], { cwd: folder });

function file(name: string, rows: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${rows.join("\n")}\n`);
  return path;
}

const HEADER = "time,symbol,side,price,quantity,fee,realized_pnl";
const DAY = 1714521600000;

describe("traders", () => {
  test("come in from a table, and are listed and shown", async () => {
    const rows = [
      HEADER,
      `${DAY},BTCUSDT,buy,60000,0.5,-15,0`,
      `${DAY + 60_000},BTCUSDT,sell,60100,0.5,-15.5,50`,
      "x",
    ];
    const taken = await traders("import", file("alice.csv", rows), "--equity", "5000");
    expect(taken).toMatchObject({ code: 0, stderr: "" });
    expect(taken.stdout).toContain("2 fills of 1 trader, 2 new, 0 known already");
    expect(taken.stdout).toContain("line 4: 1 cells stand where the header has 7");
    expect(statSync(join(folder, "data/traders.db")).mode & 0o777).toBe(0o600);

    const list = await traders("list", "--json");
    expect(JSON.parse(list.stdout)).toEqual({
      traders: [
        {
          id: "alice",
          venue: "other",
          fills: 2,
          first: DAY,
          last: DAY + 60_000,
          realizedPnl: "50",
          fees: "-30.5",
          funding: "0",
          lastSeen: expect.any(Number),
          quality: ["whole-second-times", "mode-not-told", "no-funding", "short-history"],
        },
      ],
    });
    const shown = await traders("show", "alice");
    expect(shown.stdout).toContain("round trips  1 finished: 1 won, 0 lost, 0 seen in part only");
    expect(shown.stdout).toContain(
      "less than 30 days lie between the first fill and the last; do not conclude",
    );
    expect((await traders("list")).stdout).toContain("alice   other");
  });

  test("have returns that metrics reads, with what they assume", async () => {
    const rows = [
      HEADER,
      `${DAY},BTCUSDT,buy,60000,0.5,-15,0`,
      `${DAY + 86_400_000},BTCUSDT,sell,60100,0.5,-15.5,50`,
    ];
    await traders("import", file("alice.csv", rows));
    const out = join(folder, "returns.csv");
    const told = await traders("returns", "--equity", "1000", "--out", out);
    expect(told).toMatchObject({ code: 0 });
    expect(told.stderr).toContain("the capital at the beginning is 1000, as stated");
    expect(readFileSync(out, "utf8")).toBe(`date,alice\n2024-05-01,-0.015\n2024-05-02,${34.5 / 985}\n`);
    expect(await runCommand(["metrics", out, "--json"], { cwd: folder })).toMatchObject({ code: 0 });
    const { traders: found } = JSON.parse((await traders("returns", "alice", "--json")).stdout);
    expect(found).toMatchObject([
      { id: "alice", base: 30_015, isBaseStated: false, pnl: [-15, 34.5], roundTrips: 1 },
    ]);
  });

  test("leave a follower what copying does, in returns on the same days and all together", async () => {
    const rows = [
      HEADER,
      `${DAY},BTCUSDT,buy,60000,0.5,-15,0`,
      `${DAY + 86_400_000},BTCUSDT,sell,66000,0.5,-16.5,3000`,
    ];
    await traders("import", file("alice.csv", rows), "--equity", "30000");
    const free = ["--delay", "0", "--fee-rate", "0", "--slippage-bps", "0", "--impact", "0"];
    const exact = await traders("returns", "--follower", "30000", ...free);
    // The leader's own but for its fees.
    expect(exact.stdout).toBe("date,alice\n2024-05-01,0\n2024-05-02,0.1\n");
    const dear = await traders("returns", "--follower", "30000", ...free, "--fee-rate", "1", "--json");
    const [found] = JSON.parse(dear.stdout).traders;
    expect(found).toMatchObject({ id: "alice", base: 30_000, isBaseStated: true, pnl: [-300, 2670] });
    expect(found.assumptions.map(({ word }: { word: string }) => word)).toContain("filters-assumed");

    const copying = await traders("copying", "--equities", "100,30000", ...free, "--fee-rate", "1");
    expect(copying.code).toBe(0);
    expect(copying.stdout).toContain("Of 1 traders 1 earned before costs.");
    const { together, traders: all } = JSON.parse(
      (await traders("copying", "--equities", "100,30000", ...free, "--fee-rate", "1", "--json")).stdout,
    );
    expect(together).toMatchObject([
      // 0.0016 of a bitcoin, in tenths: nothing.
      { settings: { equity: "100" }, earned: 1, stillEarn: 0, kept: { median: 0 }, taken: { sizes: 1 } },
      { settings: { equity: "30000" }, earned: 1, stillEarn: 1, taken: { fees: expect.closeTo(0.21, 9) } },
    ]);
    expect(all).toMatchObject([{ id: "alice", days: 2, followers: [{ edge: { net: 0 } }, {}] }]);
    for (const [wrong, message] of [
      [["--delay", "-1"], "It must be a number from 0 to 86400."],
      [["--fee-rate", "11"], "It must be a number from 0 to 10."],
      [["--equities", "0"], "It must be an amount above zero."],
      [["--equities", "1,2,3,4,5,6"], "At most 5 amounts."],
    ] as const)
      expect(await traders("copying", ...wrong), wrong.join(" ")).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(message),
      });
  });

  test("are none at first", async () => {
    expect(await traders("list")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("no traders yet"),
    });
    expect(JSON.parse((await traders("list", "--json")).stdout)).toEqual({ traders: [] });
    expect(existsSync(join(folder, "data"))).toBe(false);
  });

  test.each([
    [["show", "nobody"], "there is no trader nobody"],
    [["import", "missing.csv"], "there is no file missing.csv"],
    [["import", "odd.txt"], "no known format"],
    [["import", "odd.txt", "--equity", "-5"], "It must be an amount above zero."],
    [
      ["import", "odd.txt", "--format", "xlsx"],
      "there is no format xlsx; there are auto, binance-copy, hyperliquid, bybit, csv",
    ],
  ])("%j is asked wrongly", async (args, message) => {
    file("odd.txt", ["hello"]);
    const { code, stdout } = await traders(...args, "--json");
    expect(code).toBe(2);
    expect(stdout).toContain(message);
  });

  test("of a file in which nothing can be read are a failure", async () => {
    expect(await traders("import", file("a.csv", [HEADER, "x"]))).toMatchObject({ code: 1 });
  });

  test("of one id at two venues are told apart", async () => {
    const rows = [
      `venue,trader,${HEADER}`,
      `a,bob,${DAY},BTCUSDT,buy,1,1,0,0`,
      `b,bob,${DAY},BTCUSDT,buy,1,1,0,0`,
    ];
    await traders("import", file("two.csv", rows));
    expect((await traders("show", "bob")).stderr).toContain(
      "bob is a trader of a, b: say which with --venue",
    );
    expect((await traders("show", "bob", "--venue", "b")).stdout).toContain("bob of b");
  });

  test("stop coming in at Ctrl-C, and come in whole the second time", async () => {
    const rows = Array.from(
      { length: 60_000 },
      (_, index) => `${DAY + index * 1000},BTCUSDT,buy,1,${index + 1},0,0`,
    );
    const path = file("long.csv", [HEADER, ...rows]);
    const program = new Program(["traders", "import", path], { cwd: folder });
    const log = join(folder, "data/traders.db-wal");
    await until(() => existsSync(log) && statSync(log).size > 1_000_000, 30_000, "nothing is written");
    program.kill("SIGINT");
    const stopped = await program.exit;
    expect(stopped).toMatchObject({ code: 130, signal: null });
    expect(stopped.stderr).toContain("interrupted: what was taken in stays");
    const whole = JSON.parse((await traders("import", path, "--json")).stdout);
    expect(whole.files[0].added + whole.files[0].known).toBe(60_000);
    expect(JSON.parse((await traders("list", "--json")).stdout).traders[0].fills).toBe(60_000);
  });
});

describe.skipIf(!hasShared)(`recorded leads${sharedNote}`, () => {
  test("are ranked: few can be judged, none is proven, and two in lock-step are one", async () => {
    await traders("import", sharedPath("data/traders/binance_copy/raw_trade_history.csv.gz"));
    const ranked = await traders("rank", "--json", "--resamples", "200");
    expect(ranked.code).toBe(0);
    const { screened, traders: all } = JSON.parse(ranked.stdout) as {
      screened: number;
      traders: readonly {
        id: string;
        verdict: string;
        lockStep: readonly { id: string }[];
        figures: { lowerBound: number; deflatedSharpe: number; conclusion: string } | null;
        follower: {
          figures: { lowerBound: number } | null;
          edge: Readonly<Record<string, number>>;
          copyability: { score: number };
        } | null;
      }[];
    };
    expect(screened).toBe(100);
    const counts = Object.fromEntries(
      [...Map.groupBy(all, (one) => one.verdict)].map(([word, of]) => [word, of.length]),
    );
    expect(counts).toEqual({
      judgeable: 3,
      "too-short": 89,
      "few-trips": 3,
      truncated: 1,
      "days-unsure": 2,
      "same-as-another": 1,
      empty: 1,
    });
    const judged = all.filter(({ verdict }) => verdict === "judgeable");
    expect(judged.map(({ figures }) => figures?.conclusion)).toEqual(judged.map(() => "unproven"));
    const bounds = judged.map(({ follower }) => follower?.figures?.lowerBound ?? Number.NaN);
    expect(bounds).toEqual([...bounds].sort((one, other) => other - one));
    for (const { id, follower } of judged) {
      const {
        gross = 0,
        delay = 0,
        slippage = 0,
        fees = 0,
        sizes = 0,
        funding = 0,
        net,
      } = follower?.edge ?? {};
      expect(net, id).toBeCloseTo(gross + funding - delay - slippage - fees - sizes, 6);
      expect([delay > 0, slippage > 0, fees > 0], id).toEqual([true, true, true]);
      expect(follower?.copyability.score, id).toBeGreaterThan(0.5);
    }
    const late = JSON.parse(
      (await traders("rank", "--json", "--resamples", "0", "--delay", "600", "--by", "gross")).stdout,
    );
    expect(late).toMatchObject({ by: "gross", settings: { equity: "10000", delayMs: 600_000 } });
    expect(all.filter(({ verdict }) => verdict === "same-as-another")).toMatchObject([
      { id: "3993222640082269952", lockStep: [{ id: "3988187872032603905" }] },
    ]);

    const text = await traders("rank", "--resamples", "0");
    expect(text.stdout).toContain(`${judged.length} of 100 traders can be judged.`);
    const compared = await traders("compare", "3993222640082269952", "3988187872032603905");
    expect(compared.stdout).toContain("These two trade as one");
    const short = await traders("rank", "--min-days", "1000");
    expect(short).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("no reason here to copy anybody"),
    });
    expect((await traders("rank", "nobody")).code).toBe(2);
  });

  test("are all there, with exact sums", async () => {
    const taken = await traders(
      "import",
      sharedPath("data/traders/binance_copy/raw_trade_history.csv.gz"),
      "--json",
    );
    expect(JSON.parse(taken.stdout).files[0]).toMatchObject({ traders: 100, added: 10_250, rejected: 74 });
    const { traders: all } = JSON.parse((await traders("list", "--json")).stdout);
    expect(all.length).toBe(100);
    expect(all[0]).toMatchObject({
      id: "3672754654734989568",
      venue: "binance",
      fills: 109,
      first: 1718389338000,
      last: 1718985883000,
      realizedPnl: "142.73533762",
      fees: "-5.6557065",
    });
  });
});
