/** A server's frames: what a message may take of memory, and how little its pieces may cost. */
import { expect, test } from "vitest";
import { CLOSE_CODE, FrameReader } from "./websocket-frames.ts";

function reading(): { readonly reader: FrameReader; readonly heard: unknown[] } {
  const heard: unknown[] = [];
  const sink = {
    message: (text: string) => heard.push(text.length),
    ping: () => {},
    pong: () => {},
    closing: () => {},
    failed: (code: number) => heard.push({ code }),
  };
  return { reader: new FrameReader(sink, 8 * 1024 * 1024), heard };
}

test("a message in fragments without end is refused, though they are empty", () => {
  const { reader, heard } = reading();
  reader.push(Buffer.from([0x01, 0]));
  const empty = Buffer.alloc(20_000);
  reader.push(empty);
  reader.push(empty);
  expect(heard).toEqual([{ code: CLOSE_CODE.tooBig }]);
});

test("a message of 8 MB that comes in pieces of 1,000 bytes is read in a moment", () => {
  const { reader, heard } = reading();
  const length = 8 * 1024 * 1024;
  const header = Buffer.alloc(10);
  header.set([0x81, 127]);
  header.writeBigUInt64BE(BigInt(length), 2);
  const startMs = performance.now();
  reader.push(header);
  for (let left = length; left > 0; left -= 1_000) reader.push(Buffer.alloc(Math.min(1_000, left), 97));
  expect(heard).toEqual([length]);
  // Copied anew for every piece it took 21 seconds, in which nothing else happened.
  expect(performance.now() - startMs).toBeLessThan(4_000);
});
