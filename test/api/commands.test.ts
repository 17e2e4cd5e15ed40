/** Commands: previewed, carried out once, refused where they may not be, and noted with before and after. */
import { afterEach, describe, expect, test } from "vitest";
import { ControlError } from "../../src/control/control.ts";
import { follower } from "../configuration/folder.ts";
import { onlyOrder, Story } from "../core/story.ts";
import { openWorld, type World, type WorldOptions } from "./world.ts";

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

async function opened(options: WorldOptions = {}): Promise<World> {
  const world = await openWorld({ story: holding(), ...options });
  open.push(world);
  return world;
}

function holding(): Story {
  const story = new Story();
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  return story;
}

const issued = ({ story }: World) =>
  story.events.flatMap((event) => (event.kind === "command-issued" ? [event.command] : []));

test("a parameter that is misspelt is refused, and nothing is carried out", async () => {
  const world = await opened();
  const told = await world.ask("POST", "/api/v1/close?dryrun=true", "owner", {
    body: { follower: "follower" },
  });
  expect(told).toMatchObject({
    status: 400,
    body: {
      code: "bad-request",
      detail: "dryrun: it is no parameter here; there are: dry_run",
      errors: [{ field: "dryrun" }],
      choices: ["dry_run"],
    },
  });
  expect(issued(world)).toEqual([]);
});

describe("a command", () => {
  test("with dry_run answers what it would send, and does nothing", async () => {
    const world = await opened();
    const body = { follower: "follower" };
    const { status, body: answer } = await world.ask("POST", "/api/v1/close?dry_run=true", "operator", {
      body,
    });
    expect(status).toBe(200);
    expect(answer).toMatchObject({
      dry_run: true,
      report: null,
      preview: {
        command: "close",
        orders: [{ symbol: "BTCUSDT", side: "sell", quantity: "0.5", reduceOnly: true }],
      },
    });
    expect(issued(world)).toEqual([]);
  });

  test("is carried out, and noted with who did it", async () => {
    const world = await opened();
    const { body } = await world.ask("POST", "/api/v1/pause", "operator", { body: { follower: "follower" } });
    expect(body).toMatchObject({
      dry_run: false,
      preview: null,
      report: { command: "pause", followers: ["follower"] },
    });
    expect(issued(world)).toEqual([{ kind: "pause", account: "follower" }]);
    expect((await world.ask("GET", "/api/v1/audit", "owner")).body.items[0]).toMatchObject({
      actor: "operator",
      actor_kind: "token",
      action: "pause",
      subject: "follower",
      before: { "follower.paused": false },
      after: { follower: "follower", "follower.paused": true },
    });
    const { body: status } = await world.ask("GET", "/api/v1/status", "owner");
    expect(status.followers[0]).toMatchObject({ state: "paused", paused: true });
  });

  test("is refused who may not, and for accounts that are not seen", async () => {
    const world = await opened();
    const body = { follower: "follower" };
    expect(await world.ask("POST", "/api/v1/pause", "viewer", { body })).toMatchObject({
      status: 403,
      body: { code: "forbidden" },
    });
    for (const path of ["pause", "close", "release"])
      expect(await world.ask("POST", `/api/v1/${path}`, "stranger", { body })).toMatchObject({
        status: 404,
        body: { code: "unknown-follower" },
      });
    expect(await world.ask("POST", "/api/v1/pause", "stranger", { body: {} })).toMatchObject({ status: 404 });
    expect(issued(world)).toEqual([]);
  });

  test("for everybody is for the one account of who sees only that", async () => {
    const world = await opened();
    await world.ask("POST", "/api/v1/pause", "operator", { body: {} });
    await world.ask("POST", "/api/v1/resume", "owner", { body: {} });
    expect(issued(world)).toEqual([{ kind: "pause", account: "follower" }, { kind: "resume" }]);
  });

  test("says what is wrong field by field", async () => {
    const { ask } = await opened();
    const wrong = await ask("POST", "/api/v1/close", "owner", { body: { symbol: 5, more: true } });
    expect(wrong).toMatchObject({ status: 400, body: { code: "bad-request" } });
    expect(wrong.body.errors.map(({ field }: { field: string }) => field)).toContain("follower");
    expect(await ask("POST", "/api/v1/close", "owner", { body: "{" })).toMatchObject({ status: 400 });
    const headers = { "content-type": "text/plain" };
    expect(await ask("POST", "/api/v1/close", "owner", { body: "x", headers })).toMatchObject({
      status: 415,
    });
    expect(await ask("POST", "/api/v1/close", "owner", { body: { follower: "nobody" } })).toMatchObject({
      status: 404,
      body: { code: "unknown-follower", detail: expect.stringContaining("follower") },
    });
  });
});

