/**
 * Where Hyperliquid is: everything that is public is asked at one path of one host, and streamed at another. Any other address
 * is taken for a venue of its own with the same two paths (official documentation, "Info endpoint", "Websocket").
 */
import { VenueId } from "../../core/model/identifiers.ts";

export interface HyperliquidVenue {
  readonly venue: VenueId;
  /** Where questions are posted. */
  readonly info: string;
  readonly stream: string;
}

/** `url` and `streamUrl` are origins, as the configuration checks them. */
export function hyperliquidVenue(url: string, streamUrl?: string): HyperliquidVenue {
  const stream = streamUrl ?? url.replace(/^http/, "ws");
  return { venue: VenueId(new URL(url).host), info: `${url}/info`, stream: `${stream}/ws` };
}
