/** The command line as a shell sees it: help, bad usage, folders where nothing is, the exchange alone. */
import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { killPrograms, Program, runProgram } from "./program.ts";

const BIN = fileURLToPath(new URL("../../bin/copytrader", import.meta.url));
const execute = promisify(execFile);
const COMMANDS = [
  ["init"],
  ["demo"],
  ["start"],
  ["status"],
  ["parity"],
  ["accounts", "check"],
  ["accounts", "add"],
  ["accounts", "remove"],
  ["accounts", "encrypt"],
  ["keys", "new"],
  ["keys", "check"],
  ["keys", "rotate"],
  ["users", "list"],
  ["users", "add"],
  ["users", "remove"],
  ["users", "password"],
  ["users", "permissions"],
  ["users", "accounts"],
  ["users", "setup-link"],
  ["users", "invite"],
  ["users", "import"],
  ["users", "factor-off"],
  ["tokens", "list"],
  ["tokens", "create"],
  ["tokens", "revoke"],
  ["audit"],
  ["pause"],
  ["resume"],
  ["close"],
  ["release"],
  ["copy"],
  ["uncopy"],
  ["settings", "show"],
  ["settings", "set"],
  ["stop-tiers"],
  ["allocations"],
  ["strategies"],
  ["rebalance"],
  ["proposals"],
  ["approve"],
  ["decline"],
  ["capital"],
  ["journal"],
  ["replay"],
  ["attribute"],
  ["backtest"],
  ["what-if"],
  ["protections"],
  ["performance"],
  ["metrics"],
  ["evidence"],
  ["traders", "discover"],
  ["traders", "fetch"],
  ["traders", "import"],
  ["traders", "compare"],
  ["traders", "copying"],
  ["traders", "filter"],
  ["traders", "rank"],
  ["traders", "returns"],
  ["traders", "watch"],
  ["correlations"],
  ["optimise"],
  ["market", "instruments"],
  ["doctor"],
  ["rebuild"],
  ["exchange"],
];

/** All programs at once would starve each other, and the tests after them, on a small machine. */
const AT_ONCE = 4;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(killPrograms);

const run = (...args: readonly string[]) => runProgram(args, { cwd: folder });