describe("a relation", () => {
  test("is begun with the follower implied, and its changes are noted", async () => {
    const world = await opened();
    const body = { leader: "leader", values: { copy_multiplier: 0.25 } };
    const dry = await world.ask("POST", "/api/v1/allocations?dry_run=true", "owner", { body });
    expect(dry.body.preview).toMatchObject({
      command: "copy",
      changes: [{ keyPath: "copy_multiplier", before: 1 }],
    });
    expect((await world.ask("POST", "/api/v1/allocations", "owner", { body })).status).toBe(200);
    const { body: audit } = await world.ask("GET", "/api/v1/audit?action=copy", "owner");
    expect(audit.items[0]).toMatchObject({
      before: { copy_multiplier: 1 },
      after: { leader: "leader", copy_multiplier: 0.25 },
    });
    const { body: allocations } = await world.ask("GET", "/api/v1/allocations", "owner");
    expect(allocations.allocations[0].settings).toContainEqual({
      keyPath: "copy_multiplier",
      value: 0.25,
      source: "run-time",
    });
    expect(
      await world.ask("DELETE", "/api/v1/allocations/leader/follower?stop_mode=leave", "owner"),
    ).toMatchObject({
      status: 200,
      body: { report: { command: "uncopy" } },
    });
  });

  test("with settings that cannot be is refused with every one of them", async () => {
    const { ask } = await opened();
    const body = { leader: "leader", follower: "follower", values: { copy_multiplyer: 1, max_leverage: -1 } };
    const { status, body: problem } = await ask("POST", "/api/v1/allocations", "owner", { body });
    expect([status, problem.code]).toEqual([422, "bad-settings"]);
    expect(JSON.stringify(problem)).toContain("copy_multiplier");
    expect(await ask("POST", "/api/v1/allocations", "owner", { body: { leader: "nobody" } })).toMatchObject({
      status: 404,
      body: { code: "unknown-leader" },
    });
  });
});

describe("the revision of a relation", () => {
  const named = { leader: "leader", follower: "follower" };
  const revisionOf = async ({ ask }: World): Promise<string> =>
    (await ask("GET", "/api/v1/allocations", "owner")).body.allocations[0].revision;

  test("has it changed or ended only as it was seen", async () => {
    const world = await opened();
    const { ask } = world;
    const seen = await revisionOf(world);
    const post = (multiplier: number, match: string, query = "") =>
      ask("POST", `/api/v1/allocations${query}`, "owner", {
        body: { ...named, values: { copy_multiplier: multiplier } },
        headers: { "if-match": match },
      });
    const changed = await post(0.5, `"${seen}"`);
    expect(changed).toMatchObject({ status: 200, body: { report: { command: "copy" } } });
    const now = await revisionOf(world);
    expect(changed.headers.etag).toBe(`"${now}"`);
    expect(now).not.toBe(seen);
    for (const refused of [await post(0.25, `"${seen}"`), await post(0.25, '"none"', "?dry_run=true")])
      expect(refused).toMatchObject({ status: 412, body: { code: "changed-meanwhile" } });
    expect((await post(0.25, '""')).body).toMatchObject({ code: "bad-request" });
    const end = (match: string) =>
      ask("DELETE", "/api/v1/allocations/leader/follower", "owner", { headers: { "if-match": match } });
    expect(await end(`"${seen}"`)).toMatchObject({ status: 412 });
    const copied = await ask("POST", "/api/v1/traders/leader/copy", "owner", {
      body: { position_scaling: 0.8 },
      headers: { "if-match": `"${seen}"` },
    });
    expect(copied).toMatchObject({ status: 412, body: { code: "changed-meanwhile" } });
    expect(await end(`"${now}"`)).toMatchObject({ status: 200 });
    expect(await revisionOf(world)).toBe("none");
    expect((await post(0.25, '"none"')).status).toBe(200);
  });
});

