/** Asks each venue for its time once, without a key: whether it is reachable, and how far this machine's clock is off. */
import type { ConfiguredAccount } from "../config.ts";
import { bybitVenue } from "../exchange/bybit/hosts.ts";
import { hyperliquidVenue } from "../exchange/hyperliquid/hosts.ts";
import { createRealOutside } from "../exchange/net/outside.ts";
import type { HttpOutcome, HttpRequest, Outside } from "../exchange/transport.ts";

const ANSWER_MAX_MS = 10_000;

export interface ClockProbe {
  readonly venue: string;
  /** The venue's clock minus ours (to half a round trip), or why it is not known. */
  readonly offsetMs: number | string;
}

export async function probeClocks(accounts: readonly ConfiguredAccount[]): Promise<readonly ClockProbe[]> {
  const outside = createRealOutside();
  const requests = new Map(accounts.map((account) => [account.venue, timeRequest(account)]));
  try {
    return await Promise.all(
      [...requests].map(async ([venue, request]) => ({ venue, offsetMs: await offsetOf(outside, request) })),
    );
  } finally {
    outside.close();
  }
}

/** "Get Bybit Server Time", and Hyperliquid's `exchangeStatus`; both state `time` in milliseconds. */
function timeRequest({ exchange, url }: ConfiguredAccount): HttpRequest {
  if (exchange === "bybit") {
    const path = `${bybitVenue(url).urls.rest}/v5/market/time`;
    return { method: "GET", url: path, headers: {}, timeoutMs: ANSWER_MAX_MS };
  }
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ type: "exchangeStatus" });
  return { method: "POST", url: hyperliquidVenue(url).info, headers, body, timeoutMs: ANSWER_MAX_MS };
}

function offsetOf(outside: Outside, request: HttpRequest): Promise<number | string> {
  const sentAtMs = outside.clock.nowMs();
  return new Promise((resolve) => {
    outside.http.send(request, (outcome) => {
      const middleMs = (sentAtMs + outside.clock.nowMs()) / 2;
      const serverMs = serverTimeMs(outcome);
      resolve(typeof serverMs === "string" ? serverMs : Math.round(serverMs - middleMs));
    });
  });
}

/** `time` in milliseconds at the top of the answer. */
function serverTimeMs(outcome: HttpOutcome): number | string {
  if (outcome.kind === "failed") return outcome.cause;
  if (outcome.status !== 200) return `it answers with status ${outcome.status}`;
  try {
    const body: unknown = JSON.parse(outcome.body);
    const time = typeof body === "object" && body !== null && "time" in body ? Number(body.time) : Number.NaN;
    return Number.isFinite(time) ? time : "its answer has no time";
  } catch {
    return "its answer is not JSON";
  }
}
