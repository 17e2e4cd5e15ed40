/** The stream: one reading for all, what each sees of it, and what becomes of those who do not read, who may no more, who come again. */
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import { STREAM_CLOSES, STREAM_TOPICS } from "../../src/api/contract.ts";
import { Hub } from "../../src/api/stream/hub.ts";
import { type Control, ControlError, type StatusReport } from "../../src/control/control.ts";
import type { Identity, Principal } from "../../src/identity/identity.ts";
import { applyChanges } from "../../web/src/live/changes.ts";
import { onlyOrder, Story } from "../core/story.ts";
import { Ear, LISTENERS, listen, person } from "./listener.ts";
import { COOKIE, openWorld, type World, type WorldOptions } from "./world.ts";

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Opened = Omit<WorldOptions, "people"> & { readonly people?: Readonly<Record<string, Principal>> };

async function opened({
  people = LISTENERS,
  ...options
}: Opened = {}): Promise<World & { readonly hub: Hub }> {
  const world = await openWorld(options);
  closing.push(() => world.close());
  // Of its own: bearers are the names of people here.
  const principalOf = async (name: string) =>
    Object.values<Principal>(people).find((one) => one.name === name) ?? null;
  const hub = new Hub({
    ...world.parts,
    jobs: world.app.jobs,
    identity: { principalOf } as Partial<Identity> as Identity,
  });
  closing.push(() => hub.close());
  return { ...world, hub };
}

function holding(): Story {
  const story = new Story();
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  return story;
}

async function until(what: () => unknown): Promise<void> {
  await vi.waitFor(() => expect(what()).toBeTruthy(), { timeout: 15_000, interval: 10 });
}

/** Nobody listens any more, as far as the server is concerned: it waits a moment for what is under way to be read. */
async function gaveUp({ parts }: World): Promise<void> {
  const clients = () => parts.metrics.registry.getSingleMetricAsString("copytrader_api_stream_clients");
  await vi.waitFor(async () => expect(await clients()).toMatch(/ 0$/m), { timeout: 15_000, interval: 10 });
}

const pause = { kind: "pause", follower: "follower" } as const;

describe("a topic", () => {
  test("comes as a snapshot, then as changes, at once after a command", async () => {
    const { hub, parts } = await opened({ story: holding() });
    const { ear } = listen(hub, LISTENERS.viewer, { subscribe: ["status", "parity"] });
    await until(() => ear.document("parity"));
    expect(ear.heard[0]).toMatchObject({
      type: "hello",
      topics: STREAM_TOPICS,
      engine: { state: "unknown" },
    });
    expect(ear.heard[1]).toMatchObject({ type: "subscribed", topics: ["status", "parity"], refused: [] });
    expect(ear.document("status")).toMatchObject({ followers: [{ nickname: "follower", paused: false }] });
    expect(ear.document("parity")).toMatchObject({ counts: { rows: 1, atTarget: 1, unexplained: 0 } });
    const beforeMs = performance.now();
    await parts.control.ask(pause);
    await until(() => ear.document("status").followers[0].paused);
    expect(performance.now() - beforeMs).toBeLessThan(900);
    expect(ear.heard.at(-1)).toMatchObject({ changes: expect.any(Array) });
    expect(ear.heard.find(({ type }) => type === "heartbeat")).toMatchObject({
      engine: { state: "running" },
    });
  });

  test("of every name has a document of the contract's form", async () => {
    const { hub } = await opened({ story: holding() });
    const { ear } = listen(hub, LISTENERS.owner, { subscribe: [...STREAM_TOPICS] });
    const told = () => new Set(ear.heard.flatMap(({ topic }) => topic ?? []));
    await until(() => told().size === STREAM_TOPICS.length);
    const problems = ear.heard.flatMap(({ topic, problem }) =>
      problem === undefined ? [] : [[topic, problem.code]],
    );
    // The story has no database.
    expect(problems.every(([topic]) => topic === "journal")).toBe(true);
    expect(ear.document("health")).toMatchObject({ followers: { all: 1 }, leaders: { all: 1 } });
    expect(ear.document("alerts")).toEqual({ items: [] });
    expect(ear.document("positions")).toMatchObject({ positions: [{ follower: "follower", held: "0.5" }] });
  });

  test("is read once for two hundred who listen, and not at all when they are gone", async () => {
    const { hub, asked, parts } = await opened({ story: holding() });
    const ears = Array.from(
      { length: 200 },
      () => listen(hub, LISTENERS.viewer, { subscribe: ["status"] }).ear,
    );
    await until(() => ears.every((ear) => ear.document("status")));
    expect(asked).toEqual(["status"]);
    const changedMs = performance.now();
    await parts.control.ask(pause);
    await until(() => ears.every((ear) => ear.document("status").followers[0].paused));
    // Once a second, and once for the change.
    const seconds = Math.ceil((performance.now() - changedMs) / 1_000);
    expect(asked.filter((kind) => kind === "status").length).toBeLessThanOrEqual(2 + seconds);
    const [first] = ears;
    for (const ear of ears) expect(ear.documents.get("status")).toEqual(first?.documents.get("status"));
    for (const ear of ears) ear.tell("close");
    expect(hub.size).toBe(0);
    const before = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(asked.length).toBe(before);
  });
});

