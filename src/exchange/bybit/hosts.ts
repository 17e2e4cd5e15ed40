/**
 * Which streams and abilities belong to a REST address. Known Bybit hosts per the V5 documentation ("Integration
 * Guidance", "Demo Trading Service"); any other address is taken for a venue of its own that can do everything, its
 * streams at the same place over ws or wss.
 */
import { VenueId } from "../../core/model/identifiers.ts";
import type { Capabilities } from "../exchange.ts";
import { meant } from "../raw.ts";

export interface BybitUrls {
  readonly rest: string;
  /** Private and order-entry streams; paths are added to it. */
  readonly stream: string;
  /** Public streams; demo accounts use mainnet's. */
  readonly publicStream: string;
}

export interface BybitVenue {
  readonly venue: VenueId;
  readonly urls: BybitUrls;
  readonly capabilities: Capabilities;
  /** Venues of the same group count requests per internet address together: they share one RequestBudget. */
  readonly limitGroup: string;
  /** Demo keys may not be able to ask for their own permissions; demo money cannot be withdrawn. */
  readonly keyInspection: "required" | "optional";
}

interface KnownHost {
  readonly stream: string;
  readonly publicStream?: string;
  readonly demo?: true;
}

const MAINNET_STREAM = "stream.bybit.com";

const KNOWN_HOSTS: Readonly<Record<string, KnownHost>> = {
  "api.bybit.com": { stream: MAINNET_STREAM },
  "api.bytick.com": { stream: MAINNET_STREAM },
  "api-testnet.bybit.com": { stream: "stream-testnet.bybit.com" },
  "api-demo.bybit.com": { stream: "stream-demo.bybit.com", publicStream: MAINNET_STREAM, demo: true },
  "api-demo-testnet.bybit.com": {
    stream: "stream-demo-testnet.bybit.com",
    publicStream: "stream-testnet.bybit.com",
    demo: true,
  },
  "api.bybit.nl": { stream: MAINNET_STREAM },
  "api.bybit.eu": { stream: "stream.bybit.eu" },
  "api.bybit.tr": { stream: "stream.bybit.tr" },
  "api.bybit.kz": { stream: "stream.bybit.kz" },
  "api.bybitgeorgia.ge": { stream: "stream.bybitgeorgia.ge" },
  "api.bybit.id": { stream: "stream.bybit.id" },
};

/**
 * Throws a TypeError when `url` (or `streamUrl`) is no http(s) (or ws(s)) address; its message does not repeat it, as
 * an address may hold a password.
 */
export function bybitVenue(url: string, streamUrl?: string): BybitVenue {
  const rest = parsed(url, ["http:", "https:"], "the exchange address must begin with http:// or https://");
  const known = meant(KNOWN_HOSTS, rest.host);
  const stream = streamUrl === undefined ? defaultStream(rest, known) : givenStream(streamUrl);
  const publicHost = streamUrl === undefined ? known?.publicStream : undefined;
  return {
    venue: VenueId(rest.host),
    urls: {
      rest: baseOf(rest),
      stream,
      publicStream: publicHost === undefined ? stream : `wss://${publicHost}`,
    },
    capabilities: { orderEntryStream: known?.demo !== true, hedgeMode: true },
    limitGroup: known === undefined ? rest.host : "bybit",
    keyInspection: known?.demo === true ? "optional" : "required",
  };
}

function defaultStream(rest: URL, known: KnownHost | undefined): string {
  if (known !== undefined) return `wss://${known.stream}`;
  return baseOf(rest).replace(/^http/, "ws");
}

function givenStream(streamUrl: string): string {
  return baseOf(parsed(streamUrl, ["ws:", "wss:"], "the stream address must begin with ws:// or wss://"));
}

/** Scheme, host, port and path, without a closing slash. */
function baseOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
}

function parsed(text: string, protocols: readonly string[], complaint: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !protocols.includes(url.protocol)) throw new TypeError(complaint);
  return url;
}
