/** Asks each venue for its time once, without a key: whether it is reachable, and how far this machine's clock is off. */
import type { ConfiguredAccount } from "../config.ts";
import { bybitVenue } from "../exchange/bybit/hosts.ts";
import { createRealOutside } from "../exchange/net/outside.ts";
import type { HttpOutcome, Outside } from "../exchange/transport.ts";

const ANSWER_MAX_MS = 10_000;

export interface ClockProbe {
  readonly venue: string;
  /** The venue's clock minus ours (to half a round trip), or why it is not known. */
  readonly offsetMs: number | string;
}

export async function probeClocks(accounts: readonly ConfiguredAccount[]): Promise<readonly ClockProbe[]> {
  const outside = createRealOutside();
  const urls = new Map(accounts.map(({ venue, url }) => [venue, url]));
  try {
    return await Promise.all(
      [...urls].map(async ([venue, url]) => ({ venue, offsetMs: await offsetOf(outside, url) })),
    );
  } finally {
    outside.close();
  }
}

function offsetOf(outside: Outside, url: string): Promise<number | string> {
  const sentAtMs = outside.clock.nowMs();
  const request = {
    method: "GET",
    url: `${bybitVenue(url).urls.rest}/v5/market/time`,
    headers: {},
    timeoutMs: ANSWER_MAX_MS,
  } as const;
  return new Promise((resolve) => {
    outside.http.send(request, (outcome) => {
      const middleMs = (sentAtMs + outside.clock.nowMs()) / 2;
      const serverMs = serverTimeMs(outcome);
      resolve(typeof serverMs === "string" ? serverMs : Math.round(serverMs - middleMs));
    });
  });
}

/** Per "Get Bybit Server Time": `time` in milliseconds beside the result. */
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
