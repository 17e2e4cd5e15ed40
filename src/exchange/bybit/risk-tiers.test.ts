/** Risk tiers as a venue of a few lines tells them: asked for once, told once, and never waited for without end. */
import { describe, expect, it, test } from "vitest";
import { ScriptedBybit, VENUE } from "../../../test/conformance/scripted-bybit.ts";
import type { EventOf } from "../../core/event.ts";
import { InstrumentId } from "../../core/model/identifiers.ts";
import { BybitRest } from "./rest.ts";
import { BybitRiskTiers, parseRiskTiers } from "./risk-tiers.ts";

const BITCOIN = InstrumentId("BTCUSDT", VENUE);
const ETHER = InstrumentId("ETHUSDT", VENUE);
const ASKED = "GET /v5/market/risk-limit?category=linear&symbol=BTCUSDT";

function tierRow(riskLimitValue: string, maxLeverage: string, symbol = "BTCUSDT") {
  const rates = { maintenanceMargin: "0.005", initialMargin: "0.01", mmDeduction: "" };
  return { id: 1, symbol, riskLimitValue, ...rates, isLowestRisk: 1, maxLeverage };
}

class World {
  readonly bybit = new ScriptedBybit();
  readonly told: EventOf<"risk-tiers-listed">[] = [];
  readonly notices: string[] = [];
  readonly tiers: BybitRiskTiers;
  readonly done: string[] = [];

  constructor(...rows: readonly unknown[]) {
    const { outside, budget } = this.bybit;
    this.bybit.answers.set("/v5/market/risk-limit", () => ({ list: rows, nextPageCursor: "" }));
    this.tiers = new BybitRiskTiers({
      venue: VENUE,
      clock: outside.clock,
      rest: new BybitRest(outside, "https://rest.test", budget),
      listener: (event) => this.told.push(event),
      onNotice: (notice) => this.notices.push(notice),
    });
    this.bybit.riskTiers = this.tiers;
  }

  wait(name: string, ms: number): void {
    this.tiers.whenTold(BITCOIN, () => this.done.push(name));
    this.bybit.outside.clock.advance(ms);
  }
}

const ROWS = [tierRow("2000000", "100.00"), tierRow("6000000", "50.00"), tierRow("9", "1", "BTCUSD")];
const TIERS = [
  { limit: "2000000", maxLeverage: "100.00" },
  { limit: "6000000", maxLeverage: "50.00" },
];

describe("the tiers of a market", () => {
  it("are asked for once, whoever follows and waits for them, and told once", () => {
    const world = new World(...ROWS);
    world.tiers.follow([BITCOIN]);
    world.tiers.ask(BITCOIN);
    world.wait("one", 0);
    world.wait("two", 500);
    world.tiers.follow([BITCOIN]);
    world.wait("three", 0);
    expect([world.done, world.bybit.asked]).toEqual([["one", "two", "three"], [ASKED]]);
    expect(world.told).toEqual([
      { kind: "risk-tiers-listed", instrument: BITCOIN, tiers: TIERS, atMs: expect.any(Number) },
    ]);
  });

  it("come before the description of the market, which waits for them", () => {
    const world = new World(...ROWS);
    const connection = world.bybit.opened();
    world.bybit.answers.set("/v5/position/list", () => ({
      list: [{ symbol: "BTCUSDT", positionIdx: 0, leverage: "7", side: "", size: "0" }],
      nextPageCursor: "",
    }));
    let toldBefore = -1;
    world.bybit.events.push = (...events) => {
      toldBefore = world.told.length;
      return Array.prototype.push.apply(world.bybit.events, events);
    };
    connection.describeMarket(BITCOIN);
    world.bybit.outside.clock.advance(500);
    expect([world.bybit.kinds, toldBefore]).toEqual([["market-described"], 1]);
  });

  it("are waited for no longer than two seconds", () => {
    const world = new World();
    world.bybit.answers.set("/v5/market/risk-limit", () => null);
    world.wait("one", 1_999);
    expect(world.done).toEqual([]);
    world.bybit.outside.clock.advance(1);
    expect([world.done, world.told]).toEqual([["one"], []]);
  });

  it.each([
    ["no row of it", [tierRow("1", "1", "ETHUSDT")], /list no tier of BTCUSDT/],
    ["a limit that is no number", [tierRow("much", "100")], /riskLimitValue/],
    ["no leverage", [{ ...tierRow("1", "1"), maxLeverage: undefined }], /maxLeverage/],
  ])("that have %s are said, not waited for, and asked for again a minute later", (_, rows, notice) => {
    const world = new World(...rows);
    world.wait("one", 500);
    world.wait("two", 0);
    expect([world.done, world.told, world.bybit.asked]).toEqual([["one", "two"], [], [ASKED]]);
    expect(world.notices).toEqual([expect.stringMatching(notice)]);
    world.bybit.answers.set("/v5/market/risk-limit", () => ({ list: ROWS, nextPageCursor: "" }));
    world.bybit.outside.clock.advance(60_000);
    world.wait("three", 500);
    expect([world.done.length, world.told.length]).toEqual([3, 1]);
  });

  it("are read again once a day, with nobody waiting for it", () => {
    const world = new World(...ROWS);
    world.wait("one", 24 * 3_600_000 - 1);
    expect(world.told).toHaveLength(1);
    world.bybit.outside.clock.advance(500);
    expect(world.told.map(({ tiers }) => tiers)).toEqual([TIERS, TIERS]);
  });

  it("are tried again after an hour where nobody asks", () => {
    const world = new World();
    world.tiers.follow([BITCOIN]);
    world.bybit.outside.clock.advance(3_600_000 - 1);
    expect([world.told, world.bybit.asked]).toEqual([[], [ASKED]]);
    world.bybit.answers.set("/v5/market/risk-limit", () => ({ list: ROWS, nextPageCursor: "" }));
    world.bybit.outside.clock.advance(2_000);
    expect(world.told).toHaveLength(1);
  });

  it("of a venue that does not tell them keep nobody waiting", () => {
    const world = new World();
    world.bybit.answers.set("/v5/market/risk-limit", () => world.bybit.refusal(10001, "not supported"));
    world.wait("one", 500);
    expect([world.done, world.notices.length]).toEqual([["one"], 1]);
  });
});

test("nothing is asked after the close", () => {
  const world = new World(...ROWS);
  world.tiers.close();
  world.tiers.follow([BITCOIN, ETHER]);
  world.wait("one", 500);
  expect([world.done, world.bybit.asked]).toEqual([["one"], []]);
});

test("rows are read as the venue states them", () => {
  expect(parseRiskTiers(ROWS, "BTCUSDT")).toEqual(TIERS);
});
