/**
 * What `copytrader start` refuses before anything is sent: exit code 2, the file and key path or the nickname named, one JSON
 * line with --json, and no secret in any of it. Passing trouble is no refusal.
 */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { type Exit, type Json, killPrograms } from "./program.ts";
import { keyOf, secretOf, startVenue, type Venue } from "./venue.ts";

let venue: Venue;
let copier: Copier;

beforeAll(async () => {
  venue = await startVenue();
});
afterAll(killPrograms);

beforeEach(async () => {
  await venue.faults({});
  copier = new Copier(venue);
  for (const name of ["lead", "one", "two"]) await venue.putAccount(name);
  copier.accountFile("lead", "leader");
  copier.accountFile("one", "follower");
  copier.accountFile("two", "follower");
});
afterEach(() => copier.close());

interface Failure {
  readonly kind: string;
  readonly message: string;
  readonly problems: readonly Json[];
}

/** The one JSON line of a refusal. */
async function refusal(...args: readonly string[]): Promise<Failure> {
  return failureIn(await copier.start(args).exit);
}

function failureIn({ code, stdout, stderr }: Exit): Failure {
  expect(code, `${stdout}\n${stderr}`).toBe(2);
  const errors = stdout.split("\n").filter((line) => line.startsWith('{"error"'));
  expect(errors, stdout).toHaveLength(1);
  expect(stdout.trim().split("\n").at(-1)).toBe(errors[0]);
  for (const line of stdout.trim().split("\n")) JSON.parse(line);
  for (const name of ["lead", "one", "two"]) {
    expect(stdout + stderr).not.toContain(secretOf(name));
    expect(stdout + stderr).not.toContain(keyOf(name));
  }
  return JSON.parse(errors[0] ?? "").error;
}

async function nothingWasSent(): Promise<void> {
  for (const name of ["one", "two"]) expect((await venue.account(name)).orderRequests).toEqual([]);
}

