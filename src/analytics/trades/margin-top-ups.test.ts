import { describe, expect, it } from "vitest";
import { Decimal } from "../../core/model/decimal.ts";
import { marginTopUps, type PaymentIn } from "./margin-top-ups.ts";

const payment = (amount: string, held: PaymentIn["held"]): PaymentIn => ({
  amount: Decimal.parse(amount),
  held,
});

describe("margin top-ups", () => {
  it("are payments in while something was losing, added without rounding", () => {
    const payments = [payment("0.1", "losing"), payment("0.2", "losing"), payment("0.7", "not-losing")];
    expect(marginTopUps(payments)).toEqual({ count: 2, amount: 0.3, share: 0.3 });
  });

  it("are none where nothing was paid in, of which there is no share", () => {
    expect(marginTopUps([])).toEqual({ count: 0, amount: 0, share: null });
  });

  it("are the least that is known, and unknown where less than half can be told", () => {
    const losing = payment("50", "losing");
    expect(marginTopUps([losing, payment("50", "untold")])).toEqual({ count: 1, amount: 50, share: 0.5 });
    expect(marginTopUps([losing, payment("50.1", "untold")])).toBeNull();
    expect(marginTopUps([payment("1", "untold")])).toBeNull();
  });
});
