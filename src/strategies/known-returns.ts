/** Daily returns with gaps: what can be said of the days that are known. */

/** Without the days on which nothing is known. */
export function knownReturns(returns: ArrayLike<number>): Float64Array {
  return Float64Array.from(Array.from(returns).filter((value) => !Number.isNaN(value)));
}

/** Of the days that both have, divided by days - 1; NaN below `daysMin` of them (at least 2). */
export function covarianceOf(one: ArrayLike<number>, other: ArrayLike<number>, daysMin: number): number {
  const [first, second] = [meanOfBoth(one, other), meanOfBoth(other, one)];
  let [sum, days] = [0, 0];
  for (let day = 0; day < one.length; day += 1) {
    const product = ((one[day] as number) - first) * ((other[day] as number) - second);
    if (Number.isNaN(product)) continue;
    sum += product;
    days += 1;
  }
  return days < Math.max(2, daysMin) ? Number.NaN : sum / (days - 1);
}

/** Mean of the one on the days that the other has, too. */
function meanOfBoth(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let [sum, days] = [0, 0];
  for (let day = 0; day < one.length; day += 1) {
    if (Number.isNaN(one[day]) || Number.isNaN(other[day])) continue;
    sum += one[day] as number;
    days += 1;
  }
  return sum / days;
}
