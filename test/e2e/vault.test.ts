/**
 * Keys and secrets at rest as an owner meets them, over real processes: the first start encrypts, a wrong or missing key is
 * named and destroys nothing, keys are made, looked at and replaced, accounts are added; and nobody is shown a secret.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { controlSocketPath } from "../../src/control/socket-path.ts";
import { FernetKey } from "../../src/security/fernet.ts";
import { Copier } from "./copier.ts";
import { runCommand } from "./in-process.ts";
import { type Exit, type Json, killPrograms, type Program, runProgram } from "./program.ts";
import { keyOf, secretOf, startVenue, type Venue } from "./venue.ts";

let venue: Venue;
let copier: Copier;
let home = "";
const engines: Program[] = [];
const NO_KEY = { COPYTRADER_ENCRYPTION_KEY: "" };

beforeAll(async () => {
  venue = await startVenue();
});
afterAll(killPrograms);

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "home-"));
  copier = new Copier(venue, undefined, { ...NO_KEY, HOME: home });
  for (const name of ["lead", "one"]) await venue.putAccount(name);
  copier.accountFile("lead", "leader");
  copier.accountFile("one", "follower");
});
afterEach(async () => {
  for (const engine of engines.splice(0)) await stopped(engine, "SIGKILL");
  copier.close();
  rmSync(home, { recursive: true });
});

const folders = () => ["--config", copier.config, "--data", copier.data];
const keyFile = () => join(home, ".config", "copytrader", "encryption.key");
const accountText = (name: string) => readFileSync(join(copier.data, "accounts", `${name}.json`), "utf8");

async function stopped(engine: Program, signal: NodeJS.Signals = "SIGTERM"): Promise<Exit> {
  engine.kill(signal);
  return engine.exit;
}

/** A start with other variables than the copier's. */
async function start(env: Readonly<Record<string, string>> = {}): Promise<Program> {
  Object.assign(copier.options, { env: { ...copier.options.env, ...env } });
  const engine = copier.start();
  engines.push(engine);
  await engine.ready();
  return engine;
}

async function refused(env: Readonly<Record<string, string>>): Promise<Json> {
  const { code, stdout } = await runProgram(["start", ...folders(), "--json"], {
    env: { ...copier.options.env, ...env },
  });
  expect(code).toBe(2);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "").error;
}

async function run(command: readonly string[], more: Json & { readonly stdin?: string } = {}) {
  const { stdin, ...env } = more;
  const options = { env: { ...copier.options.env, ...(env as Record<string, string>) } };
  const exit = await runCommand([...command, ...folders(), "--json"], {
    ...options,
    ...(stdin === undefined ? {} : { stdin }),
  });
  return { code: exit.code, answer: JSON.parse(exit.stdout), text: `${exit.stdout}${exit.stderr}` };
}

/** Every file below a folder, one after the other. */
function everythingIn(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => readFileSync(file, "latin1")).join("\n");
}

describe("the first start: no key stays in plain text (pain 36)", () => {
  test("encrypts the account files under a key that it makes outside the data folder, and says so", async () => {
    const before = JSON.parse(accountText("one"));
    const engine = await start();
    const notes = engine.lines.map(({ message }) => String(message)).join("\n");
    expect(notes).toContain(`a new encryption key lies in ${keyFile()}`);
    expect(notes).toContain("encrypted now in accounts/lead.json, accounts/one.json");
    const after = JSON.parse(accountText("one"));
    expect(after).toEqual({
      ...before,
      api_key: expect.stringMatching(/^gAAAAA/),
      api_secret: expect.stringMatching(/^gAAAAA/),
    });
    await stopped(engine);
    const again = await start();
    expect(again.lines.some(({ message }) => String(message).includes("encrypt"))).toBe(false);
  });

  test.each([
    ["an unwritable home", { HOME: "/proc/nowhere" }],
    ["no home", { HOME: "" }],
  ])("with %s copies all the same, and warns that the secrets lie open", async (_name, env) => {
    const engine = await start(env);
    const warnings = engine.lines
      .filter(({ note }) => note === "warning")
      .map(({ message }) => String(message));
    expect(warnings.filter((text) => text.includes("keeps its secrets in plain text"))).toHaveLength(2);
    expect(JSON.parse(accountText("one")).api_secret).toBe(secretOf("one"));
  });

  test("takes keys of the environment, newest first, and makes no file", async () => {
    const [newest, older] = [FernetKey.generate(), FernetKey.generate()];
    await stopped(await start({ COPYTRADER_ENCRYPTION_KEY: older.reveal() }));
    copier.accountFile("lead", "leader");
    await start({ COPYTRADER_ENCRYPTION_KEY: `${newest.reveal()},${older.reveal()}` });
    const secretIn = (name: string) => JSON.parse(accountText(name)).api_secret;
    expect(newest.decrypt(secretIn("lead"))?.toString()).toBe(secretOf("lead"));
    expect(older.decrypt(secretIn("one"))?.toString()).toBe(secretOf("one"));
    expect(readdirSync(home)).toEqual([]);
  });
});

