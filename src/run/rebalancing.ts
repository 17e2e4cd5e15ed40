/**
 * Asks the strategy in force on its schedule while copying runs, on a thread of its own (score-aside.ts); nothing here is on the path of an
 * order. What it decides is proposed, or carried out where the owner said so: like a command of the owner, journaled and all at once.
 * What was decided last is kept in a file, so that a restart neither repeats a decision nor leaves one out.
 */
import type { AlertReport } from "../alerts/alert.ts";
import { allOptionTexts, type Configuration, hoursForOwn, optionTexts } from "../config.ts";
import type { RebalanceRequest } from "../control/owner-commands.ts";
import { sharesOf } from "../control/rebalance.ts";
import { type RebalancedFollower, readRebalancing, writeRebalancing } from "../control/rebalancing-record.ts";
import type { FollowerDecision } from "../control/strategy-decisions.ts";
import { type CopyingNow, strategyNamed, strategyQuestion } from "../control/strategy-question.ts";
import { AccountId } from "../core/model/identifiers.ts";
import type { State } from "../core/state.ts";
import type { Clock, Timer } from "../exchange/transport.ts";
import type { Log } from "../log.ts";
import { decisionEveryMs } from "../strategies/schedule.ts";
import type { Strategy } from "../strategies/strategy.ts";
import type { FilterBounds } from "../traders/filters/registry.ts";
import type { DecidingOrder } from "./score-aside.ts";

/** After a start accounts are read and leaders looked at first. */
const FIRST_MS = 120_000;

type StrategyConfiguration = Pick<Configuration, "accounts" | "portfolio" | "filters">;

export interface RebalancingParts {
  readonly configuration: StrategyConfiguration;
  readonly filters: FilterBounds;
  /** Of the owner's own. */
  readonly strategies: readonly Strategy[];
  readonly dataDir: string;
  readonly configDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly engine: { readonly running: boolean; readonly state: Pick<State, "settings" | "followers"> };
  raise(report: AlertReport): void;
  /** Through the facade, like a command of the owner. */
  rebalance(request: RebalanceRequest): void;
  decide(order: DecidingOrder, stop: AbortSignal): Promise<readonly FollowerDecision[]>;
}

export class Rebalancing {
  readonly #parts: RebalancingParts;
  #configuration: StrategyConfiguration;
  /** Null: only when asked. */
  #everyMs: number | null;
  /** Aborted with a question that is asked by settings that are others now. */
  #end = new AbortController();
  #timer: Timer | null = null;
  #started = false;

  constructor(parts: RebalancingParts) {
    this.#parts = parts;
    this.#configuration = parts.configuration;
    this.#everyMs = everyMs(parts.configuration, parts.strategies);
  }

