/** RFC 6455 on the server's side: what a client may send, in any cut, and the close code for what it may not. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptKey, encodeText, FrameParser, OPCODE, type SocketEvent } from "./web-socket-frames.ts";

/** A client's frame: masked. */
function clientFrame(opcode: number, payload: Buffer, final = true): Buffer {
  const mask = Buffer.from([1, 2, 3, 250]);
  const length =
    payload.length < 126
      ? Buffer.from([0x80 | payload.length])
      : payload.length < 65536
        ? Buffer.from([0x80 | 126, payload.length >> 8, payload.length & 255])
        : Buffer.concat([Buffer.from([0x80 | 127, 0, 0, 0, 0]), uint32(payload.length)]);
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return Buffer.concat([Buffer.from([(final ? 0x80 : 0) | opcode]), length, mask, masked]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function events(chunks: readonly Buffer[]): SocketEvent[] {
  const parser = new FrameParser();
  const found: SocketEvent[] = [];
  for (const chunk of chunks) {
    parser.push(Buffer.from(chunk));
    for (let event = parser.next(); event !== undefined; event = parser.next()) found.push(event);
  }
  return found;
}

describe("WebSocket frames", () => {
  it("computes the handshake of the standard's example", () => {
    expect(acceptKey("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });

  it("reads texts of every length, fragmented and cut anywhere", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: "grapheme", maxLength: 300 }), fc.constant("x".repeat(70_000))), {
          maxLength: 4,
        }),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 200 }),
        (texts, cut, fragment) => {
          const frames = texts.flatMap((text) => fragments(Buffer.from(text), fragment));
          const bytes = Buffer.concat(frames);
          const chunks = Array.from({ length: Math.ceil(bytes.length / cut) }, (_, index) =>
            bytes.subarray(index * cut, (index + 1) * cut),
          );
          expect(events(chunks)).toEqual(texts.map((text) => ({ kind: "message", text })));
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([
    ["unmasked", Buffer.from([0x81, 1, 65]), 1002],
    ["reserved bits", Buffer.from([0xc1, 0x80, 0, 0, 0, 0]), 1002],
    ["binary", clientFrame(OPCODE.binary, Buffer.from("x")), 1003],
    ["continuation of nothing", clientFrame(OPCODE.continuation, Buffer.from("x")), 1002],
    ["broken UTF-8", clientFrame(OPCODE.text, Buffer.from([0xff])), 1007],
    ["fragmented ping", clientFrame(OPCODE.ping, Buffer.alloc(0), false), 1002],
    ["too long", Buffer.concat([Buffer.from([0x81, 0xff]), uint32(1), uint32(0)]), 1009],
  ])("refuses: %s", (_name, bytes, code) => {
    expect(events([bytes])).toMatchObject([{ kind: "violation", code }]);
  });

  it("passes control frames through in the middle of a fragmented text", () => {
    const frames = [
      clientFrame(OPCODE.text, Buffer.from("a"), false),
      clientFrame(OPCODE.ping, Buffer.from("p")),
      clientFrame(OPCODE.continuation, Buffer.from("b")),
      clientFrame(OPCODE.close, Buffer.from([3, 232])),
    ];
    expect(events([Buffer.concat(frames)])).toEqual([
      { kind: "ping", payload: Buffer.from("p") },
      { kind: "message", text: "ab" },
      { kind: "close", code: 1000 },
    ]);
  });

  it.each([0, 1, 125, 126, 65535, 65536])("writes a text of %i bytes", (length) => {
    const frame = encodeText("y".repeat(length));
    const header = length < 126 ? 2 : length < 65536 ? 4 : 10;
    expect(frame.length).toBe(header + length);
    expect(frame[0]).toBe(0x81);
  });
});

function fragments(payload: Buffer, size: number): Buffer[] {
  if (payload.length <= size) return [clientFrame(OPCODE.text, payload)];
  const count = Math.min(8, Math.ceil(payload.length / size));
  const each = Math.ceil(payload.length / count);
  return Array.from({ length: count }, (_, index) =>
    clientFrame(
      index === 0 ? OPCODE.text : OPCODE.continuation,
      payload.subarray(index * each, (index + 1) * each),
      index === count - 1,
    ),
  );
}
