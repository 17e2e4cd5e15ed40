/** Entries that rest beside copies that shrink: what is closed is no part of them, and none comes and goes. */
import { describe, expect, it } from "vitest";
import { FOLLOWER, onlyOrder, orderTexts, reasonsOf, Story } from "../../../test/core/story.ts";
import { TwoLeaders } from "../../../test/core/two-leaders.ts";
import type { Decision } from "../decision.ts";
import { explainPath } from "../explain-path.ts";
import { isOpen } from "../state.ts";
import { legTarget } from "../target.ts";

/** Purpose and lots of each order that is open. */
const open = (story: Story) =>
  [...story.leg().working.values()].filter(isOpen).map(({ purpose, lots }) => `${purpose} ${lots}`);

const cancelsOf = (decisions: readonly Decision[]) => decisions.flatMap(({ cancels }) => cancels);

/** The first holds -3 and the second 3, which is nothing for the account; orders below 10 are skipped. */
function opposed(): TwoLeaders {
  const two = new TwoLeaders({ instrument: { minQuantity: "0.010" } });
  two.filled(two.first("sell", "0.013"), "-0.013");
  two.filled(two.second("buy", "0.013"), "0");
  two.filled(two.first("buy", "0.010"), "0.01");
  two.filled(two.second("sell", "0.010"), "0");
  const [first, second] = two.story.settings.allocations;
  const rules = {
    minimumPolicy: { kind: "skip" },
    slippageBpsMax: "10",
    onRunaway: "rest",
    restMs: 60_000,
  } as const;
  two.story.allocate({ ...first, ...rules }, { ...second, ...rules });
  two.story.price("60100");
  return two;
}

/** Of each copy: what it holds, its target and what of it was given up. */
const copies = ({ story }: TwoLeaders) =>
  story
    .leg()
    .market.copies.map(({ legs: [part] }) =>
      part === undefined ? [] : [part.heldLots, legTarget(part), part.waivedLots],
    );

