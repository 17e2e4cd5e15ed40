/**
 * Risk tiers over real sockets: what the connector tells of the simulated exchange's tiers, row by row against the
 * unmodified `bybit-api`, for markets of every largest leverage.
 */
import { RestClientV5 } from "bybit-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventOf } from "../../src/core/event.ts";
import { InstrumentId } from "../../src/core/model/identifiers.ts";
import { BybitRiskTiers } from "../../src/exchange/bybit/risk-tiers.ts";
import { BybitWorld } from "./bybit-world.ts";

let world: BybitWorld;

beforeAll(async () => {
  world = await BybitWorld.start();
});
afterAll(() => world.close());

/** One symbol for each largest leverage that the exchange lists. */
function samples(): readonly string[] {
  const byLeverage = new Map<string, string>();
  for (const { spec } of world.instruments.values()) {
    if (!byLeverage.has(spec.maxLeverage)) byLeverage.set(spec.maxLeverage, spec.symbol);
  }
  return [...byLeverage.values()];
}

async function toldOf(symbol: string): Promise<EventOf<"risk-tiers-listed">> {
  const told = Promise.withResolvers<EventOf<"risk-tiers-listed">>();
  const tiers = new BybitRiskTiers({
    venue: world.bybit.venue,
    clock: world.outside.clock,
    rest: world.rest,
    listener: told.resolve,
    onNotice: (notice) => told.reject(new Error(notice)),
  });
  tiers.ask(InstrumentId(symbol, world.bybit.venue));
  const event = await told.promise;
  tiers.close();
  return event;
}

test("the tiers of a market are told as the exchange lists them, field by field", async () => {
  const client = new RestClientV5({ baseUrl: world.exchange.rest });
  const symbols = samples();
  expect(symbols.length).toBeGreaterThan(3);
  for (const symbol of symbols) {
    const { instrument, tiers, kind } = await toldOf(symbol);
    const { result } = await client.getRiskLimit({ category: "linear", symbol });
    expect({ kind, instrument, tiers }).toEqual({
      kind: "risk-tiers-listed",
      instrument: InstrumentId(symbol, world.bybit.venue),
      tiers: result.list.map(({ riskLimitValue, maxLeverage }) => ({ limit: riskLimitValue, maxLeverage })),
    });
    expect(Number(tiers[0]?.maxLeverage)).toBe(Number(world.instruments.get(instrument)?.spec.maxLeverage));
  }
});

test("a symbol that the exchange does not list has none", async () => {
  await expect(toldOf("NOSUCHUSDT")).rejects.toThrow(/NOSUCHUSDT/);
});
