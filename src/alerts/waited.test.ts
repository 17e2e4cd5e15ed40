/** What a summary lists of each account, and what of it each of its readers is told. */
import { describe, expect, it } from "vitest";
import { AccountId } from "../core/model/identifiers.ts";
import { type Alert, type AlertReport, alertOf } from "./alert.ts";
import { seenBy, summaryOf } from "./waited.ts";

const many = (count: number, report: (index: number) => AlertReport): readonly Alert[] =>
  Array.from({ length: count }, (_, index) => alertOf(report(index), index));

describe("a summary", () => {
  const loud = many(60, (index) => ({
    kind: "account-halted",
    follower: AccountId("loud"),
    topic: String(index),
  }));
  const calm = many(3, (index) => ({
    kind: index === 0 ? "not-copied" : "copies-executed",
    follower: AccountId("calm"),
    topic: String(index),
  }));
  const summary = summaryOf([...calm, ...loud], "telegram", 1_000);

  it("lists of each account its own, however grave and many those of others are", () => {
    const of = (name: string) => summary.waited?.filter(({ follower }) => follower === name);
    expect([of("calm")?.length, of("loud")?.length]).toEqual([3, 50]);
    expect(of("loud")?.[0]?.atMs).toBe(10);
    expect(summary.numbers).toEqual({ alerts: 63 });
  });

  it("tells whoever sees one account the count, kinds and severity of that one alone", () => {
    expect(seenBy(summary, "all")).toBe(summary);
    expect(seenBy(summary, new Set(["calm"]))).toMatchObject({
      id: summary.id,
      severity: "warning",
      message: expect.stringMatching(/: 3 alerts: 2 copies-executed, not-copied$/),
      numbers: { alerts: 3 },
      waited: [{ follower: "calm" }, { follower: "calm" }, { follower: "calm" }],
    });
  });

  it("keeps by what a report that is ready is found", () => {
    const numbers = { of: "portfolio", period: "2026-01-04", files: "a.pdf" };
    const held = [
      alertOf({ kind: "report-ready", numbers }, 0),
      alertOf({ kind: "not-copied", numbers: { limitMs: 5 } }, 0),
    ];
    const { waited } = summaryOf(held, "telegram", 1_000);
    expect(waited?.map((one) => one.numbers)).toEqual([numbers, undefined]);
  });

  it("parts what it lists where very many accounts are in it", () => {
    const crowd = many(5_000, (index) => ({
      kind: "not-copied",
      follower: AccountId(`f${index % 100}`),
      topic: String(index),
    }));
    const { waited = [] } = summaryOf(crowd, "telegram", 1_000);
    expect(waited).toHaveLength(500);
    expect(new Set(waited.map(({ follower }) => follower)).size).toBe(100);
  });
});
