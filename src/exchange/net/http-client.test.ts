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
