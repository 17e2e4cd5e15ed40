/** When a loss that was told must have been answered: not before the account was read whole in that run; and what ends a stop. */
import { expect, test } from "vitest";
import type { CheckedAllocation, Evidence } from "../evidence.ts";
import type { RuleRecord, WrittenFigures } from "./record.ts";
import { checkStops } from "./stops.ts";

const EVIDENCE: Evidence = {
  instruments: [],
  leaders: [],
  followers: [],
  allocations: [],
  outcomes: [],
  intents: [],
  standing: [],
  prices: [],
  commands: [],
  halted: [],
  outages: true,
  slackMs: 1_000,
  guards: [{ follower: "follower", tiers: { losses: ["200"], reference: "start" }, liquidation: false }],
};

function figures(sequence: number, equity: string, isSnapshot: boolean): WrittenFigures {
  return { sequence, atMs: sequence, account: "follower", equity, available: equity, isSnapshot };
}

function silent(...told: readonly WrittenFigures[]): string[] {
  const nothing = { denials: [], orders: [], crossings: [], stops: [], ends: [], commands: [], prices: [] };
  const starts = [
    { sequence: 1, atMs: 1 },
    { sequence: 10, atMs: 10 },
  ];
  const record: RuleRecord = { ...nothing, givenUp: [], measured: [], figures: told, starts };
  return checkStops(EVIDENCE, record).map(({ rule, subject }) => `${rule} ${subject}`);
}

const FIRST = figures(2, "10000", true);

test("a loss that the stream told in the run is answered", () => {
  expect(silent(FIRST, figures(3, "9000", false))).toEqual(["guard-silent follower loss-tier at 3 (3)"]);
});

test("one that it told before the run read the account is answered with that", () => {
  expect(silent(FIRST, figures(11, "9000", false))).toEqual([]);
  expect(silent(FIRST, figures(11, "9000", false), figures(12, "9000", true))).toEqual([
    "guard-silent follower loss-tier at 12 (12)",
  ]);
});

test("a stop that lasts as long as the leader's position ends with the copying of that leader, of this follower alone", () => {
  const written = { sequence: 4, atMs: 4_000, follower: "follower", id: 1 };
  const stop = {
    ...written,
    guard: "liquidation",
    leader: null,
    symbol: "BTCUSDT",
    keeps: { part: 1, whole: 2 },
    bars: true,
    untilFlat: true,
    untilMs: null,
    level: 1,
    detail: {},
    held: [],
  };
  const end = { ...written, sequence: 9, atMs: 9_000, by: "clock-ticked" };
  const nothing = {
    denials: [],
    orders: [],
    crossings: [],
    commands: [],
    prices: [],
    givenUp: [],
    measured: [],
  };
  const record: RuleRecord = { ...nothing, figures: [], starts: [], stops: [stop], ends: [end] };
  const found = (follower: string, untilMs: number) => {
    const allocation = { follower, leader: "leader" } as CheckedAllocation;
    const guards = [{ follower: "follower", liquidation: true }];
    const evidence = { ...EVIDENCE, guards, versions: [{ allocation, fromMs: 0, untilMs }] };
    return checkStops(evidence, record).map(({ rule }) => rule);
  };
  expect(found("follower", 8_000)).toEqual([]);
  expect(found("follower", 3_000)).toEqual(["stop-ended"]);
  expect(found("other", 8_000)).toEqual(["stop-ended"]);
});
