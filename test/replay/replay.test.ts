/**
 * Recorded traders as leaders, copied live: every second account of the record as it was, and some of them through all the
 * faults that the exchange can make. `npm run replay` runs all accounts. The checker judges every follower at the end; that it
 * would see a wrong one is tried by falsifying what it is shown.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { check } from "../checker/checker.ts";
import type { CheckedAccount, Evidence } from "../checker/evidence.ts";
import { hasShared, sharedNote, sharedPath } from "../shared.ts";
import { COMMON_FAULTS } from "./faults.ts";
import { followersOf } from "./followers.ts";
import { leaderScript } from "./leader-script.ts";
import { readRecordedFills } from "./recorded-fills.ts";
import { RecordedMarket } from "./recorded-market.ts";
import { replaySet } from "./replay-set.ts";
import { replayStage } from "./replay-trader.ts";
import { stageOf } from "./stage.ts";
import { isSound } from "./summary.ts";

const traders = sharedPath("data/traders/binance_copy");
const market = sharedPath("data/market");
const PATIENCE_MS = 170_000;

describe.skipIf(!hasShared)(`recorded traders as leaders${sharedNote}`, () => {
  test("every second account is copied to its end", { timeout: PATIENCE_MS }, async () => {
    const summary = await replaySet({ traders, market, seed: 1, accounts: 50 });
    expect(summary.violations).toEqual([]);
    expect(summary.accounts).toBe(50);
    expect(summary.hedgeAccounts).toBeGreaterThan(20);
    expect(summary.usedShare).toBeGreaterThanOrEqual(0.85);
    expect(summary.carriedPositions).toBeGreaterThan(50);
    expect(summary.parity.atTarget / summary.parity.instruments).toBeGreaterThan(0.9);
    expect(isSound(summary)).toBe(true);
  });

  test("faults of every kind leave nothing behind", { timeout: PATIENCE_MS }, async () => {
    const summary = await replaySet({ traders, market, seed: 2, accounts: 8, faults: COMMON_FAULTS });
    expect(summary.violations).toEqual([]);
    expect(summary.rejections).toMatchObject({ "rate-limited 10006": expect.any(Number) });
    expect(isSound(summary)).toBe(true);
  });

  test("the same seed gives the same orders", { timeout: PATIENCE_MS }, () => {
    const [first, second] = [evidenceOfOne(7), evidenceOfOne(7)];
    expect(second.followers).toEqual(first.followers);
  });
});

describe.skipIf(!hasShared)(`a wrong copy is seen${sharedNote}`, () => {
  let evidence: Evidence;
  beforeAll(() => {
    evidence = evidenceOfOne(1);
  }, PATIENCE_MS);

  test("nothing is wrong with what happened", () => {
    expect(check(evidence)).toEqual([]);
  });

  test.each([
    ["a follower missed an order", "off-target", (shown: Evidence) => inFollower(shown, withoutLastFill)],
    ["an order was taken twice", "doubled", (shown: Evidence) => inFollower(shown, withFirstOrderTwice)],
    ["a follower bought too much", "past-target", (shown: Evidence) => inFollower(shown, withLargerFill)],
    ["a change led to nothing", "unexplained", withoutFirstExplanation],
    ["a change was not noticed", "broken-chain", withoutFirstOutcome],
    ["an order has no intent", "without-intent", (shown: Evidence) => ({ ...shown, intents: [] })],
  ] as const)("%s: %s", (_, rule, falsify) => {
    expect(check(falsify(evidence)).map((violation) => violation.rule)).toContain(rule);
  });
});

function evidenceOfOne(seed: number): Evidence {
  const [trader, fills] = [...readRecordedFills(`${traders}/fills.csv.gz`)][3] ?? ["", []];
  const recorded = new RecordedMarket(market);
  const stage = stageOf([leaderScript(trader, fills, recorded)]);
  return replayStage(stage, { seed, market: recorded, followers: followersOf(seed) }).evidence;
}

/** In the follower that has plenty of money and copies exactly. */
function inFollower(evidence: Evidence, falsify: (account: CheckedAccount) => CheckedAccount): Evidence {
  const followers = evidence.followers.map((one) =>
    one.account === "large-multiplier" ? falsify(one) : one,
  );
  return { ...evidence, followers };
}

function withoutLastFill(account: CheckedAccount): CheckedAccount {
  return { ...account, fills: account.fills.slice(0, -1) };
}

function withFirstOrderTwice(account: CheckedAccount): CheckedAccount {
  const taken = account.requests.filter(({ outcome }) => outcome === "accepted").slice(0, 1);
  return { ...account, requests: [...account.requests, ...taken] };
}

function withLargerFill(account: CheckedAccount): CheckedAccount {
  return { ...account, fills: account.fills.map((fill, place) => (place === 0 ? twice(fill) : fill)) };
}

function twice(fill: CheckedAccount["fills"][number]): CheckedAccount["fills"][number] {
  return { ...fill, quantity: String(Number(fill.quantity) * 2) };
}

function withoutFirstExplanation(evidence: Evidence): Evidence {
  const [first, ...others] = evidence.outcomes;
  return first === undefined
    ? evidence
    : { ...evidence, outcomes: [{ ...first, orders: [], reason: "" }, ...others] };
}

function withoutFirstOutcome(evidence: Evidence): Evidence {
  return { ...evidence, outcomes: evidence.outcomes.slice(1) };
}
