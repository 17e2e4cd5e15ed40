/**
 * What is known of the positions of one address, coin by coin, and the order of their changes. The venue has no sequence
 * numbers, but each fill says what was held before it: fills make a chain, a break in it is a fill that was missed, and a
 * snapshot finds its place in it by what it shows. Sequences are made of the venue's time, so that those of an earlier run are
 * older. Pure bookkeeping.
 */
import { Decimal } from "../../core/model/decimal.ts";
import type { CoinFill } from "./parse.ts";

/** Within one millisecond so many changes of a coin are told apart. */
const WITHIN_MS = 1_000;
/** A state that is read may be older than its stamp by so much; what changed before it is in it. */
const LAG_MS = 3_000;
/** Changes of a coin that are remembered: far more than happen within the lag. */
const LINKS_MAX = 500;
/** Fills that are known by their id; older ones are known by their time. */
const IDS_MAX = 20_000;

interface Link {
  readonly sequence: number;
  readonly after: Decimal;
  readonly timeMs: number;
  /** Shown by a state, not told by a fill: it contains everything up to its time. */
  readonly isState?: true;
}

export interface NotedFill {
  readonly sequence: number;
  /**
   * Whether it continues what was known. Otherwise it says itself what was held before it, and that comes first in the order
   * (`sequence - 1`).
   */
  readonly isContinued: boolean;
}

export class Chains {
  readonly #links = new Map<string, Link[]>();
  readonly #ids = new Set<string>();
  #lastFillMs = 0;

  /** Of the newest fill, 0 before the first. */
  get lastFillMs(): number {
    return this.#lastFillMs;
  }

  /** Coins in which something is held, as far as is known. */
  held(): readonly string[] {
    return [...this.#links.keys()].filter((coin) => !isNothing(this.#links.get(coin)?.at(-1)));
  }

  /** Whether that much is what it should hold, as far as is known. */
  holds(coin: string, quantity: Decimal): boolean {
    return (this.#links.get(coin)?.at(-1)?.after ?? Decimal.zero).equals(quantity);
  }

  knows(coin: string): boolean {
    return this.#links.has(coin);
  }

  /** Takes in one fill; null when it is known already. */
  fill({ coin, tid, timeMs, before, after }: CoinFill): NotedFill | null {
    const id = `${timeMs} ${coin} ${tid}`;
    if (this.#ids.has(id)) return null;
    this.#ids.add(id);
    if (this.#ids.size > IDS_MAX) this.#forgetOldest();
    this.#lastFillMs = Math.max(this.#lastFillMs, timeMs);
    const last = this.#links.get(coin)?.at(-1);
    const earliest = timeMs * WITHIN_MS;
    // Of a time that a later statement covers already: counted there.
    if (last !== undefined && timeMs + LAG_MS <= last.timeMs)
      return { sequence: earliest, isContinued: true };
    const held = last?.after ?? Decimal.zero;
    const isContinued = held.equals(before);
    if (!isContinued && last !== undefined && contains(last, timeMs))
      return { sequence: earliest, isContinued: true };
    const sequence = Math.max(earliest + 1, (last?.sequence ?? 0) + 2);
    if (!isContinued) this.#note(coin, { sequence: sequence - 1, after: before, timeMs });
    this.#note(coin, { sequence, after, timeMs });
    return { sequence, isContinued };
  }

  /**
   * The place of a position that a state of `timeMs` shows. It is that of the newest change which ended there, among those
   * that the state may not contain yet; where none did, the state knows more than we do, and contains all there was.
   */
  shown(
    coin: string,
    quantity: Decimal,
    timeMs: number,
  ): { readonly sequence: number; readonly isKnown: boolean } {
    const links = this.#links.get(coin) ?? [];
    const firstOpen = links.findIndex((link) => link.timeMs > timeMs - LAG_MS);
    const base = firstOpen < 0 ? links.length - 1 : Math.max(0, firstOpen - 1);
    const found = links.slice(Math.max(0, base)).findLast(({ after }) => after.equals(quantity));
    if (found !== undefined) return { sequence: found.sequence, isKnown: true };
    const last = links.at(-1);
    const sequence = Math.max(timeMs * WITHIN_MS + WITHIN_MS - 1, last?.sequence ?? 0);
    if (timeMs >= (last?.timeMs ?? 0)) this.#note(coin, { sequence, after: quantity, timeMs, isState: true });
    return { sequence, isKnown: last === undefined && quantity.sign === 0 };
  }

  /** A state of `timeMs` shows nothing of a coin: so it is, unless it changed a moment before. */
  absent(coin: string, timeMs: number): void {
    const last = this.#links.get(coin)?.at(-1);
    if (last === undefined || last.timeMs + LAG_MS > timeMs) return;
    this.#note(coin, {
      sequence: timeMs * WITHIN_MS + WITHIN_MS - 1,
      after: Decimal.zero,
      timeMs,
      isState: true,
    });
  }

  /** The newest place of a coin. */
  lastSequence(coin: string): number {
    return this.#links.get(coin)?.at(-1)?.sequence ?? -1;
  }

  #forgetOldest(): void {
    for (const id of [...this.#ids].slice(0, IDS_MAX / 2)) this.#ids.delete(id);
  }

  #note(coin: string, link: Link): void {
    const links = this.#links.get(coin) ?? [];
    links.push(link);
    if (links.length > LINKS_MAX) links.shift();
    this.#links.set(coin, links);
  }
}

function contains(link: Link, timeMs: number): boolean {
  return timeMs < link.timeMs || (timeMs === link.timeMs && link.isState === true);
}

function isNothing(link: Link | undefined): boolean {
  return link === undefined || link.after.sign === 0;
}
