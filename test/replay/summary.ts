/** What a replay of many accounts came to, as plain numbers, and as lines for people. */
import { exact, plus, show, ZERO } from "../checker/exact.ts";
import type { Replayed } from "./replay-trader.ts";
import { type Stage, titleOf } from "./stage.ts";
import { add, type Counts, Tally } from "./tally.ts";

const BOOKED = ["cash", "fees", "funding", "taken"] as const;

/** Less of the record than this is not a replay of it. */
export const USED_SHARE_MIN = 0.85;

export interface Summary {
  readonly seed: number;
  readonly accounts: number;
  readonly hedgeAccounts: number;
  readonly fills: number;
  readonly used: number;
  readonly usedShare: number;
  readonly unused: Counts;
  readonly carriedPositions: number;
  readonly instruments: { readonly listed: number; readonly synthesised: number };
  readonly leaderOrders: number;
  readonly followers: number;
  /** Leader changes times allocations. */
  readonly outcomes: { readonly total: number; readonly byOrder: number; readonly byReason: Counts };
  readonly orders: number;
  readonly rejections: Counts;
  /** Refused statements of the venue; none are expected. */
  readonly refusals: Counts;
  /** Followers' instruments at the end: at the target, or else which reason stands. */
  readonly parity: { readonly instruments: number; readonly atTarget: number; readonly byReason: Counts };
  /** Of all leaders on all followers by the copier's books, exactly; USDT. */
  readonly money: {
    readonly cash: string;
    readonly fees: string;
    readonly funding: string;
    readonly taken: string;
  };
  /** Those that are not flat at the end. */
  readonly virtualPositions: number;
  readonly leadersPerFollower: number;
  readonly violations: readonly string[];
  readonly virtualSeconds: number;
  readonly seconds: number;
  readonly leaderFillsPerSecond: number;
  readonly ordersPerSecond: number;
}

