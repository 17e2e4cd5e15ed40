/**
 * What must never be in a log is not there, wherever it was put; what is logged is bounded, in its channel's file, readable by
 * the owner only, and there after the process ended.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { ALERT_LINE, type LogFields, type LogOptions, openLog, REDACTED, Redactor } from "./log.ts";
import { Credentials } from "./security/secrets.ts";

const root = mkdtempSync(join(tmpdir(), "log-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

async function open(options: Partial<LogOptions> = {}) {
  const folder = join(root, String(++folders));
  const terminal: string[] = [];
  const opened = await openLog({
    level: "info",
    debugMode: false,
    folder,
    terminal: (line) => terminal.push(line),
    ...options,
  });
  const lines = (name: string) =>
    readdirSync(folder)
      .filter((file) => file.startsWith(`${name}.`))
      .flatMap((file) => readFileSync(join(folder, file), "utf8").split("\n"))
      .filter((line) => line !== "")
      .map((line): Record<string, unknown> => JSON.parse(line));
  return { ...opened, folder, terminal, lines };
}

describe("channels", () => {
  it("have a file each, and errors of all are in one more", async () => {
    const { log, close, lines } = await open();
    log.info("started", { pid: 5 });
    log.channel("trading").warn("order refused", { symbol: "BTCUSDT" });
    log.channel("api").error("no answer");
    close();
    expect(lines("main")).toMatchObject([{ level: "info", channel: "main", message: "started", pid: 5 }]);
    expect(lines("trading")).toMatchObject([{ level: "warn", message: "order refused", symbol: "BTCUSDT" }]);
    expect(lines("error")).toMatchObject([{ level: "error", channel: "api", message: "no answer" }]);
    expect(lines("sync")).toEqual([]);
    expect(String(lines("main")[0]?.time)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it("have the alerts, which the terminal gets in a way of its own", async () => {
    const { log, close, lines, terminal } = await open();
    log.warn(ALERT_LINE, { severity: "critical", text: "the disk is full" });
    close();
    expect(lines("main")).toMatchObject([{ level: "warn", message: "alert", text: "the disk is full" }]);
    expect(terminal).toEqual([]);
  });

  it("say when it was, which is now unless somebody says otherwise", async () => {
    const { log, close, lines } = await open();
    log.info("then", { a: 1 }, Date.parse("2026-11-21T12:00:00.123Z"));
    log.info("now");
    close();
    const [then, now] = lines("main");
    expect(then?.time).toBe("2026-11-21T12:00:00.123Z");
    expect(Math.abs(Date.parse(String(now?.time)) - Date.now())).toBeLessThan(60_000);
  });

  it("take lines from their level on, and all in debug mode", async () => {
    const quiet = await open({ level: "warn" });
    const loud = await open({ level: "warn", debugMode: true });
    for (const { log, close } of [quiet, loud]) {
      for (const level of ["debug", "info", "warn", "error"] as const) log[level](level);
      close();
    }
    expect(quiet.lines("main").map((line) => line.message)).toEqual(["warn", "error"]);
    expect(loud.lines("main").map((line) => line.message)).toEqual(["debug", "info", "warn", "error"]);
  });

  it("are files that only the owner can read", async () => {
    const { log, close, folder } = await open();
    log.info("started");
    close();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  });

  it("hold everything when the process exits or crashes right after", () => {
    const folder = join(root, String(++folders));
    const script = `
      import { openLog } from ${JSON.stringify(new URL("log.ts", import.meta.url).href)};
      const { log } = await openLog({ level: "info", debugMode: false, folder: ${JSON.stringify(folder)}, terminal: null });
      for (let count = 0; count < 500; count += 1) log.info("line", { count });
      process.kill(process.pid, "SIGKILL");`;
    expect(() => execFileSync(process.execPath, ["--input-type=module", "-e", script])).toThrow();
    const text = readFileSync(join(folder, "main.log"), "utf8");
    expect(text.trim().split("\n")).toHaveLength(500);
  });

  it("say once that the disk is full, lose nothing elsewhere and never throw", async () => {
    const folder = join(root, String(++folders));
    mkdirSync(folder);
    symlinkSync("/dev/full", join(folder, "main.log"));
    const terminal: string[] = [];
    const options = { level: "info", debugMode: false, folder } as const;
    const { log, close } = await openLog({ ...options, terminal: (line) => terminal.push(line) });
    for (let count = 0; count < 5; count += 1) log.info("line", { count });
    log.channel("trading").info("order accepted");
    close();
    expect(terminal.filter((line) => line.includes("ENOSPC"))).toHaveLength(1);
    expect(terminal.filter((line) => line.includes("line count="))).toHaveLength(5);
    expect(readFileSync(join(folder, "trading.log"), "utf8")).toContain("order accepted");
  });

  it("keep working for stderr alone", async () => {
    const terminal: string[] = [];
    const { log, close } = await openLog({
      level: "info",
      debugMode: false,
      terminal: (line) => terminal.push(line),
    });
    log.info("started");
    close();
    expect(terminal).toHaveLength(1);
  });
});

describe("the terminal", () => {
  it("gets one short line per event without control characters", async () => {
    const { log, close, terminal } = await open();
    log.channel("trading").info("order\naccepted\u001b[31m", { symbol: "BTC\r\nUSDT", steps: [1, 2] });
    close();

    expect(terminal[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} INFO {2}trading {3}order accepted \[31m symbol=BTC USDT steps=\[1,2\]$/,
    );
  });
});

const SECRET = "kJ8s+d/Qx=9Zp&W%2";

/** Ways in which a secret gets into a line. */
const HIDING: readonly (readonly [string, (secret: string) => LogFields])[] = [
  ["a value", (secret) => ({ note: secret })],
  ["inside a value", (secret) => ({ note: `before ${secret} after` })],
  ["a nested list", (secret) => ({ a: [{ b: [secret] }] })],
  ["a key", (secret) => ({ [secret]: 1 })],
  ["an error's message", (secret) => ({ error: new Error(`bad key ${secret}`) })],
  ["an error's cause", (secret) => ({ error: new Error("x", { cause: new Error(secret) }) })],
  ["an aggregate error", (secret) => ({ error: new AggregateError([new Error(secret)], "x") })],
  [
    "an error's own field",
    (secret) => ({ error: Object.assign(new Error("x"), { request: { body: secret } }) }),
  ],
  ["a URL", (secret) => ({ url: new URL(`https://host/path?q=${encodeURIComponent(secret)}`) })],
  ["a query", (secret) => ({ query: new URLSearchParams({ q: secret }).toString() })],
  ["JSON in a string", (secret) => ({ body: JSON.stringify({ q: secret }) })],
  ["JSON in JSON", (secret) => ({ body: JSON.stringify({ q: JSON.stringify({ q: secret }) }) })],
  ["base64", (secret) => ({ blob: Buffer.from(secret).toString("base64") })],
  ["hex", (secret) => ({ blob: Buffer.from(secret).toString("hex") })],
  ["a map", (secret) => ({ map: new Map([[secret, secret]]) })],
  ["a set", (secret) => ({ set: new Set([secret]) })],
  ["toJSON", (secret) => ({ thing: { toJSON: () => ({ q: secret }) } })],
  [
    "a getter",
    (secret) => ({
      get note() {
        return secret;
      },
    }),
  ],
  [
    "a thrown getter",
    (secret) => ({
      get note(): string {
        throw new Error(secret);
      },
    }),
  ],
  ["a buffer", (secret) => ({ bytes: Buffer.from(secret) })],
  ["twice in a row", (secret) => ({ note: secret + secret })],
  ["across the cut of a long text", (secret) => ({ note: "x".repeat(4090) + secret + "y".repeat(5000) })],
];

