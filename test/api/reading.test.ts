/** What may be asked: the door, what is seen of the accounts, and that equal questions cost the engine one. */
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { ControlSource } from "../../src/api/control-source.ts";
import { type Control, ControlError } from "../../src/control/control.ts";
import { onlyOrder, Story } from "../core/story.ts";
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

function holding(): Story {
  const story = new Story();
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  return story;
}

describe("the door", () => {
  test("is open for health and the document, and for nothing else without a session or token", async () => {
    const { ask } = await opened();
    expect((await ask("GET", "/health/live")).body).toMatchObject({ status: "ok" });
    expect((await ask("GET", "/api/v1/openapi.json")).body).toMatchObject({ openapi: "3.1.0" });
    expect((await ask("GET", "/docs")).type).toBe("text/html");
    expect(await ask("GET", "/api/v1/status")).toMatchObject({
      status: 401,
      type: "application/problem+json",
      body: { status: 401, code: "not-signed-in", type: "/docs#problem-not-signed-in" },
    });
    expect(await ask("GET", "/api/v1/status", "a-wrong-token")).toMatchObject({ status: 401 });
  });

  test("is shut for names of others, whoever asks", async () => {
    const { ask } = await opened();
    const headers = { host: "evil.test" };
    expect(await ask("GET", "/api/v1/status", "owner", { headers })).toMatchObject({
      status: 421,
      body: { code: "misdirected" },
    });
    expect(await ask("GET", "/health/live", undefined, { headers })).toMatchObject({ status: 421 });
  });

  test("answers what is no HTTP, and headers without end, as a problem", async () => {
    const { app } = await opened();
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const told = async (text: string) => {
      const socket = connect(port, "127.0.0.1");
      socket.end(text);
      const pieces: Buffer[] = [];
      for await (const piece of socket) pieces.push(piece);
      const [head = "", body = ""] = Buffer.concat(pieces).toString().split("\r\n\r\n");
      expect(head).toContain("Content-Type: application/problem+json");
      return [head.split(" ")[1], JSON.parse(body).code];
    };
    expect(await told("nonsense\r\n\r\n")).toEqual(["400", "bad-request"]);
    const endless = `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${"x".repeat(100_000)}\r\n\r\n`;
    expect(await told(endless)).toEqual(["413", "too-large"]);
  });

  test("answers an address that cannot be read as a problem, with all headers", async () => {
    const { ask } = await opened();
    expect(await ask("GET", "/api/v1/leaders/%E0%A4%A", "owner")).toMatchObject({
      status: 400,
      type: "application/problem+json",
      headers: {
        "x-content-type-options": "nosniff",
        "content-security-policy": expect.stringContaining("default-src 'none'"),
      },
      body: { code: "bad-request", type: "/docs#problem-bad-request" },
    });
  });

  test("lets each address and each user ask so much in a minute", async () => {
    const { ask } = await opened({ requestsMax: { address: 100, user: 2, unknown: 1 } });
    const codes = async (as?: string) => [
      (await ask("GET", "/api/v1/status", as)).status,
      (await ask("GET", "/api/v1/status", as)).status,
      (await ask("GET", "/api/v1/status", as)).status,
    ];
    expect(await codes("owner")).toEqual([200, 200, 429]);
    expect(await codes("viewer")).toEqual([200, 200, 429]);
    expect(await codes()).toEqual([401, 429, 429]);
    const told = await ask("GET", "/api/v1/status", "owner");
    expect(told.body).toMatchObject({ code: "too-many-requests", retry_after_ms: expect.any(Number) });
    expect(Number(told.headers["retry-after"])).toBeGreaterThan(0);
  });

  test("has strict headers on everything", async () => {
    const { ask } = await opened();
    for (const path of ["/health/live", "/docs", "/nothing", "/api/v1/status"]) {
      const { headers } = await ask("GET", path);
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      expect(headers["content-security-policy"]).not.toContain("unsafe");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["x-frame-options"]).toBe("DENY");
    }
  });
});

