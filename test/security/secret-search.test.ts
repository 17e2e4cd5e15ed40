/**
 * Secrets are fed into every way by which this program shows anything, and looked for in what comes out: the log, errors
 * with their causes, every way of printing an object, a process that dies, the answers of the control socket.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format, inspect } from "node:util";
import { serialize } from "node:v8";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cliErrorOf } from "../../src/cli/command.ts";
import { CliError, Output } from "../../src/cli/output.ts";
import { LOG_CHANNELS, openLog } from "../../src/log.ts";
import { Printer } from "../../src/run/printer.ts";
import { FernetKey } from "../../src/security/fernet.ts";
import { Credentials, masked } from "../../src/security/secrets.ts";
import { Vault } from "../../src/security/vault.ts";

const SECRET = "Sw9RtY4uSECRETMARK1aB3dE5fG7hJ9kL2m";
const key = FernetKey.generate();
const KEY_TEXT = key.reveal();
const pair = new Credentials("Kx7QpZ2v", SECRET);
const vault = new Vault(key);

/** Every spelling in which a secret might slip out. */
const spellings = [SECRET, KEY_TEXT].flatMap((text) => [
  text,
  Buffer.from(text).toString("base64").replace(/=+$/, ""),
  Buffer.from(text).toString("hex"),
]);
const rawKey = Buffer.from(KEY_TEXT, "base64url");
const keyBytes = [rawKey.subarray(0, 16), rawKey.subarray(16)].map((half) => half.toString("hex"));

function expectSilent(text: string): void {
  for (const spelling of [...spellings, ...keyBytes]) expect(text).not.toContain(spelling);
}

function troubled(): Error {
  const cause = new TypeError(`bad header ${SECRET}`, { cause: new Error(KEY_TEXT) });
  return Object.assign(new Error(`it sent ${SECRET} and ${KEY_TEXT}`, { cause }), { pair, vault, key });
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secrets-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

test("the objects show nothing, however they are printed, copied or serialised", () => {
  const holder = { pair, vault, key, list: [pair], map: new Map([["pair", pair]]) };
  const shown = [
    JSON.stringify(holder),
    inspect(holder, { showHidden: true, depth: 20, getters: true, showProxy: true }),
    format("%s %o %O %j %d %i %f %c", pair, vault, key, holder, pair, vault, key, pair),
    `${pair} ${vault} ${key}`,
    String(Object.entries(holder)),
    inspect(structuredClone({ ...pair, ...vault, ...key })),
    serialize({ ...pair, ...vault, ...key }).toString("latin1"),
    Object.getOwnPropertyNames(pair).join(),
    String(new Error("x", { cause: pair }).cause),
    inspect(new AggregateError([pair, vault, key], "x")),
  ];
  expectSilent(shown.join("\n"));
  expect(JSON.stringify(holder)).toContain('"pair":"[secret]"');
});

test("the log shows nothing, in its files and on the terminal, wherever the secret stands", async () => {
  const terminal: string[] = [];
  const opened = await openLog({
    level: "debug",
    debugMode: true,
    folder,
    terminal: (line) => terminal.push(line),
  });
  pair.maskIn(opened.registerSecret);
  vault.maskIn(opened.registerSecret);
  const places = {
    error: troubled(),
    text: `a ${SECRET} b`,
    key: { nested: [{ deep: `${KEY_TEXT}` }] },
    [SECRET]: 1,
    bytes: Buffer.from(SECRET),
    url: new URL(`https://user:${SECRET}@example.com/?q=${KEY_TEXT}`),
    json: JSON.stringify({ api_secret: SECRET, other: KEY_TEXT }),
    encoded: spellings,
    pair,
    vault,
    key2: key,
  };
  for (const channel of LOG_CHANNELS) {
    for (const level of ["debug", "info", "warn", "error"] as const)
      opened.log.channel(channel)[level](`said ${SECRET} and ${KEY_TEXT}`, places);
  }
  opened.close();
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  const all = [...files, ...terminal].join("\n");
  expect(all.match(/redacted/g)?.length).toBeGreaterThan(100);
  expectSilent(all);
});

describe("errors", () => {
  test("of a start show nothing, as text and as JSON", () => {
    const written: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
    const problem = { file: SECRET, keyPath: "x", message: troubled().message };
    for (const json of [false, true]) {
      const printer = new Printer(json, (line) => written.push(line));
      printer.failure({ kind: "failure", message: troubled().message, problems: [problem] });
      printer.note("warning", troubled().message);
    }
    expect(written.join("")).toContain("[secret]");
    expectSilent(written.join(""));
  });

  test("of a command show nothing, as text and as JSON, nor does the stack of what nobody expected", () => {
    const written: string[] = [];
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, "write").mockImplementation((text) => written.push(String(text)) > 0);
    const details = { problems: [{ message: SECRET, pair, key: KEY_TEXT }] };
    for (const json of [false, true]) {
      new Output(json).error(new CliError("failure", troubled().message, details));
      new Output(json).error(cliErrorOf(troubled()));
    }
    vi.restoreAllMocks();
    expect(written.length).toBeGreaterThan(6);
    expectSilent(written.join(""));
  });

  test("that nobody catches show nothing when the process dies of them", async () => {
    const child = fileURLToPath(new URL("uncaught-child.ts", import.meta.url));
    for (const how of ["thrown", "rejected"]) {
      const { code, text } = await new Promise<{ code: unknown; text: string }>((resolve) => {
        execFile(process.execPath, [child, SECRET, KEY_TEXT, how], (error, stdout, stderr) =>
          resolve({ code: error?.code, text: `${stdout}${stderr}` }),
        );
      });
      expect(code).toBe(1);
      expect(text).toContain("Error: sent [secret] under [secret]");
      expect(text).toContain("TypeError: header value [secret]");
      expectSilent(text);
    }
  });
});

test("a text is masked for as long as its secret is held, and other words stay", () => {
  expect(masked(`a ${SECRET}${SECRET}, ${KEY_TEXT}, b`)).toBe("a [secret][secret], [secret], b");
  const quoting = new Credentials("k", 'q"\\uote');
  expect([masked(JSON.stringify('q"\\uote')), masked('q"\\uote')]).toEqual(['"[secret]"', "[secret]"]);
  expect(quoting.sign("x")).toHaveLength(64);
  expect(masked("nothing of ours")).toBe("nothing of ours");
  expect(new Credentials("k", "abc").sign("x") && masked("abc")).toBe("abc");
});
