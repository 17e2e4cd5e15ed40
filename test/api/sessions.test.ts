/** Signing in from a browser: the one-time link, the cookie, and that no other page can use it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { installationOf } from "../../src/run/api-server.ts";
import { ORIGIN, openWorld, type World } from "./world.ts";

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

const PASSWORD = "correct horse battery staple 7";

/** A server with an owner who has just set himself up, and his cookie. */
async function signedIn(secure = false) {
  const world = await openWorld({ people: {}, access: { secure } });
  open.push(world);
  const { token } = await world.parts.identity.setupLink({ kind: "local", name: "test" });
  const answer = await world.ask("POST", "/api/v1/setup", undefined, {
    body: { secret: token, name: "olga", password: PASSWORD },
    headers: { origin: ORIGIN },
  });
  const [cookie = ""] = [answer.headers["set-cookie"]].flat().map(String);
  return { world, answer, setCookie: cookie, cookie: cookie.split(";")[0] ?? "", token };
}

test("a one-time link makes the owner, signs him in, and works once", async () => {
  const { world, answer, setCookie, cookie, token } = await signedIn();
  expect(answer).toMatchObject({ status: 200, body: { name: "olga", role: "owner", accounts: "all" } });
  expect(answer.text).not.toContain(token);
  expect(setCookie).toMatch(/; HttpOnly/);
  expect(setCookie).toMatch(/; SameSite=Strict/);
  expect((await world.ask("GET", "/api/v1/status", undefined, { headers: { cookie } })).status).toBe(200);
  expect(
    await world.ask("POST", "/api/v1/setup", undefined, {
      body: { secret: token, name: "eve", password: PASSWORD },
    }),
  ).toMatchObject({ status: 401, body: { code: "bad-credentials" } });
});

test("under https the cookie is kept by the browser for this host alone", async () => {
  const { setCookie } = await signedIn(true);
  expect(setCookie).toMatch(/^__Host-copytrader-1a2b3c4d=.*; Path=\/; .*Secure/);
});

test("servers of two folders on one machine do not take each other's cookie for theirs", () => {
  const [one, other] = [1, 2].map(() => mkdtempSync(join(tmpdir(), "installation-")));
  if (one === undefined || other === undefined) throw new Error("two folders were made");
  expect(installationOf(one)).toMatch(/^[0-9a-f]{8}$/);
  expect(installationOf(one)).toBe(installationOf(one));
  expect(installationOf(one)).not.toBe(installationOf(other));
  for (const folder of [one, other]) rmSync(folder, { recursive: true });
});

describe("with a session's cookie", () => {
  test("only pages of this server change anything", async () => {
    const { world, cookie, answer } = await signedIn();
    const pause = (headers: Record<string, string>) =>
      world.ask("POST", "/api/v1/pause", undefined, { body: {}, headers: { cookie, ...headers } });
    const refused = { status: 403, body: { code: "origin-refused" } };
    expect(await pause({})).toMatchObject(refused);
    expect(await pause({ origin: "http://evil.test" })).toMatchObject(refused);
    expect(await pause({ origin: "null" })).toMatchObject(refused);
    expect(await pause({ "sec-fetch-site": "cross-site" })).toMatchObject(refused);
    expect(await pause({ "sec-fetch-site": "same-site", origin: ORIGIN })).toMatchObject(refused);
    expect(await pause({ "x-csrf-token": "guessed" })).toMatchObject(refused);
    expect((await pause({ origin: ORIGIN })).status).toBe(200);
    expect((await pause({ "sec-fetch-site": "same-origin" })).status).toBe(200);
    expect((await pause({ "x-csrf-token": answer.body.csrf_token })).status).toBe(200);
  });

  test("a wrong password for a second factor is told by the field that it was sent in", async () => {
    const { world, cookie } = await signedIn();
    const more = { body: { password: "wrong" }, headers: { cookie, origin: ORIGIN } };
    expect(await world.ask("POST", "/api/v1/second_factor", undefined, more)).toMatchObject({
      status: 401,
      body: { code: "bad-credentials", errors: [{ field: "password" }] },
    });
  });

  test("one signs in again with the password, and out", async () => {
    const { world, cookie } = await signedIn();
    const headers = { cookie, origin: ORIGIN };
    expect((await world.ask("GET", "/api/v1/session", undefined, { headers })).body).toMatchObject({
      name: "olga",
    });
    expect((await world.ask("DELETE", "/api/v1/session", undefined, { headers })).body).toEqual({
      done: true,
    });
    expect((await world.ask("GET", "/api/v1/session", undefined, { headers })).status).toBe(401);
    const signIn = (password: string) =>
      world.ask("POST", "/api/v1/session", undefined, {
        body: { name: "olga", password },
        headers: { origin: ORIGIN },
      });
    expect(await signIn("wrong")).toMatchObject({ status: 401, body: { code: "bad-credentials" } });
    expect((await signIn(PASSWORD)).body).toMatchObject({
      name: "olga",
      csrf_token: expect.stringMatching(/./),
    });
  });
});

test("an owner adds users, who see what they were given, makes tokens, and reads who did what", async () => {
  const { world, cookie } = await signedIn();
  const as = { cookie, origin: ORIGIN };
  const user = { name: "vera", role: "viewer", given: ["follower"] };
  const added = await world.ask("POST", "/api/v1/users", undefined, { body: user, headers: as });
  expect(added).toMatchObject({
    status: 201,
    body: { name: "vera", accounts: ["follower"], has_password: false },
  });
  const token = { name: "panel", scopes: ["view_sync"], expires_in_days: 30 };
  const made = await world.ask("POST", "/api/v1/tokens", undefined, { body: token, headers: as });
  expect(made).toMatchObject({ status: 201, body: { view: { user_name: "olga", scopes: ["view_sync"] } } });
  expect((await world.ask("GET", "/api/v1/session", made.body.token)).body).toMatchObject({
    kind: "token",
    name: "olga",
    permissions: ["view_sync"],
    accounts: "all",
    csrf_token: "",
  });
  expect(await world.ask("GET", "/api/v1/users", made.body.token)).toMatchObject({
    status: 403,
    body: { detail: "this needs the permission admin, which this token does not have" },
  });
  const { body: audit } = await world.ask("GET", "/api/v1/audit?limit=2", undefined, { headers: as });
  expect(audit.items).toMatchObject([
    { action: "api-token-made", address: "127.0.0.1" },
    { action: "user-added", address: "127.0.0.1" },
  ]);
  expect(JSON.stringify(audit)).not.toContain(made.body.token);
  const next = await world.ask("GET", `/api/v1/audit?cursor=${audit.next_cursor}`, undefined, {
    headers: as,
  });
  expect(next.body.items[0].id).toBeLessThan(audit.items[1].id);
  const path = `/api/v1/tokens/${made.body.view.id}`;
  expect((await world.ask("DELETE", path, undefined, { headers: as })).body).toEqual({ done: true });
  expect((await world.ask("GET", "/api/v1/session", made.body.token)).status).toBe(401);
});