describe("registered secrets", () => {
  it.each(HIDING)("are masked in %s", async (_place, hide) => {
    const { log, registerSecret, close, folder, terminal } = await open();
    registerSecret(SECRET);
    log.error(`it was ${SECRET}`, { shown: "yes", hidden: hide(SECRET) });
    log.error("getter", hide(SECRET));
    close();
    const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    const all = [...files, ...terminal].join("\n");
    expect(all).toContain(`it was ${REDACTED}`);
    expect(all).toContain("yes");
    for (const spelling of [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString("base64")]) {
      expect(all).not.toContain(spelling);
      expect(all).not.toContain(spelling.slice(0, 8));
    }
  });

  it("are masked whatever they are and wherever they stand", () => {
    const word = fc.string({ minLength: 6, maxLength: 40 }).filter((text) => !harmless(text));
    fc.assert(
      fc.property(word, fc.array(fc.string()), fc.constantFrom(...HIDING), (secret, around, [, hide]) => {
        const redactor = new Redactor();
        redactor.register(secret);
        const text = around.join(secret);
        expect(redactor.text(text)).not.toContain(secret);
        expect(strings(redactor.fields({ hidden: hide(secret), text }))).not.toContain(secret);
      }),
      { numRuns: 1000 },
    );
  });

  it("are masked from the moment that there are any, where they are asked for", () => {
    const held: string[] = [];
    const redactor = new Redactor((register) => held.forEach(register));
    expect(redactor.text("read later")).toBe("read later");
    held.push("read later");
    expect(redactor.text("it was read later")).toBe(`it was ${REDACTED}`);
    expect(redactor.text(`it was ${encodeURIComponent("read later")}`)).toBe(`it was ${REDACTED}`);
  });

  it("are masked wholly where they overlap", () => {
    const redactor = new Redactor();
    for (const secret of ["abcdefgh", "efghijkl", "abcd1234", "abcd"]) redactor.register(secret);
    expect(redactor.text("-abcdefghijkl-")).toBe(`-${REDACTED}-`);
    expect(redactor.text("abcd12345")).toBe(`${REDACTED}5`);
  });

  it("of three characters or fewer are not values to look for", () => {
    const redactor = new Redactor();
    for (const value of ["", "a", "abc"]) redactor.register(value);
    expect(redactor.text("abc is fine")).toBe("abc is fine");
  });

  it("are found quickly among thousands", () => {
    const redactor = new Redactor();
    for (let count = 0; count < 4000; count += 1) redactor.register(`secret-number-${count}-${count * 7919}`);
    expect(redactor.text("it is secret-number-3999-31668081 now")).toBe(`it is ${REDACTED} now`);
  });
});

