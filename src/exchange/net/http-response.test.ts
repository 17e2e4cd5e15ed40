/** Responses taken apart, however they are cut into pieces, and refused when they break the protocol. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BadResponse, type ParsedResponse, ResponseReader } from "./http-response.ts";

/** Feeds the text in pieces of the given lengths (repeated), reusing one buffer as sockets do. */
function readInPieces(text: string, lengths: readonly number[], bodyBytesMax = 1_000): ParsedResponse | null {
  const bytes = Buffer.from(text);
  const shared = Buffer.alloc(bytes.length);
  const reader = new ResponseReader(bodyBytesMax);
  let response: ParsedResponse | null = null;
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const length = Math.min(bytes.length - at, Math.max(1, lengths[index % lengths.length] ?? 1));
    bytes.copy(shared, 0, at, at + length);
    response = reader.push(shared.subarray(0, length));
    shared.fill(0);
    at += length;
    if (response !== null && at < bytes.length) throw new Error("whole too early");
  }
  return response ?? reader.end();
}

const lengths = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 });

describe("a response is the same however it is cut", () => {
  test.each([
    [
      "by length",
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX-Bapi-Limit: 10\r\n\r\n{"a":"é"}'.replace("9", "10"),
      '{"a":"é"}',
      true,
    ],
    ["without a body", "HTTP/1.1 204 No Content\r\n\r\n", "", true],
    [
      "in chunks",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\nA;x=y\r\npedia in t\r\n0\r\n\r\n",
      "Wikipedia in t",
      true,
    ],
    [
      "in chunks with a trailer",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nTrailer: yes\r\n\r\n",
      "x",
      true,
    ],
    [
      "after an announcement",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
      "ok",
      true,
    ],
    ["up to the end", "HTTP/1.1 200 OK\r\n\r\nuntil the end", "until the end", false],
    ["the last one", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "ok", false],
    ["of an older server", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", false],
  ])("%s", (_name, text, body, keepAlive) => {
    fc.assert(
      fc.property(lengths, (pieces) => {
        expect(readInPieces(text, pieces)).toMatchObject({ body, keepAlive });
      }),
      { numRuns: 50 },
    );
  });
});

test("headers have lower-case names and are joined when repeated", () => {
  const response = readInPieces(
    "HTTP/1.1 403 Forbidden\r\nA:1\r\na:  2 \r\nContent-Length: 0\r\n\r\n",
    [1_000],
  );
  expect(response).toMatchObject({ status: 403, headers: { a: "1, 2", "content-length": "0" } });
});

test("a header may have any name", () => {
  const response = readInPieces("HTTP/1.1 204 No Content\r\nconstructor: x\r\n__proto__: y\r\n\r\n", [5]);
  expect(Object.entries(response?.headers ?? {})).toEqual([
    ["constructor", "x"],
    ["__proto__", "y"],
  ]);
});

test("a body that is cut off by the end of the connection is no response", () => {
  expect(readInPieces("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", [1_000])).toBeNull();
  expect(readInPieces("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", [1_000])).toBeNull();
});

test.each([
  ["SSH-2.0-OpenSSH\r\n\r\n", "the answer is not HTTP/1"],
  ["HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "a header line is malformed"],
  ["HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "the answer's length is malformed"],
  ["HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc", "the server sent more than it announced"],
  ["HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", "the answer is too long"],
  ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "a chunk's size is malformed"],
  ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", "a chunk does not end"],
  ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFF\r\n", "the answer is too long"],
  ["HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "where the answer ends cannot be told"],
  [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n",
    "where the answer ends cannot be told",
  ],
  [`HTTP/1.1 200 OK\r\n${"x".repeat(70_000)}`, "the answer's headers are too long"],
])("%j is refused", (text, cause) => {
  expect(() => readInPieces(text, [100_000])).toThrow(new BadResponse(cause));
});
