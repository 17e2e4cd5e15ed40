/**
 * Hostile variations of sound input, and how often they are tried. A run of the suite is short; `npm run fuzz` makes it long by
 * FUZZ_RUNS.
 */
import fc from "fast-check";

/** Options of a property: `few` runs in the suite, as many as asked for in a long run. */
export function runs(few: number): { readonly numRuns: number } {
  const { FUZZ_RUNS: asked } = process.env;
  return { numRuns: asked === undefined ? few : Number(asked) };
}

/** Stands for a number that JSON can write and a double cannot hold. */
const TOO_LARGE = "1e999-as-a-number";

/** What breaks parsers: names of prototypes, numbers at every edge, texts that are no texts, control characters, nothing. */
export const NASTY: readonly unknown[] = [
  ...[
    "",
    " ",
    "0",
    "-0",
    "-1",
    "+1",
    "0.0",
    "1",
    "2",
    "00",
    "1e5",
    "0x10",
    "1_000",
    ".5",
    "5.",
    "NaN",
    "Infinity",
  ],
  ...[
    "99999999999999999999",
    "0.00000000000000000001",
    "9007199254740993",
    "9".repeat(5_000),
    `0.${"0".repeat(500)}1`,
    `0.${"0".repeat(60)}1`,
    "9".repeat(60),
  ],
  ...["constructor", "__proto__", "toString", "hasOwnProperty", "prototype", "null", "undefined", "true"],
  ...[
    "\u0000",
    "\u001b[2J\u001b]0;x\u0007",
    "\r\nX: y",
    "\ud800",
    "\u202e",
    '"\\\u20ac',
    "../../etc/passwd",
    "x".repeat(3_000),
  ],
  ...[
    "BTCUSDT",
    "Buy",
    "Sell",
    "None",
    "Filled",
    "New",
    "linear",
    "USDT",
    "ct-1",
    "ct",
    "order-1",
    "trade-1",
  ],
  ...[
    0,
    -0,
    1,
    2,
    3,
    -1,
    0.5,
    1e308,
    -1e308,
    5e-324,
    Number.MAX_SAFE_INTEGER,
    2 ** 53 + 2,
    TOO_LARGE,
    `-${TOO_LARGE}`,
  ],
  ...[true, false, null, undefined, [], {}, [[]], [{}], [null], { list: 1 }, { toString: 1 }, { length: -1 }],
];

const nasty = fc.constantFrom(...NASTY);

type Change =
  | { readonly kind: "replace"; readonly at: number; readonly value: unknown }
  | { readonly kind: "add"; readonly at: number; readonly key: string; readonly value: unknown }
  | { readonly kind: "remove"; readonly at: number }
  | { readonly kind: "repeat"; readonly at: number; readonly times: number };

const one = <const Kind extends string>(kind: Kind) => ({ kind: fc.constant(kind), at: fc.nat() });
const ADDED = ["__proto__", "constructor", "toString", "then", "length", "x", "0"];

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ...one("replace"), value: nasty }) },
  fc.record({ ...one("add"), key: fc.constantFrom(...ADDED), value: nasty }),
  fc.record(one("remove")),
  fc.record({ ...one("repeat"), times: fc.constantFrom(2, 50, 3_000) }),
);

/** Sound JSON values with one to five things wrong, anywhere in them; none wrong one time in ten. */
export function damaged(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc
    .tuple(
      fc.constantFrom(...samples),
      fc.array(change, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 0, max: 9 }),
    )
    .map(([sample, changes, luck]) =>
      luck === 0 ? sample : changes.reduce(changed, structuredClone(sample)),
    );
}

/** The same as text, now and then with bytes of the text itself torn out, doubled or replaced. */
export function damagedText(samples: readonly unknown[]): fc.Arbitrary<string> {
  return fc
    .tuple(damaged(samples), torn)
    .map(([value, tear]) => tear(typeof value === "string" ? value : jsonText(value)));
}

const torn: fc.Arbitrary<(text: string) => string> = fc
  .tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.nat(),
    fc.nat({ max: 40 }),
    fc.constantFrom("", "{", "[[[[", '"', "\n", "\u0000", "\ufeff", ": ", "&a *a", "}}"),
  )
  .map(([luck, at, length, filling]) => (text) => {
    if (luck > 0) return text;
    const from = text.length === 0 ? 0 : at % text.length;
    return text.slice(0, from) + filling + text.slice(from + length);
  });

/** As JSON.stringify, with numbers that no double holds. */
export function jsonText(value: unknown): string {
  return (JSON.stringify(value) ?? "").replaceAll(/"(-?)1e999-as-a-number"/g, "$11e999");
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function changed(value: unknown, change: Change): unknown {
  const places = placesIn(value);
  const place = places[change.at % Math.max(1, places.length)];
  if (place === undefined) return change.kind === "replace" ? structuredClone(change.value) : value;
  const { holder, key } = place;
  switch (change.kind) {
    case "replace":
      set(holder, key, change.value);
      break;
    case "add":
      if (!Array.isArray(holder)) set(holder, change.key, change.value);
      break;
    case "remove":
      delete holder[key];
      break;
    case "repeat":
      repeat(holder, key, change.times);
  }
  return value;
}

function repeat(holder: Record<string, unknown>, key: string, times: number): void {
  const list = holder[key];
  if (!Array.isArray(list) || list.length > 100) return;
  holder[key] = Array.from({ length: times }, (_, index) => list[index % list.length]);
}

/** As JSON.parse sets a key: `__proto__` is one like any other. */
function set(holder: Record<string, unknown>, key: string, value: unknown): void {
  const own = structuredClone(value);
  Object.defineProperty(holder, key, { value: own, enumerable: true, configurable: true, writable: true });
}

function placesIn(value: unknown): readonly Place[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}

/** Pieces of a protocol one after another with bytes flipped, torn out, doubled or made up, cut into chunks anywhere. */
export function hostileBytes(samples: readonly (string | Buffer)[]): fc.Arbitrary<readonly Buffer[]> {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...samples).map((sample) => Buffer.from(sample)) },
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  );
  const flip = fc.tuple(
    fc.nat(),
    fc.oneof(fc.constantFrom(0, 0x0a, 0x0d, 0x20, 0x2d, 0x39, 0x3a, 0x7e, 0x7f, 0xff), fc.nat(255)),
  );
  const cut = fc.tuple(fc.nat(), fc.nat({ max: 6 }));
  return fc
    .tuple(
      fc.array(piece, { minLength: 1, maxLength: 6 }),
      fc.array(flip, { maxLength: 3 }),
      fc.array(cut, { maxLength: 2 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 }),
    )
    .map(([pieces, flips, cuts, lengths]) => {
      let bytes = Buffer.concat(pieces);
      for (const [at, value] of flips) if (bytes.length > 0) bytes[at % bytes.length] = value;
      for (const [at, length] of cuts) {
        const from = bytes.length === 0 ? 0 : at % bytes.length;
        bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]);
      }
      return chunksOf(bytes, lengths);
    });
}

/** In memory of their own, so that a reader that keeps what it was lent is seen. */
function chunksOf(bytes: Buffer, lengths: readonly number[]): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const length = lengths[index % lengths.length] ?? 1;
    chunks.push(Buffer.from(bytes.subarray(at, at + length)));
    at += length;
  }
  return chunks;
}
