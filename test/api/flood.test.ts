/** One user who asks for more than his share does not keep the others from what protects their money. */
import { afterEach, describe, expect, test } from "vitest";
import { Shared } from "../../src/api/shared.ts";
import { openWorld, type World, type WorldOptions } from "./world.ts";

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

async function opened(options: WorldOptions = {}): Promise<World> {
  const world = await openWorld(options);
  open.push(world);
  return world;
}

test("commands do not wait behind a viewer's readings", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const world = await opened({
    wrap: (control) => ({
      ask: async (request) => {
        if (request.kind === "explain") await held;
        return control.ask(request);
      },
      close: async () => {},
    }),
  });
  const readings = Array.from({ length: 300 }, (_, at) =>
    world.ask("GET", `/api/v1/explain?symbol=S${at}`, "viewer"),
  );
  const body = { follower: "follower" };
  const asked = await world.ask("POST", "/api/v1/kill_switch", "operator", { body });
  expect(asked.status).toBe(200);
  const { confirmation } = asked.body;
  expect(
    await world.ask("POST", "/api/v1/kill_switch/confirm", "operator", { body: { confirmation } }),
  ).toMatchObject({ status: 200 });
  release();
  const codes = (await Promise.all(readings)).map(({ status }) => status);
  expect(codes).toContain(503);
  expect(codes).toContain(200);
});

describe("the kill switch", () => {
  test("keeps a confirmation however many others are asked for by somebody else", {
    timeout: 120_000,
  }, async () => {
    const people = { owner: { role: "owner" }, other: { role: "operator", given: ["follower"] } } as const;
    const { ask } = await opened({ people });
    const { confirmation } = (await ask("POST", "/api/v1/kill_switch", "owner", { body: {} })).body;
    const body = { follower: "follower" };
    for (let count = 0; count < 1_100; count += 1)
      await ask("POST", "/api/v1/kill_switch", "other", { body });
    expect(
      await ask("POST", "/api/v1/kill_switch/confirm", "owner", { body: { confirmation } }),
    ).toMatchObject({ status: 200 });
  });
});

test("certificates are not recorded for everybody who asks in the same moment", async () => {
  const world = await opened();
  for (let count = 0; count < 10; count += 1)
    expect((await world.ask("GET", "/api/v1/parity", "viewer")).status).toBe(200);
  expect(world.asked.filter((kind) => kind === "parity")).toHaveLength(1);
  await world.ask("POST", "/api/v1/pause", "owner", { body: {} });
  await world.ask("GET", "/api/v1/parity", "viewer");
  expect(world.asked.filter((kind) => kind === "parity")).toHaveLength(2);
});

test("reports are made a few at a time, however many are asked for", async () => {
  const world = await opened();
  let [atOnce, most] = [0, 0];
  const make = async () => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise((resolve) => setTimeout(resolve, 5));
    atOnce -= 1;
    return atOnce;
  };
  const shared = new Shared<number>(1_000);
  const made = await Promise.allSettled(Array.from({ length: 60 }, (_, at) => shared.of(`${at}`, make)));
  expect(most).toBe(2);
  expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(18);
  expect((await world.ask("GET", "/api/v1/ranking?equity=7", "viewer")).status).toBe(200);
});
