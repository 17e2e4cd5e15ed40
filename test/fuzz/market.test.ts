/**
 * Recorded markets of others, and the files of steps and sectors in the data folder: each row is taken or refused with its line and
 * reason, each file is taken whole or refused by its name, and nothing else happens.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { makeInstrument } from "../../src/core/model/instrument.ts";
import { readInstrumentTable } from "../../src/market/import/instrument-table.ts";
import { readRecorded } from "../../src/market/import/recorded-table.ts";
import { readInstruments } from "../../src/market/instrument-file.ts";
import { MarketDataError } from "../../src/market/market-history.ts";
import { readSectorFile } from "../../src/market/sector-file.ts";
import { damagedText, NASTY, runs } from "./hostile.ts";

const START = Date.UTC(2024, 4, 1);
const MINUTE = 60_000;
const HEADERS = [
  "open_time_ms,open,high,low,close,volume",
  "timestamp,funding_rate",
  "symbol,time_ms,open,high,low,close",
];
const INSTRUMENTS = "symbol,base_coin,quote_coin,kind,min_order_qty,max_order_qty,max_leverage,tick_size";
const folder = mkdtempSync(join(tmpdir(), "market-fuzz-"));
afterAll(() => rmSync(folder, { recursive: true }));

const nastyText = fc
  .constantFrom(...NASTY)
  .map((value) => (typeof value === "string" ? value : (JSON.stringify(value) ?? "")));
const cell = fc.oneof(
  fc.constantFrom("", "1", "-1", "1e9", "NaN", "0x1", '"', "100", "110", "0.0000000000000000001"),
  fc.nat(3).map((minutes) => String(START + minutes * MINUTE)),
  nastyText,
  fc.string(),
);
const linesOf = (columnsMax: number) =>
  fc.array(
    fc.array(cell, { maxLength: columnsMax }).map((cells) => cells.join(",")),
    { maxLength: 12 },
  );

it("a table of bars or funding", () => {
  const options = fc.record({
    scale: fc.constantFrom("1", "1000", "0.001"),
    volumeIn: fc.constantFrom("base" as const, "quote" as const),
  });
  fc.assert(
    fc.property(fc.constantFrom(...HEADERS), linesOf(7), options, (header, lines, given) => {
      const text = [header, ...lines].join("\n");
      const { series, rejects } = readRecorded(text, { symbol: "BTCUSDT", nowMs: START + 1e9, ...given });
      for (const { rows } of series) for (const row of rows) expect(row.every(Number.isFinite)).toBe(true);
      const taken = series.reduce((sum, { rows, repeated }) => sum + rows.length + repeated, 0);
      expect(taken + rejects.length).toBe(
        text
          .split("\n")
          .slice(1)
          .filter((line) => line.trim() !== "").length,
      );
    }),
    runs(400),
  );
});

it("a table with any header", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), damagedText(HEADERS)), linesOf(7), (header, lines) => {
      try {
        readRecorded([header, ...lines].join("\n"), {
          ...{ symbol: "BTCUSDT", scale: "1", volumeIn: "base", nowMs: START + 1e9 },
        });
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    runs(400),
  );
});

it("a table of instruments", () => {
  const rows = fc.array(fc.array(cell, { minLength: 7, maxLength: 9 }), { maxLength: 5 });
  fc.assert(
    fc.property(rows, (cells) => {
      const lines = cells.map((row) => ["XUSDT", "X", "USDT", "", ...row].join(","));
      for (const spec of readInstrumentTable([INSTRUMENTS, ...lines].join("\n"), "bybit").specs)
        expect(() => makeInstrument(spec)).not.toThrow();
    }),
    runs(400),
  );
});

it("a venue's file of instruments, and one of sectors", () => {
  const table = `${INSTRUMENTS}\nBTCUSDT,BTC,USDT,perpetual,0.001,1190,100,0.1`;
  const { specs } = readInstrumentTable(table, "bybit");
  const samples = [
    { venue: "bybit", toldAtMs: 5, isComplete: true, specs },
    { PEPE: "memes", BTC: "majors" },
  ];
  const [instruments, sectors] = [join(folder, "bybit.json"), join(folder, "sectors.json")];
  fc.assert(
    fc.property(damagedText(samples), (text) => {
      for (const path of [instruments, sectors]) writeFileSync(path, text);
      refusedByName(instruments, text, () => {
        for (const spec of readInstruments(folder, "bybit")?.specs ?? []) makeInstrument(spec);
      });
      refusedByName(sectors, text, () => {
        for (const [coin, sector] of readSectorFile(sectors))
          expect(`${coin} ${sector}`).toMatch(/^\w+ [\w-]+$/);
      });
    }),
    runs(200),
  );
});

/** What the file itself says may be told in the error; a word of the platform's own may not. */
function refusedByName(path: string, text: string, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof MarketDataError)) throw error;
    expect(error.message).toContain(path);
    for (const word of ["Cannot read", "is not a function", "undefined"])
      if (!text.includes(word)) expect(error.message).not.toContain(word);
  }
}
