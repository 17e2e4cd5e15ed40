/** Bytes from the network, on both ends: each parser answers with what it read or with its own refusal, however they are cut. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BadResponse, ResponseReader } from "../../src/exchange/net/http-response.ts";
import { FrameReader } from "../../src/exchange/net/websocket-frames.ts";
import { HttpParser } from "../../src/exchange/simulated/bybit-server/http-parser.ts";
import { FrameParser } from "../../src/exchange/simulated/bybit-server/web-socket-frames.ts";
import { hostileBytes, runs } from "./hostile.ts";

const BODY_BYTES_MAX = 1_000;

const responses = [
  'HTTP/1.1 200 OK\r\nContent-Length: 7\r\nX-Bapi-Limit: 10\r\n\r\n{"a":1}',
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\nA;x=y\r\npedia in t\r\n0\r\nT: 1\r\n\r\n",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nKeep-Alive: timeout=5\r\n\r\n",
];
const requests = [
  "GET /v5/market/time?a=b HTTP/1.1\r\nHost: x\r\n\r\n",
  'POST /v5/order/create HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n{"a":1}',
  "PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
];
const serverFrames = [
  frame(0x81, "hello"),
  frame(0x01, "hel"),
  frame(0x80, "lo"),
  frame(0x89, ""),
  frame(0x88, "\u0003\u00e8"),
];
const clientFrames = [
  masked(0x81, "hello"),
  masked(0x01, "hel"),
  masked(0x80, "lo"),
  masked(0x8a, ""),
  masked(0x88, ""),
];

function frame(first: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([first, text.length]), Buffer.from(text, "latin1")]);
}

function masked(first: number, text: string): Buffer {
  const bytes = frame(first, text);
  return Buffer.concat([Buffer.from([first, 0x80 | text.length, 0, 0, 0, 0]), bytes.subarray(2)]);
}

describe("bytes", () => {
  it("of a server's answer make an answer within its limits, or a refusal", () => {
    fc.assert(
      fc.property(hostileBytes(responses), (chunks) => {
        const reader = new ResponseReader(BODY_BYTES_MAX);
        try {
          for (const chunk of chunks) {
            const response = reader.push(chunk);
            if (response === null) continue;
            expect(response.status).toBeGreaterThanOrEqual(100);
            // A byte that is no UTF-8 is shown by three.
            expect(Buffer.byteLength(response.body)).toBeLessThanOrEqual(3 * BODY_BYTES_MAX);
            for (const value of Object.values(response.headers)) expect(value).toBeTypeOf("string");
            return;
          }
          reader.end();
        } catch (error) {
          if (!(error instanceof BadResponse)) throw error;
        }
      }),
      runs(3_000),
    );
  });

  it("of a server's frames make messages, one end at most, and nothing after it", () => {
    fc.assert(
      fc.property(hostileBytes(serverFrames), (chunks) => {
        const heard: string[] = [];
        const say = (word: string) => heard.push(word);
        const sink = {
          message: (text: string) => say(`message ${text.isWellFormed()}`),
          ping: (payload: Buffer) => say(`ping ${payload.length <= 125}`),
          pong: () => say("pong"),
          closing: () => say("end"),
          failed: () => say("end"),
        };
        const reader = new FrameReader(sink, BODY_BYTES_MAX);
        for (const chunk of chunks) {
          reader.push(chunk);
          chunk.fill(0);
        }
        expect(heard.join()).not.toContain("false");
        expect(heard.slice(0, -1)).not.toContain("end");
      }),
      runs(3_000),
    );
  });

  it("of a client's requests make requests, or one refusal", () => {
    fc.assert(
      fc.property(hostileBytes(requests), (chunks) => {
        const parser = new HttpParser();
        const kinds: string[] = [];
        for (const chunk of chunks) {
          parser.push(chunk);
          for (let next = parser.next(); next.kind !== "more"; next = parser.next()) kinds.push(next.kind);
        }
        expect(kinds.slice(0, -1)).not.toContain("refused");
      }),
      runs(2_000),
    );
  });

  it("of a client's frames make messages, or one violation", () => {
    fc.assert(
      fc.property(hostileBytes(clientFrames), (chunks) => {
        const parser = new FrameParser();
        const kinds: string[] = [];
        for (const chunk of chunks) {
          parser.push(chunk);
          for (let next = parser.next(); next !== undefined; next = parser.next()) kinds.push(next.kind);
        }
        expect(kinds.filter((kind) => kind === "violation").length).toBeLessThanOrEqual(1);
      }),
      runs(2_000),
    );
  });
});
