/**
 * Which venue an account's url means: checked, brought to one form, and inferred from the account type where it can be.
 * The host (and port) is the venue's identity. What a venue can do follows from its host and is the connector's business.
 */
import type { AccountType, AccountVenue } from "./defaults.ts";

/** What is known of a host: an environment of the account's venue, this machine, or nothing. */
type HostKind = "live" | "testnet" | "demo" | "loopback" | "unknown";

export interface VenueAddress {
  /** Origin without a slash at its end. */
  readonly url: string;
  /** Host, with the port when it is not the usual one. */
  readonly host: string;
  readonly hostKind: HostKind;
}

export type AddressResult =
  | { readonly ok: true; readonly address: VenueAddress }
  | { readonly ok: false; readonly message: string };

const usualUrls: Readonly<Record<AccountVenue, Readonly<Partial<Record<AccountType, string>>>>> = {
  bybit: {
    live: "https://api.bybit.com",
    testnet: "https://api-testnet.bybit.com",
    demo: "https://api-demo.bybit.com",
  },
  hyperliquid: {
    live: "https://api.hyperliquid.xyz",
    testnet: "https://api.hyperliquid-testnet.xyz",
  },
};

const HYPERLIQUID_HOST = /(^|\.)hyperliquid(-testnet)?\.xyz$/;

/** Regional hosts included: bybit.nl, bybit-tr.com, bybitgeorgia.ge, manepa.jp and so on. */
const BYBIT_HOST = /(^|\.)(bybit(-[a-z]{2}|georgia)?|bytick|manepa)\.[a-z]{2,3}$/;

export function usualUrl(venue: AccountVenue, type: AccountType): string | undefined {
  return usualUrls[venue][type];
}

/** The type of account that a host can only have; undefined when the host does not tell. */
export function typeOfHost(kind: HostKind): AccountType | undefined {
  switch (kind) {
    case "live":
    case "testnet":
    case "demo":
      return kind;
    case "loopback":
      return "simulated";
    case "unknown":
      return undefined;
  }
}

/** Checks a `url` (http, https) or `stream_url` (ws, wss). The plain protocols are only for this machine. */
export function parseAddress(
  text: string,
  protocol: "http" | "ws",
  venue: AccountVenue = "bybit",
): AddressResult {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return wrong(`must be an address such as ${protocol}s://...`);
  if (url.protocol !== `${protocol}:` && url.protocol !== `${protocol}s:`) {
    return wrong(`must begin with ${protocol}s:// (or ${protocol}:// on this machine)`);
  }
  if (url.username !== "" || url.password !== "") return wrong("must not hold a user name or password");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    return wrong("must be the host alone, without a path or a query");
  }
  const hostKind = kindOfHost(url.hostname, venue);
  if (url.protocol === `${protocol}:` && hostKind !== "loopback") {
    return wrong(`must begin with ${protocol}s://; without encryption only this machine may be addressed`);
  }
  return { ok: true, address: { url: `${url.protocol}//${url.host}`, host: url.host, hostKind } };
}

/** Whether a host name of a URL is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function wrong(message: string): AddressResult {
  return { ok: false, message };
}

function kindOfHost(hostname: string, venue: AccountVenue): HostKind {
  if (isLoopback(hostname)) return "loopback";
  return venue === "bybit" ? kindOfBybitHost(hostname) : kindOfHyperliquidHost(hostname);
}

function kindOfHyperliquidHost(hostname: string): HostKind {
  if (!HYPERLIQUID_HOST.test(hostname)) return "unknown";
  return hostname.includes("testnet") ? "testnet" : "live";
}

function kindOfBybitHost(hostname: string): HostKind {
  if (!BYBIT_HOST.test(hostname)) return "unknown";
  const [first = ""] = hostname.split(".");
  if (first.includes("demo")) return "demo";
  return first.includes("testnet") ? "testnet" : "live";
}
