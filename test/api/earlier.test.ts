/** The paths of the earlier system, with the bodies that its documentation has; and settings that two people change. */
import { afterEach, describe, expect, test } from "vitest";
import { follower } from "../configuration/folder.ts";
import { onlyOrder, Story } from "../core/story.ts";
import { openWorld, type World, type WorldOptions } from "./world.ts";

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

async function opened(options: WorldOptions = {}): Promise<World> {
  const story = new Story();
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  const world = await openWorld({ story, ...options });
  open.push(world);
  return world;
}

const COPY = { position_scaling: 0.8, max_exposure: 0.1 };

describe("traders", () => {
  test("are listed, configured leaders among them, and read page by page", async () => {
    const { ask } = await opened();
    const { status, body } = await ask("GET", "/api/v1/traders", "owner");
    expect(status).toBe(200);
    expect(body).toEqual({
      items: [{ id: "leader", venue: "bybit", leader: "leader", copied_by: ["follower"], record: null }],
      next_cursor: null,
    });
    expect((await ask("GET", "/api/v1/traders", "stranger")).body.items).toEqual([]);
  });

  test("without a record say so, and one that is none is not there", async () => {
    const { ask } = await opened();
    expect(await ask("GET", "/api/v1/traders/leader/performance", "owner")).toMatchObject({
      status: 422,
      body: { code: "not-enough-data" },
    });
    expect(await ask("GET", "/api/v1/traders/nobody/performance", "owner")).toMatchObject({
      status: 404,
      body: { code: "unknown-trader" },
    });
    expect((await ask("GET", "/api/v1/ranking", "owner")).body).toMatchObject({ screened: 0, traders: [] });
  });

  test("are copied with the documented body, the follower implied", async () => {
    const { ask, story } = await opened();
    const dry = await ask("POST", "/api/v1/traders/leader/copy?dry_run=true", "owner", { body: COPY });
    expect(dry).toMatchObject({ status: 200, body: { dry_run: true, report: null } });
    expect(dry.body.preview.changes).toMatchObject([
      { keyPath: "position_scaling", value: 0.8, before: 1 },
      { keyPath: "max_leader_notional", value: "1000", before: null },
    ]);
    expect((await ask("POST", "/api/v1/traders/leader/copy", "owner", { body: COPY })).status).toBe(200);
    const [allocation] = (await ask("GET", "/api/v1/allocations", "owner")).body.allocations;
    expect(allocation.settings).toContainEqual({
      keyPath: "position_scaling",
      value: 0.8,
      source: "run-time",
    });
    expect(story.settings.allocations[0]?.sizing).toBeDefined();
  });

  test("are copied by a follower that there is, else told are those that there are", async () => {
    const { ask } = await opened();
    const unknown = { status: 404, body: { code: "unknown-follower", choices: ["follower"] } };
    const body = { ...COPY, follower: "zzz" };
    expect(await ask("POST", "/api/v1/traders/leader/copy", "owner", { body })).toMatchObject(unknown);
    for (const path of ["/api/v1/pause", "/api/v1/pause?dry_run=true", "/api/v1/close"])
      expect(await ask("POST", path, "owner", { body: { follower: "zzz" } })).toMatchObject(unknown);
  });

  test("are copied by a follower that has to be named where there are several", async () => {
    const world = await opened({
      accounts: [{ ...follower, nickname: "second", api_key: "k2", api_secret: "s2" }],
    });
    expect(await world.ask("POST", "/api/v1/traders/leader/copy", "owner", { body: COPY })).toMatchObject({
      status: 422,
      body: { code: "follower-needed", choices: ["follower", "second"], errors: [{ field: "follower" }] },
    });
    const body = { ...COPY, follower: "follower" };
    expect((await world.ask("POST", "/api/v1/traders/leader/copy", "owner", { body })).status).toBe(200);
    expect(await world.ask("POST", "/api/v1/traders/leader/copy", "viewer", { body })).toMatchObject({
      status: 403,
    });
  });
});

test("the status of copying is short", async () => {
  const { ask } = await opened();
  expect((await ask("GET", "/api/v1/copy_trading/status", "viewer")).body).toMatchObject({
    engine: { running: true },
    traders: [{ leader: "leader", copied_by: ["follower"], positions: 1 }],
    followers: [{ nickname: "follower", copies: ["leader"], positions: 1, positions_apart: 0 }],
  });
});

