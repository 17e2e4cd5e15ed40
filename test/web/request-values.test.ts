/** Fields of a request: what can be sent and as what, and what is said at a field that cannot be. */
import { describe, expect, it } from "vitest";
import { type RequestField, requestErrors, requestValues } from "../../web/src/format/request-values.ts";
import { backtestRequest, formErrors } from "../../web/src/pages/backtests/form.ts";

const NOW_MS = Date.UTC(2026, 4, 20, 12);
const DAYS = { start_date: "2026-05-01", end_date: "2026-05-19" };

describe("fields of a request", () => {
  const fields: readonly RequestField[] = [
    { key: "equity", label: "", kind: "amount" },
    { key: "delay", label: "", kind: "number", most: 5 },
    { key: "part", label: "", kind: "share", most: 100 },
    { key: "lives", label: "", kind: "count", most: 200 },
    { key: "delays", label: "", kind: "numbers", most: 60 },
  ];

  it("are sent as the contract has them, amounts as they were written, and what is empty is left out", () => {
    const texts = { equity: " 10000.50 ", delay: "0.5", part: "0.1", lives: "", delays: "0.1, 1,60" };
    expect(requestErrors(fields, texts)).toEqual({});
    expect(requestValues(fields, texts)).toEqual({
      equity: "10000.50",
      delay: 0.5,
      part: 0.1,
      delays: [0.1, 1, 60],
    });
  });

  it.each([
    [{ equity: "0.00" }, "equity"],
    [{ equity: "1e3" }, "equity"],
    [{ delay: "5.1" }, "delay"],
    [{ delay: "-1" }, "delay"],
    [{ part: "abc" }, "part"],
    [{ part: "0" }, "part"],
    [{ part: "101" }, "part"],
    [{ lives: "1.5" }, "lives"],
    [{ lives: "201" }, "lives"],
    [{ delays: "1,,2" }, "delays"],
    [{ delays: "0" }, "delays"],
  ])("that cannot be sent say so: %j", (texts, key) => {
    expect(Object.keys(requestErrors(fields, texts))).toEqual([key]);
  });
});

describe("a backtest", () => {
  it("needs days that are in order and begin before today is over", () => {
    expect(formErrors(DAYS, NOW_MS)).toEqual({});
    expect(Object.keys(formErrors({ ...DAYS, end_date: "2026-04-30" }, NOW_MS))).toEqual(["end_date"]);
    expect(Object.keys(formErrors({ ...DAYS, end_date: "2026-05-21" }, NOW_MS))).toEqual(["end_date"]);
    expect(Object.keys(formErrors({ ...DAYS, start_date: "" }, NOW_MS))).toEqual(["start_date"]);
  });

  it("names the strategy that the others are held against once", () => {
    const found = backtestRequest({ ...DAYS, seed: "7" }, "dynamic_copying", ["copy_all", "dynamic_copying"]);
    expect(found).toEqual({ ...DAYS, seed: 7, strategy: "dynamic_copying", strategies: ["copy_all"] });
    expect(backtestRequest(DAYS, "copy_all", [])).toEqual({ ...DAYS, strategy: "copy_all" });
  });
});
