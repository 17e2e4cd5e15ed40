/** What `status` and `allocations` say that copying brought in, held against the exchange's own books, to the last digit. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Decimal } from "../../src/core/model/decimal.ts";
import { until } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { killPrograms } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

const BALANCE = "50000";

let venue: Venue;
let copier: Copier;

beforeAll(async () => {
  venue = await startVenue();
  await venue.price("BTCUSDT", "60000");
  copier = new Copier(venue);
  for (const name of ["lead", "other"]) {
    await venue.putAccount(name);
    copier.accountFile(name, "leader");
  }
  await venue.putAccount("one", { balance: BALANCE });
  const overrides = { "ETH*": { max_leverage: 3, max_symbol_notional: "2500.5" } };
  const stop_loss = { share: 0.5, from: "peak" };
  copier.accountFile("one", "follower", { leader: ["lead", "other"], overrides, stop_loss });
  await copier.started();
});

afterAll(async () => {
  await killPrograms();
  copier.close();
});

async function trade(leader: string, side: "buy" | "sell", quantity: string, holds: string): Promise<void> {
  await bybitApiHand(venue, leader).market({ symbol: "BTCUSDT", side, quantity });
  const wanted = holds === "0" ? "{}" : JSON.stringify({ BTCUSDT: holds });
  const isThere = async () => JSON.stringify(await venue.positions("one")) === wanted;
  await until(isThere, 10_000, `one holds ${holds}`);
}

interface Result {
  readonly trades: string;
  readonly fees: string;
  readonly funding: string;
  readonly profit: string;
}

function sum(parts: readonly Result[], what: keyof Result): string {
  return parts.reduce((all, part) => all.plus(Decimal.parse(part[what])), Decimal.zero).toString();
}

test("each leader's sum to the account's, and the account's is what its wallet changed by", async () => {
  await trade("lead", "buy", "0.4", "0.4");
  await trade("other", "buy", "0.1", "0.5");
  await venue.price("BTCUSDT", "61234.5");
  await trade("lead", "sell", "0.3", "0.2");
  await venue.price("BTCUSDT", "59876.5");
  await trade("other", "sell", "0.1", "0.1");
  await trade("lead", "sell", "0.1", "0");
  const { balances } = await venue.account("one");
  const change = Decimal.parse(balances.USDT ?? "")
    .minus(Decimal.parse(BALANCE))
    .toString();
  const accountOf = async () => (await copier.json("status")).followers[0].results[0];
  await until(async () => (await accountOf()).account.profit === change, 10_000, `a profit of ${change}`);

  const { coin, leaders, unattributed, account } = await accountOf();
  expect(coin).toBe("USDT");
  expect(leaders.map(({ leader }: { leader: string }) => leader)).toEqual(["lead", "other"]);
  expect(unattributed).toEqual({ trades: "0", fees: "0", funding: "0", profit: "0" });
  for (const what of ["trades", "fees", "funding", "profit"] as const)
    expect(sum(leaders, what)).toBe(account[what]);
  expect(Number(account.fees)).toBeGreaterThan(0);

  const { allocations, accounts } = await copier.json("allocations");
  const ofRelations = allocations.flatMap(({ results }: { results: readonly Result[] }) => results);
  expect(sum(ofRelations, "profit")).toBe(change);
  expect(accounts).toMatchObject([{ follower: "one", results: [{ account: { profit: change } }] }]);

  const { stdout } = await copier.run(["status"]);
  expect(stdout).toMatch(/one +lead +-?[\d.]+ +[\d.]+ +-?[\d.]+ +-?[\d.]+ +USDT/);
  expect(stdout).toContain(`${change}  USDT`);
});

test("settings that are groups or lists are JSON, not text", async () => {
  const [relation] = (await copier.json("allocations")).allocations;
  const settingOf = (keyPath: string) =>
    relation.settings.find((one: { keyPath: string }) => one.keyPath === keyPath).value;
  expect(settingOf("overrides")).toEqual({ "ETH*": { max_leverage: 3, max_symbol_notional: "2500.5" } });
  expect(settingOf("stop_loss")).toEqual({ share: 0.5, from: "peak" });
  expect(settingOf("symbol_map")).toEqual({});
});
