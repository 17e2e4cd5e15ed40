/** What the stream tells, made by what the dashboard makes of it, is what there is: for any history, and resumed anywhere. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Channel } from "../../src/api/stream/channel.ts";
import { changesBetween } from "../../src/api/stream/diff.ts";
import { applyChanges, type Change } from "../../web/src/live/changes.ts";

/** Few names and values, so that histories share much, as real ones do. */
const leaf = fc.constantFrom<unknown>(0, 1, "", "a", true, null);
const { document } = fc.letrec<{ document: unknown }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 4, depthSize: "medium" },
    leaf,
    fc.array(tie("document"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom("a", "b", "c", "0", "1"), tie("document"), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
}));
const history = fc.array(document, { minLength: 1, maxLength: 12 });

/** As it goes over the wire. */
function told(changes: unknown): readonly Change[] {
  return JSON.parse(JSON.stringify(changes));
}

test("the changes between two documents make the one of the other", () => {
  fc.assert(
    fc.property(document, document, (before, after) => {
      expect(applyChanges(before, told(changesBetween(before, after)))).toEqual(after);
    }),
    { numRuns: 2_000 },
  );
});

test("nothing is told of what is equal, and a field that is undefined is absent", () => {
  fc.assert(
    fc.property(document, (same) => {
      expect(changesBetween(same, structuredClone(same))).toEqual([]);
    }),
  );
  expect(changesBetween({ a: undefined }, { b: undefined })).toEqual([]);
  expect(changesBetween({ a: 1 }, { a: undefined })).toEqual([{ path: ["a"] }]);
  expect(changesBetween({ a: undefined }, { a: 1 })).toEqual([{ path: ["a"], value: 1 }]);
});

interface Reader {
  sequence: number;
  document: unknown;
}

/** As a client takes a message; throws where a number is missing. */
function take(reader: Reader, text: string): void {
  const message = JSON.parse(text);
  if ("snapshot" in message) reader.document = message.snapshot;
  else {
    expect(message.sequence).toBe(reader.sequence + 1);
    reader.document = applyChanges(reader.document, message.changes);
  }
  reader.sequence = message.sequence;
}

test("snapshot and changes are the later document, for whoever comes when and resumes where", () => {
  fc.assert(
    fc.property(history, fc.nat(11), fc.nat(11), (documents, comes, leaves) => {
      const channel = new Channel("status", 1_000);
      const always: Reader = { sequence: -1, document: undefined };
      const away: Reader = { sequence: -1, document: undefined };
      for (const [at, one] of documents.entries()) {
        const text = channel.offer(one, at);
        if (at === 0) take(always, channel.snapshot());
        else if (text !== null) take(always, text);
        if (at === Math.min(comes, leaves)) take(away, channel.snapshot());
        expect(always.document).toEqual(one);
        expect(channel.sequence).toBe(always.sequence);
      }
      if (away.sequence < 0) return;
      const missed = channel.since(away.sequence);
      expect(missed).not.toBeNull();
      for (const text of missed ?? []) take(away, text);
      expect(away).toEqual(always);
    }),
    { numRuns: 500 },
  );
});

test("what is too long ago is not resumed, nor what another run told", () => {
  const channel = new Channel("status", 5_000);
  expect(channel.since(5_000)).toBeNull();
  for (let at = 0; at < 400; at += 1) channel.offer({ at }, at);
  expect(channel.sequence).toBe(5_399);
  expect(channel.since(5_399)).toEqual([]);
  expect(channel.since(5_398)).toHaveLength(1);
  expect(channel.since(5_399 - 256)).toHaveLength(256);
  expect(channel.since(5_399 - 257)).toBeNull();
  expect(channel.since(12)).toBeNull();
  expect(channel.since(9_999)).toBeNull();
});

test("what is kept for resuming is bounded in size, too", () => {
  const channel = new Channel("status", 0);
  for (let at = 0; at < 100; at += 1) channel.offer({ text: `${at}`.repeat(100_000) }, at);
  expect(channel.since(channel.sequence - 5)).toHaveLength(5);
  expect(channel.since(channel.sequence - 50)).toBeNull();
});
