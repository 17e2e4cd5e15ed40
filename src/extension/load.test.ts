/** What the folder may hold, and what is said of what it may not. */
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkExtension } from "./conformance.ts";
import { loadExtension, loadExtensions } from "./load.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/extensions/", import.meta.url));

let config: string;
let folder: string;

beforeEach(() => {
  config = mkdtempSync(join(tmpdir(), "extensions-"));
  folder = join(config, "extensions");
  mkdirSync(folder, { mode: 0o755 });
});
afterEach(() => rmSync(config, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o644 });
  return file;
}

/** Source of an extension; what is given replaces a field's text, and undefined leaves the field out. */
function source(fields: Readonly<Record<string, string | undefined>> = {}): string {
  const whole = {
    contract: "1",
    kind: '"risk-limit"',
    name: '"mine"',
    description: '"a limit"',
    check: '() => ({ kind: "allow" })',
    ...fields,
  };
  const lines = Object.entries(whole).flatMap(([name, text]) =>
    text === undefined ? [] : [`${name}: ${text},`],
  );
  return `export default { ${lines.join(" ")} };\n`;
}

const problemsOf = async () => (await loadExtensions(config)).problems;

describe("loading extensions", () => {
  it("finds nothing where there is no folder", async () => {
    rmSync(folder, { recursive: true });
    expect(await loadExtensions(config)).toEqual({ extensions: [], problems: [] });
  });

  it("takes .ts, .mts, .js and .mjs in the order of their names, and leaves the rest alone", async () => {
    for (const [place, name] of ["d.ts", "c.mts", "b.js", "a.mjs"].entries())
      written(name, source({ name: `"limit-${place}"` }));
    for (const name of ["contract.ts", "types.d.ts", ".hidden.ts", "notes.md"]) written(name, "nonsense(");
    mkdirSync(join(folder, "parts.ts"));
    const { extensions, problems } = await loadExtensions(config);
    expect(problems).toEqual([]);
    expect(extensions.map(({ extension }) => extension.name)).toEqual([
      "limit-3",
      "limit-2",
      "limit-1",
      "limit-0",
    ]);
  });

  it("loads the examples as they are copied", async () => {
    for (const name of ["contract.ts", "in-parts.ts", "no-weekends.ts", "symbol-share.ts"])
      copyFileSync(join(EXAMPLES, name), join(folder, name));
    const { extensions, problems } = await loadExtensions(config);
    expect(problems).toEqual([]);
    expect(extensions.map(({ extension }) => extension.name)).toEqual([
      "in-parts",
      "no-weekends",
      "symbol-share",
    ]);
  });

  it("has the contract beside the examples word for word", () => {
    const own = readFileSync(new URL("contract.ts", import.meta.url), "utf8");
    expect(readFileSync(join(EXAMPLES, "contract.ts"), "utf8")).toBe(own);
  });

  it.each<[string, Readonly<Record<string, string | undefined>>, string, string]>([
    ["contract", { contract: "2" }, "contract", "must be 1"],
    ["contract left out", { contract: undefined }, "contract", "got nothing"],
    ["kind", { kind: '"limit"' }, "kind", '"strategy" or "trader-importer", got "limit"'],
    ["name", { name: '"No Weekends"' }, "name", "lower-case letters"],
    ["description", { description: "5" }, "description", "one line"],
    ["description of two lines", { description: '"a\\nb"' }, "description", "one line"],
    ["check", { check: '"allow"' }, "check", "must be a function, got string"],
    ["async check", { check: 'async () => ({ kind: "allow" })' }, "check", "must not be async"],
    ["a field too many", { chekc: "1" }, "chekc", "is no field of the contract"],
  ])("names file and field: %s", async (_name, fields, keyPath, message) => {
    const file = written("mine.mjs", source(fields));
    expect(await problemsOf()).toEqual([{ file, keyPath, message: expect.stringContaining(message) }]);
  });

  it("names the file that has no default export, or that cannot be read", async () => {
    const bare = written("bare.mjs", "export const check = 1;\n");
    const broken = written("broken.mjs", "export default {\n");
    const throwing = written("throwing.mjs", 'throw new Error("no table");\n');
    expect(await problemsOf()).toEqual([
      { file: bare, keyPath: "default", message: expect.stringContaining("default export") },
      { file: broken, keyPath: "", message: expect.stringContaining("cannot be loaded: ") },
      { file: throwing, keyPath: "", message: "cannot be loaded: Error: no table" },
    ]);
  });

  it("refuses a name that is taken", async () => {
    written("a.mjs", source());
    const file = written("b.mjs", source());
    expect(await problemsOf()).toEqual([
      { file, keyPath: "name", message: '"mine" is the name of a.mjs already' },
    ]);
  });

  it.each(["auto", "csv", "bybit"])("refuses an importer by the name of a format: %s", async (name) => {
    const functions = { check: undefined, recognises: "() => false", read: "() => []" };
    const fields = { kind: '"trader-importer"', name: `"${name}"`, sample: '"a"', ...functions };
    const file = written("mine.mjs", source(fields));
    const message = `"${name}" is a format of the program already`;
    expect(await problemsOf()).toEqual([{ file, keyPath: "name", message }]);
    expect(await checkExtension(file)).toEqual([
      { check: "load", result: "fail", message: `name: ${message}` },
    ]);
  });

  it("refuses what everybody may write: the file, its folder, and where a link leads", async () => {
    const file = written("mine.mjs", source());
    chmodSync(file, 0o646);
    expect(await problemsOf()).toEqual([
      {
        file,
        keyPath: "",
        message: `everybody may write it, and it runs with the rights to trade: chmod o-w ${file}`,
      },
    ]);
    const link = join(folder, "link.mjs");
    symlinkSync(file, link);
    expect(await problemsOf()).toMatchObject([{ file: link }, { file }]);
    rmSync(link);
    chmodSync(file, 0o644);
    chmodSync(folder, 0o757);
    expect(await problemsOf()).toMatchObject([
      { file, message: expect.stringContaining(`its folder ${folder}`) },
    ]);
  });

  it("refuses another ending, and a file that is not there", async () => {
    expect(await loadExtension(written("mine.json", "{}"))).toMatchObject({ ok: false });
    expect(await loadExtension(join(folder, "none.ts"))).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining("cannot be read") },
    });
  });
});