describe("an idempotency key", () => {
  const headers = { "idempotency-key": "once-1" };

  test("is answered the second time with the revision, too", async () => {
    const { ask } = await opened();
    const body = { leader: "leader", follower: "follower", values: { copy_multiplier: 2 } };
    const copy = () => ask("POST", "/api/v1/allocations", "owner", { body, headers });
    const [first, again] = [await copy(), await copy()];
    expect(first.headers.etag).toMatch(/^".+"$/);
    expect(again.headers.etag).toBe(first.headers.etag);
  });
  const body = { follower: "follower" };

  test("has the same request carried out once, and answered the same", async () => {
    const world = await opened();
    const first = await world.ask("POST", "/api/v1/pause", "owner", { body, headers });
    const second = await world.ask("POST", "/api/v1/pause", "owner", { body, headers });
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toEqual(first.body);
    expect(issued(world)).toHaveLength(1);
    expect(await world.ask("POST", "/api/v1/resume", "owner", { body, headers })).toMatchObject({
      status: 422,
      body: { code: "key-reused" },
    });
    // Somebody else's key is another one.
    expect((await world.ask("POST", "/api/v1/pause", "operator", { body, headers })).status).toBe(200);
    expect(issued(world)).toHaveLength(2);
  });

  test("is of one revision: the same change of what was seen anew is another request", async () => {
    const { ask } = await opened();
    const change = (match: string) =>
      ask("POST", "/api/v1/allocations", "owner", {
        body: { leader: "leader", follower: "follower", values: { copy_multiplier: 0.5 } },
        headers: { ...headers, "if-match": match },
      });
    expect((await change("*")).status).toBe(200);
    expect((await change("*")).status).toBe(200);
    expect(await change('"another"')).toMatchObject({ status: 422, body: { code: "key-reused" } });
  });

  test("of a command that was refused may be used again", async () => {
    const world = await opened();
    const wrong = { follower: "nobody" };
    expect((await world.ask("POST", "/api/v1/pause", "owner", { body: wrong, headers })).status).toBe(404);
    expect((await world.ask("POST", "/api/v1/pause", "owner", { body, headers })).status).toBe(200);
  });

  test("of a command whose end nobody knows is never carried out again", async () => {
    let sent = 0;
    const world = await opened({
      wrap: (control) => ({
        ask: async (request) => {
          if (request.kind !== "pause") return control.ask(request);
          sent += 1;
          throw new ControlError("unreachable", "the engine closed the connection");
        },
        close: async () => {},
      }),
    });
    for (const time of [1, 2])
      expect([time, await world.ask("POST", "/api/v1/pause", "owner", { body, headers })]).toMatchObject([
        time,
        { status: 409, body: { code: "outcome-unknown", detail: expect.stringContaining("look at") } },
      ]);
    expect(sent).toBe(1);
    // Without a key, too.
    const again = await world.ask("POST", "/api/v1/pause", "owner", { body });
    expect(again.body.code).toBe("outcome-unknown");
  });

  test("of a command that never left may be used again", async () => {
    let isGone = true;
    const world = await opened({
      wrap: (control) => ({
        ask: async (request) => {
          if (isGone) throw new ControlError("unreachable", "the engine does not answer");
          return control.ask(request);
        },
        close: async () => {},
      }),
    });
    const pause = () => world.ask("POST", "/api/v1/pause", "owner", { body, headers });
    expect(await pause()).toMatchObject({ status: 503, body: { code: "engine-unreachable" } });
    isGone = false;
    expect((await pause()).status).toBe(200);
    expect(issued(world)).toHaveLength(1);
  });
});