describe("a start is refused", () => {
  it.each([
    [
      "an unknown key, with the nearest one",
      "copy_trading:\n  mode: live\n  copying:\n    position_scalin: 2\n",
      { keyPath: "copy_trading.copying.position_scalin", nearest: "position_scaling" },
    ],
    [
      "a bad value, with the nearest choice",
      "copy_trading:\n  mode: liv\n",
      { keyPath: "copy_trading.mode", nearest: "live" },
    ],
    [
      "backtest, naming the command for it",
      "copy_trading:\n  mode: backtest\n",
      { keyPath: "copy_trading.mode", message: expect.stringContaining("copytrader backtest") },
    ],
    ["what is no YAML", "copy_trading: [\n", {}],
  ])("for %s", async (_, text, problem) => {
    copier.yaml("copy_trading_config.yaml", text);
    const { kind, problems } = await refusal();
    expect(kind).toBe("configuration");
    expect(problems).toMatchObject([
      { file: expect.stringContaining("copy_trading_config.yaml"), ...problem },
    ]);
    await nothingWasSent();
  });

  it("for a key in two files, naming both", async () => {
    copier.yaml("risk_config.yaml", "copy_trading:\n  mode: live\n");
    const { problems } = await refusal();
    expect(JSON.stringify(problems)).toMatch(
      /copy_trading_config\.yaml.*risk_config\.yaml|risk_config\.yaml.*copy_trading_config\.yaml/,
    );
  });

  it("for a broken account file, without quoting it", async () => {
    copier.rawAccountFile("two", `{"nickname":"two","api_secret":"${secretOf("two")}", oops`);
    const { problems } = await refusal();
    expect(problems).toMatchObject([{ file: expect.stringContaining("accounts/two.json") }]);
    expect(JSON.stringify(problems)).not.toContain("oops");
    await nothingWasSent();
  });

  it("for an account file with an unknown key or a bad value", async () => {
    copier.accountFile("one", "follower", { copy_multiplyer: 2 });
    copier.accountFile("two", "follower", { copy_multiplier: -1 });
    const { problems } = await refusal();
    expect(problems).toMatchObject([
      {
        file: expect.stringContaining("accounts/one.json"),
        keyPath: "copy_multiplyer",
        nearest: "copy_multiplier",
      },
      { file: expect.stringContaining("accounts/two.json"), keyPath: "copy_multiplier" },
    ]);
  });

  it("for a missing secret", async () => {
    copier.accountFile("two", "follower", { api_secret: undefined });
    const { problems } = await refusal();
    expect(problems).toMatchObject([
      {
        file: expect.stringContaining("accounts/two.json"),
        keyPath: "api_secret",
        message: expect.stringContaining("TWO_API_SECRET"),
      },
    ]);
    await nothingWasSent();
  });

  it("for a secret that is wrong for an account never verified here", async () => {
    copier.accountFile("two", "follower", { api_secret: "wrong-secret-of-two" });
    const { kind, problems } = await refusal();
    expect(kind).toBe("refused");
    expect(problems).toMatchObject([{ file: expect.stringContaining("accounts/two.json"), nickname: "two" }]);
    expect(JSON.stringify(problems)).not.toContain("wrong-secret-of-two");
    await nothingWasSent();
  });

  it.each(["lead", "one"])("for the withdrawal right on %s (pain 36)", async (name) => {
    const permissions = { ContractTrade: ["Order", "Position"], Wallet: ["Withdraw"] };
    await venue.putAccount(name, { more: { permissions } });
    const { problems } = await refusal();
    expect(problems).toMatchObject([
      {
        file: expect.stringContaining(`accounts/${name}.json`),
        nickname: name,
        message: expect.stringMatching(/withdraw/i),
      },
    ]);
    await nothingWasSent();
  });

  it("for a follower whose key cannot trade", async () => {
    await venue.putAccount("one", { more: { readOnly: true } });
    await venue.putAccount("two", { more: { permissions: { ContractTrade: ["Position"] } } });
    const { problems } = await refusal();
    expect(problems).toMatchObject([{ nickname: "one" }, { nickname: "two" }]);
  });

  it("for a live follower without --live, and for none with it; a live leader is only read", async () => {
    copier.accountFile("lead", "leader", { account_type: "live" });
    copier.accountFile("one", "follower", { account_type: "live" });
    const { problems } = await refusal();
    expect(problems).toMatchObject([
      {
        file: expect.stringContaining("accounts/one.json"),
        keyPath: "account_type",
        message: expect.stringContaining("--live"),
      },
    ]);
    await nothingWasSent();
    const engine = await copier.started(["--live"]);
    engine.kill("SIGTERM");
    expect((await engine.exit).code).toBe(0);
  });

  it("as text on stderr without --json", async () => {
    copier.accountFile("two", "follower", { api_secret: undefined });
    const { code, stdout, stderr } = await copier.run(["start"]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("accounts/two.json");
    expect(stderr).toContain("api_secret");
  });
});

describe("secrets from outside the account file", () => {
  it("come from the environment before .env before the file", async () => {
    copier.accountFile("one", "follower", { api_key: undefined, api_secret: undefined });
    copier.accountFile("two", "follower", { api_secret: "wrong-in-the-file" });
    const dotEnv = `ONE_API_KEY=${keyOf("one")}\nONE_API_SECRET=${secretOf("one")}\nTWO_API_SECRET=wrong-in-dot-env\n`;
    writeFileSync(join(copier.folder, ".env"), dotEnv, { mode: 0o600 });
    Object.assign(copier.options, { env: { TWO_API_SECRET: secretOf("two") } });
    const engine = await copier.started();
    engine.kill("SIGINT");
    expect((await engine.exit).code).toBe(0);
  });
});

describe("an account that was verified before", () => {
  it("is refused when its key is that of another account, whose ledger it is not", async () => {
    const first = await copier.started();
    first.kill("SIGTERM");
    await first.exit;
    await venue.putAccount("other");
    const others = { api_key: keyOf("other"), api_secret: secretOf("other") };
    copier.accountFile("one", "follower", others);
    const { kind, problems } = await refusal();
    expect(kind).toBe("refused");
    expect(problems).toMatchObject([
      {
        nickname: "one",
        keyPath: "api_key",
        message: expect.stringMatching(/"one" belongs to user \d+.*nickname/),
      },
    ]);
    expect((await venue.account("other")).orderRequests).toEqual([]);
    copier.accountFile("one", "follower");
    const engine = await copier.started();
    engine.kill("SIGTERM");
    expect((await engine.exit).code).toBe(0);
  });

  it("is halted when its key is refused today, and the others run", async () => {
    const first = await copier.started();
    first.kill("SIGTERM");
    await first.exit;
    // Its owner made a new secret at the venue.
    await venue.putAccount("one", { more: { apiSecret: "a-new-secret" } });
    const engine = await copier.started();
    expect(engine.lines).toContainEqual({ note: "halted", message: expect.stringContaining("one") });
    await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.01" });
    await untilEqual(() => venue.positions("two"), { BTCUSDT: "0.01" }, 15_000);
    // The order was filled; that its account was told of it takes a moment more.
    const states = async () =>
      (await copier.status()).followers.map(({ nickname, state }) => [nickname, state]);
    await untilEqual(
      states,
      [
        ["one", "halted"],
        ["two", "in-sync"],
      ],
      10_000,
    );
    const [one] = (await copier.status()).followers;
    expect(one).toMatchObject({ nickname: "one", reason: expect.stringMatching(/./) });
    expect((await venue.account("one")).orderRequests).toEqual([]);
    engine.kill("SIGTERM");
    expect((await engine.exit).code).toBe(0);
  });

  it("does not hold up the start when it is the leader", async () => {
    const first = await copier.started();
    first.kill("SIGTERM");
    await first.exit;
    await venue.putAccount("lead", { more: { apiSecret: "a-new-secret" } });
    const engine = await copier.started();
    expect(engine.lines).toContainEqual({ note: "halted", message: expect.stringContaining("lead") });
    engine.kill("SIGTERM");
    expect((await engine.exit).code).toBe(0);
  });

  it("is halted, too, when its file has a wrong secret now", async () => {
    const first = await copier.started();
    first.kill("SIGTERM");
    await first.exit;
    copier.accountFile("one", "follower", { api_secret: "mistyped" });
    const engine = await copier.started();
    expect(engine.lines).toContainEqual({ note: "halted", message: expect.stringContaining("one") });
    engine.kill("SIGTERM");
    expect((await engine.exit).code).toBe(0);
  });
});

describe("passing trouble at start", () => {
  it.each([
    ["5xx answers", { http5xx: 1 }],
    ["lost answers", { responseLost: 1 }],
    ["lost requests", { requestLost: 0.3 }],
    ["refused streams", { streamDisconnect: true }],
    ["a busy venue", { retCode10016: 1 }],
    ["too many requests", { retCode10006: 1 }],
  ])(
    "is retried until connected: %s",
    async (_, faults) => {
      await venue.faults(faults);
      const engine = copier.start();
      await Promise.race([engine.ready(1_500).catch(() => undefined), engine.exit]);
      expect(engine.isOver, engine.stdout).toBe(false);
      await venue.faults({});
      // A lost request is asked anew only after the time that an answer may take.
      await engine.ready();
      engine.kill("SIGTERM");
      expect((await engine.exit).code).toBe(0);
    },
    60_000,
  );

  it("can be interrupted: SIGTERM ends a start that waits, with exit code 0 within 5 s", async () => {
    await venue.faults({ http5xx: 1 });
    const engine = copier.start();
    await engine.line((line) => line.note === "start", 10_000);
    const startedMs = performance.now();
    engine.kill("SIGTERM");
    expect((await engine.exit).code).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });
});

describe("a data folder that cannot be used", () => {
  it("is named", async () => {
    chmodSync(copier.data, 0o500);
    // Whoever may write everywhere is not stopped by permissions.
    const exit = await copier.start().line((line) => line.ready === true || "error" in line, 10_000);
    chmodSync(copier.data, 0o700);
    if ("error" in exit) expect(JSON.stringify(exit)).toContain(copier.data);
    await killPrograms();
    venue = await startVenue();
  });
});