describe("a key that does not fit", () => {
  test("is a refusal that names account and file, with the remedy, and changes nothing", async () => {
    await stopped(await start());
    const before = [accountText("lead"), accountText("one")];
    const elsewhere = { HOME: join(home, "other") };
    const wrong = { COPYTRADER_ENCRYPTION_KEY: FernetKey.generate().reveal() };
    for (const [env, remedy] of [
      [elsewhere, /there is no key to read it: set COPYTRADER_ENCRYPTION_KEY, or put the key file back at/],
      [wrong, /cannot be decrypted with COPYTRADER_ENCRYPTION_KEY \(environment\).*NEWEST,OLDER/],
    ] as const) {
      const { kind, problems } = await refused(env);
      expect(kind).toBe("configuration");
      expect(problems).toContainEqual({
        file: join(copier.data, "accounts", "one.json"),
        line: 3,
        keyPath: "api_key",
        nickname: "one",
        message: expect.stringMatching(remedy),
      });
    }
    expect([accountText("lead"), accountText("one")]).toEqual(before);
    expect(existsSync(join(home, "other"))).toBe(false);
    await start();
  });

  test("is refused where it is a passphrase, or a file that is open to others", async () => {
    const passphrase = await refused({ COPYTRADER_ENCRYPTION_KEY: "correct horse battery staple" });
    expect(JSON.stringify(passphrase)).toMatch(/not a passphrase; `copytrader keys new` makes one/);
    expect(JSON.stringify(passphrase)).not.toContain("horse");
    await stopped(await start());
    chmodSync(keyFile(), 0o644);
    expect(JSON.stringify(await refused({}))).toContain(`chmod 600 ${keyFile()}`);
  });

  test("is told by accounts check and doctor, and status works without it", async () => {
    await stopped(await start());
    const wrong = { COPYTRADER_ENCRYPTION_KEY: FernetKey.generate().reveal() };
    const check = await run(["accounts", "check", "one"], wrong);
    expect(check.code).toBe(1);
    expect(check.text).toContain("cannot be decrypted with COPYTRADER_ENCRYPTION_KEY");
    const doctor = await run(["doctor", "--offline"], wrong);
    expect(doctor.code).toBe(1);
    expect(doctor.text).toContain(
      "accounts/one.json: api_key, api_secret encrypted under a key that is not there",
    );
    expect((await run(["status"], wrong)).code).toBe(0);
  });
});

