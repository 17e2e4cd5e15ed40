/** What connections are given of a venue's instruments. */
import { expect, test } from "vitest";
import { BTC, BTC_SPEC, onlyOrder, Story } from "../../test/core/story.ts";
import { makeInstrument, quantityText } from "../core/model/instrument.ts";
import { ExchangeError } from "../exchange/exchange-error.ts";
import { instrumentsInForce, untilAnswered } from "./venues.ts";

test("an order is read in the steps that the core counts in, whatever the venue lists by now", () => {
  const story = new Story();
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  const listed = { ...BTC_SPEC, quantityStep: "0.01", minQuantity: "0.01" };
  const table = new Map([[BTC, makeInstrument(listed)]]);
  story.feed({ kind: "instruments-listed", instruments: [listed], atMs: story.nowMs });
  const order = onlyOrder(story.leaderFill("sell", "0.4"));
  const textBy = (instrument = table.get(BTC)) => instrument && quantityText(instrument, order.lots);
  expect(textBy()).toBe("-2");
  expect(textBy(instrumentsInForce(table, () => story.state).get(BTC))).toBe("-0.2");
  expect(textBy(instrumentsInForce(table, () => undefined).get(BTC))).toBe("-2");
});

test("a stop waits for no answer and for no pause", async () => {
  for (const answers of [true, false]) {
    const stop = new AbortController();
    const waiting = untilAnswered(
      (done) => (answers ? done(new ExchangeError("retry", 0, "it is busy")) : stop.abort()),
      stop.signal,
      () => stop.abort(),
    );
    await expect(waiting).rejects.toThrow("aborted");
  }
});