describe("checking an extension against the contract", () => {
  const failures = async (name: string, fields: Readonly<Record<string, string>>) => {
    const checks = await checkExtension(written(name, source(fields)));
    return checks
      .filter(({ result }) => result === "fail")
      .map(({ check, message }) => `${check}: ${message}`);
  };

  it.each(["in-parts.ts", "no-weekends.ts", "symbol-share.ts"])(
    "finds nothing wrong with the example %s",
    async (name) => {
      const checks = await checkExtension(join(EXAMPLES, name));
      expect(checks.map(({ check, result }) => [check, result])).toEqual([
        ["load", "ok"],
        ["answer", "ok"],
        ["repeat", "ok"],
        ["time", "ok"],
        ["left-running", "ok"],
      ]);
    },
  );

  it("finds what does not load", async () => {
    expect(await failures("a.mjs", { name: "1" })).toEqual([expect.stringMatching(/^load: name: must be/)]);
  });

  it("finds answers that are none, and says for what", async () => {
    const [found, ...more] = await failures("b.mjs", {
      check: '(order) => ({ kind: "at-most", quantity: order.follower.equity * 1 })',
    });
    expect(more).toEqual([]);
    expect(found).toMatch(/^answer: AnswerError: quantity must be a decimal string .*; asked about/);
  });

  it("finds what changes its question", async () => {
    const found = await failures("c.mjs", {
      check: '(order) => { order.held = "0"; return { kind: "allow" }; }',
    });
    expect(found).toEqual([expect.stringMatching(/^answer: TypeError: .*read only/)]);
  });

  it("finds answers that depend on what was asked before", async () => {
    const check =
      '(() => { let asked = 0; return () => ({ kind: (asked += 1) % 2 ? "allow" : "deny" }); })()';
    expect(await failures("d.mjs", { check })).toEqual([expect.stringMatching(/^repeat: the same question/)]);
  });

  it("finds what is too slow, and what never answers", async () => {
    const check = "() => { for (;;); }";
    expect(await failures("e.mjs", { check })).toEqual([expect.stringMatching(/^answer: no answer within/)]);
  });

  it("finds what is left running", async () => {
    const file = written(
      "f.mjs",
      `const timer = setInterval(() => {}, 60_000);\n${source({ description: "String(typeof timer)" })}`,
    );
    const checks = await checkExtension(file);
    expect(checks.at(-1)).toMatchObject({ check: "left-running", result: "fail" });
  });
});