/** Parts of the mask itself, which stand in every masked line. */
function harmless(text: string): boolean {
  return REDACTED.includes(text) || "[circular]".includes(text) || "more characters]".includes(text);
}

/** All keys and values, joined by what no test puts into a secret. */
function strings(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  return Object.entries(value)
    .flatMap(([key, inner]) => [key, strings(inner)])
    .join("\u0000");
}

describe("fields and texts that name a secret", () => {
  it.each([
    "apiKey",
    "api_key",
    "API-KEY",
    "apiSecret",
    "api_secret",
    "secret",
    "clientSecret",
    "password",
    "passphrase",
    "privateKey",
    "token",
    "botToken",
    "accessToken",
    "authorization",
    "Authorization",
    "Cookie",
    "set-cookie",
    "signature",
    "sign",
    "X-BAPI-SIGN",
    "X-BAPI-API-KEY",
    "secretKey",
    "credentials",
    "MASTER_API_SECRET",
  ])("mask %s", (name) => {
    const redactor = new Redactor();
    expect(redactor.fields({ deep: [{ [name]: { any: "thing" } }], [name]: "x" })).toEqual({
      deep: [{ [name]: REDACTED }],
      [name]: REDACTED,
    });
  });

  it.each([
    [
      "https://h/p?api_key=abc&symbol=B&sign=def",
      `https://h/p?api_key=${REDACTED}&symbol=B&sign=${REDACTED}`,
    ],
    ['{"apiSecret":"a b","symbol":"B"}', `{"apiSecret":"${REDACTED}","symbol":"B"}`],
    ['{\\"secret\\":\\"abc\\"}', `{\\"secret\\":\\"${REDACTED}"}`],
    ["X-BAPI-SIGN: 0123abc", `X-BAPI-SIGN: ${REDACTED}`],
    ["Authorization: Bearer abc.def", `Authorization: ${REDACTED}`],
    ["wss://user:hunter2@host/x", `wss://user:${REDACTED}@host/x`],
    ["MASTER_API_SECRET=abc", `MASTER_API_SECRET=${REDACTED}`],
    ["signed up for tokens, keys and design", "signed up for tokens, keys and design"],
  ])("mask %s", (text, expected) => {
    expect(new Redactor().text(text)).toBe(expected);
  });

  it("mask what is a secret by its type, whatever it is called", () => {
    const pair = new Credentials("key-of-mine", "the-secret-of-mine");
    const shown = new Redactor().fields({ venue: pair, list: [{ deep: pair }], map: new Map([["a", pair]]) });
    expect(shown).toEqual({ venue: "[secret]", list: [{ deep: "[secret]" }], map: [["a", "[secret]"]] });
  });

  it("leave everything else as it is", () => {
    const fields = {
      symbol: "BTCUSDT",
      quantity: "0.010",
      steps: [1, 2, { held: -3 }],
      ok: true,
      none: null,
    };
    expect(new Redactor().fields(fields)).toEqual(fields);
  });
});

