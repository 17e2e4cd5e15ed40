/**
 * THE FACADE behind command line, API and Telegram: what may be asked of Copytrader, and what it answers: a running engine
 * (running.ts), its socket (client.ts), or a stopped one's folder (stopped.ts). Quantities are signed decimal strings, times UTC ms.
 */
import type { WatchdogReport } from "../watch/watchdog.ts";
import type { AlertAnswers, AlertRequest } from "./alert-requests.ts";
import type { ChangeableSettingsReport } from "./changeable-settings.ts";
import type { HealthReport } from "./health-report.ts";
import type { JournalReport, RebuildReport } from "./journal-answers.ts";
import type { MarginShown } from "./margin-report.ts";
import type {
  AllocationsReport,
  CloseRequest,
  CommandReport,
  ExplainReport,
  ExplainRequest,
  HoldingsReport,
  OwnerCommand,
  OwnerCommandKind,
  PanicScope,
  PreviewReport,
  ProposalsReport,
} from "./owner-commands.ts";
import type { ParityReport } from "./parity-certificate.ts";
import type { StopStatus } from "./stop-report.ts";
import type { World } from "./world.ts";

export type {
  JournalEntryReport,
  JournalOrder,
  JournalReport,
  OtherOrderReport,
  RebuildReport,
  WorkedReport,
} from "./journal-answers.ts";

export type ControlRequest = UsualRequest | AlertRequest;

export type UsualRequest =
  | { readonly kind: "status" }
  /** With the last hours of each check where that is asked for. */
  | { readonly kind: "health"; readonly history?: boolean }
  /** A certificate of this moment, made and recorded anew. */
  | { readonly kind: "parity" }
  /** What a command would lead to. */
  | { readonly kind: "preview"; readonly command: OwnerCommand }
  /** To be sent after the preview was shown and confirmed. */
  | OwnerCommand
  /** What the kill switch would close, and what is left of it. */
  | ({ readonly kind: "holdings" } & PanicScope)
  /** What of a follower's positions is ours. */
  | ({ readonly kind: "preview-close" } & CloseRequest)
  | { readonly kind: "allocations" }
  | { readonly kind: "proposals" }
  | ({ readonly kind: "explain" } & ExplainRequest)
  | ({ readonly kind: "capital" } & CapitalRequest)
  /** Without a follower: all of them. */
  | { readonly kind: "limits"; readonly follower?: string }
  /** What may be changed while running; without a follower of all of them, and what is for all. */
  | { readonly kind: "changeable-settings"; readonly follower?: string }
  | { readonly kind: "journal"; readonly filter: JournalFilter }
  | { readonly kind: "rebuild" };

export interface CapitalRequest {
  readonly leader: string;
  /** Without a follower: all that copy the leader. */
  readonly follower?: string;
}

export interface JournalFilter {
  readonly leader?: string;
  readonly follower?: string;
  readonly symbol?: string;
  readonly reason?: string;
  /** From here on, and before there, in UTC milliseconds. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Only changes before this one: the next page. */
  readonly before?: number;
  readonly limit: number;
}

export interface ControlAnswers extends Readonly<Record<OwnerCommandKind, CommandReport>>, AlertAnswers {
  readonly status: StatusReport;
  readonly health: HealthReport;
  readonly parity: ParityReport;
  readonly preview: PreviewReport;
  readonly "preview-close": ClosePreview;
  readonly holdings: HoldingsReport;
  readonly allocations: AllocationsReport;
  readonly proposals: ProposalsReport;
  readonly explain: ExplainReport;
  readonly capital: CapitalReport;
  readonly limits: LimitsReport;
  readonly "changeable-settings": ChangeableSettingsReport;
  readonly journal: JournalReport;
  readonly rebuild: RebuildReport;
}

export type ControlKind = ControlRequest["kind"];
export type RequestOf<Kind extends ControlKind> = Extract<ControlRequest, { readonly kind: Kind }>;

export interface Control {
  /** Rejects with a ControlError when the answer is no. */
  ask<Kind extends ControlKind>(request: RequestOf<Kind>): Promise<ControlAnswers[Kind]>;
  close(): Promise<void>;
}

export type ControlFailure =
  | "bad-request"
  | "unknown-follower"
  | "unknown-leader"
  /** The follower does not copy that leader. */
  | "unknown-relation"
  | "unknown-proposal"
  | "unknown-alert"
  /** Keys or values of settings that are wrong. */
  | "bad-settings"
  /** The settings are others than those that were seen. */
  | "conflict"
  | "nothing-to-close"
  | "not-running"
  | "starting"
  | "unreachable"
  | "version"
  | "failure";

