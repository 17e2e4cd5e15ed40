/**
 * Builds the dashboard into web/dist. With --if-stale only when it is missing or older than its sources, so that `npm run demo` and
 * `npm start` need no step of their own. --out FOLDER builds it there.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const web = join(root, "web");
const built = join(web, "dist", "index.html");
/** What the built files are made of. */
const SOURCES = ["index.html", "vite.config.ts", "src", "worker", "public"].map((name) => join(web, name));

// Whatever the caller runs in: people get React's production build.
process.env.NODE_ENV = "production";
const reason = whyBuild(process.argv.includes("--if-stale"));
if (reason !== null) await buildWeb(reason);

/** Null: what is there is as new as its sources. */
function whyBuild(isOnlyIfStale: boolean): string | null {
  if (!isOnlyIfStale) return "asked for";
  if (!existsSync(built)) return "not built yet";
  const builtMs = statSync(built).mtimeMs;
  const newer = [join(root, "package-lock.json"), ...SOURCES.flatMap(filesOf)].find(
    (file) => statSync(file).mtimeMs > builtMs,
  );
  return newer === undefined ? null : `${relative(root, newer)} is newer`;
}

function filesOf(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Without the tool (an installation without development packages) copying goes on, and the page is not there. */
async function buildWeb(reason: string): Promise<void> {
  if (!isInstalled("vite")) {
    process.stderr.write(
      `The dashboard is not built (${reason}), and vite, which builds it, is not installed: run npm ci.\n`,
    );
    process.exitCode = process.argv.includes("--if-stale") ? 0 : 1;
    return;
  }
  process.stderr.write(`Building the dashboard (${reason}) ...\n`);
  const begun = performance.now();
  const { build } = await import("vite");
  const [out] = process.argv.slice(process.argv.indexOf("--out") + 1);
  const outDir = process.argv.includes("--out") && out !== undefined ? { build: { outDir: out } } : {};
  await build({ configFile: join(web, "vite.config.ts"), logLevel: "warn", ...outDir });
  process.stderr.write(`Built in ${((performance.now() - begun) / 1000).toFixed(1)} s.\n`);
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}
