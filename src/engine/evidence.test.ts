/** Measurements of leaders through the engine: with fresh ones the limits that need them judge, with old ones or none they say so. */
import { describe, expect, it } from "vitest";
import { Portfolio, type PortfolioOptions } from "../../test/core/portfolio.ts";
import { VENUE } from "../../test/core/story.ts";
import { VirtualClock } from "../backtest/virtual-clock.ts";
import type { Decision, Denial } from "../core/decision.ts";
import type { Event } from "../core/event.ts";
import type { LeaderEvidence } from "../core/evidence.ts";
import { AccountId } from "../core/model/identifiers.ts";
import { emptyState } from "../core/state.ts";
import type { AccountConnection } from "../exchange/exchange.ts";
import { MemoryJournal } from "../journal/memory.ts";
import { Engine } from "./engine.ts";

const DAY_MS = 86_400_000;
const SECOND = AccountId("second");

/** An engine that is told what a story's leaders and followers are, and then each of the story's later events. */
function running(options: PortfolioOptions) {
  const story = new Portfolio({ ...options, leaders: ["leader", "second"] });
  const decisions: Decision[] = [];
  const engine = new Engine({
    state: emptyState(),
    journal: new MemoryJournal(),
    clock: new VirtualClock(story.nowMs + 31 * DAY_MS),
    chance: () => 0.5,
    connections: new Map(story.settings.accounts.map(({ account }) => [account, silent(account)])),
    feeds: new Map(),
    observer: { decided: (_event, decision) => decisions.push(decision) },
  });
  engine.start({ ...story.settings, leaderStaleAfterMs: 90 * DAY_MS, followerStaleAfterMs: 90 * DAY_MS }, [
    ...story.state.instruments.values(),
  ]);
  let told = 0;
  const catchUp = () => {
    for (const event of story.events.slice(told)) tell(engine, event);
    told = story.events.length;
  };
  catchUp();
  return {
    measure: (evidence: LeaderEvidence) => engine.noteEvidence(SECOND, evidence),
    nowMs: story.nowMs + 31 * DAY_MS,
    /** One leader opens, the other follows; what became of that. */
    secondOpens: (): Denial[] => {
      story.fillAll(story.leads("BTCUSDT", "buy", "0.1"));
      catchUp();
      decisions.length = 0;
      story.leads("ETHUSDT", "buy", "1", "second");
      catchUp();
      expect(decisions.flatMap(({ orders }) => orders)).toHaveLength(decisions.some(denies) ? 0 : 1);
      return decisions.flatMap(({ denials }) => denials);
    },
  };
}

function denies({ denials }: Decision): boolean {
  return denials.length > 0;
}

function tell(engine: Engine, event: Event): void {
  if (event.kind === "price-updated") engine.receivePrice(event);
  else if ("account" in event && event.kind !== "evidence-updated") engine.receive(event);
}

function silent(account: AccountId): AccountConnection {
  const nothing = () => {};
  return {
    account,
    venue: VENUE,
    capabilities: { orderEntryStream: true, hedgeMode: true },
    inspectKey: nothing,
    inspect: nothing,
    open: nothing,
    close: nothing,
    requestSnapshot: nothing,
    describeMarket: nothing,
    submit: nothing,
    cancel: nothing,
    amend: nothing,
    lookUp: nothing,
    setLeverage: nothing,
  };
}

const CORRELATED = { limits: { correlation: "0.8" } } as const;
const DENYING = { limits: { correlation: "0.8", withoutEvidence: "deny" } } as const;
const told = (denials: readonly Denial[]) => denials.map(({ reason, detail }) => ({ reason, detail }));

describe("a measurement told to the engine", () => {
  it("has the limit deny with its numbers while it is fresh", () => {
    const world = running(CORRELATED);
    world.measure({ measuredAtMs: world.nowMs, correlations: { leader: "0.93" } });
    const detail = { measure: "correlation", leader: "second", with: "leader", value: "0.93", limit: "0.8" };
    expect(told(world.secondOpens())).toEqual([{ reason: "correlation-limit", detail }]);
  });

  it("counts for nothing when it is too old, and the limit is off", () => {
    const world = running(CORRELATED);
    world.measure({ measuredAtMs: world.nowMs - 31 * DAY_MS, correlations: { leader: "0.93" } });
    expect(world.secondOpens()).toEqual([]);
  });

  it("is asked for where the limit denies without it", () => {
    const detail = { limit: "correlation-limit", leader: "second", with: "leader" };
    expect(told(running(DENYING).secondOpens())).toEqual([{ reason: "evidence-missing", detail }]);
  });

  it("has the limit deny with its age where it is too old", () => {
    const world = running(DENYING);
    world.measure({ measuredAtMs: world.nowMs - 31 * DAY_MS, correlations: { leader: "0.1" } });
    expect(told(world.secondOpens())).toMatchObject([
      { reason: "evidence-stale", detail: { limit: "correlation-limit", limitMs: 30 * DAY_MS } },
    ]);
  });
});
