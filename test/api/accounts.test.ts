/** Accounts over the API: a key is looked at before it is kept, is written encrypted and told to nobody, and what is needed stays. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { writeRunTimeAllocations } from "../../src/config/run-time-allocations.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import type { AccountInspection } from "../../src/exchange/exchange.ts";
import type { AccountProbe, probeAccounts } from "../../src/run/account-probe.ts";
import { follower, leader } from "../configuration/folder.ts";
import { onlyOrder, Story } from "../core/story.ts";
import { openWorld, type World, type WorldOptions } from "./world.ts";

const KEY = "key-of-the-third-account";
const SECRET = "secret-of-the-third-account";
const BODY = {
  nickname: "third",
  url: "http://127.0.0.1:9003",
  account_type: "simulated",
  settings: { copy_multiplier: 0.5 },
  api_key: KEY,
  api_secret: SECRET,
};
const SOUND: AccountInspection = {
  account: AccountId("third"),
  userId: "3",
  readOnly: false,
  canTrade: true,
  canWithdraw: false,
  permissions: ["ContractTrade:Order"],
  expiresAtMs: null,
  equity: "1000",
  available: "900",
  clockOffsetMs: 3,
  positionMode: "one-way",
  marginMode: "REGULAR_MARGIN",
};

const probed =
  (seen: Partial<Pick<AccountProbe, "inspection" | "instruments">> = {}): typeof probeAccounts =>
  async (accounts) =>
    accounts.map((account) => ({
      account,
      instruments: 7,
      inspection: account.credentials === null ? null : SOUND,
      stream: "up" as const,
      ...seen,
    }));

let world: World;
afterEach(() => world?.close());

async function open(options: WorldOptions = {}): Promise<World> {
  world = await openWorld({ probe: probed(), ...options });
  return world;
}

const fileOf = (name: string) => join(world.parts.dataDir, "accounts", `${name}.json`);
const list = async () => (await world.ask("GET", "/api/v1/accounts", "owner")).body.accounts;

/** Of everything that the data folder holds. */
function filesWith(text: string): readonly string[] {
  return readdirSync(world.parts.dataDir, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .filter((path) => readFileSync(path).includes(text));
}

test("a look with dry_run writes nothing; adding writes it encrypted, says what the venue said, and notes it", async () => {
  await open();
  const dry = await world.ask("POST", "/api/v1/accounts?dry_run=true", "owner", { body: BODY });
  expect([dry.status, dry.body.dry_run, existsSync(fileOf("third"))]).toEqual([200, true, false]);
  expect(dry.body.checks).toContainEqual({
    check: "withdrawal",
    result: "ok",
    message: "the key cannot withdraw",
  });
  const added = await world.ask("POST", "/api/v1/accounts", "owner", { body: BODY });
  expect([added.status, added.body.nickname, added.body.role]).toEqual([200, "third", "follower"]);
  expect(JSON.parse(readFileSync(fileOf("third"), "utf8"))).toEqual({
    nickname: "third",
    role: "follower",
    leader: "leader",
    account_type: "simulated",
    url: BODY.url,
    copy_multiplier: 0.5,
    api_key: expect.stringMatching(/^gAAAAA/),
    api_secret: expect.stringMatching(/^gAAAAA/),
  });
  expect((await list()).find((one: { nickname: string }) => one.nickname === "third")).toMatchObject({
    in_force: false,
    role: "follower",
    configured: { venue: "bybit", account_type: "simulated", key: "encrypted" },
  });
  const again = await world.ask("POST", "/api/v1/accounts", "owner", { body: BODY });
  expect([again.status, again.body.code]).toEqual([409, "name-taken"]);
  const { body: log } = await world.ask("GET", "/api/v1/audit?action=account-add", "owner");
  expect(log.items).toMatchObject([{ subject: "third", after: { role: "follower", key: "encrypted" } }]);
  for (const text of [dry.text, added.text, again.text, JSON.stringify(log)]) {
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(KEY);
  }
  expect([...filesWith(SECRET), ...filesWith(KEY)]).toEqual([]);
});

test.each([
  ["can withdraw", { canWithdraw: true }, "api_key", /may withdraw/],
  ["is read-only", { readOnly: true }, "api_key", /read-only/],
])("a key that %s is refused by field, and nothing is written", async (_name, more, field, message) => {
  await open({ probe: probed({ inspection: { ...SOUND, ...more } }) });
  for (const path of ["/api/v1/accounts", "/api/v1/accounts?dry_run=true"]) {
    const { status, body } = await world.ask("POST", path, "owner", { body: BODY });
    expect([status, body.code]).toEqual([422, "key-refused"]);
    expect(body.errors).toEqual([{ field, message: expect.stringMatching(message) }]);
    expect(existsSync(fileOf("third"))).toBe(false);
  }
});

test("what is stated wrongly is told by field before any venue is asked", async () => {
  await open({ probe: () => Promise.reject(new Error("nobody is asked")) });
  const post = async (body: object) => {
    const { status, body: told } = await world.ask("POST", "/api/v1/accounts", "owner", { body });
    return [status, told.code, told.errors?.[0]?.field];
  };
  const { api_secret: _, ...half } = BODY;
  expect(await post(half)).toEqual([422, "bad-settings", "api_secret"]);
  expect(await post({ ...BODY, settings: { copy_multiplyer: 1 } })).toEqual([
    422,
    "bad-settings",
    "copy_multiplyer",
  ]);
  expect(await post({ ...BODY, settings: { api_key: "x" } })).toEqual([
    422,
    "bad-settings",
    "settings.api_key",
  ]);
  expect(await post({ ...BODY, url: "ftp://venue" })).toEqual([422, "bad-settings", "url"]);
  expect(await post({ ...BODY, leader: "nobody" })).toEqual([422, "bad-settings", "leader"]);
  expect(await post({ ...BODY, nickname: "LEADER" })).toEqual([409, "name-taken", undefined]);
});

test("a second leader is refused where followers name nobody: the next start would be; one who was added names his", async () => {
  const loose = { ...follower, nickname: "loose", api_key: "loose-key", api_secret: "loose-secret" };
  await open({ accounts: [loose] });
  const post = (body: object) => world.ask("POST", "/api/v1/accounts", "owner", { body });
  const second = { ...BODY, nickname: "second", role: "leader", settings: {} };
  const refused = await post(second);
  expect([refused.status, refused.body.code]).toEqual([422, "bad-settings"]);
  expect(refused.body.detail).toMatch(/^the next start would be refused with it: loose leader is missing/);
  expect(refused.body.errors).toMatchObject([{ field: "" }]);
  expect(existsSync(fileOf("second"))).toBe(false);
  // What is decided while running names leaders, too.
  const ended = { leader: "leader", follower: "loose", values: {}, ended: true } as const;
  writeRunTimeAllocations(world.parts.dataDir, [ended]);
  expect((await post({ ...BODY, settings: {} })).status).toBe(200);
  expect((await post({ ...second, api_key: "another", api_secret: "one" })).status).toBe(200);
});

test("what was changed while the venue was asked is looked at again before anything is written", async () => {
  let meanwhile = () => {};
  await open({
    probe: async (...asked) => {
      meanwhile();
      return probed()(...asked);
    },
  });
  const post = () => world.ask("POST", "/api/v1/accounts", "owner", { body: BODY });
  const another = { ...leader, nickname: "second", api_key: "second-key" };
  meanwhile = () => writeFileSync(fileOf("second"), JSON.stringify(another));
  // It would name no leader beside two.
  expect(await post()).toMatchObject({ status: 422, body: { code: "bad-settings" } });
  rmSync(fileOf("second"));
  meanwhile = () => {
    writeFileSync(fileOf("leader"), JSON.stringify({ ...leader, role: "follower", leader: "second" }));
    writeFileSync(fileOf("second"), JSON.stringify(another));
  };
  const changed = await post();
  expect([changed.status, changed.body.detail]).toEqual([
    422,
    "the accounts were changed meanwhile; look again",
  ]);
  expect(existsSync(fileOf("third"))).toBe(false);
});

test("only an owner adds and removes, and sees what is there by name", async () => {
  await open({
    people: {
      owner: { role: "owner" },
      administrator: { role: "viewer", listed: ["admin"] },
      viewer: { role: "viewer", given: ["follower"] },
    },
  });
  for (const who of ["administrator", "viewer"]) {
    const added = await world.ask("POST", "/api/v1/accounts", who, { body: BODY });
    const removed = await world.ask("DELETE", "/api/v1/accounts/follower", who);
    expect([added.status, removed.status]).toEqual([403, 403]);
  }
  await world.ask("POST", "/api/v1/accounts", "owner", { body: BODY });
  const { body } = await world.ask("GET", "/api/v1/accounts", "viewer");
  expect(body.accounts.map(({ nickname }: { nickname: string }) => nickname)).toEqual(["follower"]);
});

test("a leader stays while a relation of run time copies it, and while its going would begin a copy", async () => {
  await open({
    accounts: [{ ...follower, nickname: "loose", api_key: "loose-key", api_secret: "loose-secret" }],
  });
  const { dataDir } = world.parts;
  writeFileSync(fileOf("second"), JSON.stringify({ ...leader, nickname: "second", api_key: "second-key" }));
  const remove = () => world.ask("DELETE", "/api/v1/accounts/second", "owner");
  const copied = { leader: "second", follower: "loose", values: {} } as const;
  writeRunTimeAllocations(dataDir, [copied]);
  const used = await remove();
  expect([used.status, used.body.code]).toEqual([409, "account-in-use"]);
  expect(used.body.detail).toContain("loose copies it: uncopy first");
  writeRunTimeAllocations(dataDir, [{ ...copied, ended: true }]);
  const last = await remove();
  expect([last.status, last.body.code]).toEqual([409, "account-in-use"]);
  expect(last.body.detail).toBe(
    "second cannot be removed: loose would begin to copy leader: name its leader first",
  );
  writeFileSync(
    fileOf("loose"),
    JSON.stringify({ ...follower, nickname: "loose", leader: "leader", api_key: "k" }),
  );
  expect((await remove()).status).toBe(200);
});

test("an account goes only when nothing is held there, no engine copies to it, and nobody names it", async () => {
  const story = new Story();
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  await open({ story });
  const remove = (name: string, query = "") =>
    world.ask("DELETE", `/api/v1/accounts/${name}${query}`, "owner");
  const used = await remove("follower");
  expect([used.status, used.body.code]).toEqual([409, "account-in-use"]);
  expect(used.body.detail).toMatch(/BTCUSDT: close it first; .*pause it first/);
  const named = await remove("leader");
  expect([named.status, named.body.code]).toEqual([409, "account-in-use"]);
  expect((await remove("nobody")).body.code).toBe("unknown-account");
  await world.ask("POST", "/api/v1/accounts", "owner", { body: BODY });
  const dry = await remove("third", "?dry_run=true");
  expect([dry.status, dry.body.steps[0], existsSync(fileOf("third"))]).toEqual([
    200,
    expect.stringMatching(/^remove .*third\.json/),
    true,
  ]);
  expect((await remove("third")).status).toBe(200);
  expect(existsSync(fileOf("third"))).toBe(false);
  const { body: log } = await world.ask("GET", "/api/v1/audit?action=account-remove", "owner");
  expect(log.items).toMatchObject([{ subject: "third", before: { role: "follower" } }]);
});
