/**
 * Holds the source to ARCHITECTURE.md: its import table is read from there, so picture and code cannot drift apart. Also
 * the core's purity, cycles and the size of files. Asserts what it saw: a check that passes by seeing nothing is no check.
 */
import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const sourceRoot = join(root, "src");

interface Rule {
  readonly room: string;
  readonly mayImport: ReadonlySet<string> | "anything";
  readonly packages: ReadonlySet<string>;
  readonly pure: boolean;
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** Files above the limit, each with its reason. */
const LONG_FILES: Readonly<Record<string, string>> = {
  "exchange/simulated/instrument-table.ts": "one line per instrument",
  "exchange/simulated/venue-types.ts": "the interface of the venue in one place",
};
const LINES_MAX = 500;

const rules = readRules(readFileSync(join(root, "ARCHITECTURE.md"), "utf8"));
const files = readdirSync(sourceRoot, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .sort();
const sources = new Map(files.map((file) => [file, readFileSync(join(sourceRoot, file), "utf8")]));

describe("architecture", () => {
  it("sees the rooms, the files and their imports", () => {
    expect(rules.length).toBeGreaterThan(15);
    expect(files.length).toBeGreaterThan(100);
    const imports = [...sources.values()].flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(300);
  });

  it("has a room for every file", () => {
    expect(files.filter((file) => ruleOf(file) === undefined)).toEqual([]);
  });

  it("imports only what the table allows", () => {
    const breaches = files.flatMap((file) =>
      importsOf(sources.get(file) ?? "").flatMap((found) => breachOf(file, found.specifier)),
    );
    expect(breaches).toEqual([]);
  });

  it("would notice a forbidden import", () => {
    expect(breachOf("core/decide.ts", "../engine/engine.ts")).not.toEqual([]);
    expect(breachOf("core/decide.ts", "node:fs")).not.toEqual([]);
    expect(breachOf("exchange/bybit/rest.ts", "../simulated/matching.ts")).not.toEqual([]);
    expect(breachOf("engine/engine.ts", "undici")).not.toEqual([]);
  });

  it("has no cycle of imports that run", () => {
    expect(findCycle()).toBeNull();
  });

  it("keeps the core free of time, chance and waiting", () => {
    const banned =
      /\b(Date\.now|new Date|Math\.random|setTimeout|setInterval|setImmediate|async|await|process)\b/;
    const breaches = files
      .filter((file) => ruleOf(file)?.pure === true)
      .filter((file) => banned.test(withoutComments(sources.get(file) ?? "")));
    expect(breaches).toEqual([]);
  });

  it("lets only the configuration read the environment", () => {
    const readers = files.filter((file) => /\bprocess\.env\b/.test(withoutComments(sources.get(file) ?? "")));
    expect(readers.filter((file) => !file.startsWith("config"))).toEqual([]);
  });

  it("knows no request that changes how an account keeps its positions (pain 28)", () => {
    const changing = /position\/switch-mode|position\/switch-isolated|set-hedging-mode/;
    const connectors = files.filter((file) => file.startsWith("exchange/") && !file.includes("simulated/"));
    expect(connectors.length).toBeGreaterThan(20);
    expect(connectors.filter((file) => changing.test(sources.get(file) ?? ""))).toEqual([]);
  });

  it("asks for another margin mode in one place only, and never for portfolio margin (pain 28)", () => {
    const connectors = files.filter((file) => file.startsWith("exchange/") && !file.includes("simulated/"));
    const asking = connectors.filter((file) => (sources.get(file) ?? "").includes("set-margin-mode"));
    const questions = asking.filter((file) => (sources.get(file) ?? "").includes('/set-margin-mode"'));
    expect(questions).toEqual(["exchange/bybit/margin-mode.ts"]);
    const source = sources.get("exchange/bybit/margin-mode.ts") ?? "";
    expect(source).toContain(
      'const WORDS = { cross: "REGULAR_MARGIN", isolated: "ISOLATED_MARGIN" } as const',
    );
    expect(source.match(/PORTFOLIO/g)).toEqual(["PORTFOLIO"]);
    const deciding = files.filter((file) => /kind: "set-margin-mode", account/.test(sources.get(file) ?? ""));
    expect(deciding).toEqual(["core/margin-mode.ts"]);
  });

  it("opens every file with what it is for", () => {
    expect(files.filter((file) => !/^(#!.*\n)?\/\*\*/.test(sources.get(file) ?? ""))).toEqual([]);
  });

  it("keeps files small", () => {
    const long = files.filter((file) => (sources.get(file) ?? "").split("\n").length > LINES_MAX);
    expect(long.filter((file) => LONG_FILES[file] === undefined)).toEqual([]);
  });
});

function readRules(markdown: string): Rule[] {
  const start = markdown.indexOf("| Room | May import | Packages |");
  const lines = markdown.slice(start).split("\n").slice(2);
  const end = lines.findIndex((line) => !line.startsWith("|"));
  return lines.slice(0, end).map((line) => {
    const [room = "", mayImport = "", packages = ""] = line.split("|").slice(1);
    return {
      room: names(room)[0] ?? "",
      mayImport: mayImport.includes("*anything*") ? "anything" : new Set(names(mayImport)),
      packages: new Set(names(packages)),
      pure: packages.includes("*pure*"),
    };
  });
}

function names(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
}

function ruleOf(file: string): Rule | undefined {
  return rules
    .filter(({ room }) => file === room || file.startsWith(`${room}/`))
    .sort((left, right) => right.room.length - left.room.length)[0];
}

function importsOf(source: string): Import[] {
  const text = withoutComments(source);
  const statements = text.matchAll(/(?:^|\n)\s*(import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)"/g);
  const bare = text.matchAll(/(?:^|\n)\s*import\s+"([^"]+)"/g);
  const dynamic = text.matchAll(/\bimport\(\s*"([^"]+)"/g);
  return [
    ...[...statements].map((match) => ({ specifier: match[3] ?? "", typeOnly: match[2] !== undefined })),
    ...[...bare].map((match) => ({ specifier: match[1] ?? "", typeOnly: false })),
    ...[...dynamic].map((match) => ({ specifier: match[1] ?? "", typeOnly: true })),
  ];
}

function breachOf(file: string, specifier: string): string[] {
  const rule = ruleOf(file);
  if (rule === undefined || rule.mayImport === "anything") return [];
  const breach = [`${file} imports ${specifier}`];
  if (isBuiltin(specifier)) return rule.pure ? breach : [];
  if (!specifier.startsWith(".")) return rule.packages.has(packageOf(specifier)) ? [] : breach;
  const target = resolved(file, specifier);
  const room = ruleOf(target)?.room;
  return room === rule.room || (room !== undefined && rule.mayImport.has(room)) ? [] : breach;
}

function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? "");
}

function resolved(file: string, specifier: string): string {
  return relative(".", normalize(join(dirname(file), specifier)));
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}

/** The first cycle of value imports, as the files along it; null when there is none. */
function findCycle(): string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | null => {
    if (done.has(file)) return null;
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    path.push(file);
    for (const { specifier, typeOnly } of importsOf(sources.get(file) ?? "")) {
      if (typeOnly || !specifier.startsWith(".")) continue;
      const cycle = visit(resolved(file, specifier));
      if (cycle !== null) return cycle;
    }
    path.pop();
    done.add(file);
    return null;
  };
  for (const file of files) {
    const cycle = visit(file);
    if (cycle !== null) return cycle;
  }
  return null;
}