describe("a list", () => {
  const LISTS = [
    ["accounts", "accounts"],
    ["allocations", "allocations"],
    ["leaders", "leaders"],
    ["followers", "followers"],
    ["positions", "positions"],
    ["proposals", "proposals"],
    ["limits", "followers"],
    ["users", "users"],
    ["tokens", "tokens"],
    ["sessions", "sessions"],
    ["ranking", "traders"],
    ["styles", "traders"],
  ] as const;

  test("of what is configured or is so now is one page as a rule, and the same page by page", async () => {
    const { ask } = await opened({ story: holding() });
    const lengths: Record<string, number> = {};
    for (const [path, name] of LISTS) {
      const whole = await ask("GET", `/api/v1/${path}`, "owner");
      expect({ path, status: whole.status, next: whole.body.next_cursor }).toEqual({
        path,
        status: 200,
        next: null,
      });
      const rows: unknown[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const asked = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
        const { body } = await ask("GET", `/api/v1/${path}?limit=1${asked}`, "owner");
        expect(body[name].length).toBeLessThanOrEqual(1);
        rows.push(...body[name]);
        cursor = body.next_cursor;
      }
      const keys = (all: readonly unknown[]) =>
        (all as readonly Record<string, unknown>[]).map(({ id, nickname, leader, follower, symbol }) => [
          id,
          nickname,
          leader,
          follower,
          symbol,
        ]);
      expect(keys(rows)).toEqual(keys(whole.body[name]));
      lengths[path] = rows.length;
      expect(await ask("GET", `/api/v1/${path}?cursor=nobody`, "owner")).toMatchObject({
        status: 400,
        body: { code: "bad-request", errors: [{ field: "cursor" }] },
      });
    }
    expect(lengths).toMatchObject({
      accounts: 2,
      allocations: 1,
      leaders: 1,
      followers: 1,
      positions: 1,
      limits: 1,
    });
    expect(lengths.users).toBeGreaterThan(1);
  });

  test("has only what it is asked for", async () => {
    const { ask } = await opened({ story: holding() });
    const names = async (path: string, name: string, of: string) => {
      const { status, body } = await ask("GET", `/api/v1/${path}`, "owner");
      expect(status).toBe(200);
      return body[name].map((row: Record<string, unknown>) => row[of]);
    };
    expect(await names("accounts?role=leader", "accounts", "nickname")).toEqual(["leader"]);
    expect(await names("allocations?follower=follower", "allocations", "leader")).toEqual(["leader"]);
    expect(await names("allocations?leader=nobody", "allocations", "leader")).toEqual([]);
    expect(await names("allocations?state=ended", "allocations", "leader")).toEqual([]);
    expect(await names("followers?state=halted", "followers", "nickname")).toEqual([]);
    expect(await names("proposals?follower=nobody", "proposals", "id")).toEqual([]);
    expect(new Set(await names("users?role=owner", "users", "role"))).toEqual(new Set(["owner"]));
    const [user] = await names("tokens", "tokens", "user_name");
    expect(new Set(await names(`tokens?user=${user}`, "tokens", "user_name"))).toEqual(new Set([user]));
    expect(await names("tokens?user=nobody", "tokens", "id")).toEqual([]);
    expect(await names("sessions?user=nobody", "sessions", "id")).toEqual([]);
  });
});

describe("what is seen", () => {
  test("is everything for who sees all accounts", async () => {
    const { ask } = await opened({ story: holding() });
    const { body } = await ask("GET", "/api/v1/status", "viewer");
    expect(body).toMatchObject({
      engine: { running: true },
      followers: [
        { nickname: "follower", instruments: [{ symbol: "BTCUSDT", target: "0.5", held: "0.5", steps: 0 }] },
      ],
      leaders: [{ nickname: "leader", positions: [{ symbol: "BTCUSDT", quantity: "1" }] }],
    });
    expect((await ask("GET", "/api/v1/positions", "viewer")).body).toMatchObject({
      positions: [{ follower: "follower", symbol: "BTCUSDT", held: "0.5" }],
    });
  });

  test("is nothing for who was given no account, and names are not told of", async () => {
    const { ask } = await opened({ story: holding() });
    for (const path of [
      "status",
      "accounts",
      "leaders",
      "followers",
      "positions",
      "allocations",
      "limits",
      "explain",
      "proposals",
      "parity",
    ]) {
      const { status, text } = await ask("GET", `/api/v1/${path}`, "stranger");
      expect([path, status]).toEqual([path, 200]);
      expect(text).not.toMatch(/"(nickname|follower|leader)":"(follower|leader)"/);
    }
    for (const path of [
      "followers/follower",
      "positions?follower=follower",
      "limits?follower=follower",
      "journal?follower=follower",
    ]) {
      expect(await ask("GET", `/api/v1/${path}`, "stranger")).toMatchObject({
        status: 404,
        body: { code: "unknown-follower" },
      });
    }
  });

  test("is without money or without positions where that was not given", async () => {
    const people = {
      sync: { role: "owner", scopes: ["view_sync"] },
      whole: { role: "viewer", given: ["follower"] },
    } as const;
    const { ask } = await opened({ story: holding(), people });
    const { body } = await ask("GET", "/api/v1/status", "sync");
    expect(body.followers).toMatchObject([{ equity: "", available: "", results: [], instruments: [] }]);
    expect(await ask("GET", "/api/v1/limits", "sync")).toMatchObject({
      status: 403,
      body: { code: "forbidden" },
    });
    expect((await ask("GET", "/api/v1/limits", "whole")).status).toBe(200);
  });
});

