/**
 * The owner's commands that may lead to orders, and what they and their previews answer. Plain data, like all of the facade.
 */
import type { PositionPath } from "../core/explain-path.ts";
import type { CopyResult, EngineStatus, FollowerResults, SettingValue, WrittenValue } from "./control.ts";
import type { StopStatus } from "./stop-report.ts";

export type { PositionPath } from "../core/explain-path.ts";

export type OwnerCommand =
  /** Without a follower: all of them. */
  | { readonly kind: "pause"; readonly follower?: string }
  | { readonly kind: "resume"; readonly follower?: string }
  | ({ readonly kind: "close" } & CloseRequest)
  | ({ readonly kind: "copy" } & CopyRequest)
  | ({ readonly kind: "uncopy" } & UncopyRequest)
  | ({ readonly kind: "rebalance" } & RebalanceRequest)
  | ({ readonly kind: "settings" } & SettingsRequest)
  | ({ readonly kind: "portfolio-settings" } & PortfolioSettingsRequest)
  | ({ readonly kind: "alert-settings" } & PortfolioSettingsRequest)
  | ({ readonly kind: "release" } & ReleaseRequest)
  | ({ readonly kind: "panic" } & PanicScope)
  | ({ readonly kind: "approve" } & ApproveRequest)
  | { readonly kind: "decline"; readonly proposal: number };

export type OwnerCommandKind = OwnerCommand["kind"];

export interface CloseRequest {
  readonly follower: string;
  /** Without a symbol: everything that is ours. */
  readonly symbol?: string;
}

export interface CopyRequest {
  readonly leader: string;
  readonly follower: string;
  /** The keys of an account file; null takes a value of run time back. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The revision of the relation that was seen, `none` where it is to begin: otherwise nothing is changed (`conflict`). */
  readonly expected?: string;
}

/** Of one follower's account: stops, loss limits and limits. */
export interface SettingsRequest extends PortfolioSettingsRequest {
  readonly follower: string;
}

/** What is for all followers (copying and the portfolio), or what is told of all of it. */
export interface PortfolioSettingsRequest {
  /** By the keys of the files, options of strategies as `strategies.NAME.OPTION`; null takes a value of run time back. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The revision that was seen: where the settings are others by now, nothing is changed (`conflict`). */
  readonly expected?: string;
}

/** What a strategy decided for one follower. */
export interface RebalanceRequest {
  readonly follower: string;
  /** Only those that become another. */
  readonly shares: readonly FollowerShare[];
}

export interface FollowerShare {
  readonly leader: string;
  /** Decimal string: its position_scaling from now on; "0" ends the relation. */
  readonly factor: string;
}

export const STOP_MODES = ["close", "leave", "with-leader"] as const;

export interface UncopyRequest {
  readonly leader: string;
  readonly follower: string;
  /** What becomes of the copies; as the allocation says when left out. */
  readonly stopMode?: (typeof STOP_MODES)[number];
  /** As of `CopyRequest`. */
  readonly expected?: string;
}

export interface ReleaseRequest {
  readonly follower: string;
  readonly leader?: string;
  readonly symbol?: string;
}

/** One follower, one leader's copies (on one follower or all), or everything. */
export interface PanicScope {
  readonly follower?: string;
  readonly leader?: string;
}

export interface HoldingsReport {
  /** What is ours: the owner's own positions are never among them. */
  readonly positions: readonly (PreviewPlace & { readonly held: string; readonly value: string })[];
  /** Orders of ours that may still fill. */
  readonly unresolved: number;
}

export interface ApproveRequest {
  readonly proposal: number;
  /** Up to which position (signed decimal) is approved: what was seen. As it is now when left out. */
  readonly target?: string;
}

export interface CommandReport {
  readonly command: OwnerCommandKind;
  readonly followers: readonly string[];
  readonly leader?: string;
  readonly symbol?: string;
  readonly proposal?: number;
  /** Of the settings that were changed, as they are now. */
  readonly revision?: string;
  readonly atMs: number;
  /** False when it was written down for the next start. */
  readonly running: boolean;
}

/** What a command would lead to, decided by the core on a copy of its state. */
export interface PreviewReport {
  readonly command: OwnerCommandKind;
  readonly followers: readonly string[];
  /** Of what moment: now while the engine runs, the last journaled one when it is stopped. */
  readonly engine: EngineStatus;
  /** Settings that would become others. */
  readonly changes: readonly SettingChange[];
  /** That the changed settings would have. */
  readonly revision?: string;
  /** Leaders that `rebalance` would copy no more; only where there are some. */
  readonly ended?: readonly string[];
  /** Whom it would pause, and who would be paused no more; only where there is somebody. */
  readonly paused?: readonly string[];
  readonly resumed?: readonly string[];
  /** What stands (stops, the kill switch) and would stand no more. */
  readonly lifted: readonly PreviewStop[];
  /** What would be stopped by it, or go further than it stands; only where there is some. */
  readonly begun?: readonly PreviewStop[];
  /** In the order in which they would be sent. */
  readonly orders: readonly PreviewOrder[];
  readonly denied: readonly PreviewDenial[];
  /** What would wait for approval. */
  readonly proposals: readonly PreviewProposal[];
  /** Of the followers on which something would be sent, or whose settings would change; fifty at most. */
  readonly exposures: readonly PreviewExposure[];
  /** Whether there would be more than was looked at. */
  readonly isCutOff: boolean;
}

