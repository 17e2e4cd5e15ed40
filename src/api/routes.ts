/** Every group of routes. A new one is a file in routes/ and a line here. */
import { documentRoutes } from "./document.ts";
import { jobRoutes } from "./jobs/job-routes.ts";
import type { RoutePlugin } from "./parts.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { alertRoutes } from "./routes/alerts.ts";
import { commandRoutes } from "./routes/commands.ts";
import { copyTradingRoutes } from "./routes/copy-trading.ts";
import { copyingRoutes } from "./routes/copying.ts";
import { dashboardRoutes } from "./routes/dashboard.ts";
import { executionRoutes } from "./routes/executions.ts";
import { healthRoutes } from "./routes/health.ts";
import { journalRoutes } from "./routes/journal.ts";
import { killSwitchRoutes } from "./routes/kill-switch.ts";
import { logRoutes } from "./routes/logs.ts";
import { madeReportRoutes } from "./routes/made-reports.ts";
import { pastRoutes } from "./routes/past.ts";
import { pushRoutes } from "./routes/push.ts";
import { rebalanceRoutes } from "./routes/rebalance.ts";
import { reportRoutes } from "./routes/reports.ts";
import { selectionRoutes } from "./routes/selection.ts";
import { sessionRoutes } from "./routes/session.ts";
import { settingsRoutes } from "./routes/settings.ts";
import { traderRoutes } from "./routes/traders.ts";
import { userRoutes } from "./routes/users.ts";
import { streamRoutes } from "./stream/stream.ts";

export const ROUTE_PLUGINS: readonly RoutePlugin[] = [
  healthRoutes,
  documentRoutes,
  copyingRoutes,
  executionRoutes,
  accountRoutes,
  journalRoutes,
  commandRoutes,
  killSwitchRoutes,
  copyTradingRoutes,
  traderRoutes,
  rebalanceRoutes,
  reportRoutes,
  madeReportRoutes,
  selectionRoutes,
  alertRoutes,
  pushRoutes,
  settingsRoutes,
  logRoutes,
  pastRoutes,
  sessionRoutes,
  userRoutes,
  dashboardRoutes,
  streamRoutes,
  jobRoutes,
];
