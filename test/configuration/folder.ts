/**
 * Makes a temporary folder with configuration, account files and `.env`, and loads it. A test states only what it is about;
 * the rest is a sound pair of a leader and a follower.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import {
  type Configuration,
  type ConfigurationProblem,
  describeProblem,
  type LoadOptions,
  type LoadResult,
  loadConfiguration,
} from "../../src/config.ts";

/** Path below the folder to content; objects are written as JSON. */
export type Files = Readonly<Record<string, string | object>>;

export const leader = {
  nickname: "leader",
  role: "leader",
  account_type: "simulated",
  url: "http://127.0.0.1:9001",
  api_key: "leader-key",
  api_secret: "leader-secret",
};

export const follower = {
  nickname: "follower",
  role: "follower",
  account_type: "simulated",
  url: "http://127.0.0.1:9002",
  api_key: "follower-key",
  api_secret: "follower-secret",
};

/** The two accounts above. */
export const pair: Files = { "data/accounts/leader.json": leader, "data/accounts/follower.json": follower };

/** Calls `use` with the folder and removes it afterwards. */
export function withFolder<Result>(files: Files, use: (root: string) => Result): Result {
  const root = mkdtempSync(join(tmpdir(), "configuration-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
    }
    return use(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

export function load(files: Files, options: Partial<LoadOptions> = {}): LoadResult {
  return withFolder(files, (root) =>
    loadConfiguration({
      configDir: join(root, "config"),
      dataDir: join(root, "data"),
      live: false,
      env: {},
      ...options,
    }),
  );
}

/** The configuration, or an error with all problems. */
export function loaded(files: Files, options: Partial<LoadOptions> = {}): Configuration {
  const result = load(files, options);
  if (result.ok) return result.configuration;
  throw new Error(result.problems.map(describeProblem).join("\n"));
}

/** The problems, with only the name of the file in place of its temporary path. */
export function refusals(files: Files, options: Partial<LoadOptions> = {}): readonly ConfigurationProblem[] {
  const result = load(files, options);
  if (result.ok) return [];
  return result.problems.map((problem) => ({
    ...problem,
    file: problem.file.split("/").slice(-2).join("/"),
  }));
}

/** All that a result could show in any way. */
export function shown(result: LoadResult): string {
  const words = result.ok ? [] : result.problems.map(describeProblem);
  return [
    JSON.stringify(result),
    inspect(result, { depth: 20, showHidden: true, getters: true }),
    ...words,
  ].join("\n");
}
