/**
 * What a follower gets, worked out once more in the plainest way: one list of moments, cash and lots as plain numbers, every bar looked
 * through from the first on. Shares nothing with the program but the shape of its input. One one-way position of one symbol.
 */
import type { BarRow } from "./copying-fixture.ts";

export interface ForcedFill {
  readonly atMs: number;
  /** Signed. */
  readonly quantity: number;
  readonly price: number;
}

export interface Forced {
  readonly fills: readonly ForcedFill[];
  readonly bars: readonly BarRow[];
  readonly intervalMs: number;
  readonly leaderEquity: number;
  readonly equity: number;
  readonly delayMs: number;
  readonly feeRate: number;
  readonly halfSpreadBps: number;
  readonly impactFactor: number;
  readonly step: number;
  readonly tick: number;
  readonly minNotional: number;
}

const DAY_MS = 86_400_000;
const NEARLY = 1e-9;

/** Cash, what is held, and the last price that was paid, with its time. */
interface Purse {
  cash: number;
  held: number;
  price: number;
  priceMs: number;
}

/** The follower's profit of each day. */
export function pnlByForce(story: Forced): readonly number[] {
  const { fills, equity, leaderEquity, delayMs } = story;
  const first = Math.floor((fills[0]?.atMs ?? 0) / DAY_MS);
  const lastMs = fills.at(-1)?.atMs ?? 0;
  const endMs = (Math.floor(lastMs / DAY_MS) + 1) * DAY_MS;
  const leader: Purse = { cash: 0, held: 0, price: 0, priceMs: 0 };
  const follower: Purse = { cash: 0, held: 0, price: 0, priceMs: 0 };
  const totals = { leader: [0], follower: [0] };
  const due: { atMs: number; fromMs: number; lots: number; price: number }[] = [];
  const left = [...fills];
  let [owned, proportion, target, lots] = [0, 0, 0, 0];
  const capitals = () =>
    (equity + (totals.follower.at(-1) ?? 0)) / (leaderEquity + (totals.leader.at(-1) ?? 0));
  const aim = (held: number) => Math.trunc((held * proportion) / story.step + Math.sign(held) * NEARLY);
  const trade = (wanted: number, fromMs: number, atMs: number, price: number) => {
    for (const change of changes(story, owned, wanted, price)) {
      const paid = priceOf(story, { fromMs, atMs, price, lots: change });
      const quantity = change * story.step;
      follower.cash -= quantity * paid + Math.abs(quantity) * paid * story.feeRate;
      follower.held += quantity;
      [follower.price, follower.priceMs] = [paid, atMs];
      owned += change;
    }
  };
  let midnight = (first + 1) * DAY_MS;
  for (;;) {
    const [fill, next] = [left[0], due[0]];
    const atMs = Math.min(fill?.atMs ?? Number.POSITIVE_INFINITY, next?.atMs ?? Number.POSITIVE_INFINITY);
    if (atMs === Number.POSITIVE_INFINITY) break;
    if (midnight <= atMs) {
      totals.leader.push(leader.cash + leader.held * worth(story, leader, midnight));
      totals.follower.push(follower.cash + follower.held * worth(story, follower, midnight));
      const now = capitals();
      if (target !== 0 && Math.abs(now - proportion) > 0.1 * proportion) {
        proportion = now;
        const before = target;
        target = aim(leader.held);
        if (target !== before) trade(target, midnight, midnight, worth(story, leader, midnight, true));
      }
      midnight += DAY_MS;
    } else if (next !== undefined && next.atMs === atMs) {
      due.shift();
      trade(next.lots, next.fromMs, next.atMs, next.price);
    } else if (fill !== undefined) {
      left.shift();
      const before = leader.held;
      leader.cash -= fill.quantity * fill.price;
      leader.held = rounded(leader.held + fill.quantity);
      [leader.price, leader.priceMs] = [fill.price, fill.atMs];
      const isReduction = leader.held * before > 0 && Math.abs(leader.held) <= Math.abs(before);
      if (!isReduction) proportion = capitals();
      target = leader.held === 0 ? 0 : aim(leader.held);
      lots = target;
      due.push({
        atMs: Math.min(fill.atMs + delayMs, endMs - 1),
        fromMs: fill.atMs,
        lots,
        price: fill.price,
      });
    }
  }
  const closingMs = Math.max(lastMs, follower.priceMs);
  totals.follower.push(follower.cash + follower.held * worth(story, follower, closingMs));
  return totals.follower.slice(1).map((total, day) => total - (totals.follower[day] ?? 0));
}

/** Quantities are thousandths. */
const rounded = (quantity: number) => Math.round(quantity * 1_000) / 1_000;

/** Signed lots: nothing, one order, or two for a turn. */
function changes(story: Forced, owned: number, wanted: number, price: number): readonly number[] {
  const ticks = Math.max(Math.round(price / story.tick), 1);
  const isEnough = (size: number) =>
    size >= 1 && size * story.step * ticks * story.tick >= story.minNotional - NEARLY;
  const grow = (by: number) => (isEnough(Math.abs(by)) ? [by] : []);
  if (owned * wanted < 0) return [-owned, ...grow(wanted)];
  if (Math.abs(wanted) < Math.abs(owned)) return [wanted - owned];
  return wanted === owned ? [] : grow(wanted - owned);
}

/** The close of the last bar that is over, or what was paid after it. */
function worth({ bars, intervalMs }: Forced, purse: Purse, ms: number, isMark = false): number {
  const over = bars.filter(({ openMs }) => openMs + intervalMs <= ms).at(-1);
  if (over === undefined) return purse.price;
  return isMark || over.openMs + intervalMs >= purse.priceMs ? over.close : purse.price;
}

function priceOf(
  { bars, intervalMs, halfSpreadBps, impactFactor, step, tick }: Forced,
  {
    fromMs,
    atMs,
    price,
    lots,
  }: { readonly fromMs: number; readonly atMs: number; readonly price: number; readonly lots: number },
): number {
  const [from, to] = [fromMs, atMs].map((ms) => {
    const bar = bars.find(({ openMs }) => openMs <= ms && ms < openMs + intervalMs);
    if (bar === undefined) throw new Error(`no bar at ${ms}`);
    const part = (ms - bar.openMs) / intervalMs;
    const sigma = Math.log(bar.high / bar.low) / Math.sqrt(4 * Math.log(2));
    return { bar, part, sigma, level: bar.open + part * (bar.close - bar.open) };
  });
  if (from === undefined || to === undefined) throw new Error("no bars");
  const square = (part: number, sigma: number) => sigma * sigma * part * (1 - part);
  const variance =
    from.bar === to.bar
      ? square(to.part - from.part, to.sigma)
      : square(1 - from.part, from.sigma) + square(to.part, to.sigma);
  const side = Math.sign(lots);
  const later = (price * to.level * (1 + side * Math.sqrt((variance * 2) / Math.PI))) / from.level;
  const half = halfSpreadBps === 0 ? 0 : Math.max(halfSpreadBps / 10_000, tick / 2 / later);
  const impact = impactFactor * to.sigma * Math.sqrt((Math.abs(lots) * step) / to.bar.volume);
  return later * (1 + side * (half + impact));
}
