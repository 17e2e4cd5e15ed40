/** The form of a recorded certificate of parity: what a line must have before anything reads it, however well it is hashed. Pure. */

/** What is wrong with a value, as `PLACE must be ...`; null when nothing is. */
type Form = (value: unknown, place: string) => string | null;

const MS_MAX = 8.64e15;
const ROWS_MAX = 1_000_000;

const text: Form = must("a text", (value) => typeof value === "string");
const flag: Form = must("true or false", (value) => typeof value === "boolean");
const number: Form = must("a number", Number.isFinite);
const count: Form = must("a whole number of at least 0", isCount);
const time: Form = must("a time in milliseconds", (value) => isCount(value) && value <= MS_MAX);
const age: Form = orNull(number);
const hash: Form = must("a hash in hexadecimal digits", isHash);

const row = record({
  symbol: text,
  positionIdx: optional(count),
  target: text,
  held: text,
  inFlight: text,
  steps: number,
  reason: text,
  parity: oneOf("at-target", "within-step", "explained", "unexplained"),
  leaderAgeMs: age,
});

const certificate = record({
  version: must("1", (value) => value === 1),
  cause: oneOf("start", "reconnect", "asked"),
  atMs: time,
  journal: orNull(record({ sequence: count, hash })),
  engineRunning: flag,
  inParity: flag,
  counts: record({
    inSync: flag,
    followers: count,
    rows: count,
    atTarget: count,
    withinStep: count,
    explained: count,
    unexplained: count,
  }),
  bounds: record({ leaderStaleAfterMs: number, followerStaleAfterMs: number }),
  leaders: listOf(record({ nickname: text, ageMs: age, stale: flag })),
  followers: listOf(
    record({ nickname: text, state: text, reason: text, ageMs: age, stale: flag, rows: listOf(row) }),
  ),
  number: must("a whole number of at least 1", (value) => isCount(value) && value > 0),
  previous: must("a hash, or empty", (value) => value === "" || isHash(value)),
  hash,
});

/** Names the first member that is missing or of another form than a certificate of version 1 has; null for a sound one. */
export function wrongInCertificate(value: unknown): string | null {
  return certificate(value, "");
}

function must(what: string, holds: (value: unknown) => boolean): Form {
  return (value, place) => (holds(value) ? null : `${place} must be ${what}`);
}

function oneOf(...words: readonly string[]): Form {
  return must(`one of ${words.join(", ")}`, (value) => typeof value === "string" && words.includes(value));
}

function orNull(form: Form): Form {
  return (value, place) => (value === null ? null : form(value, place));
}

function optional(form: Form): Form {
  return (value, place) => (value === undefined ? null : form(value, place));
}

function record(members: Readonly<Record<string, Form>>): Form {
  const forms = Object.entries(members);
  return (value, place) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return `${place === "" ? "it" : place} must be an object`;
    const given = new Map<string, unknown>(Object.entries(value));
    for (const [key, form] of forms) {
      const wrong = form(given.get(key), place === "" ? key : `${place}.${key}`);
      if (wrong !== null) return wrong;
    }
    return null;
  };
}

function listOf(form: Form): Form {
  return (value, place) => {
    if (!Array.isArray(value) || value.length > ROWS_MAX) return `${place} must be a list`;
    for (const [index, one] of value.entries()) {
      const wrong = form(one, `${place}[${index}]`);
      if (wrong !== null) return wrong;
    }
    return null;
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isHash(value: unknown): boolean {
  return typeof value === "string" && /^[0-9a-f]{32,64}$/.test(value);
}