describe("what is seen", () => {
  test("is of one's own accounts alone, in snapshots and in changes", async () => {
    const { hub, parts } = await opened({ story: holding() });
    const { ear } = listen(hub, LISTENERS.stranger, { subscribe: [...STREAM_TOPICS] });
    const { ear: whole } = listen(hub, LISTENERS.owner, { subscribe: [...STREAM_TOPICS] });
    await until(() => ear.document("copies") && ear.document("status") && whole.document("copies"));
    await parts.control.ask(pause);
    await until(() => whole.document("status").followers[0].paused);
    await until(() => ear.documents.get("status")?.sequence);
    expect(JSON.stringify(whole.heard)).toMatch(/"(nickname|follower|leader)":"(follower|leader)"/);
    expect(JSON.stringify(ear.heard)).not.toMatch(/"(nickname|follower|leader)":"(follower|leader)"/);
    expect(ear.document("status")).toMatchObject({ followers: [], leaders: [] });
  });

  test("is without money or positions where that was not given, and topics that need them are refused", async () => {
    const sync = person("sync", "viewer", { permissions: new Set(["view_sync"] as const) });
    const { hub } = await opened({ story: holding(), people: { sync } });
    const { ear } = listen(hub, sync, { subscribe: ["status", "positions", "journal"] });
    await until(() => ear.document("status"));
    expect(ear.heard[0]).toMatchObject({ topics: ["status", "copies", "parity", "health", "alerts"] });
    expect(ear.heard[1]).toMatchObject({
      topics: ["status"],
      refused: [
        { topic: "positions", needs: "view_positions" },
        { topic: "journal", needs: "view_positions" },
      ],
    });
    expect(ear.document("status").followers).toMatchObject([{ equity: "", results: [], instruments: [] }]);
  });

  test("ends with the session, and begins anew where one sees other accounts", async () => {
    const people: Record<string, Principal> = {
      gone: person("gone", "viewer"),
      other: person("other", "viewer"),
      stays: person("stays", "viewer"),
    };
    const { hub } = await opened({ story: holding(), people });
    const ears = Object.values(people).map((one) => listen(hub, one, { subscribe: ["status"] }).ear);
    await until(() => ears.every((ear) => ear.document("status")));
    await hub.beat();
    expect(ears.map(({ closed }) => closed)).toEqual([null, null, null]);
    people.other = person("other", "viewer", { accounts: new Set(["follower"]) });
    delete people.gone;
    await hub.beat();
    expect(ears.map(({ closed }) => closed)).toEqual([
      STREAM_CLOSES.sessionEnded.code,
      STREAM_CLOSES.accessChanged.code,
      null,
    ]);
  });
});

