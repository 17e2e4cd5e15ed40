/**
 * The request budget under load: a leader trades without pause, all followers order by REST, and the exchange applies its
 * real limits. Measured on the exchange: how much of the address's 600 requests in 5 s is used, in the fullest and in the
 * average window, and how many requests were refused with HTTP 403.
 */
import { World } from "./fan-out.ts";
import { GROUPS, LEADER_QUANTITY, LEADERS } from "./parameters.ts";
import { rounded } from "./statistics.ts";

const FOLLOWERS = 150;
const LIMIT = 600;
const WINDOW_MS = 5_000;
const TRADE_EVERY_MS = 150;
/** The venue's window begins this much earlier or later than ours: how long an answer is on its way. */
const ANSWER_MS = 40;

export interface BudgetReport {
  readonly followers: number;
  readonly seconds: number;
  readonly requests: number;
  readonly ordersAccepted: number;
  readonly ordersRefused: number;
  /** How full a window of five seconds was on average, over all places where one may begin. */
  readonly use: number;
  /** Most requests in any window of five seconds, wherever it begins. */
  readonly fullestWindow: number;
  readonly refusals403: number;
}

export async function measureBudget(seconds: number): Promise<BudgetReport> {
  const world = new World({ followers: FOLLOWERS, path: "rest" });
  try {
    await world.start({ limits: "real", snapshotIntervalMs: 15_000 }, "real");
    await world.exchange.call("answerAfter", { delayMs: ANSWER_MS });
    await world.exchange.call("countRequests", null);
    await tradeFor(world, (seconds + 1) * 1_000);
    const timesMs = await world.exchange.call("countedRequests", null);
    const refusals403 = await world.engine.call("refusals", null);
    const { accepted, refused } = await world.exchange.call("orderRequests", { prefix: GROUPS.engine });
    const from = timesMs[0] ?? 0;
    const counted = timesMs.filter((atMs) => atMs >= from && atMs < from + seconds * 1_000);
    return {
      followers: FOLLOWERS,
      seconds,
      requests: counted.length,
      ordersAccepted: accepted,
      ordersRefused: refused,
      use: rounded(averageWindow(counted, seconds * 1_000) / LIMIT, 4),
      fullestWindow: fullestWindow(timesMs),
      refusals403,
    };
  } finally {
    await world.end();
  }
}

async function tradeFor(world: World, durationMs: number): Promise<void> {
  const untilMs = performance.now() + durationMs;
  for (let trade = 0; performance.now() < untilMs; trade += 1) {
    const side = trade % 4 < 2 ? ("Buy" as const) : ("Sell" as const);
    await world.exchange.call("tradeOnly", { leader: LEADERS.engine, side, quantity: LEADER_QUANTITY });
    await new Promise((resolve) => setTimeout(resolve, TRADE_EVERY_MS));
  }
}

/** Each request lies in as many windows as begin within the five seconds before it. */
function averageWindow(timesMs: readonly number[], durationMs: number): number {
  const from = timesMs[0] ?? 0;
  const begins = durationMs - WINDOW_MS;
  const covered = timesMs.reduce((sum, atMs) => {
    const offset = atMs - from;
    return sum + Math.max(0, Math.min(offset, begins) - Math.max(0, offset - WINDOW_MS));
  }, 0);
  return covered / begins;
}

function fullestWindow(timesMs: readonly number[]): number {
  let first = 0;
  let most = 0;
  for (const [index, atMs] of timesMs.entries()) {
    while ((timesMs[first] ?? atMs) <= atMs - WINDOW_MS) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
