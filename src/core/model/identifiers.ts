/**
 * Identities as branded strings, so that an account cannot be passed where an order is meant. The only
 * way to make one is the constructor function of the same name; nothing else in the code casts.
 */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Nickname of a configured account. */
export type AccountId = Branded<"AccountId">;
/** One exchange environment with its own instruments and prices, for example `api.bybit.com`. */
export type VenueId = Branded<"VenueId">;
/** `SYMBOL@venue`: the same symbol has other filters on another environment. */
export type InstrumentId = Branded<"InstrumentId">;
/** Our own order id, at most 36 characters of `[A-Za-z0-9_-]`; see core/client-order-id.ts. */
export type ClientOrderId = Branded<"ClientOrderId">;
/** The exchange's order id. */
export type VenueOrderId = Branded<"VenueOrderId">;
/** The exchange's execution id. */
export type TradeId = Branded<"TradeId">;
/** The relation of one leader to one follower. */
export type AllocationId = Branded<"AllocationId">;

export const AccountId = (text: string): AccountId => text as AccountId;
export const VenueId = (text: string): VenueId => text as VenueId;
export const ClientOrderId = (text: string): ClientOrderId => text as ClientOrderId;
export const VenueOrderId = (text: string): VenueOrderId => text as VenueOrderId;
export const TradeId = (text: string): TradeId => text as TradeId;

export function InstrumentId(symbol: string, venue: VenueId): InstrumentId {
  return `${symbol}@${venue}` as InstrumentId;
}

export function AllocationId(leader: AccountId, follower: AccountId): AllocationId {
  return `${leader}>${follower}` as AllocationId;
}
