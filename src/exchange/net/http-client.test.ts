/** The HTTP client on loopback: answers, and whether a failed request may have arrived. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { HttpOutcome, HttpRequest } from "../transport.ts";
import { createHttpClient, type HttpClient } from "./http-client.ts";

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

async function serve(handler: RequestListener): Promise<string> {
  const server: Server = createServer(handler);
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(): HttpClient {
  const made = createHttpClient({ bodyBytesMax: 10_000 });
  cleanUps.push(() => made.close());
  return made;
}

function ask(http: HttpClient, request: Partial<HttpRequest> & { url: string }): Promise<HttpOutcome> {
  return new Promise((done) =>
    http.send({ method: "GET", headers: {}, timeoutMs: 2_000, ...request }, (outcome) => done(outcome)),
  );
}

test("a POST is sent byte for byte and its answer comes with lower-case headers", async () => {
  const url = await serve((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      response.setHeader("X-Bapi-Limit", "10");
      response.end(`${request.method} ${request.url} ${request.headers["x-test"]} ${body}`);
    });
  });
  const outcome = await ask(client(), {
    url: `${url}/v5/order/create?a=b%3Dc`,
    method: "POST",
    headers: { "X-Test": "yes" },
    body: '{"qty":"1"}',
  });
  expect(outcome).toMatchObject({
    kind: "answered",
    status: 200,
    body: 'POST /v5/order/create?a=b%3Dc yes {"qty":"1"}',
  });
  expect(outcome.kind === "answered" && outcome.headers["x-bapi-limit"]).toBe("10");
});

test("the outcome never comes before send has returned", async () => {
  const order: string[] = [];
  const http = client();
  const done = Promise.withResolvers<void>();
  http.send({ method: "GET", url: "http://127.0.0.1:1/", headers: {}, timeoutMs: 1000 }, () => {
    order.push("done");
    done.resolve();
  });
  order.push("returned");
  await done.promise;
  expect(order).toEqual(["returned", "done"]);
});

test("a refused connection certainly carried nothing", async () => {
  const outcome = await ask(client(), { url: "http://127.0.0.1:1/" });
  expect(outcome).toMatchObject({ kind: "failed", mayHaveArrived: false });
});

test("a connection that breaks after the request may have carried it", async () => {
  const url = await serve((request) => request.socket.destroy());
  expect(await ask(client(), { url })).toMatchObject({ kind: "failed", mayHaveArrived: true });
});

test("no answer in time: it may have arrived", async () => {
  const url = await serve(() => {});
  const outcome = await ask(client(), { url, timeoutMs: 50 });
  expect(outcome).toEqual({ kind: "failed", mayHaveArrived: true, cause: "no answer within 50 ms" });
});

test("an answer that is too long is refused", async () => {
  const url = await serve((_request, response) => response.end("x".repeat(20_000)));
  expect(await ask(client(), { url })).toMatchObject({ kind: "failed", cause: "the answer is too long" });
});

test("connections are kept and used again", async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.end("ok");
  });
  const http = client();
  for (let count = 0; count < 20; count++) await ask(http, { url });
  // A request made from within an answer may find that answer's connection not free yet.
  expect(ports.size).toBeLessThanOrEqual(2);
});

test.each([
  ["a header that breaks out of its line", { headers: { "X-Key": "a\r\nX-Other: b" } }],
  ["a blank in the path", { path: "/a b" }],
])("%s is never sent", async (_name, change) => {
  let arrived = 0;
  const url = await serve((_request, response) => {
    arrived++;
    response.end();
  });
  const outcome = await ask(client(), {
    url: `${url}${"path" in change ? change.path : "/"}`,
    headers: {},
    ...change,
  });
  expect(outcome).toEqual({ kind: "failed", mayHaveArrived: false, cause: "the request is malformed" });
  expect(arrived).toBe(0);
});

test("more requests than connections wait their turn, each answered once", async () => {
  const url = await serve((request, response) => setImmediate(() => response.end(request.url)));
  const http = createHttpClient({ connectionsMax: 3 });
  cleanUps.push(() => http.close());
  const paths = Array.from({ length: 50 }, (_, index) => `/${index}`);
  const outcomes = await Promise.all(paths.map((path) => ask(http, { url: `${url}${path}` })));
  expect(outcomes.map((outcome) => outcome.kind === "answered" && outcome.body)).toEqual(paths);
});

test("a server that closes after each answer is served with new connections", async () => {
  const url = await serve((_request, response) => {
    response.setHeader("Connection", "close");
    response.end("ok");
  });
  const http = client();
  for (let count = 0; count < 5; count++)
    expect(await ask(http, { url })).toMatchObject({ status: 200, body: "ok" });
});

test("an idle connection is left before the server would close it", async () => {
  const left = Promise.withResolvers<void>();
  const url = await serve((request, response) => {
    request.socket.on("end", () => left.resolve());
    response.setHeader("Keep-Alive", "timeout=1");
    response.end("ok");
  });
  expect(await ask(client(), { url })).toMatchObject({ status: 200 });
  await left.promise;
});

test("closing the client fails what is under way", async () => {
  const arrived = Promise.withResolvers<void>();
  const url = await serve(() => arrived.resolve());
  const http = client();
  const outcome = ask(http, { url });
  await arrived.promise;
  http.close();
  expect(await outcome).toEqual({ kind: "failed", mayHaveArrived: true, cause: "the client was closed" });
});