describe("keys", () => {
  test("new makes keys that are taken, rotate replaces them under a running engine, check tells", async () => {
    const { answer: printed } = await run(["keys", "new"]);
    expect(FernetKey.parse(printed.key)?.name).toBe(printed.name);
    expect((await run(["keys", "new", "--write"])).answer).toEqual({ file: keyFile(), used: true });
    expect((await run(["keys", "new", "--write"])).code).toBe(2);
    const engine = await start();
    const unsure = await run(["keys", "rotate"]);
    expect(unsure).toMatchObject({ code: 2, answer: { error: { kind: "not-confirmed" } } });
    const { code, answer } = await run(["keys", "rotate", "--yes"]);
    expect(code).toBe(0);
    expect(answer).toMatchObject({ encrypted: ["accounts/lead.json", "accounts/one.json"], file: keyFile() });
    expect(answer.keys).toHaveLength(2);
    expect((await run(["keys", "check"])).answer).toMatchObject({ healthy: true, keys: answer.keys });
    const forgotten = await run(["keys", "rotate", "--forget", "--yes"]);
    expect(forgotten.answer.keys).toHaveLength(1);
    await stopped(engine);
    await start();
  });

  test("of the environment are replaced by putting a new one first", async () => {
    const [newest, older] = [FernetKey.generate(), FernetKey.generate()];
    await stopped(await start({ COPYTRADER_ENCRYPTION_KEY: older.reveal() }));
    expect(await run(["keys", "rotate", "--yes"])).toMatchObject({
      code: 2,
      answer: { error: { kind: "usage" } },
    });
    const both = { COPYTRADER_ENCRYPTION_KEY: `${newest.reveal()},${older.reveal()}` };
    expect((await run(["keys", "check"], both)).text).toContain("under an older key");
    expect((await run(["keys", "rotate", "--yes"], both)).code).toBe(0);
    await start({ COPYTRADER_ENCRYPTION_KEY: newest.reveal() });
  });

  test("check finds a file that cannot be read", async () => {
    await stopped(await start());
    const { code, answer } = await run(["keys", "check"], { HOME: join(home, "other") });
    expect(code).toBe(1);
    expect(answer.healthy).toBe(false);
  });
});

describe("accounts encrypt", () => {
  test("shows what it would do, does it with --yes, and then finds nothing open", async () => {
    const before = accountText("one");
    const unsure = await run(["accounts", "encrypt", "one"]);
    expect(unsure).toMatchObject({ code: 2, answer: { error: { kind: "not-confirmed" } } });
    expect(unsure.text).toContain(`would make the key file ${keyFile()}`);
    expect([accountText("one"), existsSync(keyFile())]).toEqual([before, false]);
    const sure = await run(["accounts", "encrypt", "one", "--yes"]);
    expect(sure.answer).toEqual({ encrypted: ["accounts/one.json"], madeKeyFile: keyFile() });
    expect(JSON.parse(accountText("lead")).api_secret).toBe(secretOf("lead"));
    await run(["accounts", "encrypt", "--yes"]);
    expect((await run(["accounts", "encrypt"])).answer).toEqual({ encrypted: [], madeKeyFile: null });
    expect((await run(["accounts", "encrypt", "nobody"])).code).toBe(2);
  });
});

