import { expect, test } from "vitest";
import type { ConfiguredAccount } from "../config.ts";
import { worldOf } from "./world.ts";

type Account = Pick<ConfiguredAccount, "role" | "execution" | "accountType">;

function world(...accounts: readonly Account[]) {
  // Nothing else of an account is looked at.
  return worldOf({ accounts: accounts as readonly ConfiguredAccount[] });
}

const leader: Account = { role: "leader", execution: "read-only", accountType: "live" };
const at = (accountType: Account["accountType"]): Account => ({
  role: "follower",
  execution: "venue",
  accountType,
});

test("one follower with real money makes all of it live", () => {
  expect(world(leader, at("simulated"), at("live"), at("demo"))).toBe("live");
});

test("play money of the exchange is told from an exchange of our own, and from paper", () => {
  expect([world(at("demo")), world(at("testnet")), world(at("simulated"), leader)]).toEqual([
    "demo",
    "demo",
    "simulated",
  ]);
  expect(world({ ...at("live"), execution: "paper" })).toBe("paper");
});

test("without a follower, or a configuration, nothing is guessed", () => {
  expect([world(leader), worldOf(null)]).toEqual([null, null]);
});
