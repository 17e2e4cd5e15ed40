/** The HTTP parser: whole requests from bytes in any cut, and a clear refusal for everything else. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HttpParsed, HttpParser } from "./http-parser.ts";

function parseAll(chunks: readonly Buffer[]): HttpParsed[] {
  const parser = new HttpParser();
  const found: HttpParsed[] = [];
  for (const chunk of chunks) {
    parser.push(Buffer.from(chunk));
    for (let next = parser.next(); next.kind !== "more"; next = parser.next()) found.push(next);
  }
  return found;
}

function summary(parsed: readonly HttpParsed[]): unknown[] {
  return parsed.map((item) => {
    if (item.kind !== "request") return item.kind === "refused" ? item.refusal.status : item.kind;
    const { method, path, query, keepAlive } = item.request;
    return [method, path, query, item.request.body.toString("utf8"), keepAlive];
  });
}

const PIPELINE = Buffer.from(
  "GET /v5/market/time? HTTP/1.1\r\nHost: x\r\n\r\n" +
    'POST /v5/order/create HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"a":"ü"}' +
    "\r\nPUT /c?b=%20 HTTP/1.1\r\nhost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n3;x=y\r\nefg\r\n0\r\nT: 1\r\n\r\n" +
    "GET / HTTP/1.0\r\n\r\n",
);
// The umlaut takes two bytes: the length above counts characters, so it is set right here.
const BYTES = Buffer.from(PIPELINE.toString("utf8").replace("Content-Length: 9", "Content-Length: 10"));
const EXPECTED = [
  ["GET", "/v5/market/time", "", "", true],
  ["POST", "/v5/order/create", "", '{"a":"ü"}', true],
  ["PUT", "/c", "b=%20", "abcdefg", true],
  ["GET", "/", "", "", false],
];

describe("HTTP parser", () => {
  it("finds pipelined requests", () => {
    expect(summary(parseAll([BYTES]))).toEqual(EXPECTED);
  });

  it("finds the same requests however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: BYTES.length }), { maxLength: 12 }), (cuts) => {
        const edges = [0, ...cuts.toSorted((left, right) => left - right), BYTES.length];
        const chunks = edges.slice(1).map((end, index) => BYTES.subarray(edges[index] ?? 0, end));
        expect(summary(parseAll(chunks))).toEqual(EXPECTED);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ["no request line", "hello\r\n\r\n", 400],
    ["bytes of another protocol", "\u0016\u0003\u0001", 400],
    ["lower-case method", "get / HTTP/1.1\r\n\r\n", 400],
    ["blank in the target", "GET /a b HTTP/1.1\r\n\r\n", 400],
    ["unknown version", "GET / HTTP/3\r\n\r\n", 505],
    ["header without a colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", 400],
    ["negative length", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400],
    ["two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
    ["length and chunks", "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
    ["too large a body", "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413],
    ["unknown transfer coding", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501],
    ["bad chunk", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400],
    ["unknown expectation", "POST / HTTP/1.1\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n", 417],
    ["endless headers", `GET / HTTP/1.1\r\nA: ${"x".repeat(20_000)}`, 431],
  ])("refuses: %s", (_name, text, status) => {
    expect(summary(parseAll([Buffer.from(text)]))).toEqual([status]);
  });

  it("asks for the body when the client waits for it", () => {
    const head = "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    expect(summary(parseAll([Buffer.from(head), Buffer.from("ok")]))).toEqual([
      "continue",
      ["POST", "/", "", "ok", true],
    ]);
  });
});
