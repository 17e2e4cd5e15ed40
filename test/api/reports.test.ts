/** Reports over HTTP: made in the background as the command makes them, listed and taken as files by whoever sees the account. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { dataFolderPaths } from "../../src/data-folder.ts";
import { openWorld, SOON, type World } from "./world.ts";

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const PROGRAM = `process.stdout.write(JSON.stringify({ arguments: process.argv.slice(2) }) + "\\n");`;

async function opened(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "report-jobs-"));
  const program = join(folder, "program.cjs");
  writeFileSync(program, PROGRAM);
  const people = {
    owner: { role: "owner" },
    looker: { role: "viewer", given: ["follower"] },
    nobody: { role: "viewer", given: ["other"] },
  } as const;
  const world = await openWorld({ people, jobProgram: [process.execPath, program] });
  closing.push(() => rmSync(folder, { recursive: true }));
  closing.push(() => world.close());
  const { reports, charts } = dataFolderPaths(world.parts.dataDir);
  for (const made of [reports, charts]) mkdirSync(made, { recursive: true });
  writeFileSync(join(reports, "portfolio-daily-2026-11-20.html"), "<p>all</p>");
  writeFileSync(join(reports, "account-follower-daily-2026-11-20.html"), "<p>one</p>");
  writeFileSync(join(charts, "leader-lead-daily-2026-11-20-overview-dark.png"), "png");
  writeFileSync(join(reports, "scheduled.json"), "{}");
  return world;
}

test("one is made by the command, of whom he sees", async () => {
  const { ask } = await opened();
  const make = (as: string, body: object) => ask("POST", "/api/v1/reports", as, { body });
  const { status, body } = await make("owner", { period: "weekly", formats: ["pdf", "png"] });
  expect([status, body.kind]).toEqual([202, "report"]);
  await vi.waitFor(async () => {
    const { body: found } = await ask("GET", `/api/v1/reports/${body.id}/result`, "owner");
    expect(found.result?.arguments).toEqual(
      expect.arrayContaining(["report", "--json", "--period=weekly", "--format=pdf,png"]),
    );
  }, SOON);
  const own = await make("looker", { account: "follower" });
  expect(own.body.request).toMatchObject({ account: "follower", period: "daily", formats: ["html"] });
  // His only account is the one that is meant.
  expect((await make("looker", {})).body.request).toMatchObject({ account: "follower" });
  expect((await make("looker", { account: "hidden" })).body.code).toBe("unknown-follower");
  expect((await make("looker", { leader: "lead" })).body.code).toBe("unknown-leader");
  expect((await make("owner", { leader: "lead", account: "follower" })).status).toBe(400);
  expect((await make("owner", { period: "2026-13-1" })).status).toBe(400);
  expect((await ask("GET", `/api/v1/reports/${body.id}`, "looker")).status).toBe(404);
});

test("files are listed newest first and taken by those who see the account, and nothing else is", async () => {
  const { ask } = await opened();
  const names = async (as: string, query = "") =>
    (await ask("GET", `/api/v1/reports${query}`, as)).body.items
      .map(({ name }: { readonly name: string }) => name)
      .sort();
  expect(await names("owner")).toEqual([
    "account-follower-daily-2026-11-20.html",
    "leader-lead-daily-2026-11-20-overview-dark.png",
    "portfolio-daily-2026-11-20.html",
  ]);
  expect(await names("owner", "?format=png")).toEqual(["leader-lead-daily-2026-11-20-overview-dark.png"]);
  expect(await names("looker")).toEqual(["account-follower-daily-2026-11-20.html"]);
  expect(await names("nobody")).toEqual([]);
  const first = await ask("GET", "/api/v1/reports?limit=1", "owner");
  expect(await names("owner", `?limit=5&cursor=${first.body.next_cursor}`)).toHaveLength(2);
  expect((await ask("GET", "/api/v1/reports?cursor=nothing.html", "owner")).body).toMatchObject({
    code: "bad-request",
    errors: [{ field: "cursor" }],
  });
  const file = (name: string, as: string) => ask("GET", `/api/v1/reports/files/${name}`, as);
  const taken = await file("account-follower-daily-2026-11-20.html", "looker");
  expect([taken.status, taken.text]).toEqual([200, "<p>one</p>"]);
  expect(taken.headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(taken.headers["content-disposition"]).toContain("attachment");
  expect((await file("portfolio-daily-2026-11-20.html", "looker")).status).toBe(404);
  for (const name of ["scheduled.json", "..%2Fidentity.sqlite", "%2Fetc%2Fpasswd"])
    expect((await file(name, "owner")).status).toBe(404);
});