  /** The engine runs. */
  start(): void {
    this.#started = true;
    const everyMs = this.#everyMs;
    if (everyMs === null) return;
    const last = readRebalancing(this.#parts.dataDir);
    const isSame = last?.strategy === this.#configuration.portfolio.strategy.value;
    const dueMs = last === null || !isSame ? 0 : last.decidedAtMs + everyMs;
    this.#decideAt(Math.max(this.#parts.clock.nowMs() + Math.min(FIRST_MS, everyMs), dueMs));
  }

  stop(): void {
    this.#started = false;
    this.#timer?.cancel();
    this.#end.abort();
  }

  /** What was decided at run time counts from now on; a question that is being asked by what was before is asked anew. */
  reconfigure(configuration: StrategyConfiguration): void {
    const isSame = questionOf(configuration) === questionOf(this.#configuration);
    this.#configuration = configuration;
    if (isSame) return;
    this.#everyMs = everyMs(configuration, this.#parts.strategies);
    if (!this.#started) return;
    this.stop();
    this.#end = new AbortController();
    this.start();
  }

  #decideAt(atMs: number): void {
    if (this.#end.signal.aborted) return;
    const waitMs = Math.max(0, atMs - this.#parts.clock.nowMs());
    this.#timer = this.#parts.clock.setTimer(waitMs, () => void this.#decide());
  }

  async #decide(): Promise<void> {
    const { log, raise, decide, engine } = this.#parts;
    const { signal } = this.#end;
    try {
      const decisions = await decide(this.#order(), signal);
      if (!engine.running || signal.aborted) return;
      this.#take(decisions);
    } catch (error) {
      if (signal.aborted) return;
      const cause = error instanceof Error ? error.message : String(error);
      log.channel("trading").warn("the strategy could not be asked", { cause });
      raise({ kind: "rebalancing-failed", cause });
    }
    const nextMs = this.#nextMs();
    if (nextMs !== null && !signal.aborted) this.#decideAt(nextMs);
  }

  #nextMs(): number | null {
    return this.#everyMs === null ? null : this.#parts.clock.nowMs() + this.#everyMs;
  }

  #order(): DecidingOrder {
    const { clock, engine, dataDir, configDir, filters } = this.#parts;
    const configuration = this.#configuration;
    return {
      dataDir,
      configDir,
      strategy: configuration.portfolio.strategy.value ?? "",
      options: optionTexts(configuration.portfolio),
      others: allOptionTexts(configuration.portfolio),
      question: strategyQuestion(configuration, copyingIn(engine.state), clock.nowMs()),
      filters,
    };
  }

  /** Written down before it is carried out: a death in between leaves a decision out, and the next one makes it again. */
  #take(decisions: readonly FollowerDecision[]): void {
    const { clock, engine, dataDir } = this.#parts;
    const now = copyingIn(engine.state);
    const followers = decisions.map((one): RebalancedFollower => {
      if (one.decision === null) return { ...one, shares: [], outcome: "undecided" };
      const shares = sharesOf(one.decision, copiedBy(now, one.follower));
      return { ...one, shares, outcome: shares.length === 0 ? "unchanged" : "proposed" };
    });
    const record = {
      strategy: this.#configuration.portfolio.strategy.value ?? "",
      decidedAtMs: clock.nowMs(),
      nextAtMs: this.#nextMs(),
    };
    writeRebalancing(dataDir, { ...record, followers });
    const done = followers.map((one) => this.#settle(one));
    writeRebalancing(dataDir, { ...record, followers: done });
  }

  #settle(one: RebalancedFollower): RebalancedFollower {
    const { raise, rebalance, log } = this.#parts;
    const follower = AccountId(one.follower);
    if (one.outcome === "undecided") {
      raise({ kind: "rebalancing-failed", follower, cause: one.problem ?? "" });
      return one;
    }
    if (one.outcome === "unchanged") return one;
    const told = { follower, cause: sharesText(one), numbers: numbersOf(one) };
    if (this.#configuration.portfolio.rebalancing.value === "propose") {
      raise({ kind: "rebalancing-proposed", ...told });
      return one;
    }
    try {
      rebalance({ follower: one.follower, shares: one.shares });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      log
        .channel("trading")
        .warn("a decision of the strategy could not be carried out", { follower, cause: problem });
      raise({ kind: "rebalancing-failed", follower, cause: problem });
      return { ...one, outcome: "failed", problem };
    }
    raise({ kind: "rebalanced", ...told });
    return { ...one, outcome: "carried-out" };
  }
}

/** As a backtest of the same configuration has it. */
function everyMs({ portfolio }: StrategyConfiguration, strategies: readonly Strategy[]): number | null {
  const { value: name } = portfolio.strategy;
  if (name === null) return null;
  const asked = {
    options: optionTexts(portfolio),
    others: allOptionTexts(portfolio),
    hoursForOwn: hoursForOwn(portfolio),
  };
  const found = strategyNamed(name, asked, strategies);
  // A start has refused it.
  if (!found.ok) throw new Error(found.message);
  return decisionEveryMs(found.strategy);
}

/** All that a question to the strategy depends on, and when it is asked. */
function questionOf({ portfolio }: StrategyConfiguration): string {
  return JSON.stringify(portfolio);
}

export function copyingIn({ settings, followers }: Pick<State, "settings" | "followers">): CopyingNow {
  return {
    relations: settings.allocations.map(({ leader, follower, positionScaling }) => ({
      leader,
      follower,
      factor: Number(positionScaling),
    })),
    equities: new Map([...followers.values()].map(({ account, equity }) => [account, equity ?? ""])),
  };
}

function copiedBy({ relations }: CopyingNow, follower: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    relations.filter((one) => one.follower === follower).map(({ leader, factor }) => [leader, factor]),
  );
}

/** `alice 0.25, bob ends` */
function sharesText({ shares }: RebalancedFollower): string {
  return shares
    .map(({ leader, factor }) => (Number(factor) === 0 ? `${leader} ends` : `${leader} ${factor}`))
    .join(", ");
}

function numbersOf({ decision }: RebalancedFollower): Readonly<Record<string, string>> {
  if (decision === null) return {};
  const { strategy, turnover, cost, gain } = decision;
  return { strategy, turnover: turnover.toFixed(4), cost: cost.toFixed(6), gain: gain.toFixed(6) };
}
