/** Public addresses of Hyperliquid among the accounts. */
import { describe, expect, it } from "vitest";
import { follower, leader, load, loaded, pair } from "./folder.ts";

const ADDRESS = `0x${"aB".repeat(20)}`;
const whale = { nickname: "whale", role: "leader", venue: "hyperliquid", address: ADDRESS };
const followed = (more: object = {}) => ({
  "data/accounts/whale.json": { ...whale, ...more },
  "data/accounts/follower.json": follower,
});

function problems(files: Parameters<typeof load>[0]): readonly string[] {
  const result = load(files);
  return result.ok ? [] : result.problems.map(({ keyPath, message }) => `${keyPath}: ${message}`);
}

describe("a followed address", () => {
  it("needs no key, stands at the real venue by default, and is kept in small letters", () => {
    expect(loaded(followed()).accounts.find(({ role }) => role === "leader")).toMatchObject({
      exchange: "hyperliquid",
      publicAddress: ADDRESS.toLowerCase(),
      url: "https://api.hyperliquid.xyz",
      venue: "api.hyperliquid.xyz",
      accountType: "live",
      execution: "read-only",
      credentials: null,
    });
  });

  it.each([
    [{ account_type: "testnet" }, "api.hyperliquid-testnet.xyz", "testnet"],
    [{ url: "http://127.0.0.1:9009", stream_url: "ws://127.0.0.1:9010" }, "127.0.0.1:9009", "simulated"],
  ])("%j is at %s", (more, venue, accountType) => {
    expect(loaded(followed(more)).accounts).toContainEqual(expect.objectContaining({ venue, accountType }));
  });

  it("is followed once", () => {
    const twice = {
      ...followed(),
      "data/accounts/whale2.json": { ...whale, nickname: "whale2", address: ADDRESS.toLowerCase() },
    };
    const named = { ...twice, "data/accounts/follower.json": { ...follower, leader: "whale" } };
    expect(problems(named)).toEqual(['address: is followed as "whale" already']);
  });

  it("leaves a paper follower at its own venue, or at Bybit's usual one", () => {
    const at = (files: Parameters<typeof load>[0]) =>
      loaded(files).accounts.find(({ role }) => role === "follower")?.url;
    expect(at(followed())).toBe(follower.url);
    const { url: _, account_type: __, ...bare } = follower;
    expect(at({ ...followed(), "data/accounts/follower.json": bare })).toBe("https://api.bybit.com");
  });

  it("beside a leader at Bybit leaves a paper follower at that leader's venue", () => {
    const both = {
      ...pair,
      "data/accounts/whale.json": whale,
      "data/accounts/follower.json": { ...follower, leader: ["leader", "whale"] },
    };
    expect(loaded(both).accounts.find(({ role }) => role === "follower")?.url).toBe(leader.url);
  });

  it.each(["copy_stops", "copy_pending", "exit_parity"])(
    "%s has no effect with it, and that is said",
    (name) => {
      const files = { ...followed(), "data/accounts/follower.json": { ...follower, [name]: true } };
      expect(loaded(files).warnings).toContainEqual(
        expect.objectContaining({
          keyPath: name,
          message: expect.stringContaining('has no effect with "whale"'),
        }),
      );
    },
  );

  it("may be mapped and listed by the names of its coins", () => {
    const copied = {
      symbols_to_copy: ["kPEPE", "W", "xyz:*", "BTCUSDT"],
      symbol_map: { kPEPE: "1000PEPEUSDT", "xyz:CL": "CLUSDT" },
    };
    const files = { ...followed(), "data/accounts/follower.json": { ...follower, ...copied } };
    expect(loaded(files).settings.allocations[0]?.symbolMap).toMatchObject({
      kPEPE: { symbol: "1000PEPEUSDT", units: "1" },
    });
  });
});
