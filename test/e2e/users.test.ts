/** Users, API tokens and the audit log by the command line. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { killPrograms, runProgram } from "./program.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "users-"));
  mkdirSync(join(folder, "config"));
});
afterAll(async () => {
  await killPrograms();
  rmSync(folder, { recursive: true });
});

const run = (words: string, stdin?: string) =>
  runProgram(
    [...words.split(" "), "--config", join(folder, "config"), "--data", join(folder, "data")],
    stdin === undefined ? {} : { stdin },
  );
const answer = async (words: string, stdin?: string) => {
  const { code, stdout } = await run(`${words} --json`, stdin);
  return { code, ...JSON.parse(stdout) };
};

const PASSWORD = "a fine long sentence";

test("an owner, users with their rights, tokens, and what was done to them", async () => {
  expect(await answer("users list")).toEqual({ code: 0, users: [] });
  const { link } = await answer("users setup-link --address https://copy.example.com/");
  expect(link).toMatch(/^https:\/\/copy\.example\.com\/#setup=ctl_[\w-]{43}$/);
  expect((await answer("users add alice --role owner", `${PASSWORD}\n`)).added).toMatchObject({
    role: "owner",
  });
  const weak = await answer("users add bob", "short\n");
  expect(weak).toMatchObject({ code: 2, error: { kind: "weak-password" } });
  await answer("users add bob --accounts slave1 --telegram 5 --no-password");
  const permitted = await answer("users permissions bob --role operator --permissions none");
  expect(permitted.user).toMatchObject({ role: "operator", listed: [], accounts: ["slave1"] });
  expect((await answer("users accounts bob slave1,slave2")).user.accounts).toEqual(["slave1", "slave2"]);

  const { token, id } = await answer("tokens create bob ci --scopes trade,view_sync --days 7");
  expect(token).toMatch(/^ctt_/);
  const listed = await run("tokens list");
  expect(listed.stdout).toContain("bob");
  expect(listed.stdout).not.toContain(token);
  expect((await answer(`tokens revoke ${id}`)).revoked).toBe(id);
  expect((await run("users remove bob")).code).toBe(2);
  expect((await run("users remove bob --yes")).code).toBe(0);
  expect(await answer("users remove alice --yes")).toMatchObject({ code: 2, error: { kind: "last-owner" } });

  const { stdout } = await run("audit");
  expect(stdout).toContain("user-changed bob: role viewer -> operator");
  for (const secret of [PASSWORD, token, link.split("=")[1]]) expect(stdout).not.toContain(secret);
}, 120_000);

test("the users of the earlier bot are taken over once", async () => {
  const user = { user_id: 123456789, username: "your_username", role: "admin", permissions: ["all"] };
  writeFileSync(
    join(folder, "config", "telegram_auth.json"),
    JSON.stringify({ authorized_users: [{ ...user, added_at: "2024-01-01T00:00:00Z" }] }),
  );
  expect((await answer("users import")).added).toEqual(["your_username"]);
  expect((await answer("users import")).known).toEqual(["123456789"]);
  expect((await run("users import nowhere.json")).code).toBe(2);
});

test("no password or token is taken from the command line", async () => {
  for (const words of ["users add carol --password x", "users password alice --password x"]) {
    const { code, stderr } = await run(words, "");
    expect(code).toBe(2);
    expect(stderr).not.toContain("x\n");
  }
});
