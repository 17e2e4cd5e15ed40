/** What is published is whole by itself: every link of its pages leads to a file that is published, too (`files` of package.json). */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LINK = /\]\((?!https?:|mailto:|#)([^)#\s]+)/g;

it("has no link to what is not published", () => {
  const { files } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly files: readonly string[];
  };
  const published = files.flatMap((name) => [name, ...globSync(`${name}/**`, { cwd: ROOT })]);
  // npm publishes these whatever `files` says.
  const there = new Set([...published, "package.json", "LICENSE"]);
  const pages = published.filter((name) => name.endsWith(".md"));
  const dead = pages.flatMap((page) =>
    [...readFileSync(join(ROOT, page), "utf8").matchAll(LINK)]
      .map(([, link = ""]) => normalize(join(dirname(page), link)).replace(/\/$/, ""))
      .filter((target) => !there.has(target))
      .map((target) => `${page}: ${target}`),
  );
  expect(pages.length).toBeGreaterThan(20);
  expect(dead).toEqual([]);
});
