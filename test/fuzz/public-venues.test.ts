/** Whatever Hyperliquid and OKX answer: it is read or refused, and nothing else happens. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Decimal } from "../../src/core/model/decimal.ts";
import { VenueId } from "../../src/core/model/identifiers.ts";
import { Chains } from "../../src/exchange/hyperliquid/chains.ts";
import { parseFundingTimes } from "../../src/exchange/hyperliquid/funding-payments.ts";
import { parseInstruments } from "../../src/exchange/hyperliquid/instruments.ts";
import { parseFills, parseState } from "../../src/exchange/hyperliquid/parse.ts";
import {
  parseClosedPosition,
  parseContractValue,
  parseOpenPosition,
  parsePnl,
  parsePreference,
  parseRank,
  parseStatistics,
} from "../../src/exchange/okx/parse.ts";
import { positionSize } from "../../src/exchange/okx/size.ts";
import { MalformedMessage, type RawRow } from "../../src/exchange/raw.ts";
import { Ledger } from "../hyperliquid/ledger.ts";
import { CLOSED, OPEN, RANK } from "../okx/server.ts";
import { NASTY, runs } from "./hostile.ts";

const ledger = new Ledger();
const trade = { side: "buy", size: "1", price: "60000", pieces: 2, timeMs: 1_700_000_000_000 } as const;
const [FILL] = ledger.trade({ ...trade, coin: "BTC" });
const STATE = ledger.state("", 1_700_000_000_000) as RawRow;
const POSITION = {
  coin: "BTC",
  szi: "1",
  entryPx: "1",
  unrealizedPnl: "0",
  liquidationPx: null,
  leverage: { value: 5 },
};

/** The row with some of its fields made nasty, or gone. */
function hostile(row: RawRow): fc.Arbitrary<unknown> {
  const change = fc.record({
    name: fc.constantFrom(...Object.keys(row)),
    value: fc.constantFrom(...NASTY, undefined),
  });
  return fc.oneof(
    fc.constantFrom(...NASTY),
    fc
      .array(change, { minLength: 1, maxLength: 3 })
      .map((changes) => ({ ...row, ...Object.fromEntries(changes.map(({ name, value }) => [name, value])) })),
  );
}

/** What is read; nothing when it is refused. Anything else that is thrown fails. */
function read<Value>(action: () => Value): Value | undefined {
  try {
    return action();
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedMessage);
    return undefined;
  }
}

const few = () => runs(2_000);

it("fills of Hyperliquid", () => {
  const rows = fc.oneof(fc.constantFrom(...NASTY), fc.array(hostile({ ...FILL }), { maxLength: 4 }));
  fc.assert(
    fc.property(rows, (value) => {
      const list = read(() => parseFills(value));
      const chains = new Chains();
      for (const fill of list?.fills ?? []) {
        const noted = chains.fill(fill);
        if (noted !== null) expect(Number.isSafeInteger(noted.sequence)).toBe(true);
      }
    }),
    few(),
  );
});

it("funding payments of Hyperliquid", () => {
  const row = { time: 1_700_000_000_000, hash: "0x", delta: { type: "funding", coin: "BTC", usdc: "-1" } };
  const rows = fc.oneof(fc.constantFrom(...NASTY), fc.array(hostile(row), { maxLength: 4 }));
  fc.assert(
    fc.property(rows, (value) => {
      const page = read(() => parseFundingTimes(value));
      if (page !== undefined) expect(page.firstMs).toBeLessThanOrEqual(page.lastMs);
    }),
    few(),
  );
});

it("states of Hyperliquid", () => {
  const state = fc.oneof(
    hostile(STATE),
    hostile(POSITION).map((position) => ({ ...STATE, assetPositions: [{ type: "oneWay", position }] })),
    hostile({ ...POSITION.leverage }).map((leverage) => {
      return { ...STATE, assetPositions: [{ type: "oneWay", position: { ...POSITION, leverage } }] };
    }),
  );
  fc.assert(
    fc.property(state, (value) => {
      read(() => parseState(value));
    }),
    few(),
  );
});

it("lists of coins", () => {
  const listed = hostile({ name: "BTC", szDecimals: 5, maxLeverage: 40, isDelisted: false });
  const meta = fc.oneof(
    listed.map((row) => ({ universe: [row] })),
    hostile({ universe: [] }),
  );
  fc.assert(
    fc.property(meta, (value) => {
      read(() => parseInstruments(value, VenueId("venue")));
    }),
    few(),
  );
});

it("lead traders of OKX", () => {
  const parsers = [
    parseRank,
    parseStatistics,
    parsePnl,
    parsePreference,
    parseOpenPosition,
    parseContractValue,
  ];
  const contract = { instId: "BTC-USDT-SWAP", ctVal: "0.01", ctMult: "1", ctType: "linear" };
  const row = fc.oneof(hostile(RANK), hostile(OPEN), hostile(CLOSED), hostile(contract));
  fc.assert(
    fc.property(row, (value) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return;
      for (const parse of parsers) read(() => parse(value as RawRow));
      const closed = read(() => parseClosedPosition(value as RawRow));
      if (closed !== undefined)
        expect(positionSize(closed, Decimal.parse("0.01")).quantity).toBeInstanceOf(Decimal);
    }),
    few(),
  );
});
