/** The log over HTTP: for owners, by what its lines say. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openWorld, type World } from "./world.ts";

let world: World | null = null;
afterEach(async () => {
  await world?.close();
});

const lines = [
  {
    level: "info",
    time: "2026-11-21T10:00:00.000Z",
    channel: "trading",
    message: "order",
    account: "follower",
    correlation: "c7",
  },
  {
    level: "error",
    time: "2026-11-21T11:00:00.000Z",
    channel: "trading",
    message: "bad",
    error: { name: "E", message: "no" },
  },
];

test("owners read its newest lines; nobody else does, and what is wrong is named", async () => {
  world = await openWorld({
    people: { owner: { role: "owner" }, trusted: { role: "operator", listed: ["admin"] } },
  });
  const { ask, parts } = world;
  mkdirSync(join(parts.dataDir, "logs"), { recursive: true });
  writeFileSync(
    join(parts.dataDir, "logs", "trading.log"),
    lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
  );
  const told = async (query: string) => (await ask("GET", `/api/v1/logs${query}`, "owner")).body;
  expect(await told("")).toEqual({ lines });
  expect(await told("?limit=1")).toEqual({ lines: [lines[1]] });
  expect(await told("?correlation=c7&account=follower")).toEqual({ lines: [lines[0]] });
  expect(await told("?since=2026-11-21T10:30Z&channel=trading&level=info")).toEqual({ lines: [lines[1]] });
  expect(await told("?since=yesterday")).toMatchObject({ code: "bad-request", errors: [{ field: "since" }] });
  expect(await told("?channel=trade")).toMatchObject({ code: "bad-request", errors: [{ field: "channel" }] });
  expect(await ask("GET", "/api/v1/logs", "trusted")).toMatchObject({
    status: 403,
    body: { code: "forbidden" },
  });
});
