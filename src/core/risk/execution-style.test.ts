/** The owner's execution styles: within what was approved, for a bounded time, and never in the way of a reduction. */
import { describe, expect, it } from "vitest";
import { onlyOrder, orderTexts, reasonsOf, Story, type StoryOptions } from "../../../test/core/story.ts";
import { TwoLeaders } from "../../../test/core/two-leaders.ts";
import { encodeCheckpoint } from "../checkpoint.ts";
import { decide, refold } from "../decide.ts";
import { emptyDraft } from "../decision.ts";
import { decodeDecision, encodeDecision, ownCodeAsRecorded } from "../decision-codec.ts";
import { Lots, Ticks } from "../model/amounts.ts";
import type { OrderForm } from "../order.ts";
import { NO_OWN_CODE } from "../own-code.ts";
import { Planned } from "../planned.ts";
import { emptyState } from "../state.ts";
import { type ApprovedIncrease, type StyleVerdict, WORKING_MS_MAX, workIncrease } from "./execution-style.ts";

const SEND: StyleVerdict = { style: "mine", failed: false, lots: 100, limit: null, waitMs: 0, detail: {} };
const WAIT: StyleVerdict = { ...SEND, lots: 0, waitMs: 5_000 };

function told(verdict: () => StyleVerdict | null, options: StoryOptions = {}) {
  const asked: ApprovedIncrease[] = [];
  const styles = (_state: unknown, increase: ApprovedIncrease) => {
    asked.push(increase);
    return verdict();
  };
  return { story: new Story({ ...options, styles }), asked };
}

/** What becomes of 500 lots, bought or sold, that were approved in some form. */
function worked(form: OrderForm, lots: number, verdict: Partial<StyleVerdict>) {
  const story = new Story();
  const draft = emptyDraft({ ...NO_OWN_CODE, styles: () => ({ ...SEND, lots: 500, ...verdict }) });
  const { nowMs } = story;
  const increase = { leg: story.leg(), lots: Lots(lots), leaders: [], planned: new Planned(), form };
  return workIncrease(story.state, { ...increase, changedAtMs: nowMs }, draft);
}

