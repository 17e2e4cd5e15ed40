/** A follower's account gets the margin mode of its leader's, while it holds nothing; otherwise copying goes on in the mode that is. */
import { describe, expect, it } from "vitest";
import { ALLOCATION, FOLLOWER, LEADER, onlyOrder, Story, VENUE } from "../../test/core/story.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import type { Decision } from "./decision.ts";
import type { EventOf, FollowedMarginMode, MarginMode, PositionRow } from "./event.ts";
import { marginStanding, tellsMarginMode } from "./margin-mode.ts";
import { AccountId, AllocationId } from "./model/identifiers.ts";

type Snapshot = EventOf<"leader-snapshot-taken" | "follower-snapshot-taken">;

class MarginStory extends Story {
  constructor(options: ConstructorParameters<typeof Story>[0] = {}) {
    super({ ...options, allocation: { marginMode: "follow", ...options.allocation } });
  }

  snapshot(
    side: "leader" | "follower",
    marginMode: MarginMode,
    positions: readonly PositionRow[] = [],
    more: Partial<Snapshot> = {},
  ): Decision {
    this.nowMs += 1;
    const account = side === "leader" ? LEADER : FOLLOWER;
    return this.feed({
      kind: `${side}-snapshot-taken`,
      account,
      positions,
      orders: [],
      marginMode,
      equity: { equity: "10000", available: "10000" },
      serverTimeMs: this.nowMs,
      requestedAtMs: this.nowMs,
      receivedAtMs: this.nowMs,
      ...more,
    });
  }

  answer(marginMode: FollowedMarginMode, refusedFor?: string): Decision {
    const about = { account: FOLLOWER, marginMode, atMs: this.nowMs };
    if (refusedFor === undefined) return this.feed({ kind: "margin-mode-set", ...about });
    const rejection = { class: "bad-request", code: 3400045, text: refusedFor } as const;
    return this.feed({ kind: "margin-mode-refused", ...about, rejection });
  }

  get standing() {
    const follower = this.state.followers.get(FOLLOWER);
    return follower === undefined ? null : marginStanding(this.state, follower);
  }
}

function asked({ questions }: Decision): readonly string[] {
  return questions.flatMap((one) => (one.kind === "set-margin-mode" ? [one.marginMode] : []));
}

