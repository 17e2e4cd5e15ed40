/** When a loss that was told must have been answered: not before the account was read whole in that run. */
import { expect, test } from "vitest";
import type { Evidence } from "../evidence.ts";
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
