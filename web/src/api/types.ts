/** The types of what the API takes and answers, inferred from its contract; the only file that knows where that is. Nothing of it is bundled. */
import type { z } from "zod";
import type * as contract from "../../../src/api/contract.ts";

type Of<Name extends keyof typeof contract> = (typeof contract)[Name] extends z.ZodType
  ? z.output<(typeof contract)[Name]>
  : never;

export type ProblemBody = Of<"problem">;
export type StatusReport = Of<"status">;
export type FollowerStatus = Of<"follower">;
export type InstrumentStatus = Of<"instrument">;
export type WatchdogReport = Of<"watchdog">;
export type HealthReport = Of<"healthReport">;
export type HealthCheck = HealthReport["checks"][number];
export type LimitsReport = Of<"limits">;
export type LimitUse = Of<"limitUse">;
export type GuardUse = Of<"guardUse">;
export type AllocationsReport = Of<"allocations">;
export type AllocationStatus = Of<"allocation">;
export type ExplainReport = Of<"explanation">;
export type PositionPath = ExplainReport["positions"][number];
export type PreviewReport = Of<"preview">;
export type PreviewPlace = Pick<PreviewReport["orders"][number], "follower" | "symbol" | "positionIdx">;
export type ProposalsReport = Of<"proposals">;
export type Proposal = ProposalsReport["proposals"][number];
export type CommandReport = Of<"commandReport">;
export type CommandOutcome = Of<"outcome">;
export type KillSwitchPreview = Of<"killSwitchAsked">;
export type KillSwitchPulled = Of<"killSwitchPulled">;
export type HoldingsReport = KillSwitchPreview["holdings"];
export type SettingsInForce = Of<"settingsInForce">;
export type PerformanceReport = Of<"performanceReport">;
export type AlertReport = Of<"streamAlert">;
export type AlertsReport = Of<"streamAlerts">;
export type AlertsState = Of<"alertsState">;
export type ChannelTests = Of<"channelTests">;
export type PushDevices = Of<"devices">;
export type PushDeviceTest = Of<"deviceTest">;
export type JournalPage = Of<"journalPage">;
export type ChangeExplanation = Of<"changeExplanation">;
export type ReplayReport = Of<"replay">;
export type JournalEntry = Of<"journalEntry">;
export type Ranking = Of<"ranking">;
export type RankedTrader = Ranking["traders"][number];
export type RankingQuery = Partial<Of<"rankingQuery">>;
export type TradersPage = Of<"tradersPage">;
export type TraderPerformance = Of<"traderPerformance">;
export type CopyForm = z.input<typeof contract.copyForm>;
export type CorrelationsReport = Of<"correlationsReport">;
export type AttributionReport = Of<"attributionReport">;
export type StylesReport = Of<"styles">;
export type FilteredTraders = Of<"filtered">;
export type RebalanceForm = z.input<typeof contract.rebalanceForm>;
export type RebalancePreview = Of<"rebalancePreview">;
export type StrategiesReport = Of<"strategies">;
export type RiskReport = Of<"riskReport">;
export type Permission = Of<"permission">;
export type Role = Of<"role">;
export type UserRow = Of<"user">;
export type NewUser = Of<"newUser">;
export type TokenRow = Of<"token">;
export type MadeToken = Of<"madeToken">;
export type SessionRow = Of<"session">;
export type OneTimeLink = Of<"link">;
export type Enrolment = Of<"enrolment">;
export type AccountRow = Of<"account">;
export type NewAccount = Of<"newAccount">;
export type AccountOutcome = Of<"accountOutcome">;
export type AuditPage = Of<"auditPage">;
export type AuditEntry = Of<"auditEntry">;

/** As a configuration file holds it. */
export type WrittenValue = unknown;

export type SessionBody = Of<"signedIn">;
export type SignInForm = z.input<typeof contract.signInForm>;
export type SetUpForm = z.input<typeof contract.setUpForm>;

export interface ReasonsBody {
  readonly reasons: readonly { readonly reason: string; readonly explanation: string }[];
}
export type JobRow = Of<"job">;
export type JobPage = Of<"jobPage">;
export type BacktestRequest = z.input<typeof contract.backtestRequest>;
export type WhatIfRequest = z.input<typeof contract.whatIfRequest>;
export type ReportRequest = z.input<typeof contract.reportRequest>;
export type ReportFiles = Of<"reportFiles">;
export type ReportFile = ReportFiles["items"][number];
export type BacktestComparison = Of<"comparison">;
export type LivedStrategy = BacktestComparison["items"][number];
export type WhatIfResult = Of<"whatIfResult">;
export type TraderEvidence = Of<"traderEvidence">;
export type TraderTrades = Of<"traderTrades">;