describe("the engine", () => {
  test("is asked once for what many ask at once, and again a moment later", async () => {
    let nowMs = 0;
    const world = await opened({ sharedNowMs: () => nowMs });
    const many = await Promise.all(
      Array.from({ length: 50 }, () => world.ask("GET", "/api/v1/status", "owner")),
    );
    expect(many.every(({ status }) => status === 200)).toBe(true);
    expect(world.asked).toEqual(["status"]);
    nowMs += 300;
    await world.ask("GET", "/api/v1/status", "owner");
    expect(world.asked).toEqual(["status", "status"]);
  });

  test("that cannot be reached is told of as a problem, and asked again", async () => {
    let isGone = true;
    const world = await opened({
      wrap: (control) => ({
        ask: async (request) => {
          if (isGone) throw new ControlError("unreachable", "the engine closed the connection");
          return control.ask(request);
        },
        close: async () => {},
      }),
    });
    expect(await world.ask("GET", "/api/v1/status", "owner")).toMatchObject({
      status: 503,
      body: { code: "engine-unreachable" },
    });
    expect(await world.ask("GET", "/health/ready")).toMatchObject({ status: 503 });
    isGone = false;
    expect(await world.ask("GET", "/api/v1/status", "owner")).toMatchObject({ status: 200 });
  });

  test("that was slow to open a connection is asked once more, and nobody notices", async () => {
    let tries = 0;
    let closed = 0;
    const control: Control = {
      // The answer's form is of no concern here.
      ask: async () => ({ followers: [] }) as never,
      close: async () => {
        closed += 1;
      },
    };
    const source = new ControlSource({
      dataDir: "/nowhere",
      configDir: "/nowhere",
      env: {},
      connect: async () => {
        tries += 1;
        if (tries === 1) throw new ControlError("unreachable", "it does not answer");
        return control;
      },
    });
    const questions = ["a", "b", "c"].map((follower) => source.ask({ kind: "limits", follower }));
    expect(await Promise.all(questions)).toEqual(questions.map(() => ({ followers: [] })));
    expect(tries).toBe(2);
    await source.close();
    expect(closed).toBe(1);
  });

  test("that hangs is told of as one that cannot be asked, once and after a few seconds", async () => {
    let asked = 0;
    const silent: Control = {
      ask: () => {
        asked += 1;
        return new Promise(() => undefined);
      },
      close: async () => {},
    };
    const source = new ControlSource({
      dataDir: "/nowhere",
      configDir: "/nowhere",
      env: {},
      connect: async () => silent,
      quickAnswerMaxMs: 20,
    });
    await expect(source.ask({ kind: "status" })).rejects.toMatchObject({ code: "engine-unreachable" });
    expect(asked).toBe(1);
  });
});

test("figures for Prometheus tell of accounts and of requests", async () => {
  const { ask } = await opened({ story: holding() });
  await ask("GET", "/api/v1/status", "owner");
  const { text, type } = await ask("GET", "/metrics", "owner");
  expect(type).toBe("text/plain");
  expect(text).toContain("copytrader_engine_running 1");
  expect(text).toContain('copytrader_follower_state{follower="follower"');
  expect(text).toMatch(
    /copytrader_api_request_duration_seconds_count\{method="GET",route="\/api\/v1\/status",status="200"\} 1/,
  );
});
