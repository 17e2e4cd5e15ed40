/** What a first visit loads, compressed: below 200 kB, so that the page opens on a bad phone connection. Charts are not among it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const FIRST_LOAD_BYTES_MAX = 200_000;
const BUILD = fileURLToPath(new URL("../../scripts/build-web.ts", import.meta.url));

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

let folder = "";
let chunks: Readonly<Record<string, Chunk>> = {};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "web-"));
  execFileSync(process.execPath, [BUILD, "--out", folder], { stdio: "ignore" });
  chunks = JSON.parse(readFileSync(join(folder, ".vite", "manifest.json"), "utf8"));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OVERVIEW = "src/pages/overview/page.tsx";

describe("the built dashboard", () => {
  it("loads less than 200 kB before the overview stands there", () => {
    const files = new Set(["index.html", "theme.js", ...filesOf("index.html"), ...filesOf(OVERVIEW)]);
    expect(files.size).toBeGreaterThan(4);
    const bytes = [...files].map((file) => gzipSync(readFileSync(join(folder, file))).length);
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(FIRST_LOAD_BYTES_MAX);
  });

  it("has no script or style inline, which the content security policy refuses", () => {
    const page = readFileSync(join(folder, "index.html"), "utf8");
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
    expect(page).not.toMatch(/https?:\/\//);
  });

  it("has the service worker beside the page, as one file that no import can miss", () => {
    const worker = readFileSync(join(folder, "service-worker.js"), "utf8");
    expect(worker).not.toMatch(/\b(import|export)\b/);
    expect(worker).toContain("/api/");
  });
});

/** A chunk with all that it imports at once. */
function filesOf(name: string): readonly string[] {
  const chunk = chunks[name];
  if (chunk === undefined) throw new Error(`nothing was built of ${name}`);
  return [chunk.file, ...(chunk.css ?? []), ...(chunk.imports ?? []).flatMap(filesOf)];
}
