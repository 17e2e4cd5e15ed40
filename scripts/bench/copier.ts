/**
 * Ours against the serial copier on the same exchange in turns, the exchange answering after 5 ms, at several numbers of
 * followers: how much sooner the last order is there, and how both grow with each follower.
 */
import type { CopierFunctions, CopierKind } from "./copier-process.ts";
import { World } from "./fan-out.ts";
import { GROUPS, LEADER_QUANTITY, LEADERS } from "./parameters.ts";
import { Remote } from "./remote.ts";
import { median, rounded } from "./statistics.ts";

const ANSWER_MS = 5;
const FOLLOWERS = 100;

export interface CopierReport {
  readonly followers: number;
  readonly answerMs: number;
  readonly oursLastOrderMs: number;
  /** Milliseconds more for each further follower, from the smallest to the largest number. */
  readonly oursMsPerFollower: number;
  readonly lastOrderMs: Readonly<Record<CopierKind, number>>;
  /** How many times sooner our last order is there. */
  readonly timesSooner: Readonly<Record<CopierKind, number>>;
}

export async function measureCopier(rounds: number): Promise<CopierReport> {
  const world = new World({ followers: FOLLOWERS, path: "ws" });
  const copier = new Remote<CopierFunctions>("./copier-process.ts");
  try {
    await world.start();
    await world.exchange.call("accounts", { prefix: GROUPS.copier, number: FOLLOWERS });
    await copier.call("start", {
      rest: world.rest,
      stream: world.stream,
      leader: LEADERS.copier,
      group: GROUPS.copier,
      followers: FOLLOWERS,
    });
    await world.exchange.call("answerAfter", { delayMs: ANSWER_MS });
    return await compare(world, copier, rounds);
  } finally {
    await copier.end();
    await world.end();
  }
}

type Side = "Buy" | "Sell";

async function compare(world: World, copier: Remote<CopierFunctions>, rounds: number): Promise<CopierReport> {
  const [engine] = world.competitors;
  if (engine === undefined) throw new Error("the engine is missing");
  for (let trade = 0; trade < 40; trade += 1) await world.trigger(engine, trade % 2 === 0 ? "Buy" : "Sell");
  const ours: number[] = [];
  const perFollower: number[] = [];
  const theirs: Record<CopierKind, number[]> = { ccxt: [], ccxtUnlimited: [], bybitApi: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const side of ["Buy", "Sell"] as const) {
      for (const kind of ["ccxtUnlimited", "bybitApi", "ccxt"] as const) {
        for (let trade = 0; trade < 2; trade += 1) {
          const latenciesUs = await world.trigger(engine, trade === 0 ? side : opposite(side));
          ours.push(Math.max(...latenciesUs) / 1_000);
          perFollower.push((Math.max(...latenciesUs) - Math.min(...latenciesUs)) / 1_000 / FOLLOWERS);
        }
        theirs[kind].push(await copyOnce(world, copier, kind, side));
      }
    }
  }
  return reportOf(ours, perFollower, theirs);
}

const opposite = (side: Side): Side => (side === "Buy" ? "Sell" : "Buy");

async function copyOnce(
  world: World,
  copier: Remote<CopierFunctions>,
  kind: CopierKind,
  side: Side,
): Promise<number> {
  await copier.call("prepare", { kind, followers: FOLLOWERS, side });
  const latenciesUs = await world.exchange.call("trade", {
    leader: LEADERS.copier,
    side,
    quantity: LEADER_QUANTITY,
    answeredBy: GROUPS.copier,
    orders: FOLLOWERS,
    path: "/v5/order/create",
    timeoutMs: 120_000,
  });
  await copier.call("settle", null);
  return Math.max(...latenciesUs) / 1_000;
}

function reportOf(
  ours: readonly number[],
  perFollower: readonly number[],
  theirs: Readonly<Record<CopierKind, readonly number[]>>,
): CopierReport {
  const oursLastOrderMs = rounded(median(ours));
  const last = {
    ccxt: rounded(median(theirs.ccxt)),
    ccxtUnlimited: rounded(median(theirs.ccxtUnlimited)),
    bybitApi: rounded(median(theirs.bybitApi)),
  };
  return {
    followers: FOLLOWERS,
    answerMs: ANSWER_MS,
    oursLastOrderMs,
    oursMsPerFollower: rounded(median(perFollower), 4),
    lastOrderMs: last,
    timesSooner: {
      ccxt: rounded(last.ccxt / oursLastOrderMs, 0),
      ccxtUnlimited: rounded(last.ccxtUnlimited / oursLastOrderMs, 0),
      bybitApi: rounded(last.bybitApi / oursLastOrderMs, 0),
    },
  };
}
