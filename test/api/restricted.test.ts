/** What somebody who was given one account learns of the others: nothing, by whatever he asks. */
import { afterEach, expect, test } from "vitest";
import { AccountId } from "../../src/core/model/identifiers.ts";
import { follower, leader } from "../configuration/folder.ts";
import { FOLLOWER, LEADER, Story, VENUE } from "../core/story.ts";
import { type Answer, openWorld, type World, type WorldOptions } from "./world.ts";

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

const OTHERS = /hidden/;
const ACCOUNTS = [
  { ...leader, nickname: "hidden-leader", api_key: "k3", api_secret: "s3" },
  { ...follower, nickname: "hidden-follower", leader: "hidden-leader", api_key: "k4", api_secret: "s4" },
];

/** A pair that `one` was given the follower of, and a pair that he was not. */
async function opened(options: WorldOptions = {}): Promise<World> {
  const story = new Story();
  const [hiddenLeader, hiddenFollower] = [AccountId("hidden-leader"), AccountId("hidden-follower")];
  const [allocation] = story.settings.allocations;
  if (allocation === undefined) throw new Error("the story copies nobody");
  story.configure({
    ...story.settings,
    accounts: [
      { account: LEADER, venue: VENUE, role: "leader" },
      { account: FOLLOWER, venue: VENUE, role: "follower" },
      { account: hiddenLeader, venue: VENUE, role: "leader" },
      { account: hiddenFollower, venue: VENUE, role: "follower" },
    ],
    allocations: [allocation, { ...allocation, leader: hiddenLeader, follower: hiddenFollower }],
  });
  const people = {
    owner: { role: "owner" },
    one: { role: "operator", given: ["follower"] },
    looker: { role: "viewer", given: ["follower"] },
  } as const;
  const world = await openWorld({ story, people, accounts: ACCOUNTS, ...options });
  open.push(world);
  return world;
}

test("figures for Prometheus tell of his accounts alone", async () => {
  const { ask } = await opened();
  expect((await ask("GET", "/metrics", "owner")).text).toContain('follower="hidden-follower"');
  const { status, text } = await ask("GET", "/metrics", "looker");
  expect(status).toBe(200);
  expect(text).toContain('follower="follower"');
  expect(text).not.toMatch(OTHERS);
  expect(text).toContain("copytrader_api_");
});

/** Everything that reads, with and without names. */
function questions({ app }: World): readonly string[] {
  const { paths = {} } = app.swagger() as { readonly paths?: Readonly<Record<string, { get?: Operation }>> };
  return Object.entries(paths).flatMap(([path, { get }]) => {
    if (get === undefined || path.endsWith("/stream")) return [];
    const filled = path.replaceAll(/\{\w+\}/g, "nobody");
    const names = (get.parameters ?? []).map(({ name }) => name);
    // What a route does not know is refused before anything is looked at.
    const asked = NAMED.map((pairs) => pairs.filter(([name]) => names.includes(name)));
    return [...new Set(asked.map((pairs) => `${filled}?${new URLSearchParams(pairs)}`))];
  });
}

interface Operation {
  readonly parameters?: readonly { readonly name: string }[];
}

const NAMED: readonly [name: string, value: string][][] = [
  [],
  [["leader", "nobody"]],
  [
    ["follower", "follower"],
    ["leader", "nobody"],
  ],
  [
    ["follower", "follower"],
    ["leader", "hidden-leader"],
  ],
  [["follower", "hidden-follower"]],
  [
    ["follower", "nobody"],
    ["symbol", "NOTHING"],
  ],
];

test("no question tells of accounts that he does not see, answered or refused", async () => {
  const world = await opened();
  const told: Answer[] = [];
  for (const path of questions(world)) {
    const answer = await world.ask("GET", path, "looker");
    const asked = decodeURIComponent(path.split("?")[1] ?? "");
    const names = [...answer.text.matchAll(/hidden-\w+/g)].map(([name]) => name);
    // What he has said himself may be said back.
    if (names.some((name) => answer.status === 200 || !asked.includes(name))) told.push(answer);
  }
  expect(told.map(({ status, text }) => [status, text.slice(0, 300)])).toEqual([]);
});

test("a certificate of parity counts his own accounts", async () => {
  const { ask } = await opened();
  const countsOf = async (who: string) => (await ask("GET", "/api/v1/parity", who)).body.certificate.counts;
  expect(await countsOf("owner")).toMatchObject({ followers: 2 });
  expect(await countsOf("looker")).toMatchObject({ followers: 1 });
});

test("a leader that one of his followers copies may be copied by the earlier route, too", async () => {
  const { ask } = await opened();
  const copy = (trader: string) =>
    ask("POST", `/api/v1/traders/${trader}/copy?dry_run=true`, "one", { body: { follower: "follower" } });
  expect((await copy("leader")).status).toBe(200);
  expect(await copy("hidden-leader")).toMatchObject({ status: 404, body: { code: "unknown-trader" } });
});