describe("an entry that rests", () => {
  it("is what its copy adds, without what it still holds on the other side", () => {
    const two = opposed();
    const turned = two.first("buy", "1.003");
    expect(orderTexts(turned)).toEqual(["+1000"]);
    two.story.accept(onlyOrder(turned));
    for (let turn = 0; turn < 20; turn += 1) two.story.wait(500);
    expect(copies(two)).toEqual([
      [-3, 1_000, 0],
      [3, 3, 0],
    ]);
    expect([cancelsOf(two.story.decisions), open(two.story)]).toEqual([[], ["entry-rest 1000"]]);
  });

  it("takes nothing along of what another copy closes, which is too small by itself", () => {
    const two = opposed();
    expect(reasonsOf(two.first("buy", "0.003"))).toEqual(["below-minimum-quantity"]);
    const added = two.second("buy", "1");
    expect(orderTexts(added)).toEqual(["+1000"]);
    two.story.accept(onlyOrder(added));
    for (let turn = 0; turn < 20; turn += 1) two.story.wait(500);
    expect(copies(two)).toEqual([
      [-3, 0, 0],
      [3, 1_003, 0],
    ]);
    expect([cancelsOf(two.story.decisions), open(two.story)]).toEqual([[], ["entry-rest 1000"]]);
  });

  it("gives nothing up where only what its copy closes is too small", () => {
    const two = opposed();
    const [first, second] = two.story.settings.allocations;
    two.story.allocate({ ...first, delayMs: 60_000 }, { ...second });
    two.first("buy", "1.003");
    for (let turn = 0; turn < 20; turn += 1) two.story.wait(500);
    expect(copies(two)[0]).toEqual([-3, 1_000, 0]);
  });

  it("is taken back at once where less is wanted, and rests again at once, but no more than every five seconds", () => {
    const story = new Story({ allocation: { slippageBpsMax: "10", onRunaway: "rest", restMs: 60_000 } });
    story.price("60100");
    const placedAtMs = story.nowMs + 1;
    let placed = story.leaderFill("buy", "1");
    const takenBack = (): Decision => {
      const order = onlyOrder(placed);
      story.accept(order);
      const reduced = story.leaderFill("sell", "0.2");
      expect(cancelsOf([reduced]).map(({ clientOrderId }) => clientOrderId)).toEqual([order.clientOrderId]);
      return story.report(order, "0");
    };
    placed = takenBack();
    expect(orderTexts(placed)).toEqual(["+400"]);
    expect(orderTexts(takenBack())).toEqual([]);
    const [path] = explainPath(story.state, story.leg().market);
    expect(path?.leaders[0]?.steps.map(({ text }) => text)).toContain(
      "may hold 0 now: more waits to rest at the leader's price again, 5 s more at most",
    );
    placed = story.waitForOrder(10_000);
    expect([orderTexts(placed), story.nowMs - placedAtMs]).toEqual([["+300"], 5_000]);
    expect(orderTexts(takenBack())).toEqual([]);
    expect(orderTexts(story.waitForOrder(10_000))).toEqual(["+200"]);
    expect(story.nowMs - placedAtMs).toBe(10_000);
  });

  it("keeps what is to rest after that of another leader, beyond what one order may be too", () => {
    const two = new TwoLeaders();
    const [first, second] = two.story.settings.allocations;
    const rules = { slippageBpsMax: "10", onRunaway: "rest", restMs: 60_000, delayMs: 1_000 } as const;
    two.story.allocate({ ...first, ...rules }, { ...second, ...rules, orderNotionalMax: "12000" });
    two.story.price("60100");
    two.first("buy", "1");
    two.second("buy", "1");
    two.story.nowMs += 2_000;
    const [due] = two.story.wait(0);
    if (due === undefined) throw new Error("nothing was due");
    expect(orderTexts(due)).toEqual(["+1000"]);
    two.story.accept(onlyOrder(due));
    expect(open(two.story)).toEqual(["entry-rest 1000", "entry-rest 199"]);
    expect(copies(two)).toEqual([
      [0, 1_000, 0],
      [0, 199, 801],
    ]);
  });

  it("is asked for by nothing before the account was read, and what another copy closes goes not with it", () => {
    const two = new TwoLeaders();
    two.filled(two.first("buy", "1"), "1");
    const { story } = two;
    const [first, second] = story.settings.allocations;
    story.allocate({ ...first }, { ...second, slippageBpsMax: "10", onRunaway: "rest", restMs: 60_000 });
    story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
    story.feed({ kind: "account-refused", account: FOLLOWER, cause: "stood still", atMs: story.nowMs });
    story.price("60100");
    two.snapshotOfSecond();
    expect(orderTexts(two.first("sell", "1"))).toEqual([]);
    expect(orderTexts(two.second("buy", "1"))).toEqual([]);
    expect(orderTexts(story.followerSnapshot([story.row("1")]))).toEqual(["-1000 reduce"]);
    expect(orderTexts(story.price("60101"))).toEqual([]);
  });

  it("as a slice takes along what another copy closes, and stays", () => {
    const two = opposed();
    const [first, second] = two.story.settings.allocations;
    const work = { above: "1000", slices: 5, overMs: 60_000, chase: false, crossAfterMs: null, exits: false };
    const plain = { slippageBpsMax: null, work };
    two.story.allocate({ ...first, ...plain }, { ...second, ...plain });
    two.story.book("60000", "60001", "60000");
    two.first("buy", "0.003");
    const added = two.second("buy", "1");
    expect(orderTexts(added)).toEqual(["+201"]);
    const slice = onlyOrder(added);
    two.story.accept(slice);
    for (let turn = 0; turn < 20; turn += 1) two.story.wait(500);
    expect([cancelsOf(two.story.decisions), open(two.story)]).toEqual([[], ["slice 201"]]);
    two.story.fill(slice, "0.201", "0.201");
    expect(copies(two)).toEqual([
      [-2, 0, 0],
      [203, 1_003, 0],
    ]);
  });

  it("as a slice for a copy that turns is not asked for again where less is wanted meanwhile", () => {
    const two = new TwoLeaders();
    two.filled(two.first("sell", "0.1"), "-0.1");
    two.filled(two.second("buy", "0.1"), "0");
    const [first, second] = two.story.settings.allocations;
    const work = { above: "1000", slices: 2, overMs: 60_000, chase: false, crossAfterMs: null, exits: false };
    two.story.allocate({ ...first, work }, { ...second, work });
    two.story.book("60000", "60001", "60000");
    const slice = onlyOrder(two.first("buy", "1.1"));
    expect(slice.lots).toBe(550);
    two.story.accept(slice);
    two.first("sell", "0.6");
    two.story.report(slice, "0");
    const again = onlyOrder(two.story.waitForOrder(5_000));
    two.story.accept(again);
    for (let turn = 0; turn < 20; turn += 1) two.story.wait(500);
    expect(copies(two)[0]).toEqual([-100, 400, 0]);
    expect(open(two.story)).toEqual(["slice 500"]);
  });

  it("as a slice for a copy that turns goes before what it closes is bought at once", () => {
    const two = new TwoLeaders();
    two.filled(two.first("sell", "0.1"), "-0.1");
    two.filled(two.second("buy", "0.1"), "0");
    const [first, second] = two.story.settings.allocations;
    const work = { above: "1000", slices: 2, overMs: 60_000, chase: false, crossAfterMs: null, exits: false };
    two.story.allocate({ ...first, work }, { ...second, work });
    two.story.book("60000", "60001", "60000");
    const slice = onlyOrder(two.first("buy", "0.15"));
    two.story.accept(slice);
    two.first("sell", "0.04");
    expect([open(two.story), copies(two)[0]]).toEqual([["slice 75"], [-100, 10, 0]]);
    two.story.allocate({ ...first }, { ...second });
    expect(open(two.story)).toEqual(["slice 75"]);
    expect(cancelsOf(two.story.decisions).map(({ clientOrderId }) => clientOrderId)).toEqual([
      slice.clientOrderId,
    ]);
    expect(orderTexts(two.story.report(slice, "0"))).toEqual(["+110"]);
  });
});