describe("settings of copying", () => {
  const path = "/api/v1/copy_trading/settings";
  const body = { max_traders: 10, position_scaling: 0.8, correlation_limit: 0.7 };

  test("are changed by the documented body, shown before, and kept", async () => {
    const { ask } = await opened();
    const dry = await ask("PUT", `${path}?dry_run=true`, "owner", { body });
    expect(dry).toMatchObject({ status: 200, body: { preview: { command: "portfolio-settings" } } });
    expect((await ask("PUT", path, "owner", { body })).status).toBe(200);
    const { settings } = (await ask("GET", path, "owner")).body;
    const inForce = (keyPath: string) => settings.find((one: { keyPath: string }) => one.keyPath === keyPath);
    expect(inForce("position_scaling")).toMatchObject({ value: 0.8, source: "run-time" });
    expect(inForce("correlation_limit")).toMatchObject({ value: 0.7, source: "run-time" });
    expect(await ask("PUT", path, "owner", { body: { max_traders: "ten" } })).toMatchObject({ status: 400 });
    expect(await ask("PUT", path, "operator", { body })).toMatchObject({ status: 403 });
  });

  test("are not undone by who has not seen what another changed", async () => {
    const { ask } = await opened();
    const seen = await ask("GET", path, "owner");
    const headers = { "if-match": String(seen.headers.etag) };
    const first = await ask("PUT", path, "owner", { body, headers });
    expect(first.status).toBe(200);
    const other = { body: { max_traders: 3 }, headers };
    expect(await ask("PUT", path, "owner", other)).toMatchObject({
      status: 412,
      body: { code: "changed-meanwhile" },
    });
    const again = { body: { max_traders: 3 }, headers: { "if-match": String(first.headers.etag) } };
    expect((await ask("PUT", path, "owner", again)).status).toBe(200);
  });

  test("of one account have to be seen before", async () => {
    const { ask } = await opened();
    const own = "/api/v1/followers/follower/settings";
    const change = { values: { max_daily_loss: 0.1 } };
    expect(await ask("PATCH", own, "operator", { body: change })).toMatchObject({
      status: 428,
      body: { code: "precondition-needed" },
    });
    const { headers } = await ask("GET", own, "operator");
    const done = await ask("PATCH", own, "operator", {
      body: change,
      headers: { "if-match": String(headers.etag) },
    });
    expect(done).toMatchObject({ status: 200, body: { report: { command: "settings" } } });
    expect(await ask("PATCH", own, "stranger", { body: change })).toMatchObject({ status: 404 });
  });
});

test("reports say that nothing has been started where that is so", async () => {
  const { ask } = await opened();
  for (const path of ["portfolio/performance", "attribution", "fees"])
    expect(await ask("GET", `/api/v1/${path}`, "owner")).toMatchObject({
      status: 409,
      body: { code: "engine-stopped" },
    });
  expect((await ask("GET", "/api/v1/risk", "viewer")).body).toMatchObject({
    followers: [{ follower: "follower" }],
  });
  expect((await ask("GET", "/api/v1/correlations", "viewer")).status).toBe(200);
  expect(await ask("GET", "/api/v1/portfolio/performance?from=2026-02-30", "owner")).toMatchObject({
    status: 400,
  });
});

test("strategies, filters, styles and alerts are told", async () => {
  const { ask } = await opened();
  const { body } = await ask("GET", "/api/v1/strategies", "viewer");
  expect(body.strategies).toContainEqual(
    expect.objectContaining({ name: "portfolio_copying", shortName: "portfolio", isInForce: false }),
  );
  expect(await ask("GET", "/api/v1/filters", "viewer")).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining("no filter is set") },
  });
  expect((await ask("GET", "/api/v1/styles", "viewer")).body).toEqual({
    traders: [],
    next_cursor: null,
  });
  expect((await ask("GET", "/api/v1/alerts", "viewer")).body).toEqual({ items: [], next_cursor: null });
  expect((await ask("GET", "/api/v1/alerts?cursor=nothing", "viewer")).status).toBe(400);
});
