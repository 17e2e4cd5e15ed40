/**
 * Copytrader as a library: `import { SyncManager } from "copytrader"`. What stands here is what programs may rely on; everything else of
 * the package may change with any version. docs/library.md goes through it, with an example.
 */
export {
  type AccountConfig,
  type AccountFile,
  accountSchema,
  loadAccountConfigs,
  type NewAccountConfig,
  type SavedAccount,
  saveAccountConfig,
} from "./account-configs.ts";
export {
  BybitAPIHandler,
  type BybitAPIHandlerOptions,
  type EquityReport,
  type KeyInspection,
  type OrderOutcome,
  type OrderRequest,
  type PositionRow,
} from "./bybit-api-handler.ts";
export { type Folders, LibraryError, type LibraryFailure } from "./folders.ts";
export {
  type BalanceDay,
  type MadeReport,
  type ReportFormat,
  ReportingManager,
  type ReportOptions,
} from "./reporting-manager.ts";
export {
  type Choice,
  type CommonStrategyOptions,
  type DynamicCopyingOptions,
  DynamicCopyingStrategy,
  type PortfolioCopyingOptions,
  PortfolioCopyingStrategy,
  type RiskAdjustedCopyingOptions,
  RiskAdjustedCopyingStrategy,
  type SelectiveCopyingOptions,
  SelectiveCopyingStrategy,
  type StartOptions,
  type StrategyEvidence,
} from "./strategies.ts";
export {
  type Control,
  ControlError,
  type StatusReport,
  SyncManager,
  type SyncManagerOptions,
} from "./sync-manager.ts";