describe("a follower that follows its leader's margin mode", () => {
  it.each([
    ["cross", "isolated"],
    ["isolated", "cross"],
  ] as const)("goes from %s to %s while it holds nothing, once", (from, to) => {
    const story = new MarginStory();
    expect(asked(story.snapshot("follower", from))).toEqual([]);
    expect(story.standing).toEqual({ kind: "unknown", account: LEADER });
    expect(asked(story.snapshot("leader", to))).toEqual([to]);
    expect(asked(story.snapshot("follower", from))).toEqual([]);
    expect(story.standing).toMatchObject({ kind: "asked", mode: to });
    story.answer(to);
    expect(story.standing).toMatchObject({ kind: "same", mode: to });
    expect(asked(story.snapshot("follower", to))).toEqual([]);
  });

  it("has an increase wait for the answer, and no longer than that", () => {
    const story = new MarginStory();
    story.snapshot("follower", "cross");
    story.snapshot("leader", "isolated");
    expect(story.leaderFill("buy", "1").orders).toEqual([]);
    expect(onlyOrder(story.answer("isolated")).lots).toBe(500);
    const silent = new MarginStory();
    silent.snapshot("follower", "cross");
    silent.snapshot("leader", "isolated");
    silent.leaderFill("buy", "1");
    expect(onlyOrder(silent.waitForOrder(6_000)).lots).toBe(500);
  });

  it("opens what the leader holds already only after the mode was asked for in the same decision", () => {
    const story = new MarginStory();
    story.snapshot("follower", "cross");
    const decision = story.snapshot("leader", "isolated", [story.row("1")]);
    expect([asked(decision), decision.orders]).toEqual([["isolated"], []]);
    expect(onlyOrder(story.answer("isolated")).lots).toBe(500);
  });

  it("stays as it is while it holds anything, and copies on; it follows once it is flat", () => {
    const story = new MarginStory();
    story.snapshot("follower", "cross");
    story.snapshot("leader", "cross");
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    expect(asked(story.snapshot("leader", "isolated", [story.row("1")]))).toEqual([]);
    expect(story.standing).toMatchObject({ kind: "taken", mode: "isolated" });
    expect(onlyOrder(story.leaderFill("buy", "1")).lots).toBe(500);
  });

  it.each([
    ["a position of the owner's", {}, true],
    ["an order of the owner's", { foreignOrders: 1 }, false],
  ])("waits for %s to go", (_, more, holds) => {
    const story = new MarginStory();
    story.snapshot("leader", "isolated");
    const rows = holds ? [story.row("3")] : [];
    expect(asked(story.snapshot("follower", "cross", rows, more))).toEqual([]);
    expect(story.standing).toMatchObject({ kind: "taken" });
    expect(asked(story.snapshot("follower", "cross"))).toEqual(holds ? [] : ["isolated"]);
  });

  it("does not ask again for an hour after a refusal, and copies on in the mode that is", () => {
    const story = new MarginStory();
    story.snapshot("leader", "isolated");
    story.snapshot("follower", "cross");
    story.answer("isolated", "the account borrows");
    expect(story.state.followers.get(FOLLOWER)?.margin.refused?.cause).toBe("the account borrows");
    for (let minutes = 0; minutes < 59; minutes += 1) {
      story.nowMs += 60_000;
      story.snapshot("leader", "isolated");
      expect(asked(story.snapshot("follower", "cross"))).toEqual([]);
    }
    expect(onlyOrder(story.leaderFill("buy", "1")).lots).toBe(500);
  });

  it("asks again after that hour", () => {
    const story = new MarginStory();
    story.snapshot("leader", "isolated");
    story.snapshot("follower", "cross");
    story.answer("isolated", "no");
    story.nowMs += 3_600_001;
    expect(asked(story.snapshot("follower", "cross"))).toEqual(["isolated"]);
  });

  it("asks again once it is flat after a refusal that what it held explains, at most once a minute", () => {
    const story = new MarginStory();
    story.snapshot("leader", "isolated");
    story.snapshot("follower", "cross");
    story.answer("isolated", "The account has open orders");
    story.snapshot("follower", "cross", [], { foreignOrders: 1 });
    expect(asked(story.snapshot("follower", "cross"))).toEqual([]);
    story.nowMs += 60_000;
    expect(asked(story.snapshot("follower", "cross"))).toEqual(["isolated"]);
  });

  it("never asks for portfolio margin", () => {
    const story = new MarginStory();
    story.snapshot("follower", "cross");
    expect(asked(story.snapshot("leader", "portfolio"))).toEqual([]);
    expect(story.standing).toEqual({ kind: "portfolio", leader: LEADER });
  });

  it("asks for nothing while it is paused", () => {
    const story = new MarginStory();
    story.command({ kind: "pause", account: FOLLOWER });
    story.snapshot("follower", "cross");
    expect(asked(story.snapshot("leader", "isolated"))).toEqual([]);
    expect(story.standing).toMatchObject({ kind: "barred" });
  });

  it("keeps what it knows through a checkpoint and forgets it with a new run", () => {
    const story = new MarginStory();
    story.snapshot("follower", "cross");
    story.snapshot("leader", "isolated");
    story.answer("isolated", "no");
    const text = encodeCheckpoint(story.state);
    expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
    story.feed({ kind: "engine-started", epoch: "bbbbbbbb", atMs: story.nowMs });
    expect(story.standing).toEqual({ kind: "unknown", account: LEADER });
  });
});

describe("nothing is asked for", () => {
  it("without the setting", () => {
    const story = new MarginStory();
    story.allocate({});
    story.snapshot("follower", "cross");
    expect(asked(story.snapshot("leader", "isolated"))).toEqual([]);
    expect(story.standing).toEqual({ kind: "off" });
  });

  it("of a paper account", () => {
    const story = new MarginStory();
    const accounts = story.settings.accounts.map((one) =>
      one.account === FOLLOWER ? ({ ...one, paper: true } as const) : one,
    );
    const settings = { ...story.settings, accounts };
    expect([LEADER, FOLLOWER].map((account) => tellsMarginMode(settings, account))).toEqual([false, false]);
  });

  it("where two leaders have different ones: both are named", () => {
    const second = AccountId("second");
    const story = new MarginStory();
    story.configure({
      ...story.settings,
      accounts: [...story.settings.accounts, { account: second, venue: VENUE, role: "leader" }],
      allocations: [
        { ...ALLOCATION, marginMode: "follow" },
        { ...ALLOCATION, id: AllocationId(second, FOLLOWER), leader: second, marginMode: "follow" },
      ],
    });
    story.snapshot("follower", "cross");
    story.snapshot("leader", "isolated");
    expect(asked(story.snapshot("leader", "cross", [], { account: second }))).toEqual([]);
    expect(story.standing).toEqual({
      kind: "differ",
      leaders: [
        { leader: LEADER, mode: "isolated" },
        { leader: second, mode: "cross" },
      ],
    });
  });
});