describe("a client", () => {
  test("that does not read is closed, and loses nothing that coming again does not bring", async () => {
    const { hub, parts } = await opened({ story: holding() });
    const { ear } = listen(hub, LISTENERS.viewer, { subscribe: ["status"] });
    const { ear: reader } = listen(hub, LISTENERS.viewer, { subscribe: ["status"] });
    await until(() => ear.document("status"));
    ear.bufferedAmount = 64 * 1024 * 1024;
    await parts.control.ask(pause);
    await until(() => ear.closed);
    expect(ear.closed).toBe(STREAM_CLOSES.tooSlow.code);
    await until(() => reader.document("status").followers[0].paused);
    const { ear: again } = listen(
      hub,
      LISTENERS.viewer,
      { subscribe: ["status"], resume: ear.resume() },
      withDocuments(ear),
    );
    expect(again.heard[1]).toMatchObject({ resumed: ["status"] });
    expect(again.heard.some((message) => "snapshot" in message)).toBe(false);
    expect(again.documents).toEqual(reader.documents);
  });

  test("that was away while nobody listened gets what changed, and a snapshot when it is another's", async () => {
    const { hub, parts } = await opened({ story: holding() });
    const { ear } = listen(hub, LISTENERS.viewer, { subscribe: ["status"] });
    await until(() => ear.document("status"));
    ear.tell("close");
    await parts.control.ask(pause);
    const { ear: again } = listen(
      hub,
      LISTENERS.viewer,
      { subscribe: ["status"], resume: ear.resume() },
      withDocuments(ear),
    );
    await until(() => again.document("status").followers[0].paused);
    expect(again.heard.some((message) => "snapshot" in message)).toBe(false);
    const { ear: other } = listen(hub, LISTENERS.stranger, { subscribe: ["status"], resume: ear.resume() });
    expect(other.heard[1]).toMatchObject({ resumed: [] });
    await until(() => other.document("status"));
    expect(other.document("status")).toMatchObject({ followers: [] });
  });

  test("that answers no ping is dropped, and too many of one user are not let in", async () => {
    const { hub } = await opened();
    const { ear } = listen(hub, LISTENERS.viewer, { subscribe: [] });
    ear.answersPings = false;
    for (let beats = 0; beats < 4; beats += 1) await hub.beat();
    expect(ear.closed).toBe(STREAM_CLOSES.tooSlow.code);
    const ears = Array.from({ length: 301 }, () => listen(hub, LISTENERS.viewer, {}).ear);
    expect(ears.filter(({ closed }) => closed === STREAM_CLOSES.tooMany.code)).toHaveLength(1);
  });
});

test("an engine that is gone, starts, and is back is told of, with the age of what was known", async () => {
  let failure: "unreachable" | "starting" | null = null;
  const { hub, parts } = await opened({
    story: holding(),
    wrap: (control) => ({
      ask: async (request) => {
        if (failure !== null) throw new ControlError(failure, `the engine is ${failure}`);
        return control.ask(request);
      },
      close: async () => {},
    }),
  });
  const { ear } = listen(hub, LISTENERS.viewer, { subscribe: ["status"] });
  await until(() => ear.document("status"));
  const asOf = ear.document("status").engine.asOf;
  const states = () => ear.heard.flatMap(({ type, engine }) => (type === "heartbeat" ? [engine.state] : []));
  failure = "unreachable";
  await until(() => states().includes("gone"));
  expect(ear.heard.at(-1)).toMatchObject({ topic: "status", problem: { code: "engine-unreachable" } });
  const { ear: late } = listen(hub, LISTENERS.viewer, { subscribe: ["status"] });
  expect(late.heard[0]).toMatchObject({ engine: { state: "gone", detail: "the engine is unreachable" } });
  await until(() => late.document("status"));
  expect(late.document("status").engine.asOf).toBeLessThanOrEqual(Date.now());
  expect(late.document("status").engine.asOf).toBeGreaterThanOrEqual(asOf);
  failure = "starting";
  await until(() => states().includes("starting"));
  failure = null;
  await until(() => states().at(-1) === "running");
  expect(parts.control.running).toBe(true);
});

test("a server that stops says so, and whoever asks for a WebSocket elsewhere is let go", async () => {
  const world = await openWorld();
  const headers = asOwner(world);
  const socket = await world.app.injectWS("/api/v1/stream", { headers });
  const code = new Promise<number>((resolve) => socket.on("close", resolve));
  const elsewhere = await world.app.injectWS("/api/v1/status", { headers });
  await new Promise((resolve) => elsewhere.on("close", resolve));
  await world.close();
  expect(await code).toBe(STREAM_CLOSES.restart.code);
});

const host = { host: "localhost:8000" };

function asOwner({ tokens }: World) {
  return { ...host, authorization: `Bearer ${tokens.get("owner")}` };
}

/** Of somebody who signed in. */
async function sessionOf({ parts }: World): Promise<string> {
  const { token } = await parts.identity.setupLink({ kind: "local", name: "test" });
  const origin = { address: "127.0.0.1", agent: "test" };
  const session = await parts.identity.consumeSetup(
    { token, name: "ada", password: "a long enough password 9" },
    origin,
  );
  return session.token;
}

