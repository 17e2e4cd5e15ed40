/** Limits of the owner's own in the running program: loaded at start, told, asked, and found in the journal. */
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { until } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { type Json, killPrograms, type Program, runProgram } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/extensions/", import.meta.url));

let venue: Venue;
let copier: Copier;
let folder: string;
const engines: Program[] = [];

beforeAll(async () => {
  venue = await startVenue();
});
afterAll(killPrograms);
beforeEach(async () => {
  copier = new Copier(venue);
  folder = join(copier.config, "extensions");
  mkdirSync(folder, { mode: 0o755 });
  await venue.putAccount("lead");
  await venue.putAccount("one");
  copier.accountFile("lead", "leader");
  copier.accountFile("one", "follower");
});
afterEach(async () => {
  for (const engine of engines.splice(0)) await ended(engine);
  copier.close();
});

async function started(): Promise<Program> {
  const engine = await copier.started();
  engines.push(engine);
  return engine;
}

async function ended(engine: Program): Promise<void> {
  engine.kill("SIGTERM");
  await engine.exit;
}

function extension(name: string, check: string): void {
  const text = `import type { RiskLimit } from "./contract.ts";
export default { contract: 1, kind: "risk-limit", name: "${name}", description: "for a test",
  check(order) { ${check} } } satisfies RiskLimit;\n`;
  writeFileSync(join(folder, `${name}.ts`), text, { mode: 0o644 });
}

async function journal(...filters: readonly string[]): Promise<readonly Json[]> {
  const { stdout, code } = await copier.run(["journal", "--json", ...filters]);
  expect(code).toBe(0);
  return JSON.parse(stdout).entries;
}

const trade = (side: "buy" | "sell", quantity: string) =>
  bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side, quantity });

test("an extension denies an increase and says so, and no reduction is asked about", async () => {
  const before = await started();
  await trade("buy", "0.004");
  await until(async () => (await venue.positions("one")).BTCUSDT === "0.004", 10_000, "it is copied");
  await ended(before);

  copyFileSync(join(EXAMPLES, "no-weekends.ts"), join(folder, "no-weekends.ts"));
  extension(
    "no-btc",
    'return order.symbol === "BTCUSDT" ? { kind: "deny", numbers: { mine: 7 } } : { kind: "allow" };',
  );
  const engine = await started();
  const told = engine.lines.filter(({ note }) => note === "limit").map(({ message }) => message);
  expect(told).toContain("no-btc (extensions/no-btc.ts): for a test");
  const { stdout } = await copier.run(["status", "--json"]);
  expect(JSON.parse(stdout).limits).toContainEqual({
    limit: "no-btc",
    value: "for a test",
    source: "extensions/no-btc.ts",
    leader: "lead",
    follower: "one",
  });

  await trade("buy", "0.002");
  await until(async () => (await journal("--reason", "extension-denied")).length > 0, 10_000, "it is denied");
  const [entry] = await journal("--reason", "extension-denied");
  expect(entry).toMatchObject({
    follower: "one",
    symbol: "BTCUSDT",
    explanation: "a limit of the owner's own objects",
    detail: { extension: "no-btc", asked: "0.002", mine: 7 },
    orders: [],
  });
  await trade("sell", "0.004");
  await until(async () => (await venue.positions("one")).BTCUSDT === "0.002", 10_000, "the reduction goes");
});

test("an extension that throws denies increases, is told once, and lets reductions go", async () => {
  const before = await started();
  await trade("buy", "0.004");
  await until(async () => (await venue.positions("one")).BTCUSDT === "0.004", 10_000, "it is copied");
  await ended(before);

  extension("broken", 'throw new Error("no table for " + order.symbol);');
  const engine = await started();
  await trade("buy", "0.002");
  await engine.line(({ alert }) => JSON.stringify(alert ?? "").includes('"extension-failed"'), 10_000);
  await trade("buy", "0.002");
  await trade("sell", "0.006");
  await until(async () => (await venue.positions("one")).BTCUSDT === "0.002", 10_000, "the reduction goes");
  const entries = await journal("--reason", "extension-failed");
  expect(entries.length).toBeGreaterThan(0);
  expect(entries[0]).toMatchObject({
    detail: { extension: "broken", cause: "Error: no table for BTCUSDT" },
  });
  const alerts = engine.lines.flatMap(({ alert }) => (alert === undefined ? [] : [alert as Json]));
  expect(alerts.filter(({ kind }) => kind === "extension-failed")).toHaveLength(1);
  expect(alerts.filter(({ kind }) => kind === "not-copied")).toEqual([]);
});

test("a start is refused with file and field, before anything is sent", async () => {
  writeFileSync(join(folder, "half.mjs"), 'export default { contract: 1, kind: "risk-limit" };\n', {
    mode: 0o644,
  });
  const refused = copier.start();
  const { code } = await refused.exit;
  expect(code).toBe(2);
  const message = expect.stringContaining("got nothing");
  const problems = [{ file: join(folder, "half.mjs"), keyPath: "name", message }];
  expect(refused.lines).toContainEqual({ error: expect.objectContaining({ kind: "refused", problems }) });
  rmSync(join(folder, "half.mjs"));

  const importer = `export default { contract: 1, kind: "trader-importer", name: "csv", description: "for a test",
    sample: "a", recognises: () => true, read: () => [] };\n`;
  writeFileSync(join(folder, "mine.mjs"), importer, { mode: 0o644 });
  const taken = await copier.start().exit;
  expect(taken.code).toBe(2);
  expect(taken.stdout).toContain("is a format of the program already");
  rmSync(join(folder, "mine.mjs"));

  extension("open", 'return { kind: "allow" };');
  chmodSync(join(folder, "open.ts"), 0o666);
  const open = await copier.start().exit;
  expect(open.code).toBe(2);
  expect(open.stdout).toContain("everybody may write it");
});

test("`extension check` says what breaks the contract, and exits with 1", async () => {
  extension("good", 'return { kind: "allow" };');
  extension("bad", "return true;");
  const good = await runProgram(["extension", "check", join(folder, "good.ts"), "--json"]);
  expect([good.code, JSON.parse(good.stdout).ok]).toEqual([0, true]);
  expect(good.stderr).toBe("");
  const bad = await runProgram(["extension", "check", join(folder, "good.ts"), join(folder, "bad.ts")]);
  expect(bad.code).toBe(1);
  expect(bad.stdout).toContain("the answer must be an object, got true");
  const list = await copier.run(["extension", "list", "--json"]);
  expect(list.code).toBe(0);
  expect(JSON.parse(list.stdout).extensions.map(({ name }: Json) => name)).toEqual(["bad", "good"]);
});
