/** Venues that tell publicly what a trader does. Apart from what opens them, so that the command line can name them at little cost. */
export const TRADER_VENUES = ["hyperliquid", "okx"] as const;
export type TraderVenue = (typeof TRADER_VENUES)[number];
