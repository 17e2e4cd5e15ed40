/** Measurements that cannot be true are refused at the door, with the figure. */
import { describe, expect, it } from "vitest";
import { LEADER, Story } from "../../test/core/story.ts";
import type { LeaderEvidence } from "./evidence.ts";
import { AccountId } from "./model/identifiers.ts";

const tell = (evidence: Partial<LeaderEvidence>, account = LEADER) => {
  const story = new Story();
  const measured = { measuredAtMs: story.nowMs, ...evidence };
  const decision = story.feed({ kind: "evidence-updated", account, evidence: measured, atMs: story.nowMs });
  return { decision, known: story.state.leaders.get(LEADER)?.evidence ?? null };
};

describe("evidence", () => {
  it("is kept as it was told", () => {
    const evidence = {
      annualVolatility: "0.4",
      correlations: { other: "-0.25" },
      sectors: { layer1: "0.5" },
    };
    const { decision, known } = tell(evidence);
    expect(decision.refusal).toBeNull();
    expect(known).toMatchObject(evidence);
  });

  it.each<readonly [Partial<LeaderEvidence>, string, Readonly<Record<string, unknown>>]>([
    [{ annualVolatility: "much" }, "not-a-number", { annualVolatility: "much" }],
    [{ annualVolatility: "-0.1" }, "impossible-evidence", { annualVolatility: "-0.1" }],
    [{ correlations: { other: "1.01" } }, "impossible-evidence", { "correlations other": "1.01" }],
    [{ sectors: { meme: "-0.1" } }, "impossible-evidence", { "sectors meme": "-0.1" }],
    [{ measuredAtMs: 9e12 }, "stamp-in-the-future", {}],
  ])("%j is refused as %s", (evidence, kind, detail) => {
    const { decision, known } = tell(evidence);
    expect(decision.refusal).toMatchObject({ kind, detail });
    expect(known).toBeNull();
  });

  it("of somebody who is not configured is refused", () => {
    expect(tell({}, AccountId("stranger")).decision.refusal?.kind).toBe("unknown-account");
  });
});