describe("bounds", () => {
  it("hold for any value, and nothing throws", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string(),
          fc.anything({ withBigInt: true, withMap: true, withSet: true, withDate: true }),
        ),
        (fields) => {
          const copy = new Redactor().fields(fields);
          expect(() => JSON.stringify(copy)).not.toThrow();
        },
      ),
      { numRuns: 300 },
    );
  });

  it("cut long texts, wide lists, deep objects and circles", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    let deep: unknown = "bottom";
    for (let count = 0; count < 100; count += 1) deep = { deep };
    const wide = Array.from({ length: 1000 }, (_, index) => Array.from({ length: 1000 }, () => index));
    const line = JSON.stringify(
      new Redactor().fields({ circle, deep, long: "x".repeat(1_000_000), proxy: hostile(), wide }),
    );
    expect(line.length).toBeLessThan(40_000);
    for (const mark of [
      "[circular]",
      "[too deep]",
      "[900 more]",
      "[too much]",
      "[995904 more characters]",
      "[unreadable",
    ]) {
      expect(line).toContain(mark);
    }
  });

  it("keep a field from passing for the line's own", async () => {
    const { log, close, lines } = await open();
    log.info("real", { message: "forged", level: "error", channel: "security", time: "never" });
    close();
    expect(lines("main")).toMatchObject([
      { level: "info", channel: "main", message: "real", message_: "forged" },
    ]);
  });
});

function hostile(): object {
  return new Proxy(
    {},
    {
      ownKeys() {
        throw new Error("no");
      },
    },
  );
}

it("imports nothing of this project but what lies in its own folder", () => {
  const folder = fileURLToPath(new URL("log", import.meta.url));
  const own = readdirSync(folder).filter((file) => !file.endsWith(".test.ts"));
  const sources = ["log.ts", ...own.map((file) => join("log", file))].map((file) =>
    readFileSync(fileURLToPath(new URL(file, import.meta.url)), "utf8"),
  );
  for (const source of sources) expect(source).not.toMatch(/from "(?:\.\.|\.\/(?!log\/|[a-z-]+\.ts"))/);
});
