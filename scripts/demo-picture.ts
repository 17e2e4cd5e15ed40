/**
 * Draws the picture of the README from a real run of the demo: its last plain-text frame as an SVG that is readable on light
 * and dark pages. Usage: node scripts/demo-picture.ts [--seconds 25]
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [flag, value] = process.argv.slice(2);
const seconds = flag === "--seconds" && value !== undefined ? value : "25";
const folder = mkdtempSync(join(tmpdir(), "copytrader-picture-"));

try {
  const text = execFileSync(join(root, "bin/copytrader"), ["demo", "--seconds", seconds, "--no-api"], {
    encoding: "utf8",
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1" },
  });
  const start = text.lastIndexOf("COPYTRADER DEMO");
  const lines = text.slice(start).trimEnd().split("\n");
  mkdirSync(join(root, "docs/images"), { recursive: true });
  writeFileSync(join(root, "docs/images/demo.svg"), picture(lines));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function picture(lines: readonly string[]): string {
  const [width, lineHeight, margin] = [860, 17, 24];
  const height = lines.length * lineHeight + 2 * margin;
  const rows = lines.map((line, index) => row(line, margin, margin + (index + 0.8) * lineHeight));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The demo in a terminal">`,
    `<rect width="${width}" height="${height}" rx="8" fill="#10151c"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13.5">`,
    ...rows,
    "</g></svg>",
    "",
  ].join("\n");
}

function row(line: string, x: number, y: number): string {
  const text = line.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const [head, tail] = text.includes("in parity") ? text.split("in parity") : [text, null];
  const parity = tail === null ? "" : `<tspan fill="#5cc8d7">in parity</tspan>${tail}`;
  return `<text x="${x}" y="${y}" fill="${colour(line)}" xml:space="preserve">${head}${parity}</text>`;
}

function colour(line: string): string {
  if (line.startsWith("COPYTRADER")) return "#ffffff";
  return /^(-|leader {2}|follower {1,2}copies|Every change)/.test(line) ? "#7f8b99" : "#d5dce4";
}