describe("help", () => {
  test("lists every command and the exit codes", async () => {
    const { code, stdout, stderr } = await run("--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const [name] of COMMANDS) expect(stdout).toContain(`\n  ${name}`);
    expect(stdout).toContain("Exit codes: 0 done, 1 it did not work, 2 ");
    expect(stdout).toContain(
      "nobody\ncan be asked and there is no --yes; nothing was done), 3 you answered no",
    );
  });

  test("of each command shows an example and --json", async () => {
    for (let at = 0; at < COMMANDS.length; at += AT_ONCE) {
      const some = COMMANDS.slice(at, at + AT_ONCE);
      const helps = await Promise.all(some.map((command) => run(...command, "--help")));
      for (const [index, { code, stdout }] of helps.entries()) {
        expect({ code, command: some[index] }).toEqual({ code: 0, command: some[index] });
        expect(stdout).toContain("--json");
        expect(stdout).toContain(`$ copytrader ${some[index]?.join(" ")}`);
      }
    }
  }, 180_000);

  test("works through a link, as npx makes one", async () => {
    const link = join(folder, "linked");
    symlinkSync(BIN, link);
    const { stdout } = await execute(link, ["--version"]);
    expect(stdout).toBe((await run("--version")).stdout);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("bad usage ends with code 2, said in the form that was asked for", () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["frobnicate"], /unknown command 'frobnicate'/],
    [["statsu"], /Did you mean status/],
    [["status", "--colour"], /unknown option '--colour'/],
    [["status", "--follower", "one"], /--follower goes with --explain/],
    [["close"], /missing required argument 'follower'/],
    [["copy", "lead"], /missing required argument 'follower'/],
    [["copy", "lead", "one", "twice"], /"twice" is no setting: write key=value/],
    [["copy", "lead", "one", "inverse=true", "inverse="], /inverse is stated twice/],
    [
      ["settings", "set", "max_daily_loss=0.1"],
      /name the follower before "max_daily_loss=0.1", or write --portfolio/,
    ],
    [["settings", "set", "one"], /write what is to be set for one/],
    [["settings", "set", "--portfolio", "max_traders"], /"max_traders" is no setting: write key=value/],
    [["stop-tiers", "one", "100", "200:close"], /"100" has no action, but others have/],
    [["stop-tiers", "one", "100", "--off"], /write tiers, or --off, or --take-back/],
    [["uncopy", "lead", "one", "--stop-mode", "burn"], /Allowed choices are close, leave, with-leader/],
    [["approve", "first"], /must be a whole number above zero/],
    [["journal", "--reason", "pausd"], /there is no reason "pausd" \(did you mean paused\?\); there are: /],
    [["journal", "--limit", "many"], /--limit .* must be a whole number/],
    [["exchange", "--market", "no-such-file"], /there is no file no-such-file/],
    [["exchange", "--port", "99999"], /--port .* must be a whole number from 0 to 65535/],
    [["exchange", "--limits", "some"], /Allowed choices are off, real/],
  ];
  test.each(cases)("%j", async (args, message) => {
    const text = await run(...args);
    expect(text).toMatchObject({ code: 2, stdout: "" });
    expect(text.stderr).toMatch(message);
    const json = await run(...args, "--json");
    expect(json).toMatchObject({ code: 2, stderr: "" });
    expect(json.stdout.trim().split("\n")).toHaveLength(1);
    const { error } = JSON.parse(json.stdout);
    expect(error).toMatchObject({ kind: "usage", problems: [] });
    expect(error.message).toMatch(message);
  });

  test("no command at all shows the help", async () => {
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toContain("Usage: copytrader");
  });
});

describe("where nothing is", () => {
  test("status says so and makes nothing", async () => {
    const { code, stdout } = await run("status", "--json");
    expect(code).toBe(0);
    const status = JSON.parse(stdout);
    expect(status).toMatchObject({ engine: { running: false }, followers: [], leaders: [] });
    expect(status.engine.asOf).toBeGreaterThan(1_600_000_000_000);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("journal is empty, pause and rebuild say what is missing", async () => {
    expect(JSON.parse((await run("journal", "--json")).stdout)).toEqual({
      entries: [],
      otherOrders: [],
      sequence: 0,
    });
    for (const command of ["pause", "rebuild"]) {
      const { code, stderr } = await run(command);
      expect(code).toBe(1);
      expect(stderr).toMatch(/there is no data folder .*nothing has been started yet/);
    }
    expect(existsSync(join(folder, "data"))).toBe(false);
  });

  test("start and accounts check name what is wrong with the configuration", async () => {
    for (const command of [["start"], ["accounts", "check"]]) {
      const { code, stdout } = await run(...command, "--json");
      expect(code).toBe(2);
      const { error } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
      expect(error.kind).toBe("configuration");
      expect(error.problems[0]).toMatchObject({ keyPath: "role" });
    }
  });

  test("init writes a configuration, and a second time leaves it alone", async () => {
    const first = JSON.parse((await run("init", "--json")).stdout);
    expect(first.written.length).toBeGreaterThan(5);
    const second = JSON.parse((await run("init", "--json")).stdout);
    expect(second).toEqual({ written: [], kept: first.written });
  });

  test("init says what is in its way, without a stack", async () => {
    writeFileSync(join(folder, "config"), "");
    const { code, stdout, stderr } = await run("init");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^copytrader: cannot write config\/.*: a file is in the way.*\n$/);
  });
});

describe("doctor", () => {
  test("finds the configuration missing, and says what to do", async () => {
    const { code, stdout } = await run("doctor", "--offline", "--json");
    expect(code).toBe(1);
    const { healthy, findings } = JSON.parse(stdout);
    expect(healthy).toBe(false);
    const failed = findings.filter(({ result }: { result: string }) => result === "fail");
    expect(failed).toMatchObject([{ check: "configuration" }]);
    expect(failed[0].message).toContain("copytrader init");
  });

  function accounts(more: (role: string) => object): void {
    mkdirSync(join(folder, "data", "accounts"), { recursive: true, mode: 0o700 });
    for (const role of ["leader", "follower"]) {
      const account = { nickname: role, role, account_type: "demo", ...more(role) };
      writeFileSync(join(folder, "data", "accounts", `${role}.json`), JSON.stringify(account));
    }
  }

  async function found(result: "warn" | "fail") {
    const { code, stdout } = await run("doctor", "--offline", "--json");
    const rows: readonly { readonly result: string; readonly message: string }[] =
      JSON.parse(stdout).findings;
    const told = rows.filter((row) => row.result === result).map(({ message }) => message);
    return { code, told: told.join("\n") };
  }

  test("fails where a start would refuse", async () => {
    accounts(() => ({}));
    const { code, told } = await found("fail");
    expect(code).toBe(1);
    expect(told).toMatch(/start will refuse: .*leader\.json.*api_key: is missing/);
    expect((await run("start")).code).toBe(2);
  });

  test("warns only where a start wants the word --live", async () => {
    accounts((role) => ({ account_type: "live", api_key: `${role}-key`, api_secret: `${role}-secret` }));
    mkdirSync(join(folder, "config"));
    writeFileSync(join(folder, "config", "mode.yaml"), "copy_trading: {mode: live}");
    const { code, told } = await found("warn");
    expect(told).toMatch(/start will refuse without --live: /);
    expect(code).toBe(0);
  });

  test("finds a data folder and a .env that others can look into", async () => {
    mkdirSync(join(folder, "data", "accounts"), { recursive: true, mode: 0o755 });
    chmodSync(join(folder, "data"), 0o755);
    writeFileSync(join(folder, ".env"), "", { mode: 0o644 });
    const { findings } = JSON.parse((await run("doctor", "--offline", "--json")).stdout);
    const open = findings.filter(({ message }: { message: string }) => message.includes("open to others"));
    expect(open).toMatchObject([
      { check: ".env", result: "warn" },
      { check: "data folder", result: "warn" },
      { check: "data folder", result: "warn" },
    ]);
  });
});

describe("exchange", () => {
  test("prints one JSON line when ready and ends with code 0 on a signal", async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const program = new Program(["exchange", "--control"], { cwd: folder });
      const ready = await program.ready();
      expect(ready).toEqual({
        ready: true,
        rest: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        stream: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+$/),
        pid: program.pid,
      });
      const accounts = `${String(ready.rest)}/control/accounts/key1`;
      const made = await fetch(accounts, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ apiSecret: "secret1", balances: { USDT: "10" } }),
      });
      expect(made.ok).toBe(true);
      program.kill(signal);
      const { code, stdout, stderr } = await program.exit;
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout.trim().split("\n")).toHaveLength(1);
    }
  });

  test("says so when its port is taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, stdout } = await run("exchange", "--port", String(port), "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toEqual({
      kind: "cannot-start",
      message: expect.stringMatching(new RegExp(`port ${port} .* in use; .*--port`)),
      problems: [],
    });
    server.close();
  });

  test("refuses a file that is no table of bars", async () => {
    writeFileSync(join(folder, "bars.csv"), "a,b\n1,2\n");
    const { code, stderr } = await run("exchange", "--market", "bars.csv");
    expect(code).toBe(2);
    expect(stderr).toMatch(/bars\.csv: no column open_time_ms/);
  });
});