describe("over the network", () => {
  async function refused(world: World, headers: Record<string, string>): Promise<unknown> {
    return world.app.injectWS("/api/v1/stream", { headers: { ...host, ...headers } }).then(
      () => "let in",
      (error: Error) => error.message,
    );
  }

  test("only who is signed in is let in, by pages of this server alone, and only as a WebSocket", async () => {
    const world = await opened();
    const owner = asOwner(world);
    const cookie = { cookie: `${COOKIE}=${await sessionOf(world)}` };
    expect(await refused(world, {})).toContain("401");
    expect(await refused(world, { authorization: "Bearer nobody" })).toContain("401");
    expect(await refused(world, { ...owner, host: "evil.test" })).toContain("421");
    expect(await refused(world, { ...owner, origin: "http://evil.test" })).toContain("403");
    expect(await refused(world, { ...cookie, origin: "http://evil.test" })).toContain("403");
    expect(await refused(world, cookie)).toContain("403");
    expect(await refused(world, { ...cookie, origin: "http://localhost:8000" })).toBe("let in");
    expect(await refused(world, owner)).toBe("let in");
    expect(await world.ask("GET", "/api/v1/stream", "owner")).toMatchObject({
      status: 426,
      body: { code: "upgrade-needed" },
    });
  });

  test("what a client says wrongly is answered with what is wrong, and ends it", async () => {
    const world = await opened();
    for (const [said, detail] of [
      ["no JSON", "message: "],
      [JSON.stringify({ subscribe: ["money"] }), "subscribe.0: "],
      [JSON.stringify({ subscripe: [] }), "message: "],
      [JSON.stringify({ resume: { id: 7, sequences: {} } }), "resume.id: "],
    ] as const) {
      const ear = new Ear();
      const socket = await world.app.injectWS("/api/v1/stream", {
        headers: asOwner(world),
      });
      const code = new Promise<number>((resolve) => socket.on("close", resolve));
      socket.on("message", (data) => ear.send(String(data)));
      socket.send(said);
      expect(await code).toBe(STREAM_CLOSES.badRequest.code);
      expect(ear.heard.at(-1)).toMatchObject({ type: "error", code: "bad-request" });
      expect(ear.heard.at(-1).detail).toContain(detail);
    }
  });

  test("a connection that is not read is closed with its code, and resumed", async () => {
    const changes = Array.from({ length: 1_000 }, (_, at) => String(at));
    const large = "x".repeat(9 * 1024 * 1024);
    const status = () => ({ ...EMPTY, problems: [large, changes.shift() ?? ""] });
    const control = { ask: async () => status(), close: async () => {} } as unknown as Control;
    const world = await opened({ control });
    const { app } = world;
    await app.listen({ host: "127.0.0.1", port: 0 });
    // The address is one of TCP.
    const { port } = app.server.address() as AddressInfo;
    const open = () =>
      new WebSocket(`ws://127.0.0.1:${port}/api/v1/stream`, {
        headers: asOwner(world),
      });
    const slow = open();
    const closed = new Promise<number>((resolve) => slow.on("close", resolve));
    await new Promise((resolve) => slow.once("message", resolve));
    slow.pause();
    slow.send(JSON.stringify({ subscribe: ["status"] }));
    await gaveUp(world);
    const known: { sequence?: number; document?: StatusReport; id?: string } = {};
    slow.on("message", (data) => {
      const { snapshot, sequence } = JSON.parse(String(data));
      if (snapshot !== undefined) Object.assign(known, { document: snapshot, sequence });
    });
    slow.resume();
    expect(await closed).toBe(STREAM_CLOSES.tooSlow.code);
    expect(known.document?.problems[0]).toHaveLength(large.length);
    const again = open();
    closing.push(() => again.terminate());
    const news = await new Promise<{ sequence: number; changes: never[] }>((resolve) =>
      again.on("message", (data) => {
        const message = JSON.parse(String(data));
        const { id } = message;
        const resume = { id, sequences: { status: known.sequence } };
        if (message.type === "hello") again.send(JSON.stringify({ subscribe: ["status"], resume }));
        if (message.changes !== undefined) resolve(message);
        expect("snapshot" in message).toBe(false);
      }),
    );
    expect(news.sequence).toBe(Number(known.sequence) + 1);
    const later = applyChanges(known.document, news.changes) as StatusReport;
    expect(Number(later.problems[1])).toBeGreaterThan(Number(known.document?.problems[1]));
  });
});

const EMPTY: StatusReport = {
  engine: { running: true, asOf: 1 },
  world: null,
  mode: null,
  followers: [],
  leaders: [],
  limits: [],
  capital: [],
  settings: [],
  watchdogs: [],
  problems: [],
};

/** An ear that knows what another one knew. */
function withDocuments({ documents }: Ear): Ear {
  const ear = new Ear();
  for (const [topic, known] of documents) ear.documents.set(topic, known);
  return ear;
}