describe("execution styles", () => {
  it("send a part; what is left is asked about when it is filled", () => {
    const { story, asked } = told(() => SEND);
    const first = onlyOrder(story.leaderFill("buy", "1"));
    expect([first.lots, first.form]).toEqual([100, { kind: "market" }]);
    story.fill(first, "0.1", "0.1");
    expect(story.decisions.flatMap(orderTexts)).toEqual(["+100", "+100"]);
    expect(asked.map(({ lots }) => lots)).toEqual([500, 400]);
    expect(asked.map(({ changedAtMs }) => changedAtMs)).toEqual([
      asked[0]?.changedAtMs,
      asked[0]?.changedAtMs,
    ]);
  });

  it("never send more than was approved", () => {
    const { story } = told(() => ({ ...SEND, lots: 9_999 }));
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual(["+500"]);
  });

  it("send what the venue takes, and leave nothing that it would not", () => {
    const least = { instrument: { minQuantity: "0.2" } };
    expect(orderTexts(told(() => ({ ...SEND, lots: 1 }), least).story.leaderFill("buy", "1"))).toEqual([
      "+200",
    ]);
    expect(orderTexts(told(() => ({ ...SEND, lots: 301 }), least).story.leaderFill("buy", "1"))).toEqual([
      "+500",
    ]);
  });

  it("wait for their time, with the reason, and are asked again then", () => {
    let verdict = WAIT;
    const { story } = told(() => verdict);
    const decision = story.leaderFill("buy", "1");
    expect(decision.denials).toMatchObject([
      { reason: "execution-paced", detail: { extension: "mine", untilMs: story.nowMs + 5_000 } },
    ]);
    verdict = SEND;
    expect(story.wait(4_999).flatMap(orderTexts)).toEqual([]);
    expect(story.wait(1).flatMap(orderTexts)).toEqual(["+100"]);
  });

  it("are not asked any more after an hour: what is missing goes at once", () => {
    const { story, asked } = told(() => ({ ...WAIT, waitMs: 600_000 }));
    story.leaderFill("buy", "1");
    const [calls] = [asked.length];
    story.nowMs += WORKING_MS_MAX;
    story.leaderSnapshot([story.row("1")]);
    expect(orderTexts(story.followerSnapshot([]))).toEqual(["+500"]);
    expect(asked.length).toBe(calls);
  });

  it("try what did not fill at their price again after a pause, which holds up no reduction", () => {
    let verdict: StyleVerdict | null = null;
    const { story } = told(() => verdict);
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    verdict = { ...SEND, lots: 500, ...at(599_000, "IOC") };
    const first = onlyOrder(story.leaderFill("buy", "1"));
    expect(orderTexts(story.report(first, "0"))).toEqual([]);
    expect(story.wait(199).flatMap(orderTexts)).toEqual([]);
    const second = story.wait(1).flatMap(({ orders }) => orders)[0]?.order;
    if (second === undefined) throw new Error("it was not tried again");
    story.report(second, "0");
    expect(orderTexts(story.leaderFill("sell", "2"))).toEqual(["-500 reduce"]);
  });

  it("deny when they fail", () => {
    const { story } = told(() => ({ ...WAIT, failed: true }));
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["extension-failed"]);
  });

  it("are not asked about a reduction, and one copy's wait lets another's reduction go", () => {
    let verdict: StyleVerdict | null = null;
    let calls = 0;
    const two = new TwoLeaders({
      styles: () => {
        calls += 1;
        return verdict;
      },
    });
    two.filled(two.first("buy", "1"), "1");
    verdict = WAIT;
    expect(reasonsOf(two.second("buy", "2"))).toEqual(["execution-paced"]);
    const before = calls;
    expect(orderTexts(two.first("sell", "0.5"))).toEqual(["-500 reduce"]);
    two.first("sell", "0.5");
    expect(calls).toBe(before + 1);
  });

  it.each<[string, OrderForm, number, Partial<StyleVerdict>, OrderForm]>([
    ["takes its limit at market", { kind: "market" }, 500, at(600_100, "FOK"), limitAt(600_100, "FOK")],
    [
      "takes a lower price for a purchase",
      limitAt(600_200, "IOC"),
      500,
      at(600_100, "IOC"),
      limitAt(600_100, "IOC"),
    ],
    ["takes no higher one", limitAt(600_200, "IOC"), 500, at(600_300, "FOK"), limitAt(600_200, "FOK")],
    [
      "takes a higher price for a sale",
      limitAt(599_000, "IOC"),
      -500,
      at(599_500, "IOC"),
      limitAt(599_500, "IOC"),
    ],
    ["takes no lower one", limitAt(599_000, "IOC"), -500, at(598_000, "IOC"), limitAt(599_000, "IOC")],
    [
      "leaves what rests alone",
      restingAt(600_200),
      500,
      { ...at(600_100, "IOC"), lots: 100 },
      restingAt(600_200),
    ],
    ["stays as approved without one", limitAt(600_200, "IOC"), 500, {}, limitAt(600_200, "IOC")],
  ])("%s", (_name, form, lots, verdict, becomes) => {
    expect(worked(form, lots, verdict)).toEqual({ kind: "go", lots, form: becomes });
  });

  it("are recorded: recovery asks nobody, and deciding again gives the same, byte for byte", () => {
    const limited = { ...SEND, ...at(600_100, "IOC") };
    const { story } = told(() => limited);
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.1", "0.1");
    const [told1, recovered, again] = [emptyState(), emptyState(), emptyState()];
    for (const event of story.events) {
      const text = encodeDecision(told1, decide(told1, event, { ...NO_OWN_CODE, styles: () => limited }));
      refold(recovered, event, (state) => decodeDecision(state, text));
      expect(encodeDecision(again, decide(again, event, ownCodeAsRecorded(text)))).toBe(text);
    }
    expect(encodeCheckpoint(recovered)).toBe(encodeCheckpoint(story.state));
    expect(story.leg().increasedAtMs).toBeGreaterThan(0);
  });
});

function at(price: number, timeInForce: "IOC" | "FOK"): Partial<StyleVerdict> {
  return { limit: { price: Ticks(price), timeInForce } };
}

function restingAt(price: number): OrderForm {
  return { kind: "limit", price: Ticks(price), timeInForce: "GTC" };
}

function limitAt(price: number, timeInForce: "IOC" | "FOK"): OrderForm {
  return { kind: "limit", price: Ticks(price), timeInForce };
}
