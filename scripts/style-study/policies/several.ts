/** Styles that hold several things at once, or that live of the book: baskets, carry, two contracts of one coin, quotes. */
import type { Desk, Position, Sign } from "../desk.ts";
import { BAR_MS, BARS_A_DAY, gaussian, StudyMarket } from "../study-market.ts";

const HOUR = BARS_A_DAY / 24;
const SECOND_MS = 1_000;
const FUNDING_BARS = 8 * HOUR;

/** The strong against the weak, or the other way round, in equal values, made anew every so often. */
export function marketNeutral(desk: Desk): void {
  const every = desk.pick([4 * HOUR, 8 * HOUR, BARS_A_DAY, 2 * BARS_A_DAY]);
  const lookback = desk.pick([0.5, 1, 3]) * BARS_A_DAY;
  const direction = desk.side();
  const legs = Math.max(1, Math.min(Math.floor(desk.markets.length / 2), desk.whole(1, 4)));
  const value = desk.value();
  let open: Position[] = [];
  const jitter = desk.pick([0, HOUR, Math.floor(every / 3)]);
  for (
    let at = desk.firstBar + desk.whole(0, every);
    at < desk.lastBar;
    at += every - jitter + desk.whole(0, 2 * jitter)
  ) {
    const score = (market: StudyMarket) =>
      market.move(at, lookback) / market.usual(at, lookback) + 0.5 * gaussian(desk.random);
    const ranked = desk.markets
      .map((market) => ({ market, score: direction * score(market) }))
      .sort((one, other) => other.score - one.score);
    const wanted = new Map<StudyMarket, Sign>();
    for (const { market } of ranked.slice(0, legs)) wanted.set(market, 1);
    for (const { market } of ranked.slice(-legs)) wanted.set(market, -1);
    // Mostly all is made anew, so that both sides stay equal; some keep what is still wanted.
    const keeps = (one: Position) => wanted.get(one.market) === one.sign && legs > 1 && desk.chance(0.5);
    const kept = open.filter(keeps);
    for (const one of open) if (!kept.includes(one)) one.close(at);
    const keptMarkets = new Set(kept.map(({ market }) => market));
    open = [
      ...kept,
      ...[...wanted]
        .filter(([market]) => !keptMarkets.has(market))
        .map(([market, sign]) => desk.open(market, at, sign, { value: value * desk.between(0.6, 1.5) })),
    ];
  }
  for (const one of open) one.close(desk.lastBar);
}

/** Whoever is paid for holding: the side that receives, through many settlements. */
export function carry(desk: Desk): void {
  const least = desk.between(0.00012, 0.0003);
  const isHedged = desk.chance(0.3);
  for (const market of desk.markets) {
    let position: Position | null = null;
    const atSettlement = FUNDING_BARS - (Math.floor(market.endMs(desk.firstBar) / BAR_MS) % FUNDING_BARS);
    const early = desk.whole(1, 90);
    for (let at = desk.firstBar + atSettlement - early; at < desk.lastBar; at += FUNDING_BARS) {
      const rate = market.fundingAt(market.endMs(at) + early * BAR_MS);
      if (position !== null && (-position.sign * rate < least / 3 || desk.chance(0.02))) {
        position.close(at);
        position = null;
      } else if (position === null && Math.abs(rate) > least && desk.chance(0.8)) {
        position = desk.open(market, at, rate > 0 ? -1 : 1, isHedged ? { makerShare: 0.6 } : {});
      }
    }
    position?.close(desk.lastBar);
  }
}

/** The same coin in two contracts, one against the other, within seconds, until they are equal again. */
export function arbitrage(desk: Desk): void {
  const busy = desk.between(0.002, 0.02);
  const hold = desk.pick([2, 6, 24, 96]);
  for (const market of desk.markets) {
    const other = new StudyMarket(otherContract(desk, market.symbol), market.bars, desk.random);
    for (let at = desk.firstBar; at < desk.lastBar; at++) {
      if (!desk.chance(busy)) continue;
      const end = Math.min(desk.lastBar, at + Math.max(1, Math.round(hold * desk.between(0.3, 2))));
      const sign = desk.side();
      const value = desk.value();
      const [openMs, closeMs] = [market.endMs(at), market.endMs(end)];
      const apart = () => Math.round(desk.between(0, 20) * SECOND_MS);
      const legs = [
        desk.open(market, at, sign, { value, ms: openMs + apart() }),
        desk.open(other, at, sign === 1 ? -1 : 1, {
          value: value * desk.between(0.97, 1.03),
          ms: openMs + apart(),
        }),
      ];
      const moved = market.price(end) / market.price(at) - 1;
      const edge = desk.between(-0.0004, 0.0016);
      for (const leg of legs) leg.close(end, closeMs + apart(), leg.sign * moved + edge / 2);
      at = end;
    }
  }
}

function otherContract(desk: Desk, symbol: string): string {
  const coin = symbol.replace(/USDT$/, "");
  return desk.pick([`${coin}PERP`, `${coin}USDC`, `${symbol}-27DEC24`]);
}

/** Quotes on both sides: many small trips that rest in the book, now and then run over. */
export function marketMaking(desk: Desk): void {
  const minutes = Math.exp(desk.between(Math.log(0.3), Math.log(60)));
  const edge = desk.between(0.0004, 0.0009);
  const busy = desk.between(0.05, 0.5);
  for (const market of desk.markets) {
    let sign: Sign = desk.side();
    for (let at = desk.firstBar; at < desk.lastBar; at++) {
      if (!desk.chance(busy)) continue;
      // What was just sold is bought back and the other way round; a move carries quotes of its own side away.
      sign = desk.chance(0.65) ? (market.move(at, 1) > 0 ? -1 : 1) : sign === 1 ? -1 : 1;
      const openMs = market.endMs(at) + desk.between(0, 240) * SECOND_MS;
      const heldMs = minutes * 60_000 * -Math.log(1 - desk.random());
      const position = desk.open(market, at, sign, { ms: Math.round(openMs) });
      const drift = market.usual(at, Math.max(0.05, heldMs / BAR_MS)) * gaussian(desk.random);
      if (drift < -edge && desk.chance(0.3)) position.add(at, position.quantity * desk.between(0.5, 1));
      const end = Math.min(desk.lastBar, at + Math.round(heldMs / BAR_MS));
      position.close(end, Math.round(openMs + heldMs), edge + 0.6 * drift);
    }
  }
}
