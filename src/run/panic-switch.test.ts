/** The kill switch without a command: what a file and two signals come to. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PanicSignal, PanicSwitch } from "./panic-switch.ts";

let dataDir = "";
let pulled: unknown[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "panic-"));
  pulled = [];
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function panicSwitch(): PanicSwitch {
  return new PanicSwitch({
    dataDir,
    knows: (account) => ["slave1", "lead"].includes(account),
    pull: (command) => pulled.push(command),
  });
}

describe("the file", () => {
  it.each([
    ["PANIC", "", { kind: "panic" }],
    ["panic", "follower slave1\n", { kind: "panic", account: "slave1" }],
    ["PANIC", "leader lead", { kind: "panic", leader: "lead" }],
    ["PANIC", "follower slave1\nleader lead\n", { kind: "panic", account: "slave1", leader: "lead" }],
    ["PANIC", "follower slave1\nleader leed\n", { kind: "panic" }],
    ["PANIC", "follower slave1\nfollower lead\n", { kind: "panic" }],
    ["PANIC", "follower slavel", { kind: "panic" }],
    ["PANIC", "help!", { kind: "panic" }],
  ])("%s with %j closes once", (name, text, command) => {
    const found = panicSwitch();
    found.look();
    expect(pulled).toEqual([]);
    writeFileSync(join(dataDir, name), text);
    found.look();
    found.look();
    expect(pulled).toEqual([command]);
    expect(existsSync(join(dataDir, name))).toBe(false);
    writeFileSync(join(dataDir, name), text);
    found.look();
    expect(pulled).toEqual([command, command]);
  });
});

describe("the signal", () => {
  it("pulls when it comes twice within ten seconds, and a third is a first again", () => {
    const signal = new PanicSignal();
    let pulls = 0;
    signal.listen(() => {
      pulls += 1;
    });
    expect([0, 10_001, 20_001, 21_000, 32_000].map((atMs) => signal.note(atMs))).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
    expect(pulls).toBe(1);
  });

  it("is kept until somebody listens", () => {
    const signal = new PanicSignal();
    signal.note(0);
    signal.note(1);
    let pulls = 0;
    signal.listen(() => {
      pulls += 1;
    });
    expect(pulls).toBe(1);
  });
});
