/**
 * Days as rows: how every follower stood after the last event of a UTC day, and each leader's copies on it, made when the first event of
 * another day shows that it is over, and when a run begins. Nothing is done for any other event. Where a follower's books end (it becomes another account, or is
 * configured no more) its rows are made then. Deterministic: what was read before is known by the rows themselves (`restore`).
 */
import { type Event, timeOf } from "../../core/event.ts";
import { netOf, worthOf } from "../../core/ledger.ts";
import type { Ticks } from "../../core/model/amounts.ts";
import { Decimal } from "../../core/model/decimal.ts";
import type { AccountId } from "../../core/model/identifiers.ts";
import type { Instrument } from "../../core/model/instrument.ts";
import { quotedTicks, valuationTicks } from "../../core/quotes.ts";
import { type CoinResults, profitIn, type ResultSum, resultSums } from "../../core/results.ts";
import { placeOf, type Settings } from "../../core/settings.ts";
import type { FollowerState, State } from "../../core/state.ts";
import { type AccountDayRecord, type CopyDayRecord, copyBooksKey } from "../day-records.ts";

const DAY_MS = 86_400_000;

export interface DayRows {
  readonly accountDays: readonly AccountDayRecord[];
  readonly copyDays: readonly CopyDayRecord[];
}

export const NO_DAYS: DayRows = { accountDays: [], copyDays: [] };

export class DayBookkeeper {
  /** What was written last, by account; by leader and coin in its books. */
  readonly #accounts = new Map<string, AccountDayRecord>();
  readonly #copies = new Map<string, CopyDayRecord>();

