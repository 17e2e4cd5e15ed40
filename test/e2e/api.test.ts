/** The API beside a real engine: set up by the one-time link, steering, dying without copying feeling it, and coming back. */
import { createServer } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { until } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { type Json, killPrograms, type Program } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

const PASSWORD = "correct horse battery staple 7";

let venue: Venue;
let copier: Copier;
const engines: Program[] = [];

beforeAll(async () => {
  venue = await startVenue();
});
afterAll(killPrograms);
beforeEach(async () => {
  copier = new Copier(venue, undefined, { API_ENABLED: "true" });
  await venue.putAccount("lead");
  await venue.putAccount("one");
  copier.accountFile("lead", "leader");
  copier.accountFile("one", "follower", { leader: "lead" });
});
afterEach(async () => {
  for (const engine of engines.splice(0)) {
    engine.kill("SIGTERM");
    await engine.exit;
  }
  copier.close();
});

async function started(...args: readonly string[]): Promise<Program> {
  const engine = await copier.started(args);
  engines.push(engine);
  return engine;
}

/** Where it listens, and the one-time link's secret. */
async function listening(engine: Program): Promise<{ readonly url: string; readonly secret: string }> {
  const line = JSON.parse(JSON.stringify(await engine.line((one) => one.listening !== undefined, 60_000)));
  return { url: line.listening.url, secret: String(line.setup?.url ?? "").split("#setup=")[1] ?? "" };
}

/** Where it listens after it was started again: any free port is another one. */
async function anotherThan(engine: Program, url: string): Promise<string> {
  const line = await engine.line((one) => one.listening !== undefined && urlIn(one) !== url, 60_000);
  return urlIn(line);
}

const urlIn = (line: Json) => JSON.parse(JSON.stringify(line)).listening.url;
const jsonOf = async (answer: Promise<Response>) => JSON.parse(await (await answer).text());
const pidAt = async (url: string) => Number((await jsonOf(fetch(`${url}/health/live`))).pid);
const trade = () => bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.1" });
const held = async () => (await venue.positions("one")).BTCUSDT;

test("the first owner sets himself up by the link and steers; a dead API is nothing to copying, and is started again", async () => {
  const engine = await started("--port", "0");
  const { url, secret } = await listening(engine);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const setup = await fetch(`${url}/api/v1/setup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ secret, name: "olga", password: PASSWORD }),
  });
  expect(setup.status).toBe(200);
  const cookie = setup.headers.get("set-cookie")?.split(";")[0] ?? "";
  const asOwner = (path: string, body?: unknown) =>
    jsonOf(
      fetch(`${url}/api/v1/${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          cookie,
          origin: url,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  await trade();
  await until(async () => (await held()) === "0.1", 10_000, "the trade is copied");
  await until(
    async () => (await asOwner("positions")).positions[0]?.held === "0.1",
    15_000,
    "the API shows it",
  );
  expect((await asOwner("journal")).items).toMatchObject([
    { leader: "lead", follower: "one", changedBy: "0.1" },
  ]);

  const pid = await pidAt(url);
  process.kill(pid, "SIGKILL");
  await trade();
  await until(async () => (await held()) === "0.2", 10_000, "copying goes on without it");
  await engine.line((line) => JSON.stringify(line).includes('"api-lost"'), 20_000);
  const again = await anotherThan(engine, url);
  expect(await pidAt(again)).not.toBe(pid);
  const answer = await jsonOf(fetch(`${again}/api/v1/positions`, { headers: { cookie } }));
  expect(answer.positions).toMatchObject([{ held: "0.2" }]);
  const isTold = async () => {
    const { alerts } = await copier.json("alerts");
    const kinds = alerts.map(({ kind }: { kind: string }) => kind);
    return ["api-lost", "api-back"].every((kind) => kinds.includes(kind));
  };
  await until(isTold, 15_000, "its loss and its return are told");

  const last = await pidAt(again);
  engine.kill("SIGTERM");
  await engine.exit;
  expect(() => process.kill(last, 0)).toThrow();
}, 180_000);

test("a port that is in use is said, and copying is as ever; a killed engine leaves no server behind", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const address = other.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const engine = await started("--port", String(port));
  const lost = await engine.line((line) => JSON.stringify(line).includes('"api-lost"'), 60_000);
  expect(JSON.stringify(lost)).toContain(`port ${port} on 127.0.0.1 is in use by another program`);
  await trade();
  await until(async () => (await held()) === "0.1", 10_000, "the trade is copied");
  await new Promise((resolve) => other.close(resolve));
  const url = `http://127.0.0.1:${port}`;
  await until(
    async () => (await pidAt(url).catch(() => 0)) > 0,
    90_000,
    "it takes the port once that is free",
  );
  const pid = await pidAt(url);
  engine.kill("SIGKILL");
  await until(() => isGone(pid), 10_000, "the server ends with the engine");
}, 180_000);

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
