/** Chance in the trips of generated traders who keep to their style is no change of it. */
import { expect, it } from "vitest";
import { generateTrader } from "../../scripts/style-study/generated-trader.ts";
import { generatedMarkets } from "../../scripts/style-study/study-market.ts";
import { seededRandom } from "../../src/analytics/numeric/random.ts";
import { STYLES } from "../../src/analytics/style/styles.ts";
import { isFinding, takeReadings, type Watched } from "../../src/traders/monitoring/standing.ts";
import { styleReading, stylesThenAndNow } from "../../src/traders/monitoring/style-change.ts";

const TRADERS = 5;
const TRIPS = 100;
const EVERY_TRIPS = 10;

it("tells of nobody who trades on as before, at any look", { timeout: 60_000 }, () => {
  const markets = generatedMarkets(seededRandom(99), 30);
  const told: string[] = [];
  let traders = 0;
  for (let seed = 1; seed <= 300 && traders < TRADERS; seed += 1) {
    const style = STYLES[seed % STYLES.length];
    const trader = style === undefined ? null : generateTrader(style, markets, seed);
    if (trader === null || trader.trips.length < TRIPS) continue;
    traders += 1;
    const trips = trader.trips.toSorted((one, other) => one.closeMs - other.closeMs);
    let watched: readonly Watched[] = [];
    for (let count = 60; count <= TRIPS; count += EVERY_TRIPS) {
      const reading = styleReading("alice", stylesThenAndNow(trips.slice(0, count), trader.markets));
      watched = takeReadings(watched, [reading], count).watched;
      if (watched.some(isFinding)) told.push(`${seed} ${reading.text}`);
    }
  }
  expect([traders, told]).toEqual([TRADERS, []]);
});
