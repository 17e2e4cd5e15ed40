/**
 * Makes the package that is published: `npm run package [-- --into DIR]`. Compiles, builds the dashboard, puts both with what `files` of
 * package.json names into a folder of its own, and packs that; what is missing is an error. The project turns scripts of npm off (.npmrc),
 * so nothing would do this by itself: `npm publish` in the checkout is refused (`private`), and what is published is the file that this makes.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Without these it would install and not run. */
const NEEDED = [
  "bin/copytrader",
  "dist/cli/start.js",
  "dist/library/index.js",
  "dist/library/index.d.ts",
  "dist/store/writer-worker.js",
  "web/dist/index.html",
  "fonts/LICENSE",
  "config/schema/configuration.schema.json",
  "docs/library.md",
  "examples/library/copy-and-report.ts",
  "README.md",
];
/** Of no use to who installs it. */
const LEFT_OUT = ["scripts", "devDependencies", "private"];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly files: readonly string[];
}

const { values } = parseArgs({ options: { into: { type: "string", default: root } } });
const into = resolve(values.into);
const staged = mkdtempSync(join(tmpdir(), "copytrader-package-"));
try {
  build();
  const manifest = stage();
  const missing = NEEDED.filter((file) => !existsSync(join(staged, file)));
  if (missing.length > 0) throw new Error(`the package lacks ${missing.join(", ")}`);
  mkdirSync(into, { recursive: true });
  run("npm", ["pack", "--silent", "--pack-destination", into], staged);
  const file = join(into, `${manifest.name}-${manifest.version}.tgz`);
  process.stdout.write(`${file}\nTry it in an empty folder, then: npm publish ${file}\n`);
} finally {
  rmSync(staged, { recursive: true, force: true });
}

/** Anew, so that nothing of an earlier build is in it. */
function build(): void {
  rmSync(join(root, "dist"), { recursive: true, force: true });
  run("tsc", ["-p", "tsconfig.build.json", "--sourceMap", "false"], root);
  run("node", ["scripts/build-web.ts"], root);
}

function stage(): Manifest {
  const manifest: Manifest & Record<string, unknown> = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  for (const name of [...manifest.files, "LICENSE"]) {
    const from = join(root, name);
    if (!existsSync(from)) throw new Error(`${name} of "files" in package.json is not there`);
    cpSync(from, join(staged, name), { recursive: true, filter: (path) => !path.endsWith(".map") });
  }
  namesOfDeclarations(join(staged, "dist"));
  const published = Object.entries(manifest).filter(([name]) => !LEFT_OUT.includes(name));
  writeFileSync(join(staged, "package.json"), `${JSON.stringify(Object.fromEntries(published), null, 2)}\n`);
  return manifest;
}

/** The compiler turns `./a.ts` into `./a.js` in programs, and leaves declarations as they are written. */
function namesOfDeclarations(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".d.ts")) continue;
    const file = join(folder, name);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replaceAll(/((?:from|import\()\s*"\.{1,2}\/[^"]*)\.ts"/g, '$1.js"'));
  }
}

function run(command: string, args: readonly string[], cwd: string): void {
  const PATH = `${join(root, "node_modules/.bin")}:${process.env.PATH ?? ""}`;
  execFileSync(command, args, {
    cwd,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PATH },
  });
}
