/**
 * The days of each follower, one after the other without gaps, out of the sums that are kept: what copying brought on each, by leader, and
 * what the account was worth. Real money and paper are never put together.
 *
 * The base of a day's return is the equity at its beginning, and what came in during the day besides; so money that is paid in is no gain and
 * dilutes the return of its day, and money that is taken out counts as having been there until its end.
 */
import { Decimal } from "../../core/model/decimal.ts";
import { PAPER_PLACE } from "../../core/settings.ts";
import { type AccountDayRecord, type CopyDayRecord, copyBooksKey } from "../../store/day-records.ts";

export interface Money {
  /** Trades less fees plus funding, what is held at its price. */
  readonly profit: Decimal;
  readonly fees: Decimal;
  readonly funding: Decimal;
}

export interface LeaderDay extends Money {
  readonly leader: string;
  readonly copied: boolean;
}

export interface FollowerDay extends Money {
  readonly follower: string;
  readonly isPaper: boolean;
  /** UTC days since 1970. */
  readonly day: number;
  /** Whether the engine lived on it; what changed meanwhile shows on the next day on which it did. */
  readonly lived: boolean;
  /** At its end; null where it is not known. */
  readonly equity: Decimal | null;
  /** What came in beside copying, less what went out. */
  readonly flow: Decimal;
  /** Null where equity is not known. */
  readonly base: Decimal | null;
  /** "" is the owner. */
  readonly strategy: string;
  /** Only those that copy or brought something; "" is what is no leader's. */
  readonly leaders: readonly LeaderDay[];
}

/** In order of followers, then of days. */
export function followerDays(
  accountDays: readonly AccountDayRecord[],
  copyDays: readonly CopyDayRecord[],
): readonly FollowerDay[] {
  const byBooks = Map.groupBy(copyDays, booksOf);
  const ofBooks = [...Map.groupBy(accountDays, booksOf)].flatMap(([books, rows]) =>
    booksDays(rows, byBooks.get(books) ?? []),
  );
  const byFollower = Map.groupBy(ofBooks, ({ follower, isPaper }) => `${follower} ${isPaper}`);
  return [...byFollower.values()].flatMap((days) => withoutGaps(oncePerDay(days)));
}

function booksOf({ account, books }: Pick<AccountDayRecord, "account" | "books">): string {
  return `${account} ${books}`;
}

/** The days of one place in which an account was; the first row of what was not read from its beginning only says what it began with. */
function booksDays(
  rows: readonly AccountDayRecord[],
  copies: readonly CopyDayRecord[],
): readonly FollowerDay[] {
  const byDay = Map.groupBy(copies, ({ day }) => day);
  const known = new Map<string, CopyDayRecord>();
  const days: FollowerDay[] = [];
  let before: AccountDayRecord | null = null;
  for (const row of rows) {
    const leaders = leaderDays(byDay.get(row.day) ?? [], known);
    const told = withKnown(row, before);
    if (!row.opening) days.push(followerDay(told, before, leaders));
    before = told;
  }
  return days;
}

/** What is not known of a day is as it was. */
function withKnown(row: AccountDayRecord, before: AccountDayRecord | null): AccountDayRecord {
  return {
    ...row,
    equity: row.equity === "" ? (before?.equity ?? "") : row.equity,
    capital: row.capital === "" ? (before?.capital ?? "") : row.capital,
  };
}

/** Takes the day's rows in: of those without one nothing changed. */
function leaderDays(rows: readonly CopyDayRecord[], known: Map<string, CopyDayRecord>): readonly LeaderDay[] {
  const changes = rows.map((row) => {
    const change = changeTo(row, known.get(copyBooksKey(row)));
    known.set(copyBooksKey(row), row);
    return change;
  });
  const told = new Set(rows.map(({ leader }) => leader));
  const idle = new Set([...known.values()].flatMap(({ leader, copied }) => (copied ? [leader] : [])));
  const byLeader = Map.groupBy(changes, ({ leader }) => leader);
  return [
    ...[...byLeader].map(([leader, parts]) => ({
      leader,
      copied: parts.some(({ copied }) => copied),
      ...sumOf(parts),
    })),
    ...[...idle]
      .filter((leader) => !told.has(leader))
      .map((leader) => ({ leader, copied: true, ...NOTHING })),
  ];
}