/** What a follower's account would come to with every order filled, in the settle coin; "" where a price is not known. */
export interface PreviewExposure {
  readonly follower: string;
  readonly equity: string;
  readonly gross: ExposureChange;
  /** Longs less shorts, unsigned. */
  readonly net: ExposureChange;
  readonly margin: ExposureChange;
  /** Limits that are in force, and what would be used of each. */
  readonly limits: readonly LimitChange[];
}

export interface ExposureChange {
  readonly before: string;
  readonly after: string;
}

/** As `LimitUse`, before and after. */
export interface LimitChange extends ExposureChange {
  readonly limit: string;
  readonly of: string;
  readonly measure: string;
  readonly unit: string;
  readonly most: string;
  /** What would still fit; negative where it is passed. */
  readonly headroom: string;
}

export interface SettingChange extends SettingValue {
  /** Where a command changes several relations. */
  readonly leader?: string;
  /** Whose, where it is not what is for all; absent too where a command is about one relation. */
  readonly follower?: string;
  readonly keyPath: string;
  /** Null: nothing was set. Absent for a relation that begins. */
  readonly before?: WrittenValue;
}

export interface PreviewStop extends StopStatus {
  readonly follower: string;
}

export interface PreviewPlace {
  readonly follower: string;
  readonly symbol: string;
  /** 1 long, 2 short: on hedge accounts only. */
  readonly positionIdx?: 1 | 2;
}

export interface PreviewOrder extends PreviewPlace {
  readonly side: "buy" | "sell";
  readonly quantity: string;
  readonly reduceOnly: boolean;
  /** Until when, in words; absent where it trades at once. */
  readonly rests?: string;
  /** At the last known price, in the settle coin; "" when none is known. */
  readonly value: string;
}

export interface PreviewDenial extends PreviewPlace {
  readonly leader: string;
  readonly reason: string;
  /** The reason in a sentence. */
  readonly explanation: string;
  readonly detail: Readonly<Record<string, string | number>>;
}

export interface PreviewProposal extends PreviewPlace {
  readonly leader: string;
  /** Up to which position (signed). */
  readonly target: string;
}

export interface AllocationsReport {
  readonly engine: EngineStatus;
  readonly allocations: readonly AllocationStatus[];
  /** What copying brought in on each account that was started: its leaders' sum. */
  readonly accounts: readonly { readonly follower: string; readonly results: readonly FollowerResults[] }[];
}

export interface AllocationStatus {
  readonly leader: string;
  readonly follower: string;
  /** `ending`: not in force any more, and its copies go by the stop mode. `ended`: by a command, whatever the files say. */
  readonly state: "copying" | "paused" | "halted" | "ending" | "ended";
  /** Stands for exactly these settings; `none` once it ended. */
  readonly revision: string;
  /** Each value in force with where it comes from; none once it ended. */
  readonly settings: readonly ({ readonly keyPath: string } & SettingValue)[];
  /** What this leader's copies brought in and cost on this follower, by coin. */
  readonly results: readonly ({ readonly coin: string } & CopyResult)[];
  /** What this leader's copies hold of the follower's positions. */
  readonly positions: readonly VirtualPosition[];
}

export interface VirtualPosition {
  readonly symbol: string;
  readonly positionIdx?: 1 | 2;
  readonly target: string;
  readonly held: string;
  readonly value: string;
}

export interface ProposalsReport {
  readonly engine: EngineStatus;
  readonly proposals: readonly ProposalStatus[];
}

export interface ProposalStatus extends PreviewPlace {
  readonly id: number;
  readonly leader: string;
  readonly side: "buy" | "sell";
  /** How much would be added. */
  readonly quantity: string;
  readonly held: string;
  readonly target: string;
  /** Of what would be added, at the last known price; "" when none is known. */
  readonly value: string;
  /** When it was first asked, and now; "" where none was known. */
  readonly priceThen: string;
  readonly priceNow: string;
  readonly askedAtMs: number;
  readonly expiresAtMs: number;
}

export interface ExplainRequest {
  readonly follower?: string;
  readonly symbol?: string;
}

export interface ExplainReport {
  readonly engine: EngineStatus;
  readonly positions: readonly PositionPath[];
}