describe("the kill switch", () => {
  test("shows what it would close, and closes when the same user confirms", async () => {
    const world = await opened();
    const asked = await world.ask("POST", "/api/v1/kill_switch", "operator", {
      body: { follower: "follower" },
    });
    expect(asked.body).toMatchObject({
      holdings: { positions: [{ follower: "follower", symbol: "BTCUSDT", held: "0.5" }] },
      preview: { command: "panic", orders: [{ side: "sell", quantity: "0.5" }] },
    });
    expect(issued(world)).toEqual([]);
    const body = { confirmation: asked.body.confirmation };
    expect(await world.ask("POST", "/api/v1/kill_switch/confirm", "owner", { body })).toMatchObject({
      status: 404,
      body: { code: "unknown-confirmation" },
    });
    expect((await world.ask("POST", "/api/v1/kill_switch/confirm", "operator", { body })).status).toBe(200);
    expect(issued(world)).toEqual([{ kind: "panic", account: "follower" }]);
    expect((await world.ask("POST", "/api/v1/kill_switch/confirm", "operator", { body })).status).toBe(404);
  });

  test("of everything is not for who sees a part", async () => {
    const { ask } = await opened();
    expect(await ask("POST", "/api/v1/kill_switch", "stranger", { body: {} })).toMatchObject({
      status: 422,
      body: { code: "follower-needed" },
    });
    expect((await ask("POST", "/api/v1/kill_switch", "viewer", { body: {} })).status).toBe(403);
    expect((await ask("POST", "/api/v1/kill_switch", "owner", { body: {} })).status).toBe(200);
  });
});

async function sizeByEquity({ ask }: World): Promise<void> {
  const body = { leader: "leader", follower: "follower", values: { sizing: "equity-proportional" } };
  expect((await ask("POST", "/api/v1/allocations", "owner", { body })).status).toBe(200);
}

describe("a rebalance", () => {
  test("needs a strategy to be shown, and moves what is told", async () => {
    const world = await opened();
    const { ask, story } = world;
    expect(await ask("GET", "/api/v1/rebalance", "owner")).toMatchObject({
      status: 422,
      body: { code: "no-strategy" },
    });
    expect((await ask("GET", "/api/v1/rebalance?strategy=nonsense", "owner")).status).toBe(400);
    await sizeByEquity(world);
    const shown = await ask("GET", "/api/v1/rebalance?strategy=portfolio_copying", "owner");
    expect(shown).toMatchObject({
      status: 200,
      body: { strategy: "portfolio_copying", followers: [{ follower: "follower" }] },
    });
    const body = { follower: "follower", shares: [{ leader: "leader", factor: "0.5" }] };
    const dry = await ask("POST", "/api/v1/rebalance?dry_run=true", "owner", { body });
    expect(dry.body.preview).toMatchObject({
      command: "rebalance",
      changes: [{ leader: "leader", value: "0.5" }],
    });
    expect((await ask("POST", "/api/v1/rebalance", "viewer", { body })).status).toBe(403);
    expect((await ask("POST", "/api/v1/rebalance", "operator", { body })).status).toBe(200);
    expect(story.settings.allocations).toHaveLength(1);
  });

  test("is refused where sizes follow no share of the equity, before anything is shown", async () => {
    const { ask } = await opened();
    const body = { follower: "follower", shares: [{ leader: "leader", factor: "0.5" }] };
    const refused = {
      status: 422,
      body: {
        code: "bad-settings",
        detail: expect.stringContaining(
          'account "follower": sizing is multiplier (default), which follows no share of the equity',
        ),
      },
    };
    for (const query of ["", "&follower=follower"])
      expect(await ask("GET", `/api/v1/rebalance?strategy=portfolio_copying${query}`, "owner")).toMatchObject(
        refused,
      );
    for (const query of ["", "?dry_run=true"])
      expect(await ask("POST", `/api/v1/rebalance${query}`, "owner", { body })).toMatchObject(refused);
    const ended = { ...body, shares: [{ leader: "leader", factor: "0" }] };
    expect((await ask("POST", "/api/v1/rebalance?dry_run=true", "owner", { body: ended })).status).toBe(200);
  });

  test("is shown of the others, with a problem in its place", async () => {
    const second = { ...follower, nickname: "second", leader: "leader" };
    const world = await opened({ accounts: [second] });
    await sizeByEquity(world);
    const { body } = await world.ask("GET", "/api/v1/rebalance?strategy=portfolio_copying", "owner");
    const problems = body.followers.map((one: { follower: string; problem: string }) => [
      one.follower,
      one.problem.includes("follows no share of the equity"),
    ]);
    expect(Object.fromEntries(problems)).toEqual({ follower: false, second: true });
  });
});