  restore({ accountDays, copyDays }: DayRows): void {
    for (const row of accountDays) keepNewer(this.#accounts, row.account, row);
    for (const row of copyDays) keepNewer(this.#copies, copyBooksKey(row), row);
  }

  /** Reading begins with this state: what was before it is not known, unless earlier rows tell. */
  begin(state: State, sequence: number): DayRows {
    if (this.#accounts.size > 0 || state.nowMs === 0) return NO_DAYS;
    const day = dayOf(state.nowMs) - 1;
    return this.#rowsOf(state, [...state.followers.values()], { day, sequence, opening: true });
  }

  /** What the event shows to be over, by the state before it; the rows count once the event is not refused (`written`). */
  over(state: State, event: Event, sequence: number): DayRows {
    if (state.nowMs === 0) return NO_DAYS;
    const day = dayOf(state.nowMs);
    // A run begins without prices: how it stood with the last ones is told before.
    const isOver = dayOf(timeOf(event)) > day || event.kind === "engine-started";
    const at = { day, sequence, opening: false };
    if (isOver) return this.#rowsOf(state, [...state.followers.values()], at);
    if (event.kind !== "settings-changed") return NO_DAYS;
    const ended = [...state.followers.values()].filter(
      (one) => endsBooks(one, event.settings) && !this.#isTold(one, day),
    );
    return ended.length === 0 ? NO_DAYS : this.#rowsOf(state, ended, at);
  }

  /** Settings change what an account is when a run begins only, which told how it stood with the last prices. */
  #isTold({ account, place }: FollowerState, day: number): boolean {
    const last = this.#accounts.get(account);
    return last?.day === day && last.place === place;
  }

  /** How all stands now, as if the day were over. */
  now(state: State, sequence: number): DayRows {
    const at = { day: dayOf(state.nowMs), sequence, opening: false };
    return this.#rowsOf(state, [...state.followers.values()], at);
  }

  /** The rows are in force: what comes is compared with them. */
  written(rows: DayRows): void {
    this.restore(rows);
  }

  #rowsOf(state: State, followers: readonly FollowerState[], at: Moment): DayRows {
    const accountDays: AccountDayRecord[] = [];
    const copyDays: CopyDayRecord[] = [];
    for (const follower of followers) {
      if (follower.venue === null || follower.place === null) continue;
      const books = {
        account: follower.account,
        place: follower.place,
        books: this.#booksOf(follower),
        ...at,
      };
      const results = resultSums(state, follower, at.opening ? lastKnownTicks(follower) : quotedTicks);
      accountDays.push(accountDay(state, follower, results, books));
      for (const row of copyRows(state, follower, results, books)) {
        const told = this.#withTerms(row);
        if (!isSame(told, this.#copies.get(copyBooksKey(told)))) copyDays.push(told);
      }
    }
    return { accountDays, copyDays };
  }

  #booksOf({ account, place }: FollowerState): number {
    const last = this.#accounts.get(account);
    if (last === undefined) return 0;
    return last.place === place ? last.books : last.sequence;
  }

  /** Once a relation ended, its terms are those that it had. */
  #withTerms(row: CopyDayRecord): CopyDayRecord {
    if (row.copied) return row;
    const { feeRate, feePeriod } = this.#copies.get(copyBooksKey(row)) ?? row;
    return { ...row, feeRate, feePeriod };
  }
}

function keepNewer<Row extends { readonly sequence: number }>(
  kept: Map<string, Row>,
  key: string,
  row: Row,
): void {
  if ((kept.get(key)?.sequence ?? -1) <= row.sequence) kept.set(key, row);
}

/** What days begin with has to be told, at whichever price is known: what is not there counts as nothing, and the next day with all of it. */
function lastKnownTicks({ markets }: FollowerState) {
  return (state: State, instrument: Instrument): Ticks | null => {
    const legs = markets.get(instrument.id)?.legs ?? [];
    return (
      valuationTicks(state, instrument) ??
      legs.find(({ venue }) => venue.entryTicks !== null)?.venue.entryTicks ??
      null
    );
  };
}

interface Moment {
  readonly day: number;
  readonly sequence: number;
  readonly opening: boolean;
}

type Books = Pick<AccountDayRecord, "account" | "place" | "books"> & Moment;

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

function endsBooks({ account, venue, place }: FollowerState, { accounts }: Settings): boolean {
  if (venue === null) return false;
  const next = accounts.find((one) => one.account === account && one.role === "follower");
  return next === undefined || placeOf(next) !== place;
}

function accountDay(
  state: State,
  follower: FollowerState,
  results: readonly CoinResults[],
  books: Books,
): AccountDayRecord {
  return {
    ...books,
    atMs: state.nowMs,
    equity: follower.equity ?? "",
    capital: capitalOf(follower, results)?.toString() ?? "",
    strategy:
      state.settings.bookkeeping?.strategies.find((one) => one.follower === follower.account)?.strategy ?? "",
  };
}

/**
 * What the account has beside what copying brought. The wallet's balance knows no open profit, so what is held counts at its price of
 * entry, and no move of the market between two reports is taken for money paid in; where the venue tells no balance, it is equity less profit.
 */
function capitalOf(follower: FollowerState, results: readonly CoinResults[]): Decimal | null {
  const balance = parsed(follower.balance);
  const booked = balance === null ? null : bookedOf(follower);
  if (balance !== null && booked !== null) return balance.minus(booked);
  const equity = parsed(follower.equity);
  const profits = results.map(({ account }) => profitIn(account));
  if (equity === null) return null;
  return profits.reduce<Decimal | null>(
    (rest, profit) => (rest === null || profit === null ? null : rest.minus(profit)),
    equity,
  );
}

/** What copying moved the wallet by so far: what is held is in it at its price of entry. */
function bookedOf({ markets }: FollowerState): Decimal | null {
  let sum = Decimal.zero;
  for (const { instrument, ledger, legs } of markets.values()) {
    sum = sum.plus(netOf(ledger));
    for (const { ownedLots, venue } of legs) {
      if (ownedLots === 0) continue;
      if (venue.entryTicks === null) return null;
      sum = sum.plus(worthOf(instrument, ownedLots, venue.entryTicks));
    }
  }
  return sum;
}

function parsed(text: string | null): Decimal | null {
  return text === null ? null : (Decimal.tryParse(text) ?? null);
}

function* copyRows(
  state: State,
  follower: FollowerState,
  results: readonly CoinResults[],
  books: Books,
): Generator<CopyDayRecord> {
  const copied = new Set<AccountId>(
    state.settings.allocations.filter((one) => one.follower === follower.account).map(({ leader }) => leader),
  );
  for (const { coin, leaders, unattributed } of results) {
    for (const [leader, sum] of leaders) {
      const fee = state.settings.bookkeeping?.performanceFees.find((one) => one.leader === leader);
      const terms = { feeRate: fee?.rate ?? "", feePeriod: fee?.period ?? "" };
      yield* copyRow(sum, { ...books, leader, coin, copied: copied.has(leader), ...terms });
    }
    yield* copyRow(unattributed, { ...books, leader: "", coin, copied: false, feeRate: "", feePeriod: "" });
  }
}

/** None while a price is missing: what was told last stands (of a run that ended on this day, too) until all is known again. */
function* copyRow(
  { trades, fees, funding }: ResultSum,
  row: Omit<CopyDayRecord, "trades" | "fees" | "funding">,
): Generator<CopyDayRecord> {
  if (trades === null) return;
  yield { ...row, trades: trades.toString(), fees: fees.toString(), funding: funding.toString() };
}

function isSame(row: CopyDayRecord, last: CopyDayRecord | undefined): boolean {
  if (last === undefined)
    return !row.copied && [row.trades, row.fees, row.funding].every((amount) => amount === "0");
  const { trades, fees, funding, copied, feeRate, feePeriod } = last;
  return (
    row.trades === trades &&
    row.fees === fees &&
    row.funding === funding &&
    row.copied === copied &&
    row.feeRate === feeRate &&
    row.feePeriod === feePeriod
  );
}