export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly failure: ControlFailure;

  constructor(failure: ControlFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

export interface StatusReport {
  readonly engine: EngineStatus;
  readonly mode: SettingValue | null;
  /** The gravest that a follower trades in; null where none is configured or the configuration cannot be read. */
  readonly world: World | null;
  readonly followers: readonly FollowerStatus[];
  readonly leaders: readonly LeaderStatus[];
  /** The limits that act, each with where it comes from. */
  readonly limits: readonly LimitStatus[];
  /** What copying each leader takes of each follower, by what the leader holds now. */
  readonly capital: readonly CapitalStatus[];
  /** Every value in force and where it comes from. */
  readonly settings: readonly SettingStatus[];
  /** Each that is not ok, and of the others the nearest to its threshold. Empty when stopped. */
  readonly watchdogs: readonly WatchdogReport[];
  /** What is wrong with the configuration as it lies on the disk now; the running engine has its own. */
  readonly problems: readonly string[];
}

export interface EngineStatus {
  readonly running: boolean;
  /** When this was true: now while it runs, the last journaled moment when it is stopped. */
  readonly asOf: number;
  readonly pid?: number;
  /** Present and true while the process is starting up and does not answer yet. */
  readonly starting?: boolean;
}

/** As a configuration file holds it: lists and groups too. */
export type WrittenValue =
  | string
  | number
  | boolean
  | null
  | readonly WrittenValue[]
  | { readonly [key: string]: WrittenValue | undefined };

export interface SettingValue {
  readonly value: WrittenValue;
  /** `default`, `run-time`, `environment`, or a file. */
  readonly source: string;
}

export interface SettingStatus extends SettingValue {
  readonly keyPath: string;
  /** For settings of one relation. */
  readonly leader?: string;
  readonly follower?: string;
}

export interface LimitStatus extends SettingValue {
  readonly limit: string;
  /** Absent for limits of the whole account. */
  readonly leader?: string;
  readonly follower: string;
}

export interface LimitsReport {
  readonly followers: readonly {
    readonly follower: string;
    /** In the settle coin; "" when not known. */
    readonly equity: string;
    readonly limits: readonly LimitUse[];
    /** Stops and loss limits, with what stands of them. */
    readonly guards: readonly GuardUse[];
    /** Keys of limits and guards that are off. */
    readonly off: readonly string[];
  }[];
}

/** How far one limit is used; numbers are decimal strings in `unit`, "" when not known. */
export interface LimitUse {
  readonly limit: string;
  /** What it is about where that is not the whole account: a leader, a symbol, a style, a sector, two leaders. */
  readonly of: string;
  readonly measure: string;
  readonly unit: string;
  readonly use: string;
  readonly most: string;
  /** What still fits; negative when it is passed. */
  readonly headroom: string;
  /** `default`, or a file. */
  readonly source: string;
  /** Why it does not act now; "" when it does. */
  readonly note: string;
}

/** How near one guard is; numbers are decimal strings in `unit`, "" when not known. */
export interface GuardUse {
  /** The key that it is set by; `kill switch` for the command. */
  readonly guard: string;
  /** What it is about where that is not the whole account: a level, a leader, a position. */
  readonly of: string;
  /** What is lost, or how far the liquidation is away. */
  readonly use: string;
  /** The loss, or the distance, at which it acts. */
  readonly at: string;
  /** How much further it is until then; 0 or less where it was reached. */
  readonly left: string;
  readonly unit: string;
  /** What it does then. */
  readonly action: string;
  /** `default`, `run-time`, or a file; "" where nothing is configured. */
  readonly source: string;
  /** Why it does not act now; "" when it does. */
  readonly note: string;
  /** What stands of it: since when, until when, and why; null while nothing is stopped or cut. */
  readonly stands: StopStatus | null;
}

export interface CapitalStatus extends Pick<FollowerCapital, "follower" | "capital" | "smallestEquity"> {
  readonly leader: string;
  /** Symbols that fall away at the present capital. */
  readonly lost: readonly string[];
}

/** Exact decimal strings in a coin; "" while the price of something that is held is not known. */
export interface CopyResult {
  /** What trades brought in, with what is held at its mark and what the owner took at that of its moment. */
  readonly trades: string;
  /** Paid. */
  readonly fees: string;
  /** Received. */
  readonly funding: string;
  /** trades - fees + funding. */
  readonly profit: string;
}

/** What copying brought in on one account: the leaders' and what is no leader's sum to the account's, to the last digit. */
export interface FollowerResults {
  readonly coin: string;
  /** Also of leaders that are copied no more. */
  readonly leaders: readonly ({ readonly leader: string } & CopyResult)[];
  /** Of ours, and no leader's: an order that was sent before a crash and taken back after it. */
  readonly unattributed: CopyResult;
  /** Of all our trades there; what the owner trades itself is no part of it. */
  readonly account: CopyResult;
}

export interface FollowerStatus extends MarginShown {
  readonly nickname: string;
  readonly state: "in-sync" | "syncing" | "paused" | "halted";
  /** Why it is not in sync; "" when it is. */
  readonly reason: string;
  readonly instruments: readonly InstrumentStatus[];
  readonly connected: boolean;
  readonly paused: boolean;
  /** Age of the last confirmed snapshot; null when there is none in this run. */
  readonly snapshotAgeMs: number | null;
  readonly equity: string;
  readonly available: string;
  /** Open orders of the account that are not ours, by the last snapshot: left alone; only where there are some. */
  readonly foreignOrders?: number;
  /** What is stopped or cut, until when; only where something is. */
  readonly stops?: readonly StopStatus[];
  /** What copying brought in and cost; none before anything was copied. */
  readonly results: readonly FollowerResults[];
  /** What working its large changes saved or cost in all; only where there were some. */
  readonly worked?: WorkedSum;
  /** How near each stop and loss limit is; none before it was started. */
  readonly guards: readonly GuardUse[];
}

/** Amounts in the settle coin; saved is negative where it cost. */
export interface WorkedSum {
  readonly changes: number;
  /** What crossing all of it at once would have paid. */
  readonly atTouch: string;
  readonly saved: string;
  readonly savedBps: string;
  readonly savedToMid: string;
  readonly fees: string;
}

/** A large change that is being worked; quantities are unsigned. */
export interface WorkingStatus {
  readonly slice: number;
  readonly slices: number;
  readonly filled: string;
  readonly wanted: string;
}

export interface InstrumentStatus {
  readonly symbol: string;
  /** 1 long, 2 short: rows of hedge accounts only. */
  readonly positionIdx?: 1 | 2;
  /** What the leader holds; the netted sum with several leaders. */
  readonly leader: string;
  readonly leaders?: readonly {
    readonly nickname: string;
    readonly leader: string;
    readonly target: string;
  }[];
  /** What the follower should hold, after limits and waivers. */
  readonly target: string;
  /** What it holds that is ours. */
  readonly held: string;
  /** Not ours, never touched; only where there is some. */
  readonly foreign?: string;
  /** What orders of ours on their way have not filled yet. */
  readonly inFlight: string;
  /**
   * The same of orders that rest, signed; only where there are some. Entries add to what is held; the leader's limit exits, take
   * profits and stop losses reduce it, each of them the same position: they do not add up.
   */
  readonly resting?: {
    readonly entries: string;
    readonly exits: string;
    readonly takeProfits: string;
    readonly stopLosses: string;
  };
  /** Only while a large change is worked here. */
  readonly working?: WorkingStatus;
  /** Why pending orders of the leaders do not rest here: words of the closed list; only where there are some. */
  readonly pending?: readonly string[];
  /** How many quantity steps `held` is away from `target`. */
  readonly steps: number;
  /** A word of the closed list of reasons; "" when there is none. */
  readonly reason: string;
}

export interface LeaderStatus {
  readonly nickname: string;
  readonly connected: boolean;
  readonly snapshotAgeMs: number | null;
  readonly equity: string;
  readonly positions: readonly {
    readonly symbol: string;
    readonly positionIdx?: 1 | 2;
    readonly quantity: string;
  }[];
}

export interface ClosePreview {
  readonly follower: string;
  readonly positions: readonly {
    readonly symbol: string;
    readonly positionIdx?: 1 | 2;
    /** What would be closed: only what is ours. */
    readonly held: string;
    /** Its value at the last known price in the settle coin; "" when no price is known. */
    readonly value: string;
  }[];
}

export interface CapitalReport {
  readonly leader: string;
  readonly followers: readonly FollowerCapital[];
}

/** What copying one leader takes of one follower. Amounts in the settle coin; "" where a figure is not known. */
export interface FollowerCapital {
  readonly follower: string;
  readonly sizing: string;
  /** What counts as its capital now. */
  readonly capital: string;
  /**
   * The smallest capital at which every position below becomes an order that the venue takes; where the size does not follow
   * capital, the margin of what is held. Null where no capital is enough, or a figure is missing.
   */
  readonly smallestEquity: string | null;
  /** Initial margin of what the leader holds now, at the leverage of the follower's markets. */
  readonly margin: string;
  readonly positions: readonly CapitalPosition[];
}

export interface CapitalPosition {
  readonly symbol: string;
  /** What the leader holds now, or the median of its largest sizes by the journal. */
  readonly kind: "held" | "typical";
  readonly leader: string;
  /** The price that it was valued at. */
  readonly price: string;
  /** What the follower would hold of it now: nothing where it falls away. */
  readonly target: string;
  /** The venue's smallest order at this price. */
  readonly least: string;
  readonly isCopied: boolean;
  /** How much of the size that the rule wants is lost, in per cent: by rounding, or all of it. */
  readonly errorPercent: string;
  readonly margin: string;
  readonly followsCapital: boolean;
  /** The capital at which it reaches the smallest order; "0" where capital does not matter. */
  readonly neededCapital: string;
  /** How many times larger its size would have to be to reach that; 1 or less where it does. */
  readonly neededFactor: string;
  /** Why it falls away, a word of the closed list; "" where it does not. */
  readonly reason: string;
}
