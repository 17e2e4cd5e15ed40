/**
 * One look at each configured account for `accounts check`: the venue's instruments, the key, and whether the private
 * stream comes up. Everything is asked once and given a time; nothing is sent that changes anything.
 */
import type { ConfiguredAccount } from "../config.ts";

import type { AccountConnection, AccountInspection, ConnectionEvent } from "../exchange/exchange.ts";
import { ExchangeError } from "../exchange/exchange-error.ts";

import { createRealOutside } from "../exchange/net/outside.ts";

import { Redactor, silentLog } from "../log.ts";
import { describeExchangeError } from "./admission.ts";
import { type HyperliquidPlace, openHyperliquid } from "./hyperliquid.ts";
import { lookAt } from "./look-at.ts";
import { type InstrumentTable, openVenue, type Venue } from "./venues.ts";

const ANSWER_MAX_MS = 15_000;
const STREAM_MAX_MS = 10_000;
const NO_ANSWER = "the venue does not answer";

export interface AccountProbe {
  readonly account: ConfiguredAccount;
  /** Number of instruments, or why there are none. */
  readonly instruments: number | string;
  /** What the key may do, or why it could not be asked; null for accounts without a key. */
  readonly inspection: AccountInspection | string | null;
  /** "up", or why the private stream did not come up; null for accounts without a key, and after a refused key. */
  readonly stream: "up" | { readonly cause: string } | null;
}

/** Probes all accounts at the same time; resolves when the last one answered or its time is over. */
export async function probeAccounts(
  accounts: readonly ConfiguredAccount[],
  orderWindowMs: number,
): Promise<readonly AccountProbe[]> {
  const outside = createRealOutside();
  const venues = new Map<string, ProbedVenue>();
  for (const { exchange, venue: id, url, streamUrl } of accounts) {
    if (venues.has(id)) continue;
    const venue =
      exchange === "hyperliquid"
        ? openHyperliquid({ url, streamUrl, outside, onNotice: () => {} })
        : openVenue({ url, streamUrl, outside, log: silentLog, onPrice: () => {} });
    venues.set(id, { venue, instruments: loadOnce(venue) });
  }
  try {
    return await Promise.all(
      accounts.map(async (account) => {
        const found = venues.get(account.venue);
        if (found === undefined) throw new Error(`no venue for ${account.account}`);
        return probe(account, found.venue, await found.instruments, orderWindowMs, outside);
      }),
    );
  } finally {
    for (const { venue } of venues.values()) {
      venue.feed.close();
      if ("streams" in venue) venue.streams.close();
    }
    outside.close();
  }
}

interface ProbedVenue {
  readonly venue: Venue | HyperliquidPlace;
  readonly instruments: Promise<InstrumentTable | string>;
}

async function probe(
  account: ConfiguredAccount,
  venue: Venue | HyperliquidPlace,
  instruments: InstrumentTable | string,
  orderWindowMs: number,
  outside: ReturnType<typeof createRealOutside>,
): Promise<AccountProbe> {
  const count = typeof instruments === "string" ? instruments : instruments.size;
  let hear: (event: ConnectionEvent) => void = () => {};
  const table = typeof instruments === "string" ? new Map() : instruments;
  const parts = {
    orderWindowMs,
    outside,
    instruments: table,
    listener: (event: ConnectionEvent) => hear(event),
  };
  const connection = lookAt(account, venue, parts);
  if (connection === null) return { account, instruments: count, inspection: null, stream: null };
  // Venues quote what they were sent, the key among it.
  const redactor = new Redactor();
  if (account.credentials !== null) redactor.register(account.credentials.apiKey);
  account.credentials?.maskIn((secret) => redactor.register(secret));
  try {
    const inspection = await inspectOnce(connection);
    if (typeof inspection === "string") {
      return { account, instruments: count, inspection: redactor.text(inspection), stream: null };
    }
    const stream = await streamUp(connection, (listener) => {
      hear = listener;
    });
    const told = stream === "up" ? stream : { cause: redactor.text(stream.cause) };
    return { account, instruments: count, inspection, stream: told };
  } finally {
    connection.close();
  }
}

function loadOnce(venue: Pick<Venue, "feed">): Promise<InstrumentTable | string> {
  return within<InstrumentTable | string>(
    ANSWER_MAX_MS,
    () => NO_ANSWER,
    (done) =>
      venue.feed.loadInstruments((result) => {
        if (result instanceof ExchangeError) done(result.message);
        else done(new Map(result.map((instrument) => [instrument.id, instrument])));
      }),
  );
}

function inspectOnce(connection: AccountConnection): Promise<AccountInspection | string> {
  return within<AccountInspection | string>(
    ANSWER_MAX_MS,
    () => NO_ANSWER,
    (done) =>
      connection.inspect((result) =>
        done(result instanceof ExchangeError ? describeExchangeError(result) : result),
      ),
  );
}

function streamUp(
  connection: AccountConnection,
  listen: (listener: (event: ConnectionEvent) => void) => void,
): Promise<"up" | { readonly cause: string }> {
  let cause = "it did not come up in time";
  return within<"up" | { readonly cause: string }>(
    STREAM_MAX_MS,
    () => ({ cause }),
    (done) => {
      listen((event) => {
        if (event.kind === "account-refused") done({ cause: event.cause });
        if (event.kind !== "connection-changed") return;
        if (event.state === "up") done("up");
        else cause = event.cause;
      });
      connection.open();
    },
  );
}

/** The first answer, or the one for being late. */
function within<Value>(
  delayMs: number,
  late: () => Value,
  ask: (done: (value: Value) => void) => void,
): Promise<Value> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(late()), delayMs);
    ask((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
