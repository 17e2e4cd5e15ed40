/** What reaches the control socket, and what the owner's own code answers: read, or refused by the name of what is wrong. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_RUN_TIME } from "../../src/config.ts";
import { planOf } from "../../src/control/commands.ts";
import { ControlError } from "../../src/control/control.ts";
import { LineReader, parseAnswer, parseRequest } from "../../src/control/protocol.ts";
import { recover } from "../../src/engine/recovery.ts";
import { AnswerError, readAnswer, readStyleAnswer } from "../../src/extension/answer.ts";
import { shapeOf } from "../../src/extension/shape.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { loaded, pair } from "../configuration/folder.ts";
import { playInto } from "../journal-fixture.ts";
import { damaged, damagedText, hostileBytes, runs } from "./hostile.ts";

const wire = (request: unknown) => ({ version: 1, id: 7, request });
const named = { leader: "leader", follower: "follower" };
const commands = [
  { kind: "pause", follower: "first" },
  { kind: "resume" },
  { kind: "close", follower: "first", symbol: "BTCUSDT" },
  {
    kind: "copy",
    ...named,
    values: { copy_multiplier: 0.5, symbols: ["BTCUSDT"], stop_loss: { percent: 5 } },
  },
  { kind: "uncopy", ...named, stopMode: "close" },
  { kind: "release", follower: "first", leader: "lead", symbol: "BTCUSDT" },
  { kind: "panic", follower: "first" },
  { kind: "approve", proposal: 1, target: "0.1" },
  { kind: "decline", proposal: 1 },
];
const questions = [
  { kind: "status" },
  { kind: "explain", follower: "first", symbol: "BTCUSDT" },
  { kind: "preview", command: commands[3] },
  { kind: "journal", filter: { follower: "first", before: 10, limit: 5 } },
  { kind: "capital", leader: "lead" },
];

describe("the control socket", () => {
  const journal = new MemoryJournal();
  playInto(journal, [{ kind: "trade", symbol: 0, side: "buy", quantity: 100 }, { kind: "settle" }]);
  const { state } = recover(journal);
  const configuration = loaded(pair);

  it("takes a request of the protocol, or says what is wrong, and plans what it took", () => {
    fc.assert(
      fc.property(damagedText([...commands, ...questions].map(wire)), (line) => {
        const parsed = parseRequest(line);
        if ("error" in parsed) {
          expect(parsed.error).toBeInstanceOf(ControlError);
          expect(parsed.error.message.length).toBeLessThan(500);
          return;
        }
        const { request } = parsed;
        const command = request.kind === "preview" ? request.command : request;
        if (!commands.some(({ kind }) => kind === command.kind)) return;
        const context = { state, runTime: NO_RUN_TIME, reconfigure: configuration.reconfigure };
        expectOnly(ControlError, () => planOf(context, command as Parameters<typeof planOf>[1]));
      }),
      runs(1_500),
    );
  });

  it("cuts bytes into lines of a bounded length, and reads answers of another program as such", () => {
    const answers = [
      { version: 1, id: 1, answer: {} },
      { version: 1, id: 1, error: { kind: "failure", message: "x" } },
    ];
    fc.assert(
      fc.property(
        hostileBytes(["a line\n", "\n", "x".repeat(80)]),
        damagedText(answers),
        (chunks, answer) => {
          const lines = new LineReader(100);
          expectOnly(ControlError, () => {
            for (const chunk of chunks)
              for (const line of lines.take(chunk)) expect(line).not.toContain("\n");
          });
          expectOnly(ControlError, () => expect(parseAnswer(answer).version).toBe(1));
        },
      ),
      runs(1_500),
    );
  });
});

describe("an extension", () => {
  const odd = [1n, Symbol("x"), () => "x", new Map(), new Proxy({}, {}), Object.create(null), circular()];

  it("whose answer is anything is taken by the contract's words, or refused", () => {
    const answers = damaged([
      { kind: "at-most", quantity: "0.5", numbers: { used: 1, limit: "2" } },
      { kind: "deny", giveUp: true, numbers: { a: 1 } },
      { kind: "send", quantity: "0.1", limit: { price: "60000", timeInForce: "IOC" } },
      { kind: "wait", ms: 500 },
    ]);
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: answers }, fc.constantFrom<unknown>(...odd)), (answer) => {
        for (const read of [readAnswer, readStyleAnswer])
          expectOnly(AnswerError, () => JSON.stringify(read(answer)));
      }),
      runs(1_500),
    );
  });

  it("of any shape is one by the contract, or is told what it lacks", () => {
    const sound = {
      contract: 1,
      kind: "risk-limit",
      name: "mine",
      description: "a limit",
      check: "a function",
    };
    const modules = damaged([sound]).map((found) =>
      typeof found === "object" && found !== null && "check" in found && found.check === "a function"
        ? { ...found, check: () => ({ kind: "allow" }) }
        : found,
    );
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: modules }, fc.constantFrom<unknown>(...odd)), (found) => {
        const shape = shapeOf({ default: found });
        if (!shape.ok) expect(shape.message).not.toBe("");
        for (const value of odd) expect(shapeOf({ default: { ...sound, kind: value } }).ok).toBe(false);
      }),
      runs(500),
    );
  });
});

function circular(): object {
  const value: Record<string, unknown> = { kind: "deny" };
  value.numbers = { self: value };
  return value;
}

function expectOnly(kind: new (...parts: never[]) => Error, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof kind)) throw error;
    expect(error.message).not.toBe("");
  }
}
