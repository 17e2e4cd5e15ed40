/** What is asked about copying one leader, and what comes of it. docs/what-if.md defines each figure. */
import type { Interval } from "../../analytics/selection/wilson.ts";
import type { DelayLimit } from "../../analytics/what-if/delay-limit.ts";
import type { DrawnWindows } from "../../analytics/what-if/start-windows.ts";
import type { DelayModel } from "../../backtest/delay.ts";
import type { Happenings } from "../../backtest/happenings.ts";
import type { SlippageModel } from "../../backtest/market/slippage.ts";
import type { CopyTerms } from "../../config.ts";
import type { TimeRange } from "../../market/market-history.ts";
import type { TraderRecord } from "../../store/trader-store.ts";
import type { SourceFolders, SourceReading } from "../backtest/sources.ts";
import type { LeftOut } from "./left-out.ts";
import type { Capacity } from "./quick-follower.ts";

export interface WhatIfRequest extends SourceFolders {
  readonly leader: string;
  /** Where several venues have a trader of that id. */
  readonly venue: string | null;
  /** Capital of the leader before what was stated with the import, decimal text; null for that. */
  readonly leaderEquity: string | null;
  /** Of the follower, in USDT, decimal text. */
  readonly equity: string;
  readonly terms: CopyTerms;
  readonly delay: DelayModel;
  readonly orderLatencyMs: number;
  readonly feeRate: number;
  readonly slippage: SlippageModel;
  /** For the room for money, whatever the model of slippage. */
  readonly impactFactor: number;
  /** Of a stretch that somebody copies; null for half of the record, at most thirty days. */
  readonly horizonDays: number | null;
  /** Of the curve, above zero, shortest first. */
  readonly delaysMs: readonly number[];
  /** Lives with delays of their own, for the distribution. */
  readonly lives: number;
  readonly resamples: number;
  readonly seed: number;
}

export interface WhatIfProgress extends SourceReading {
  /** `what`: what is worked out now; `done` of `of` steps are over, with a part of this one. */
  onStep(what: string, done: number, of: number): void;
  /** What is worked out by now: after the first life, and after each thing more. */
  onFound?(soFar: WhatIfSoFar): void;
}

/** Amounts in the settle coin. */
export interface SettingCost {
  readonly name: string;
  readonly kind: LeftOut["kind"];
  /** Profit without it less profit with it: negative where it helped. */
  readonly cost: number;
  readonly interval: Interval | null;
}

export interface DelayPoint {
  readonly delayMs: number;
  /** With prices on the straight line of their bars; null where the engine made the curve. */
  readonly profit: number | null;
  readonly interval: Interval | null;
  /** With everything that the bars leave open counted against the follower. */
  readonly carefulProfit: number;
  readonly carefulInterval: Interval | null;
  /** Of `carefulProfit`, what it has less than at the shortest delay; day by day, so that the leader's luck cancels. */
  readonly lost: number;
  readonly lostInterval: Interval | null;
}

export interface DelayCurve {
  /** The light simulation, or the engine where settings are in force that it knows nothing of. */
  readonly by: "light" | "engine";
  readonly points: readonly DelayPoint[];
  /** Of the likely results; null where the engine made the curve. */
  readonly limit: DelayLimit | null;
  readonly carefulLimit: DelayLimit;
  /** The longest delay that was tried for the limits. */
  readonly triedMs: number;
}

export interface WhatIfReport {
  readonly leader: {
    readonly venue: string;
    readonly trader: string;
    readonly history: TraderRecord["history"];
  };
  readonly range: TimeRange;
  readonly days: number;
  readonly fills: number;
  readonly trips: number;
  readonly equity: number;
  readonly stated: readonly string[];
  readonly terms: Pick<WhatIfRequest, "delay" | "orderLatencyMs" | "feeRate" | "slippage" | "impactFactor">;
  readonly own: {
    readonly capital: number;
    readonly isCapitalStated: boolean;
    readonly profit: number;
    /** At the proportion of the two capitals. */
    readonly scaledProfit: number;
    /** The same without what was held before the record in a size that nobody tells, and before fees; null as `quickProfit`. */
    readonly copiedGross: number | null;
  };
  readonly follower: {
    readonly profit: number;
    readonly interval: Interval | null;
    /** Of hourly equity, 0 or below. */
    readonly drawdown: number;
    readonly happenings: Happenings;
    readonly doubts: { readonly unseenCloses: number; readonly strangePrices: number };
    readonly fingerprint: string;
  };
  /** Null where `noStarts` says why. */
  readonly starts: (DrawnWindows & { readonly horizonDays: number; readonly lives: number }) | null;
  /** `start-mode`: whoever begins later would not take over what is held, so that the stretches are others. */
  readonly noStarts: "short-record" | "start-mode" | null;
  readonly settingCosts: readonly SettingCost[];
  /** Limits and settings that changed nothing. */
  readonly idle: readonly string[];
  readonly delays: DelayCurve;
  /** Settings that changed something, and that the light simulation behind `capacity` and `size` knows nothing of. */
  readonly leftOut: readonly string[];
  /** Null where sizes are no proportion of a capital. */
  readonly capacity: Capacity | null;
  readonly size: {
    readonly wantedShare: number;
    readonly errorMax: number;
    /** At `equity`; null where sizes are no proportion. */
    readonly share: number | null;
    /** Null where sizes do not follow the capital, or no capital is enough. */
    readonly leastEquity: number | null;
    readonly followsCapital: boolean;
  };
  /** The same follower by the light simulation that the curve and the capacity come from; null where it cannot tell. */
  readonly quickProfit: number | null;
  /** Sentences of the light simulation on what it takes for granted. */
  readonly taken: readonly string[];
  readonly withoutBars: readonly string[];
  readonly withoutFunding: readonly string[];
  readonly unlisted: readonly string[];
  readonly assumedSteps: readonly string[];
}

/** A report that is not finished: what comes first in it, and of the rest what is known by now. */
export interface WhatIfSoFar
  extends Pick<
    WhatIfReport,
    | "leader"
    | "range"
    | "days"
    | "fills"
    | "trips"
    | "equity"
    | "stated"
    | "terms"
    | "own"
    | "follower"
    | "settingCosts"
    | "idle"
  > {
  /** Null before they are worked out. */
  readonly starts: Pick<WhatIfReport, "starts" | "noStarts"> | null;
  readonly delays: Pick<DelayCurve, "by" | "points"> | null;
  /** In words. */
  readonly missing: readonly string[];
}