describe("accounts add", () => {
  const given = (name: string) => ({ stdin: `${keyOf(name)}\n${secretOf(name)}\n` });

  test("infers venue and role, looks at the key, and writes it encrypted; it copies from the next start on", async () => {
    await venue.putAccount("two");
    const unsure = await run(["accounts", "add", "two", "--set", "copy_multiplier=0.5"], given("two"));
    expect(unsure).toMatchObject({ code: 2, answer: { error: { kind: "not-confirmed" } } });
    expect(existsSync(join(copier.data, "accounts", "two.json"))).toBe(false);
    const { code, answer } = await run(
      ["accounts", "add", "two", "--set", "copy_multiplier=0.5", "--yes"],
      given("two"),
    );
    expect(code).toBe(0);
    expect(answer).toMatchObject({ added: "two", madeKeyFile: keyFile(), checks: { result: "ok" } });
    expect(JSON.parse(accountText("two"))).toEqual({
      nickname: "two",
      role: "follower",
      leader: "lead",
      account_type: "simulated",
      url: venue.rest,
      copy_multiplier: 0.5,
      api_key: expect.stringMatching(/^gAAAAA/),
      api_secret: expect.stringMatching(/^gAAAAA/),
    });
    await start();
    expect((await copier.status()).followers.map(({ nickname }) => nickname).sort()).toEqual(["one", "two"]);
  });

  test.each([
    [
      "may withdraw",
      { permissions: { ContractTrade: ["Order", "Position"], Wallet: ["Withdraw"] } },
      "withdrawal",
    ],
    ["is read-only", { readOnly: true }, "permissions"],
  ])("refuses a key that %s, and writes nothing", async (_name, more, check) => {
    await venue.putAccount("two", { more });
    const { code, answer } = await run(["accounts", "add", "two", "--yes"], given("two"));
    expect(code).toBe(1);
    expect(answer.error).toMatchObject({ kind: "refused", problems: [{ check, result: "fail" }] });
    expect(readdirSync(join(copier.data, "accounts")).sort()).toEqual(["lead.json", "one.json"]);
    expect(existsSync(keyFile())).toBe(false);
  });

  test("looks at the key that is kept, not at another that the environment has for the account", async () => {
    await venue.putAccount("two", { more: { permissions: { Wallet: ["Withdraw"] } } });
    await venue.putAccount("three");
    const env = { THREE_API_KEY: keyOf("three"), SLAVE_API_SECRET: secretOf("three") };
    const { code, answer } = await run(["accounts", "add", "three", "--yes"], { ...given("two"), ...env });
    expect(code).toBe(1);
    expect(answer.error.problems).toContainEqual(expect.objectContaining({ check: "withdrawal" }));
  });

  test("takes key and secret from the environment, or as JSON", async () => {
    for (const name of ["two", "three"]) await venue.putAccount(name);
    const env = { TWO_API_KEY: keyOf("two"), TWO_API_SECRET: secretOf("two") };
    expect((await run(["accounts", "add", "two", "--yes"], env)).code).toBe(0);
    const stdin = JSON.stringify({ api_key: keyOf("three"), api_secret: secretOf("three") });
    expect((await run(["accounts", "add", "three", "--yes"], { stdin })).code).toBe(0);
  });

  test("refuses what the next start would refuse, and secrets on the command line", async () => {
    await venue.putAccount("two");
    const cases: readonly (readonly [readonly string[], string, RegExp])[] = [
      [["one"], "one", /is there already/],
      [["ONE"], "one", /is there already/],
      [["two", "--set", "copy_multipler=2"], "two", /copy_multipler.*not a known key/],
      [["two", "--set", `api_secret=${secretOf("two")}`], "two", /--set takes no api_secret/],
      [["two", "--leader", "nobody"], "two", /which is no leader/],
      [["two", "--role", "boss"], "two", /must be one of leader, follower/],
      [["two", "--url", "http://example.com"], "two", /https/],
      [["two"], "one", /is also the key of/],
    ];
    for (const [args, secrets, message] of cases) {
      const { code, text } = await run(["accounts", "add", ...args, "--yes"], given(secrets));
      expect(code, text).toBe(2);
      expect(text).toMatch(message);
      expect(text).not.toContain(secretOf(secrets));
    }
    const { text } = await run(["accounts", "add", "two", "--yes"], { stdin: `${secretOf("two")}` });
    expect(text).toMatch(/stdin must hold/);
    expect(text).not.toContain(secretOf("two"));
    expect(readdirSync(join(copier.data, "accounts")).sort()).toEqual(["lead.json", "one.json"]);
  });

  test("writes a follower without a key for paper", async () => {
    const { code } = await run(["accounts", "add", "paper one", "--no-key", "--yes"]);
    expect(code).toBe(0);
    expect(JSON.parse(accountText("paper-one"))).toMatchObject({ nickname: "paper one", role: "follower" });
    expect(existsSync(keyFile())).toBe(false);
  });
});

describe("accounts remove", () => {
  test("removes an account with its key once nothing needs it, and says why it does not before", async () => {
    await start();
    expect((await run(["accounts", "add", "paper one", "--no-key", "--yes"])).code).toBe(0);
    const running = await run(["accounts", "remove", "one", "--yes"]);
    expect(running).toMatchObject({ code: 1, answer: { error: { kind: "in-use" } } });
    expect(running.text).toContain("pause it first");
    // The engine does not know it yet.
    const unsure = await run(["accounts", "remove", "paper one"]);
    expect(unsure).toMatchObject({ code: 2, answer: { error: { kind: "not-confirmed" } } });
    const { code, answer } = await run(["accounts", "remove", "paper one", "--yes"]);
    expect([code, answer.removed]).toEqual([0, "paper one"]);
    expect(readdirSync(join(copier.data, "accounts")).sort()).toEqual(["lead.json", "one.json"]);
    expect((await run(["accounts", "remove", "lead", "--yes"])).answer.error.message).toMatch(/leader/);
    expect((await run(["accounts", "remove", "nobody", "--yes"])).code).toBe(2);
  });
});