function changeTo(row: CopyDayRecord, before: CopyDayRecord | undefined): LeaderDay {
  const since = (what: "trades" | "fees" | "funding") =>
    Decimal.parse(row[what]).minus(Decimal.parse(before?.[what] ?? "0"));
  const [trades, fees, funding] = [since("trades"), since("fees"), since("funding")];
  return {
    leader: row.leader,
    copied: row.copied,
    profit: trades.minus(fees).plus(funding),
    fees,
    funding,
  };
}

function followerDay(
  row: AccountDayRecord,
  before: AccountDayRecord | null,
  leaders: readonly LeaderDay[],
): FollowerDay {
  const [capital, capitalBefore] = [amount(row.capital), amount(before?.capital ?? "")];
  const flow = capital === null || capitalBefore === null ? Decimal.zero : capital.minus(capitalBefore);
  // At first there is what was put in; later what the day before left.
  const equityBefore = before === null ? capital : amount(before.equity);
  return {
    follower: row.account,
    isPaper: isPaperPlace(row.place),
    day: row.day,
    lived: true,
    equity: amount(row.equity),
    flow,
    base: equityBefore === null ? null : flow.sign > 0 ? equityBefore.plus(flow) : equityBefore,
    strategy: row.strategy,
    leaders: leaders.filter(({ copied, profit }) => copied || !profit.isZero),
    ...sumOf(leaders),
  };
}

/** Where an account changed its place, the day has a part in each: what it brought is one sum, and it stands as it did last. */
function oncePerDay(days: readonly FollowerDay[]): readonly FollowerDay[] {
  return [...Map.groupBy(days, ({ day }) => day).values()]
    .map((parts) => parts.reduce(joined))
    .sort((left, right) => left.day - right.day);
}

function joined(first: FollowerDay, second: FollowerDay): FollowerDay {
  const leaders = [...Map.groupBy([...first.leaders, ...second.leaders], ({ leader }) => leader)].map(
    ([leader, parts]) => ({ leader, copied: parts.some(({ copied }) => copied), ...sumOf(parts) }),
  );
  const flow = first.flow.plus(second.flow);
  return { ...second, flow, leaders, base: greater(first.base, second.base), ...sumOf([first, second]) };
}

function greater(one: Decimal | null, other: Decimal | null): Decimal | null {
  if (one === null || other === null) return one ?? other;
  return one.compare(other) < 0 ? other : one;
}

function withoutGaps(days: readonly FollowerDay[]): readonly FollowerDay[] {
  return days.flatMap((one, at) => {
    const next = days[at + 1]?.day ?? one.day + 1;
    const quiet = Array.from({ length: next - one.day - 1 }, (_, gap) => quietDay(one, one.day + 1 + gap));
    return [one, ...quiet];
  });
}

function quietDay(before: FollowerDay, day: number): FollowerDay {
  const leaders = before.leaders.filter(({ copied }) => copied).map((one) => ({ ...one, ...NOTHING }));
  return { ...before, day, lived: false, flow: Decimal.zero, base: before.equity, leaders, ...NOTHING };
}

/** By what it is called in the rows (`placeOf`). */
export function isPaperPlace(place: string): boolean {
  return place.startsWith(PAPER_PLACE);
}

export const NOTHING: Money = { profit: Decimal.zero, fees: Decimal.zero, funding: Decimal.zero };

export function sumOf(parts: readonly Money[]): Money {
  return parts.reduce<Money>(
    (sum, part) => ({
      profit: sum.profit.plus(part.profit),
      fees: sum.fees.plus(part.fees),
      funding: sum.funding.plus(part.funding),
    }),
    NOTHING,
  );
}

function amount(text: string): Decimal | null {
  return text === "" ? null : (Decimal.tryParse(text) ?? null);
}
