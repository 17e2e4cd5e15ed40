import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryDisk } from "../journal/memory-disk.ts";
import { type Alert, alertOf } from "./alert.ts";
import { OUTBOX_DEFAULTS, Outbox, type OutboxOptions, viewOutbox } from "./outbox.ts";

const alert = (number: number): Alert => alertOf({ kind: "test", topic: String(number) }, number);
const open = (disk: MemoryDisk, options: Partial<OutboxOptions> = {}, problems: string[] = []): Outbox =>
  new Outbox(disk, (cause) => problems.push(cause), { ...OUTBOX_DEFAULTS, ...options });
const accept = (outbox: Outbox, number: number) =>
  outbox.accept([{ alert: alert(number), channels: ["webhook"] }]);
const waiting = (outbox: Pick<Outbox, "view">) => outbox.view.waitingFor("webhook").map(({ atMs }) => atMs);

describe("an outbox", () => {
  it("has after a kill what was accepted and not ended, in order", () => {
    const disk = new MemoryDisk();
    const first = open(disk);
    first.markRun("started", 0);
    for (const number of [1, 2, 3]) accept(first, number);
    first.end(alert(2).id, "webhook", 5, { kind: "delivered", answer: "HTTP 200" });
    disk.killProcess();
    const second = open(disk);
    expect(waiting(second)).toEqual([1, 3]);
    expect(second.view.lastRun).toBe("started");
    expect(second.view.entries.get(alert(2).id)?.channels.get("webhook")).toEqual({
      kind: "delivered",
      answer: "HTTP 200",
    });
  });

  it("goes on behind a write that was torn by the kill, wherever it was torn", () => {
    const whole = `${JSON.stringify({ type: "alert", alert: alert(2), channels: ["webhook"] })}\n`;
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (bytes) => {
        const disk = new MemoryDisk();
        const first = open(disk);
        accept(first, 1);
        disk.nextWrite = { bytes, failure: "failed" };
        accept(first, 2);
        disk.killProcess();
        const second = open(disk);
        accept(second, 3);
        disk.killProcess();
        expect(waiting(open(disk))).toEqual([1, 3]);
      }),
    );
  });

  it("writes later what a full disk does not take now, and says it once", () => {
    const disk = new MemoryDisk();
    const problems: string[] = [];
    const first = open(disk, {}, problems);
    accept(first, 1);
    disk.bytesMax = disk.usedBytes();
    accept(first, 2);
    accept(first, 3);
    expect(waiting(first)).toEqual([1, 2, 3]);
    expect(problems).toHaveLength(1);
    disk.bytesMax = Number.MAX_SAFE_INTEGER;
    first.end(alert(1).id, "webhook", 5, { kind: "delivered", answer: "" });
    disk.killProcess();
    expect(waiting(open(disk))).toEqual([2, 3]);
  });

  it("removes the oldest file, but nothing that still waits, at whichever write it is killed", () => {
    const step = fc.record({ isEnding: fc.boolean(), isKill: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const disk = new MemoryDisk();
        const small = { fileBytesMax: 600, filesMax: 3 };
        let outbox = open(disk, small);
        const expected: number[] = [];
        steps.forEach(({ isEnding, isKill }, index) => {
          const ended = isEnding ? expected.shift() : undefined;
          if (ended === undefined) {
            accept(outbox, index);
            expected.push(index);
          } else outbox.end(alert(ended).id, "webhook", index, { kind: "delivered", answer: "" });
          if (!isKill) return;
          disk.killProcess();
          outbox = open(disk, small);
        });
        expect(waiting(outbox).sort((left, right) => left - right)).toEqual(expected);
        disk.killProcess();
        expect(waiting({ view: viewOutbox(disk) }).sort((left, right) => left - right)).toEqual(expected);
        expect(disk.list().length).toBeLessThanOrEqual(4);
      }),
    );
  });

  it("passes over damage and counts it", () => {
    const disk = new MemoryDisk();
    const first = open(disk);
    accept(first, 1);
    const [name = ""] = disk.list();
    disk.replace(name, Buffer.concat([Buffer.from('\0\0\0\n{"type":"alert"}\n'), disk.content(name)]));
    const { view } = open(disk);
    expect(view.damagedLines).toBe(2);
    expect(waiting({ view })).toEqual([1]);
  });
});
