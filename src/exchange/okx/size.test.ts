/** The two positions of OKX's documentation, and what leaves a size in doubt. */
import { describe, expect, it } from "vitest";
import { CLOSED, OPEN } from "../../../test/okx/server.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { parseClosedPosition, parseOpenPosition, type SubPosition } from "./parse.ts";
import { positionSize } from "./size.ts";

function size(position: SubPosition, contract: string) {
  const { quantity, isDoubtful } = positionSize(position, Decimal.parse(contract));
  return [quantity.toString(), isDoubtful];
}

describe("the size of a position", () => {
  it.each(["0.01", "0.001", "0.1"])(
    "is what its profit and margin say, with a contract of %s too",
    (contract) => {
      expect(size(parseClosedPosition(CLOSED), contract)).toEqual(["0.003", false]);
    },
  );

  it("of an open position is what its margin says", () => {
    expect(size(parseOpenPosition(OPEN), "0.1")).toEqual(["0.04", false]);
  });

  it("goes by the profit where margin was added", () => {
    const moved = { ...CLOSED, closeAvgPx: "29301.9", pnl: "3", margin: "77" };
    expect(size(parseClosedPosition(moved), "0.01")).toEqual(["0.003", false]);
  });

  it("is doubtful where nothing fits", () => {
    expect(size(parseClosedPosition({ ...CLOSED, margin: "77", pnl: "-5" }), "0.01")).toEqual(["0.03", true]);
  });
});
