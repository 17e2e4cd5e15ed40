/**
 * The standard normal distribution: distribution function and its inverse, good to a relative 1e-14 or so, in both tails.
 * Probabilities near zero or one decide who is worth following, so the short approximations (7e-8) will not do.
 */

const SQRT_HALF = Math.SQRT1_2;
const SQRT_PI_INVERSE = 0.5641895835477563;

/** Probability that a standard normal is at most `z`. */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z * SQRT_HALF);
}

/** Probability that a standard normal is above `z`: keeps its digits where the distribution function rounds to one. */
export function normalTail(z: number): number {
  return 0.5 * erfc(z * SQRT_HALF);
}

/** Complementary error function. W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969). */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const size = Math.abs(x);
  if (size <= 0.46875) return 1 - x * ratio(NEAR, x * x);
  if (size > 27) return x > 0 ? 0 : 2;
  const tail = size <= 4 ? scaled(size, ratio(MIDDLE, size)) : scaled(size, far(size));
  return x > 0 ? tail : 2 - tail;
}

function far(x: number): number {
  const inverse = 1 / (x * x);
  return (SQRT_PI_INVERSE - inverse * ratio(FAR, inverse)) / x;
}

/** exp(-x²) times `value`; x is split so that the square of the large part is exact. */
function scaled(x: number, value: number): number {
  const large = Math.trunc(x * 16) / 16;
  const rest = (x - large) * (x + large);
  return Math.exp(-large * large) * Math.exp(-rest) * value;
}

/**
 * The `z` below which a standard normal lies with `probability`; minus or plus infinity at 0 and 1, NaN outside. M. J. Wichura,
 * Algorithm AS 241 (PPND16), Applied Statistics 37 (1988), relative error about 1e-16.
 */
export function normalQuantile(probability: number): number {
  const centred = probability - 0.5;
  if (Math.abs(centred) <= 0.425) return centred * ratio(CENTRE, 0.180625 - centred * centred);
  const tail = centred < 0 ? probability : 1 - probability;
  if (!(tail >= 0)) return Number.NaN;
  if (tail === 0) return centred < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const root = Math.sqrt(-Math.log(tail));
  const size = root <= 5 ? ratio(TAIL, root - 1.6) : ratio(EXTREME, root - 5);
  return centred < 0 ? -size : size;
}

/** Numerator and denominator of a rational approximation, highest power first. */
type Rational = readonly [numerator: readonly number[], denominator: readonly number[]];

function ratio([numerator, denominator]: Rational, x: number): number {
  return polynomial(numerator, x) / polynomial(denominator, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (const coefficient of coefficients) value = value * x + coefficient;
  return value;
}

const NEAR: Rational = [
  [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694],
  [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171],
];
const MIDDLE: Rational = [
  [
    2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
    881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
  ],
  [
    1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
    4362.619090143247, 3439.3676741437216, 1230.3393548037495,
  ],
];
const FAR: Rational = [
  [
    0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
    0.0006587491615298378,
  ],
  [1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918],
];
const CENTRE: Rational = [
  [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
    1971.5909503065513, 133.14166789178438, 3.3871328727963665,
  ],
  [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
    687.1870074920579, 42.31333070160091, 1,
  ],
];
const TAIL: Rational = [
  [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
];
const EXTREME: Rational = [
  [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
    0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
    0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1,
  ],
];