export class SummaryMaker {
  readonly #seed: number;
  readonly #startedMs = performance.now();
  readonly #tally = new Tally();
  readonly #unused: Counts = {};
  readonly #reasons: Counts = {};
  readonly #standing: Counts = {};
  readonly #violations: string[] = [];
  readonly #sums = {
    accounts: 0,
    hedgeAccounts: 0,
    fills: 0,
    unused: 0,
    carriedPositions: 0,
    instruments: 0,
    synthesised: 0,
    leaderOrders: 0,
    followers: 0,
    outcomes: 0,
    byOrder: 0,
    followed: 0,
    virtualMs: 0,
    virtualPositions: 0,
    leadersPerFollower: 0,
  };
  readonly #money = { cash: ZERO, fees: ZERO, funding: ZERO, taken: ZERO };

  constructor(seed: number) {
    this.#seed = seed;
  }

  add(replayed: Replayed, violations: readonly string[]): void {
    const { stage, evidence, unused, tally } = replayed;
    const sums = this.#sums;
    for (const { script } of stage.leaders) {
      sums.accounts += 1;
      sums.hedgeAccounts += script.mode === "hedge" ? 1 : 0;
      sums.fills += script.fills;
      sums.carriedPositions += script.carried.length;
    }
    sums.unused += unused.size;
    sums.instruments += stage.instruments.length;
    sums.synthesised += stage.synthesised;
    sums.leaderOrders += stage.orders.length;
    sums.followers += evidence.followers.length;
    sums.outcomes += evidence.outcomes.length;
    sums.followed += evidence.followers.length * stage.instruments.length;
    sums.virtualMs += replayed.virtualMs;
    sums.leadersPerFollower = Math.max(sums.leadersPerFollower, stage.leaders.length);
    for (const { quantity } of evidence.virtual ?? [])
      sums.virtualPositions += Number(quantity) === 0 ? 0 : 1;
    for (const kept of evidence.books ?? []) {
      for (const what of BOOKED) this.#money[what] = plus(this.#money[what], exact(kept[what]));
    }
    for (const reason of unused.values()) add(this.#unused, reason);
    for (const { reason, orders } of evidence.outcomes) {
      if (reason !== "") add(this.#reasons, reason);
      else if (orders.length > 0) sums.byOrder += 1;
    }
    for (const { reason } of evidence.standing) add(this.#standing, reason);
    this.#tally.join(tally);
    this.#violations.push(...violations);
  }

  /** Accounts that could not be replayed to their end. */
  fail(stage: Stage, cause: string): void {
    for (const { script } of stage.leaders) {
      this.#sums.accounts += 1;
      this.#sums.fills += script.fills;
      this.#sums.unused += script.fills;
      add(this.#unused, "not-replayed", script.fills - script.unused.size);
      for (const reason of script.unused.values()) add(this.#unused, reason);
    }
    this.#violations.push(`${titleOf(stage)} stopped: ${cause}`);
  }

  get summary(): Summary {
    const sums = this.#sums;
    const seconds = (performance.now() - this.#startedMs) / 1_000;
    const used = sums.fills - sums.unused;
    const reasons = Object.values(this.#standing).reduce((sum, count) => sum + count, 0);
    return {
      seed: this.#seed,
      accounts: sums.accounts,
      hedgeAccounts: sums.hedgeAccounts,
      fills: sums.fills,
      used,
      usedShare: sums.fills === 0 ? 0 : rounded(used / sums.fills, 4),
      unused: this.#unused,
      carriedPositions: sums.carriedPositions,
      instruments: { listed: sums.instruments - sums.synthesised, synthesised: sums.synthesised },
      leaderOrders: sums.leaderOrders,
      followers: sums.followers,
      outcomes: { total: sums.outcomes, byOrder: sums.byOrder, byReason: this.#reasons },
      orders: this.#tally.orders,
      rejections: this.#tally.rejections,
      refusals: this.#tally.refusals,
      parity: { instruments: sums.followed, atTarget: sums.followed - reasons, byReason: this.#standing },
      money: {
        cash: show(this.#money.cash),
        fees: show(this.#money.fees),
        funding: show(this.#money.funding),
        taken: show(this.#money.taken),
      },
      virtualPositions: sums.virtualPositions,
      leadersPerFollower: sums.leadersPerFollower,
      violations: this.#violations,
      virtualSeconds: Math.round(sums.virtualMs / 1_000),
      seconds: rounded(seconds, 1),
      leaderFillsPerSecond: Math.round(this.#tally.leaderFills / seconds),
      ordersPerSecond: Math.round(this.#tally.orders / seconds),
    };
  }
}

/** Lines for a terminal. */
export function summaryLines(summary: Summary): readonly string[] {
  const { outcomes, parity, instruments } = summary;
  return [
    `accounts            ${summary.accounts} (${summary.hedgeAccounts} hedge, ${summary.accounts - summary.hedgeAccounts} one-way), ${summary.followers} followers, up to ${summary.leadersPerFollower} leaders on each, seed ${summary.seed}`,
    `recorded fills      ${summary.fills}: ${summary.used} used (${percent(summary.usedShare)}), not used: ${listed(summary.unused)}`,
    `leaders' orders     ${summary.leaderOrders}, positions carried in: ${summary.carriedPositions}`,
    `instruments         ${instruments.listed} with the venue's filters, ${instruments.synthesised} synthesised`,
    `leader changes      ${outcomes.total} for followers: ${outcomes.byOrder} by orders, ${listed(outcomes.byReason)}`,
    `followers' orders   ${summary.orders}, refused by the exchange: ${listed(summary.rejections)}`,
    `refused statements  ${listed(summary.refusals)}`,
    `parity at the end   ${parity.instruments} followed instruments: ${parity.atTarget} at target, ${listed(parity.byReason)}`,
    `leaders' books      ${summary.virtualPositions} virtual positions; cash ${summary.money.cash}, fees ${summary.money.fees}, funding ${summary.money.funding}, taken by owners and liquidations ${summary.money.taken} USDT`,
    `throughput          ${summary.seconds} s for ${summary.virtualSeconds} s of virtual time: ${summary.leaderFillsPerSecond} leader fills/s, ${summary.ordersPerSecond} follower orders/s, checks included`,
    `violations          ${summary.violations.length}`,
    ...shown(summary.violations),
  ];
}

/** More are in the JSON. */
const SHOWN_MAX = 30;

function shown(violations: readonly string[]): readonly string[] {
  const lines = violations.slice(0, SHOWN_MAX).map((violation) => `  ${violation}`);
  return violations.length > SHOWN_MAX ? [...lines, `  and ${violations.length - SHOWN_MAX} more`] : lines;
}

/** Whether the replay was what it should be. */
export function isSound({ violations, usedShare, accounts }: Summary): boolean {
  return violations.length === 0 && accounts > 0 && usedShare >= USED_SHARE_MIN;
}

function listed(counts: Counts): string {
  const parts = Object.entries(counts).map(([key, count]) => `${count} ${key}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function rounded(value: number, places: number): number {
  return Number(value.toFixed(places));
}
