/** The kill switch over HTTP where no engine closes: it hangs, or is stopped. */
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { type Control, ControlError, type ControlKind, type RequestOf } from "../../src/control/control.ts";
import { PANIC_FILE } from "../../src/control/panic-file.ts";
import { StoppedControl } from "../../src/control/stopped.ts";
import { dataFolderPaths } from "../../src/data-folder.ts";
import { openWorld, type World } from "./world.ts";

const KEPT = fileURLToPath(new URL("../journal/kept/0.1.0", import.meta.url));

let world: World | null = null;
afterEach(async () => {
  await world?.close();
  world = null;
});

/** With a while of copying behind it. */
async function opened(of: (made: World) => Pick<Control, "ask">): Promise<World> {
  let control: Pick<Control, "ask"> | null = null;
  const made = await openWorld({
    people: {
      owner: { role: "owner" },
      operator: { role: "operator", given: ["follower1"] },
    },
    control: {
      ask: (request) => control?.ask(request) ?? Promise.reject(new Error("not yet")),
      close: async () => {},
    },
  });
  world = made;
  cpSync(KEPT, dataFolderPaths(made.parts.dataDir).journal, { recursive: true });
  control = of(made);
  return made;
}

const gone: Pick<Control, "ask"> = {
  ask: () => Promise.reject(new ControlError("unreachable", "the engine does not answer")),
};

function stopped({ parts: { dataDir, configDir } }: World): Control {
  return new StoppedControl({ dataDir, configDir, env: {} });
}

function fileOf({ parts: { dataDir } }: World): string | null {
  const path = join(dataDir, PANIC_FILE);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

async function pulled({ ask }: World, as: string, scope: object) {
  const asked = await ask("POST", "/api/v1/kill_switch", as, { body: scope });
  const { confirmation } = asked.body;
  return { asked, done: await ask("POST", "/api/v1/kill_switch/confirm", as, { body: { confirmation } }) };
}

test.each([
  ["owner", {}, "\n"],
  ["owner", { leader: "leader1" }, "leader leader1\n"],
  ["operator", { follower: "follower1" }, "follower follower1\n"],
  ["operator", { follower: "follower1", leader: "leader1" }, "follower follower1\nleader leader1\n"],
])("leaves a file for an engine that does not answer: %s, %j", async (as, scope, text) => {
  const made = await opened(() => gone);
  const { asked, done } = await pulled(made, as, scope);
  expect(asked).toMatchObject({
    status: 200,
    body: { way: "file", note: expect.stringContaining("copytrader panic"), preview: { command: "panic" } },
  });
  expect(asked.body.holdings.positions.length).toBeGreaterThan(0);
  expect(done).toMatchObject({ status: 200, body: { way: "file", report: { running: false } } });
  expect(fileOf(made)).toBe(text);
  const { items } = (await made.ask("GET", "/api/v1/audit?limit=1", "owner")).body;
  expect(items).toMatchObject([{ action: "panic", after: { way: "file" } }]);
});

test("leaves a file, too, where the engine stops answering at the command itself", async () => {
  const made = await opened((one) => {
    const control = stopped(one);
    return {
      ask: <Kind extends ControlKind>(request: RequestOf<Kind>) =>
        request.kind === "panic" ? gone.ask<Kind>(request) : control.ask<Kind>(request),
    };
  });
  const { asked, done } = await pulled(made, "operator", { follower: "follower1" });
  expect(asked.body.way).toBe("next-start");
  expect(done.body.way).toBe("file");
  expect(fileOf(made)).toBe("follower follower1\n");
});

test("leaves no file for what nobody has", async () => {
  const made = await opened(() => gone);
  for (const scope of [{ follower: "nobody" }, { leader: "nobody" }])
    expect((await made.ask("POST", "/api/v1/kill_switch", "owner", { body: scope })).status).toBe(404);
  expect(fileOf(made)).toBe(null);
});

test("says of a stopped engine that nothing is closed before it starts", async () => {
  const made = await opened(stopped);
  const { asked, done } = await pulled(made, "owner", {});
  for (const { status, body } of [asked, done])
    expect([status, body.way, body.note]).toEqual([
      200,
      "next-start",
      expect.stringMatching(/nothing is closed before it starts; copytrader panic .* closes at once/),
    ]);
  expect(done.body.report).toMatchObject({ command: "panic", running: false });
  expect(fileOf(made)).toBe(null);
});
