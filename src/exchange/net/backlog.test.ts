/** What is kept of a connection's bytes is what was lent, however it was cut, and long messages in small pieces cost little. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Backlog } from "./backlog.ts";

test("gives all bytes in order, once, whatever is used up of them each time", () => {
  const piece = fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.nat());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const backlog = new Backlog();
      const lent = Buffer.alloc(40);
      const used: Buffer[] = [];
      for (const [sent, nat] of pieces) {
        lent.set(sent);
        const bytes = backlog.with(lent.subarray(0, sent.length));
        const count = nat % (bytes.length + 1);
        used.push(Buffer.from(bytes.subarray(0, count)));
        backlog.keep(bytes, bytes.length - count);
        lent.fill(0);
      }
      expect(Buffer.concat([...used, backlog.bytes])).toEqual(Buffer.concat(pieces.map(([sent]) => sent)));
    }),
  );
});

test("copies a message of 8 MB in pieces of 100 bytes a few times, not once for each piece", () => {
  const backlog = new Backlog();
  const piece = Buffer.alloc(100, 1);
  const rooms = new Set<ArrayBufferLike>();
  for (let count = 0; count < 80_000; count++) {
    const bytes = backlog.with(piece);
    backlog.keep(bytes, bytes.length);
    rooms.add(backlog.bytes.buffer);
  }
  expect(backlog.bytes).toHaveLength(8_000_000);
  expect(rooms.size).toBeLessThan(25);
});
