/** What was taken from somebody while his request was under way. */
import { Readable } from "node:stream";
import { afterEach, expect, test } from "vitest";
import type { UserChange } from "../../src/identity/identity.ts";
import { openWorld, type World } from "./world.ts";

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

const HERE = { kind: "local", name: "test" } as const;

/** Asks with a body of which the end is sent only after `meanwhile`. */
async function askSlowly(meanwhile: (world: World, userId: number) => Promise<unknown>) {
  const world = await openWorld();
  open.push(world);
  const { identity } = world.parts;
  const users = await identity.users(HERE);
  const { id } = users.find(({ name }) => name === "operator") ?? { id: -1 };
  const wanted = { name: "slow", scopes: ["trade", "manage_copying"], expiresInDays: 1, userId: id } as const;
  const { token } = await identity.createToken(HERE, wanted);
  async function* body() {
    yield '{"follower":';
    await new Promise((resolve) => setTimeout(resolve, 100));
    await meanwhile(world, id);
    yield '"follower"}';
  }
  const { statusCode } = await world.app.inject({
    method: "POST",
    url: "/api/v1/pause",
    headers: {
      host: "localhost:8000",
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    },
    payload: Readable.from(body(), { objectMode: false }),
  });
  const commands = world.story.events.filter(({ kind }) => kind === "command-issued");
  return { statusCode, commands: commands.length };
}

const changed = (change: UserChange) => (world: World, id: number) =>
  world.parts.identity.changeUser(HERE, id, change);

test("a command whose end comes late is carried out by whoever may still do it", async () => {
  expect(await askSlowly(async () => {})).toEqual({ statusCode: 200, commands: 1 });
});

test.each([
  [401, "the user", (world: World, id: number) => world.parts.identity.removeUser(HERE, id)],
  [403, "the role", changed({ role: "viewer" })],
  [404, "the account", changed({ given: ["leader"] })],
] as const)("is answered with %i where %s is gone by then", async (status, _what, meanwhile) => {
  expect(await askSlowly(meanwhile)).toEqual({ statusCode: status, commands: 0 });
});
