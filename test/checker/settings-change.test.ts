/** Where settings change meanwhile, each order, change and reason is judged by those that counted at its time. */
import { describe, expect, it } from "vitest";
import { check } from "./checker.ts";
import type { CheckedAllocation, CheckedFill, CheckedOutcome, CheckedVersion, Evidence } from "./evidence.ts";
import { BTCUSDT, HALF } from "./fixture.ts";

const IDS = [1, 2, 3].map((number) => `ct${"a".repeat(21)}${number}`);
const CHANGED_MS = 20_000;

const BEFORE: CheckedAllocation = { ...HALF, constant: false };
const AFTER: CheckedAllocation = { ...BEFORE, multiplier: "1" };

function version(allocation: CheckedAllocation, fromMs: number, untilMs = Number.MAX_SAFE_INTEGER) {
  return { fromMs, untilMs, allocation };
}

function bought(quantity: string, atMs: number, clientOrderId = ""): CheckedFill {
  return { symbol: "BTCUSDT", leg: "net", side: "buy", quantity, price: "60000", atMs, clientOrderId };
}

function outcome(change: number, leaderHolds: string, atMs: number, orders: string[]): CheckedOutcome {
  const pair = { leader: "leader", follower: "follower", symbol: "BTCUSDT", leg: "net" } as const;
  return { change, ...pair, changedBy: "1", leaderHolds, atMs, orders, reason: "", detail: {} };
}

function told(at: number, reason: string, detail: CheckedOutcome["detail"] = {}): Evidence {
  const outcomes = STORY.outcomes.map((one, index) =>
    index === at ? { ...one, orders: [], reason, detail, deniedAtMs: one.atMs } : one,
  );
  return { ...STORY, outcomes };
}

/** The leader buys 1, and 1 more after the copy has become as large as its own. */
const STORY: Evidence = {
  instruments: [BTCUSDT],
  allocations: [AFTER],
  versions: [version(BEFORE, 0, CHANGED_MS), version(AFTER, CHANGED_MS)],
  leaders: [
    {
      account: "leader",
      mode: "one-way",
      positions: [{ symbol: "BTCUSDT", leg: "net", quantity: "2" }],
      held: [],
      fills: [bought("1", 10_000), bought("1", 30_000)],
      requests: [],
      equities: [],
    },
  ],
  followers: [following("0.5", "0.5", "1")],
  outcomes: [outcome(1, "1", 10_000, IDS.slice(0, 1)), outcome(2, "2", 30_000, IDS.slice(2))],
  intents: IDS.map((clientOrderId) => ({ clientOrderId, follower: "follower", symbol: "BTCUSDT" })),
  standing: [],
  commands: [],
  prices: [{ symbol: "BTCUSDT", atMs: 0, price: "60000" }],
  halted: [],
  outages: false,
  slackMs: 1_000,
};

/** At the first change, as the settings change, and at the second. */
function following(...quantities: readonly [string, string, string]): Evidence["followers"][number] {
  const fills = quantities.map((quantity, index) =>
    bought(quantity, (index + 1) * 10_000 + 100, IDS[index] ?? ""),
  );
  return {
    account: "follower",
    mode: "one-way",
    positions: [{ symbol: "BTCUSDT", leg: "net", quantity: "2" }],
    held: [],
    fills,
    requests: fills.map(({ symbol, leg, side, quantity, clientOrderId, atMs }) => ({
      action: "create",
      clientOrderId,
      symbol,
      leg,
      side,
      quantity,
      reduceOnly: false,
      outcome: "accepted",
      atMs,
    })),
    equities: [],
  };
}

function rulesOf(evidence: Evidence): readonly string[] {
  return check(evidence).map(({ rule }) => rule);
}

function without({ versions: _, ...evidence }: Evidence): Evidence {
  return evidence;
}

describe("settings that change", () => {
  it("leave nothing to say about a copy that follows them", () => {
    expect(check(STORY)).toEqual([]);
  });

  it("judge an order by those of its time, not by those of the end", () => {
    const early = { ...STORY, followers: [following("0.6", "0.4", "1")] };
    expect(rulesOf(early)).toEqual(["past-target"]);
    expect(rulesOf(without(early))).toEqual([]);
  });

  it("do not size anew what former ones had fixed by the price of then", () => {
    const fixed = version(
      { ...BEFORE, sizing: "fixed-notional", multiplier: "1", amount: "30000" },
      0,
      CHANGED_MS,
    );
    const prices = [...STORY.prices, { symbol: "BTCUSDT", atMs: CHANGED_MS - 5_000, price: "120000" }];
    expect(rulesOf({ ...STORY, prices, versions: [fixed, version(AFTER, CHANGED_MS)] })).toEqual([]);
  });

  it.each<[string, Evidence, readonly string[]]>([
    ["at-target of before", told(0, "at-target", { targetLots: 500 }), []],
    ["at-target of after, said before", told(0, "at-target", { targetLots: 700 }), ["impossible-reason"]],
    ["allocation-ended while one counts", told(1, "allocation-ended"), ["impossible-reason"]],
    ["not-approved where nobody asks", told(1, "not-approved"), ["impossible-reason"]],
    ["equity-unknown under a multiplier", told(1, "equity-unknown"), ["impossible-reason"]],
  ])("judge %s", (_, evidence, expected) => {
    expect(rulesOf(evidence)).toEqual(expected);
  });

  it.each<[string, readonly number[], readonly string[]]>([
    ["that was told when nobody was copied", [19_000], []],
    ["that was told of the copy, too", [19_000, 26_000], ["impossible-reason"]],
  ])("are not known to a run that has just begun: it goes by the run %s", (_, settledMs, expected) => {
    const ended = [version(BEFORE, 0, 18_000), version(AFTER, 25_000)];
    // The run of 28,000 died before it was told anything.
    const begun = { starts: [0, 28_000, 30_000], settledMs: [0, ...settledMs], versions: ended };
    const rules = rulesOf({ ...told(1, "allocation-ended"), ...begun });
    expect(rules.filter((rule) => rule === "impossible-reason")).toEqual(expected);
  });

  it("may have given up what former ones gave up", () => {
    const former = version({ ...BEFORE, copyExisting: false }, 0, CHANGED_MS);
    expect(rulesOf(told(1, "waived"))).toEqual(["impossible-reason"]);
    expect(rulesOf({ ...told(1, "waived"), versions: [former, version(AFTER, CHANGED_MS)] })).toEqual([]);
  });

  it.each<[string, readonly CheckedVersion[], readonly string[]]>([
    ["while it was copied", STORY.versions ?? [], ["broken-chain"]],
    ["while nobody copied it", [version(BEFORE, 0, 9_000), version(AFTER, CHANGED_MS)], []],
  ])("ask for a record of what a leader did %s", (_, versions, expected) => {
    const outcomes = STORY.outcomes.slice(1);
    const rules = rulesOf({ ...STORY, versions, outcomes }).filter((rule) => rule === "broken-chain");
    expect(rules).toEqual(expected);
  });
});
