/**
 * What installs it and keeps it running fits the project: the image copies what is there, every command line is one of ours, the unit and
 * the compose file say what they must, the scripts are shell, and whatever doctor finds has its entry in the guide.
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { startCommand } from "../src/cli/commands/start.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const text = (path: string) => readFileSync(`${root}${path}`, "utf8");
const at = (path: string) => existsSync(`${root}${path}`);

/** Every option of `start` by its name. */
function startTakes(): ReadonlySet<string> {
  return new Set(startCommand(() => {}).options.map(({ long }) => long ?? ""));
}

const dockerfile = text("Dockerfile")
  .replaceAll("\\\n", " ")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));
const instructions = (word: string) =>
  dockerfile.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

test("the image copies what is there and is let through, and what its first stage makes", () => {
  const copies = instructions("COPY").map((line) => line.split(/\s+/));
  const fromBuild = copies.filter(([from]) => from === "--from=build").map(([, path]) => path);
  expect(fromBuild).toEqual(["/build/node_modules", "/build/dist", "/build/web/dist"]);
  const paths = copies.filter(([from]) => from !== "--from=build").flatMap((words) => words.slice(0, -1));
  expect(paths.length).toBeGreaterThan(15);
  expect(paths.filter((path) => !at(path))).toEqual([]);
  const ignored = text(".dockerignore").split("\n");
  expect(ignored[1]).toBe("*");
  expect(paths.filter((path) => !ignored.includes(`!${path.split("/")[0]}`))).toEqual([]);
  for (const secret of [".env", "data"]) expect(ignored).not.toContain(`!${secret}`);
  const scripts = JSON.parse(text("package.json")).scripts;
  const runs = instructions("RUN").join(" ");
  for (const name of ["build", "build:web"]) {
    expect(runs).toContain(`npm run ${name}`);
    expect(scripts).toHaveProperty(name);
  }
});

test("the container runs as an ordinary user, keeps its data in a volume, and says whether it is well", () => {
  expect(instructions("USER")).toEqual(["node"]);
  expect(instructions("VOLUME")).toEqual(["/app/data"]);
  expect(instructions("WORKDIR").at(-1)).toBe("/app");
  expect(instructions("ENTRYPOINT")).toEqual(['["copytrader"]']);
  expect(instructions("CMD")).toEqual(['["start"]']);
  const [health = ""] = instructions("HEALTHCHECK");
  const [script = ""] = JSON.parse(health.slice(health.indexOf("[")));
  expect(at(script.replace("/opt/copytrader/", ""))).toBe(true);
});

test("the compose file has one container with the volume, the variables and a restart", () => {
  const { services } = parse(text("compose.yaml"));
  expect(Object.keys(services)).toEqual(["copytrader"]);
  expect(services.copytrader).toMatchObject({
    restart: "unless-stopped",
    env_file: ".env",
    volumes: ["./config:/app/config:ro", "./data:/app/data"],
    cap_drop: ["ALL"],
    read_only: true,
  });
});

test("the unit starts at boot and again, gives up only after a refusal, and its command is one of ours", () => {
  const lines = text("deploy/copytrader.service").split("\n");
  const value = (name: string) => lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  expect([value("Restart"), value("RestartPreventExitStatus"), value("WantedBy")]).toEqual([
    "always",
    "2",
    "multi-user.target",
  ]);
  const [command = "", subcommand, ...options] = (value("ExecStart") ?? "").split(" ");
  expect([at(command.replace("/opt/copytrader/", "")), subcommand]).toEqual([true, "start"]);
  const known = startTakes();
  expect(options.filter((one) => one.startsWith("--") && !known.has(one))).toEqual([]);
  expect(value("ReadWritePaths")).toBe("/srv/copytrader");
  for (const hardening of ["NoNewPrivileges", "PrivateDevices", "RestrictNamespaces"])
    expect(value(hardening)).toBe("yes");
});