test("a leader that he does not see, and that none of his accounts copies, is none", async () => {
  const { ask } = await opened();
  const unknown = { status: 404, body: { code: "unknown-leader" } };
  const capital = "/api/v1/capital?follower=follower&leader=";
  expect(await ask("GET", `${capital}leader`, "looker")).toMatchObject({ status: 200 });
  expect(await ask("GET", `${capital}hidden-leader`, "looker")).toMatchObject(unknown);
  const theirs = "/api/v1/capital?leader=hidden-leader";
  expect(await ask("GET", theirs, "owner")).toMatchObject({ status: 200 });
  const commands = [
    ["POST", "/api/v1/allocations", { leader: "hidden-leader", follower: "follower" }],
    ["DELETE", "/api/v1/allocations/hidden-leader/follower", undefined],
    ["POST", "/api/v1/release", { leader: "hidden-leader", follower: "follower" }],
    ["POST", "/api/v1/kill_switch", { leader: "hidden-leader", follower: "follower" }],
  ] as const;
  for (const [method, path, body] of commands) {
    const told = await ask(method, path, "one", body === undefined ? {} : { body });
    expect([path, told.status, told.body.code]).toEqual([path, 404, "unknown-leader"]);
    const other = await ask(method, path.replace("hidden-leader", "nobody"), "one", {
      ...(body === undefined ? {} : { body: { ...body, leader: "nobody" } }),
    });
    expect(other.text.replaceAll("nobody", "hidden-leader")).toBe(told.text);
  }
});

test("a strategy, which weighs all leaders, is asked by nobody who sees some accounts only", async () => {
  const { ask } = await opened();
  const path = "/api/v1/rebalance?strategy=portfolio_copying";
  for (const name of ["one", "looker"])
    expect(await ask("GET", path, name)).toMatchObject({ status: 403, body: { code: "forbidden" } });
  const sized = { leader: "leader", follower: "follower", values: { sizing: "equity-proportional" } };
  await ask("POST", "/api/v1/allocations", "owner", { body: sized });
  expect((await ask("GET", path, "owner")).status).toBe(200);
});

test("a share of the equity is given to no leader that he does not see", async () => {
  const { ask } = await opened();
  const body = { follower: "follower", shares: [{ leader: "hidden-leader", factor: "1" }] };
  for (const path of ["/api/v1/rebalance?dry_run=true", "/api/v1/rebalance"])
    expect(await ask("POST", path, "one", { body })).toMatchObject({
      status: 404,
      body: { code: "unknown-leader" },
    });
  const own = { ...body, shares: [{ leader: "leader", factor: "0" }] };
  expect((await ask("POST", "/api/v1/rebalance?dry_run=true", "one", { body: own })).status).toBe(200);
});

test("commands that are refused name no account of others", async () => {
  const { ask } = await opened();
  const bodies = [
    ["/api/v1/allocations", { leader: "leadr", follower: "follower" }],
    ["/api/v1/release", { leader: "x", follower: "follower" }],
    ["/api/v1/pause", { follower: "hidden-x" }],
    ["/api/v1/kill_switch", { leader: "x", follower: "follower" }],
    ["/api/v1/kill_switch", {}],
    ["/api/v1/traders/x/copy", { settings: {} }],
  ] as const;
  for (const [path, body] of bodies) {
    const { text } = await ask("POST", path, "one", { body });
    expect(text).not.toMatch(/hidden-(leader|follower)/);
  }
});

test("whoever was given a leader beside his follower means the follower", async () => {
  const { ask } = await opened({
    people: {
      pair: { role: "operator", given: ["leader", "follower"] },
      more: { role: "operator", given: ["leader", "follower", "hidden-follower"] },
      watcher: { role: "operator", given: ["leader"] },
    },
  });
  const questions = [
    ["GET", "/api/v1/portfolio/performance"],
    ["GET", "/api/v1/attribution"],
    ["GET", "/api/v1/fees"],
    ["GET", "/api/v1/journal"],
    ["GET", "/api/v1/journal/1/explain"],
    ["GET", "/api/v1/tax_lots?year=2026"],
    ["POST", "/api/v1/reports"],
  ] as const;
  for (const [method, url] of questions) {
    const more = method === "POST" ? { body: {} } : {};
    const codeOf = async (as: string) => (await ask(method, url, as, more)).body;
    expect([url, (await codeOf("pair")).code]).not.toEqual([url, "follower-needed"]);
    expect([url, await codeOf("more")]).toMatchObject([
      url,
      { code: "follower-needed", choices: ["follower", "hidden-follower"] },
    ]);
    expect([url, await codeOf("watcher")]).toMatchObject([url, { code: "unknown-follower" }]);
  }
  const made = (await ask("POST", "/api/v1/reports", "pair", { body: {} })).body;
  expect(made.request).toMatchObject({ account: "follower" });
  expect((await ask("POST", "/api/v1/kill_switch", "more", { body: {} })).body.choices).toEqual([
    "follower",
    "hidden-follower",
  ]);
});
