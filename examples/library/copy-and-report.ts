/**
 * Copytrader in a program of your own: copies, looks at an account, chooses a strategy, and makes a report. Run it in a folder with `config`
 * and `data`, as `copytrader init` makes them, or name them:
 *
 *   npm install copytrader && node copy-and-report.ts [config] [data]
 */
import {
  BybitAPIHandler,
  loadAccountConfigs,
  ReportingManager,
  SelectiveCopyingStrategy,
  SyncManager,
} from "copytrader";

const [configDir = "./config", dataDir = "./data"] = process.argv.slice(2);
const folders = { configDir, dataDir };

const accounts = loadAccountConfigs(folders);
for (const { nickname, role, settings } of accounts)
  console.log(`account ${nickname}: ${role}, factor ${settings.copy_multiplier ?? 1}`);

// The whole engine, in this process; or the one that runs on this data folder already.
const manager = new SyncManager({ ...folders });
await manager.initialise();
await show("at first");

// One account by itself. What is ordered here is the owner's own order; on a leader's account it is the leader's trade.
const leader = accounts.find(({ role }) => role === "leader");
if (leader === undefined) throw new Error("there is no leader");
const api = new BybitAPIHandler({ ...folders, account: leader.nickname, ownOrders: true });
const key = await api.initialise();
console.log(`key of user ${key.userId}: may trade ${key.canTrade}, may withdraw ${key.canWithdraw}`);
const outcome = await api.placeOrder({
  symbol: "BTCUSDT",
  side: "Buy",
  orderType: "Market",
  quantity: "0.1",
});
console.log(`order ${outcome.kind}`);
for (const { instrument, quantity } of await api.getPositions())
  console.log(`${leader.nickname} holds ${quantity} ${instrument.split("@")[0]}`);
api.close();

// Copied by itself; a cycle is the moment at which all was read anew and nothing is on its way.
await manager.runSyncCycle();
await show("copied");

// Whom to copy with which part: proposed, and carried out only when you say so.
const strategy = new SelectiveCopyingStrategy({ minPerformance: 0.15, maxDrawdown: 0.2, minTrades: 100 });
strategy.configure({ performanceThreshold: 0.15, riskThreshold: 0.2, diversityRequirement: true });
console.log(`${strategy.name}: ${JSON.stringify(strategy.options)}`);

const reporting = new ReportingManager(folders);
const follower = accounts.find(({ role }) => role === "follower");
if (follower !== undefined) {
  const today = new Date().toISOString().slice(0, 10);
  const { report, files } = await reporting.generateDailyReport(follower.nickname, {
    day: today,
    formats: ["json"],
  });
  console.log(`report of ${report.subject.name} over ${report.period.name}: ${files.length} file(s)`);
  const [last] = (await reporting.getBalanceHistory(follower.nickname)).slice(-1);
  console.log(`equity of ${follower.nickname}: ${last?.equity === "" ? "not known yet" : last?.equity}`);
}

await manager.stop();

async function show(when: string): Promise<void> {
  const { followers } = await manager.getSyncStatus();
  for (const { nickname, state, instruments } of followers) {
    const held = instruments.filter((row) => row.held !== "0").map((row) => `${row.held} ${row.symbol}`);
    console.log(`${when}: ${nickname} is ${state}, holds ${held.join(", ") || "nothing"}`);
  }
}
