/**
 * The regularised incomplete beta function, and the tails of Student's t and of the binomial distribution that are made of it:
 * the p-values of a mean and of a win rate.
 */

const STEPS_MAX = 10_000;
const TINY = 1e-300;
const CLOSE = 1e-16;

/** I_x(a, b) for positive a and b and x in [0, 1]: DLMF 8.17.22, by Lentz's method; relative error about 1e-13. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBetaDirect(1 - x, b, a);
  return incompleteBetaDirect(x, a, b);
}

function incompleteBetaDirect(x: number, a: number, b: number): number {
  const front = a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b);
  return (Math.exp(front) / a) * continuedFraction(x, a, b);
}

function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= STEPS_MAX; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < CLOSE) break;
  }
  return value;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** Logarithm of the beta function; the large parts cancel before they are added. */
function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** Logarithm of the gamma function of x > 0: Stirling's series (DLMF 5.11.1) behind a shift to x >= 15. */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  while (shifted < 15) {
    product *= shifted;
    shifted += 1;
  }
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  let series = 0;
  for (const coefficient of STIRLING) series = series * square + coefficient;
  const main = (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI);
  return main + series * inverse - Math.log(product);
}

/** B(2k) / (2k (2k - 1)) for k from 8 down to 1. */
const STIRLING = [
  -3617 / 122_400,
  1 / 156,
  -691 / 360_360,
  1 / 1_188,
  -1 / 1_680,
  1 / 1_260,
  -1 / 360,
  1 / 12,
] as const;

/** Probability that Student's t with `degrees` of freedom is above `t`. */
export function studentTail(t: number, degrees: number): number {
  const outside = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  return t >= 0 ? 0.5 * outside : 1 - 0.5 * outside;
}

/** Probability of at least `wins` in `trials` tosses of a coin that wins with `probability`: the exact one-sided test. */
export function binomialTail(wins: number, trials: number, probability = 0.5): number {
  if (wins <= 0) return 1;
  return incompleteBeta(probability, wins, trials - wins + 1);
}
