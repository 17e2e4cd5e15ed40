/**
 * THE CONTRACT of extensions, on one page. It imports nothing: copy it beside your own file for its types. An extension is a
 * function of plain data to plain data, and asked about orders that add risk only, never about a reduction. A limit may deny an
 * order that every built-in limit let pass, or make it smaller. A style says how one goes that was approved.
 *
 * Quantities are decimal strings in the base coin, prices and amounts decimal strings in the settle coin, times UTC
 * milliseconds. The same question must get the same answer: no clock, no chance, no files, no network, no promises. What it is
 * given is frozen. Throwing, answering anything else, or taking too long denies the order as `extension-failed`.
 */

/** The default export of a file in the folder `extensions`: this, or a style. */
export interface RiskLimit {
  readonly contract: 1;
  readonly kind: "risk-limit";
  /** Lower-case letters, digits and hyphens, at most 40; no two extensions have the same. */
  readonly name: string;
  /** One line for `start` and `status`, at most 200 characters. */
  readonly description: string;
  check(order: Increase): LimitAnswer;
}

export type LimitAnswer =
  /** Nothing against it. */
  | { readonly kind: "allow" }
  /** At most `quantity` of it now; the rest is asked about again. What is below the venue's minimum then does not go. */
  | { readonly kind: "at-most"; readonly quantity: string; readonly numbers?: Numbers }
  /**
   * Nothing of it. It is asked about again with the next news, at the latest with the next snapshot (15 s); with `giveUp` what
   * is missing now is not bought later either.
   */
  | { readonly kind: "deny"; readonly giveUp?: boolean; readonly numbers?: Numbers };

/** Why, for the journal: at most 12, of at most 200 characters each. */
export type Numbers = Readonly<Record<string, number | string>>;

export interface ExecutionStyle {
  readonly contract: 1;
  readonly kind: "execution-style";
  readonly name: string;
  readonly description: string;
  work(order: ApprovedIncrease): StyleAnswer;
}

/** Of several styles the first, by the names of their files, that does not answer `default` counts. */
export type StyleAnswer =
  | { readonly kind: "default" }
  /**
   * So much of it now (all of it where no quantity is stated; at least what the venue takes), at no worse a price than `limit`,
   * at once as far as it fills (IOC) or whole or not at all (FOK). The rest is asked about again.
   */
  | {
      readonly kind: "send";
      readonly quantity?: string;
      readonly limit?: { readonly price: string; readonly timeInForce: "IOC" | "FOK" };
    }
  /** Nothing yet; asked again after `ms`, 100 to 600000, or with news. An hour after the change what is missing goes at once. */
  | { readonly kind: "wait"; readonly ms: number };

export interface ApprovedIncrease extends Increase {
  /** When the leader's newest change that it follows was told. */
  readonly changedAtMs: number;
  /** When the last order was decided that added to this leg; null before any. */
  readonly lastOrderAtMs: number | null;
  /** It goes at no worse a price than this, whatever is answered; null: at market. */
  readonly worstPrice: string | null;
  readonly tickSize: string;
}

/** An order that would open or add to a position. */
export interface Increase {
  readonly atMs: number;
  readonly follower: Account;
  /** Nicknames of those whose changes it follows. */
  readonly leaders: readonly string[];
  readonly venue: string;
  /** As the follower's venue writes it, for example BTCUSDT. */
  readonly symbol: string;
  readonly baseCoin: string;
  readonly settleCoin: string;
  /** `net` on an account in one-way mode. */
  readonly leg: "net" | "long" | "short";
  readonly side: "buy" | "sell";
  /** Above zero. */
  readonly quantity: string;
  /** What it is valued at: mark, else bid, else the last known. */
  readonly price: string;
  /** quantity x price. */
  readonly value: string;
  /** What of this leg is ours now; signed, short is negative. */
  readonly held: string;
  readonly bid: string | null;
  readonly ask: string | null;
  readonly mark: string | null;
  /** Everything of ours on this account, this leg included where something is held. */
  readonly positions: readonly Position[];
}

export interface Account {
  readonly nickname: string;
  /** Null where the venue has not told it. */
  readonly equity: string | null;
  /** Margin that is free. */
  readonly available: string | null;
  readonly balance: string | null;
}

export interface Position {
  readonly symbol: string;
  readonly leg: "net" | "long" | "short";
  /** Signed. */
  readonly quantity: string;
  /** Orders on their way, signed; "0" when there are none. */
  readonly inFlight: string;
  /** |quantity| x price; null where no price is known. */
  readonly value: string | null;
}
