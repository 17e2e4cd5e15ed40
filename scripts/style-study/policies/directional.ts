/** Styles that take one side of one market at a time: trend, reversion, breakout, ladders, scalps, and a person's own judgement. */

import { type Desk, type Sign, trade } from "../desk.ts";
import { BARS_A_DAY } from "../study-market.ts";

const HOUR = BARS_A_DAY / 24;

export function trendFollowing(desk: Desk): void {
  const lookback = desk.pick([0.5, 1, 2, 3, 5]) * BARS_A_DAY;
  const threshold = desk.between(0.5, 1.5);
  const trail = desk.between(1.5, 3);
  const pyramids = desk.chance(0.4) ? desk.between(0.3, 0.8) : 0;
  for (const market of desk.markets) {
    let best = 0;
    trade(desk, market, {
      every: desk.pick([HOUR, 2 * HOUR, 4 * HOUR]),
      enter: (at) => {
        best = 0;
        const move = market.move(at, lookback) / market.usual(at, lookback);
        return Math.abs(move) > threshold ? signOf(move) : 0;
      },
      exit: (at, position) => {
        const gain = position.gain(at);
        best = Math.max(best, gain);
        const turned = position.sign * market.move(at, lookback) < 0;
        return turned || best - gain > trail * market.usual(at, BARS_A_DAY);
      },
      add: (at, position) => {
        const isWinning = position.gain(at) > (1 + position.additions) * market.usual(at, BARS_A_DAY);
        return isWinning && position.additions < 3 && desk.chance(pyramids) ? position.quantity * 0.5 : 0;
      },
    });
  }
}

export function meanReversion(desk: Desk): void {
  const span = desk.pick([1, 2, 4, 8, 12, 24]) * HOUR;
  const entry = desk.between(0.9, 2.2);
  const stop = desk.between(1.5, 3);
  const hold = desk.between(1, 4) * span;
  const adds = desk.chance(0.4) ? desk.between(0.1, 0.6) : 0;
  for (const market of desk.markets) {
    const stretch = (at: number) =>
      Math.log(market.price(at) / market.mean(at, span)) / (0.6 * market.usual(at, span));
    trade(desk, market, {
      every: desk.pick([1, 3, 6]),
      enter: (at) => (Math.abs(stretch(at)) > entry ? signOf(-stretch(at)) : 0),
      exit: (at, position) =>
        position.sign * stretch(at) > -0.2 ||
        position.gain(at) < -stop * market.usual(at, span) ||
        at - position.openedAt > hold,
      add: (at, position) =>
        position.additions < 2 && position.gain(at) < -0.7 * market.usual(at, span) && desk.chance(adds)
          ? position.quantity
          : 0,
    });
  }
}

export function breakout(desk: Desk): void {
  const span = desk.pick([0.25, 0.5, 1, 2, 3, 4]) * BARS_A_DAY;
  const stop = desk.between(0.6, 1.3);
  const target = desk.between(1.2, 4);
  const hold = desk.between(0.1, 3) * BARS_A_DAY;
  for (const market of desk.markets) {
    trade(desk, market, {
      every: desk.pick([1, 2, 3]),
      enter: (at) => {
        if (market.price(at) > market.extreme(at, span, "high")) return 1;
        return market.price(at) < market.extreme(at, span, "low") ? -1 : 0;
      },
      exit: (at, position) => {
        const gain = position.gain(at) / market.usual(at, BARS_A_DAY);
        return gain < -stop || gain > target || at - position.openedAt > hold;
      },
    });
  }
}

/** A grid adds the same in equal steps; a martingale adds more each time. */
export function martingale(desk: Desk): void {
  const growth = desk.chance(0.5) ? 1 : desk.between(1.3, 2);
  const rungs = desk.whole(2, 10);
  const step = desk.between(0.25, 0.8);
  const take = desk.between(0.25, 0.8);
  const isLongOnly = desk.chance(0.6);
  for (const market of desk.markets) {
    let [first, unit, width] = [0, 0, 0];
    trade(desk, market, {
      every: 1,
      enter: (at) => {
        if (!desk.chance(0.1)) return 0;
        first = market.price(at);
        width = market.usual(at, BARS_A_DAY);
        unit = 0;
        return isLongOnly ? 1 : desk.side();
      },
      exit: (at, position) =>
        position.gain(at) > take * width ||
        (position.additions >= rungs && position.gain(at) < -3 * width && desk.chance(0.05)),
      add: (at, position) => {
        if (unit === 0) unit = position.quantity;
        const fall = -position.sign * Math.log(market.price(at) / first);
        const isDue = fall > step * width * (position.additions + 1) && position.additions < rungs;
        return isDue ? unit * growth ** (position.additions + 1) : 0;
      },
    });
  }
}

export function scalping(desk: Desk): void {
  const hours = workingHours(desk, desk.chance(0.6) ? desk.between(5, 12) : 24);
  const withMove = desk.between(0.2, 0.9);
  const hold = desk.whole(1, 20);
  const busy = desk.between(0.03, 0.2);
  const threshold = desk.between(0.2, 1);
  for (const market of desk.markets) {
    trade(desk, market, {
      every: 1,
      enter: (at) => {
        const move = market.move(at, 3) / market.usual(at, 3);
        if (!hours(market.endMs(at)) || Math.abs(move) < threshold || !desk.chance(busy)) return 0;
        return desk.chance(withMove) ? signOf(move) : signOf(-move);
      },
      exit: (at, position) =>
        Math.abs(position.gain(at)) > desk.between(0.3, 1.2) * market.usual(at, hold + 1) ||
        at - position.openedAt >= hold,
    });
  }
}

/** Some days here, some there; bought on a dip, on strength or on a hunch; sizes by conviction; asleep at night. */
export function discretionarySwing(desk: Desk): void {
  const hours = workingHours(desk, desk.between(8, 20));
  const moods = [desk.random(), desk.random(), desk.random()] as const;
  const all = moods[0] + moods[1] + moods[2];
  const longs = desk.between(0.5, 0.85);
  const [stop, target] = [desk.between(0.8, 2.5), desk.between(1, 4)];
  const patience = desk.between(0.2, 6) * BARS_A_DAY;
  const second = desk.between(0, 0.01);
  for (const market of desk.markets) {
    let until = 0;
    trade(desk, market, {
      every: 3,
      enter: (at) => {
        if (!hours(market.endMs(at)) || !desk.chance(0.02)) return 0;
        until = at + patience * desk.between(0.2, 2);
        const mood = desk.random() * all;
        const move = market.move(at, desk.pick([1, 2, 4]) * BARS_A_DAY);
        if (mood < moods[0]) return signOf(-move);
        if (mood < moods[0] + moods[1]) return signOf(move);
        return desk.chance(longs) ? 1 : -1;
      },
      exit: (at, position) => {
        if (!hours(market.endMs(at))) return false;
        const gain = position.gain(at) / market.usual(at, BARS_A_DAY);
        return gain < -stop * desk.between(0.7, 1.5) || gain > target * desk.between(0.5, 1.5) || at > until;
      },
      add: (at, position) =>
        hours(market.endMs(at)) && desk.chance(second) && position.additions < 2
          ? position.quantity * desk.between(0.3, 1)
          : 0,
    });
  }
}

/** Whether somebody who works so many hours a day is there. */
function workingHours(desk: Desk, count: number): (ms: number) => boolean {
  const from = desk.between(0, 24);
  return (ms) => (((ms / 3_600_000) % 24) - from + 24) % 24 < count;
}

function signOf(value: number): Sign {
  return value >= 0 ? 1 : -1;
}