test("init makes a key file, once, and says where", async () => {
  const folder = join(copier.folder, "fresh");
  mkdirSync(folder);
  const init = async (env: Readonly<Record<string, string>>) => {
    const options = { cwd: folder, env: { ...copier.options.env, ...env } };
    return JSON.parse((await runProgram(["init", "--json"], options)).stdout);
  };
  expect((await init({})).written).toContain(keyFile());
  expect((await init({})).kept).toContain(keyFile());
  const told = await runProgram(["init"], { cwd: folder, env: { ...copier.options.env, HOME: "" } });
  expect(told.code).toBe(0);
  expect(told.stdout).toContain("copytrader keys new");
});

test("the demo leaves nothing outside its folder, and no secret open in it", async () => {
  const cwd = join(copier.folder, "demo");
  mkdirSync(cwd);
  const { code } = await runProgram(["demo", "--seconds", "1"], { cwd, env: { ...NO_KEY, HOME: home } });
  expect(code).toBe(0);
  expect([readdirSync(home), readdirSync(cwd)]).toEqual([[], ["data"]]);
  const demo = join(cwd, "data", "demo");
  const accounts = join(demo, "data", "accounts");
  for (const name of readdirSync(accounts))
    expect(JSON.parse(readFileSync(join(accounts, name), "utf8")).api_secret).toMatch(/^gAAAAA/);
  const check = ["keys", "check", "--config", join(demo, "config"), "--data", join(demo, "data")];
  expect((await runProgram(check, { cwd, env: { ...NO_KEY, HOME: home } })).code).toBe(0);
}, 180_000);

test("no command, no file of the data folder and no answer of the control socket shows a secret", async () => {
  const key = FernetKey.generate().reveal();
  writeFileSync(join(copier.folder, ".env"), `LOG_LEVEL=debug\n`);
  const engine = await start({ COPYTRADER_ENCRYPTION_KEY: key });
  const commands = [
    ["status"],
    ["status", "--settings"],
    ["journal"],
    ["pause", secretOf("one")],
    ["close", secretOf("one"), "--yes"],
    ["accounts", "check"],
    ["doctor", "--offline"],
    ["keys", "check"],
    ["keys", "rotate"],
  ];
  const told: string[] = [];
  for (const command of commands) {
    for (const form of [[], ["--json"]]) {
      const { stdout, stderr } = await copier.run([...command, ...form]);
      told.push(stdout, stderr);
    }
  }
  told.push(...(await socketAnswers()));
  const { stdout, stderr } = await stopped(engine);
  const everything = [...told, stdout, stderr, everythingIn(copier.data)].join("\n");
  expect(everything.length).toBeGreaterThan(10_000);
  for (const secret of [secretOf("one"), secretOf("lead"), key]) expect(everything).not.toContain(secret);
});

/** What the engine answers to requests that are sound, unknown or no requests at all, with a secret in each. */
async function socketAnswers(): Promise<readonly string[]> {
  const requests = [
    { version: 1, id: 1, request: { kind: "status" } },
    { version: 1, id: 2, request: { kind: "pause", follower: secretOf("one") } },
    { version: 1, id: 3, request: { kind: secretOf("one") } },
    { version: secretOf("lead"), id: secretOf("one"), request: secretOf("one") },
    secretOf("one"),
  ];
  return Promise.all(
    [...requests.map((request) => JSON.stringify(request)), `{"${secretOf("one")}`].map(
      (line) =>
        new Promise<string>((resolve) => {
          let heard = "";
          const socket = createConnection(controlSocketPath(copier.data));
          socket.on("data", (chunk) => {
            heard += chunk;
            if (heard.includes("\n")) socket.destroy();
          });
          socket.on("close", () => resolve(heard));
          socket.on("error", () => resolve(heard));
          socket.setTimeout(2_000, () => socket.destroy());
          socket.write(`${line}\n`);
        }),
    ),
  );
}
