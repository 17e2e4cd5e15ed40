/** The journal over HTTP, of a while of copying that was. */
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Control } from "../../src/control/control.ts";
import { StoppedControl } from "../../src/control/stopped.ts";
import { dataFolderPaths } from "../../src/data-folder.ts";
import { openWorld, type World } from "./world.ts";

const KEPT = fileURLToPath(new URL("../journal/kept/0.1.0", import.meta.url));
const JOURNAL = "/api/v1/journal";

let world: World;
let ask: World["ask"];
beforeAll(async () => {
  let control: Control | null = null;
  world = await openWorld({
    people: {
      owner: { role: "owner" },
      one: { role: "viewer", listed: ["view_positions"], given: ["follower1"] },
      both: { role: "viewer", listed: ["view_positions"], given: ["follower1", "follower2"] },
    },
    control: {
      ask: (request) => control?.ask(request) ?? Promise.reject(new Error("not yet")),
      close: async () => {},
    },
  });
  ({ ask } = world);
  const { dataDir, configDir } = world.parts;
  control = new StoppedControl({ dataDir, configDir, env: {} });
  cpSync(KEPT, dataFolderPaths(dataDir).journal, { recursive: true });
});
afterAll(() => world.close());

describe("the journal", () => {
  const changes = async (query: string, as = "owner") => {
    const { body } = await ask("GET", `${JOURNAL}?follower=follower1&limit=5&${query}`, as);
    return body.items.map(({ change }: { readonly change: number }) => change);
  };

  test("can be had of one leader, and of a time, page by page", async () => {
    expect(await changes("")).toEqual([154, 150, 121, 119, 115]);
    expect(await changes("leader=leader1")).toEqual([119, 66, 62, 60, 59]);
    expect(await changes("leader=leader1&cursor=60")).toEqual([59, 44, 41, 38, 34]);
    expect(await changes("leader=nobody")).toEqual([]);
    // 119 came at 00:00:06.320, 121 some milliseconds later.
    expect(await changes("from=2026-01-05T00:00:06.320Z", "one")).toEqual([154, 150, 121, 119]);
    expect(await changes("to=2026-01-05T00:00:06.320Z")).toEqual([115, 114, 112, 69, 66]);
    expect(await changes("from=2026-01-05T00:00:06.300Z&to=2026-01-05T00:00:06.320Z")).toEqual([
      115, 114, 112,
    ]);
    expect(await changes("from=1d")).toEqual([]);
  });

  test("has orders beside its changes of the same time only", async () => {
    const { body } = await ask("GET", `${JOURNAL}?from=2026-01-06`, "owner");
    expect(body).toMatchObject({ items: [], other_orders: [], worked: [], next_cursor: null });
    const beside = async (query: string) =>
      (await ask("GET", `${JOURNAL}?limit=500&${query}`, "owner")).body.other_orders;
    const [only, ...none] = await beside("");
    expect(none).toEqual([]);
    const at = new Date(only.at).toISOString();
    expect(await beside(`from=${at}`)).toEqual([only]);
    expect(await beside(`to=${at}`)).toEqual([]);
    expect(await beside(`leader=leader1`)).toEqual([]);
  });

  test("refuses a time that is none", async () => {
    const { body } = await ask("GET", `${JOURNAL}?to=soon`, "owner");
    expect(body).toMatchObject({ code: "bad-request", errors: [{ field: "to" }] });
  });
});

describe("the path of a change", () => {
  const followersOf = (body: { readonly items: readonly { readonly follower: string }[] }) =>
    body.items.map(({ follower }) => follower);

  test("leads from what the leader held then to the order, or to the reason why there was none", async () => {
    const { status, body } = await ask("GET", `${JOURNAL}/60/explain`, "owner");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      change: 60,
      items: [
        { leader: "leader1", follower: "follower1", symbol: "BTCUSDT", pending: false },
        { leader: "leader1", follower: "follower2", symbol: "BTCUSDT", pending: false },
      ],
    });
    const [ordered, refused] = body.items;
    expect(ordered.path.leaders[0].steps[0].text).toBe("leader1 holds -0.331 of BTCUSDT");
    expect(ordered.path.account.at(-1).step).toBe("order");
    expect(refused.path.leaders[0].steps.at(-1)).toMatchObject({ step: "reason" });
  });

  test("can be asked for one follower, and one leader", async () => {
    const { body } = await ask("GET", `${JOURNAL}/60/explain?follower=follower2&leader=leader1`, "owner");
    expect(followersOf(body)).toEqual(["follower2"]);
    expect((await ask("GET", `${JOURNAL}/60/explain?leader=leader2`, "owner")).status).toBe(404);
  });

  test("is told of what somebody sees, as the journal is", async () => {
    expect(followersOf((await ask("GET", `${JOURNAL}/60/explain`, "one")).body)).toEqual(["follower1"]);
    expect((await ask("GET", `${JOURNAL}/60/explain?follower=follower2`, "one")).status).toBe(404);
    expect((await ask("GET", `${JOURNAL}/60/explain`, "both")).body).toMatchObject({
      code: "follower-needed",
      choices: ["follower1", "follower2"],
    });
  });

  test.each(["61", "99999"])("is nothing where %s is no change of a leader", async (change) => {
    expect((await ask("GET", `${JOURNAL}/${change}/explain`, "owner")).body).toMatchObject({
      code: "not-found",
      detail: `the journal has no change ${change} there that you see`,
    });
  });
});