test.each(["backup", "monitor", "healthy", "setup"])("scripts/%s is shell that may be run", (name) => {
  const file = `${root}scripts/${name}`;
  expect(text(`scripts/${name}`)).toMatch(/^#!\/bin\/sh\n/);
  expect(statSync(file).mode & 0o111).toBe(0o111);
  expect(execFileSync("sh", ["-n", file]).toString()).toBe("");
});

test.each(["backup", "monitor", "healthy"])("scripts/%s says what it is for, and runs nothing", (name) => {
  const env = { ...process.env, COPYTRADER: "/nowhere/copytrader" };
  expect(execFileSync(`${root}scripts/${name}`, ["--help"], { env }).toString()).toMatch(/Exit codes/);
});

test("setup says what it takes, and what it does not", () => {
  const file = `${root}scripts/setup`;
  expect(execFileSync(file, ["--help"]).toString()).toContain(
    "scripts/setup --into /srv/copytrader --service",
  );
  expect(() => execFileSync(file, ["--what"], { stdio: "pipe" })).toThrow(/--what is not known/);
});

/** A clone of stubs: npm and the program only note how they were called. */
function clone(): { readonly folder: string; readonly setup: () => string } {
  const folder = mkdtempSync(join(tmpdir(), "setup-"));
  for (const name of ["scripts", "bin", "stubs", "elsewhere"]) mkdirSync(join(folder, name));
  copyFileSync(`${root}scripts/setup`, join(folder, "scripts/setup"));
  writeFileSync(join(folder, ".env.example"), "# nothing\n");
  writeFileSync(join(folder, "package-lock.json"), "{}");
  for (const name of ["stubs/npm", "bin/copytrader"])
    writeFileSync(join(folder, name), `#!/bin/sh\necho "called ${name} $*"\n`, { mode: 0o755 });
  const env = { ...process.env, PATH: `${folder}/stubs:${process.env.PATH}` };
  const setup = () =>
    execFileSync(join(folder, "scripts/setup"), ["--into", join(folder, "own")], { env }).toString();
  return { folder, setup };
}

test("setup installs what is missing once, never through a link to another's packages, and overwrites nothing", () => {
  const { folder, setup } = clone();
  try {
    expect(setup()).toContain("called stubs/npm ci");
    expect(statSync(join(folder, "own/.env")).mode & 0o777).toBe(0o600);
    writeFileSync(join(folder, "own/.env"), "MINE=1\n");
    mkdirSync(join(folder, "node_modules"));
    writeFileSync(join(folder, "node_modules/.package-lock.json"), "{}");
    const again = setup();
    expect(again).not.toContain("called stubs/npm ci");
    expect(again).toContain(
      `called bin/copytrader init --config ${folder}/own/config --data ${folder}/own/data`,
    );
    expect(readFileSync(join(folder, "own/.env"), "utf8")).toBe("MINE=1\n");
    rmSync(join(folder, "node_modules"), { recursive: true });
    symlinkSync(join(folder, "elsewhere"), join(folder, "node_modules"));
    expect(setup()).not.toContain("called stubs/npm ci");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the checkout cannot be published by accident, and what is exported is compiled from what is there", () => {
  const { private: isPrivate, exports, files, scripts } = JSON.parse(text("package.json"));
  expect(isPrivate).toBe(true);
  expect(scripts.package).toBe("node scripts/package.ts");
  const { types, default: entry, ...source } = exports["."];
  expect(Object.values(source)).toEqual(["./src/library/index.ts"]);
  expect([types, entry]).toEqual(["./dist/library/index.d.ts", "./dist/library/index.js"]);
  expect(files.filter((name: string) => name !== "dist" && name !== "web/dist" && !at(name))).toEqual([]);
  const needed = text("scripts/package.ts").match(/const NEEDED = \[([^\]]+)\]/)?.[1] ?? "";
  const built = [...needed.matchAll(/"dist\/(.+?)(?:\.d\.ts|\.js)"/g)].map(([, path]) => `src/${path}.ts`);
  expect(built).toContain("src/library/index.ts");
  expect(built.filter((path) => !at(path))).toEqual([]);
});

test("whatever doctor finds has its entry in the guide", () => {
  const sources = ["src/control/diagnosis.ts", "src/cli/commands/doctor.ts", "src/run/vault-findings.ts"].map(
    text,
  );
  const named = sources.flatMap((source) =>
    [...source.matchAll(/(?:\bcheck: |const check = |privateFinding\()"([^"]+)"/g)].map(
      ([, name]) => name ?? "",
    ),
  );
  const checks = [...new Set(named)].sort();
  expect(checks.length).toBeGreaterThan(10);
  const entries = [...text("docs/troubleshooting.md").matchAll(/^### `(.+)`$/gm)].map(
    ([, name]) => name ?? "",
  );
  expect(entries.toSorted()).toEqual(checks);
});
