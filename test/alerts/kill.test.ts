/** A real process that raises alerts is killed again and again: each that it accepted reaches a receiver that fails often. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { until } from "../e2e/await.ts";
import { Receiver } from "./receiver.ts";

const SECRET = "whsec-0123456789-abcdef";
const KILLS = 8;
const root = mkdtempSync(join(tmpdir(), "alerts-kill-"));
afterAll(() => rmSync(root, { recursive: true }));
const child = fileURLToPath(new URL("raising-child.ts", import.meta.url));

describe("a killed process", () => {
  it("has lost no alert that it accepted, and told none under two ids", async () => {
    const receiver = await Receiver.open(SECRET);
    const accepted = new Set<number>();
    let next = 1;
    for (let life = 0; life < KILLS; life += 1) {
      // Down for whole lives, and now and then within one.
      receiver.usual = life % 3 === 1 ? 503 : 200;
      receiver.answers = [200, 200, 500, 200, 200];
      const running = run(receiver.url, next, 1_000_000);
      const wanted = accepted.size + 10 + life * 7;
      for await (const chunk of running.stdout) {
        for (const line of String(chunk).trim().split("\n")) accepted.add(Number(line));
        if (accepted.size >= wanted) running.kill("SIGKILL");
      }
      next = Math.max(...accepted) + 100;
    }
    receiver.usual = 200;
    receiver.answers = [500, 503];
    const last = run(receiver.url, 1, 0);
    const arrived = () =>
      new Set(
        receiver.alerts.filter(({ kind }) => kind === "test").map(({ numbers }) => Number(numbers.number)),
      );
    await until(() => [...accepted].every((number) => arrived().has(number)), 20_000, "all have arrived");
    last.kill("SIGKILL");
    await once(last, "close");
    const numbers = receiver.alerts
      .filter(({ kind, repeats }) => kind === "test" && repeats === undefined)
      .map(({ numbers: { number } }) => Number(number));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toEqual(numbers.toSorted((left, right) => left - right));
    expect(receiver.forged).toBe(0);
    expect(receiver.requests).toBeGreaterThan(accepted.size);
    expect(receiver.alerts.filter(({ kind }) => kind === "engine-died").length).toBeGreaterThan(0);
    await receiver.close();
  });
});

function run(url: string, first: number, last: number) {
  const args = [child, join(root, "alerts"), url, SECRET, String(first), String(last)];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}
