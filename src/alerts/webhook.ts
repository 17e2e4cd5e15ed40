/**
 * The webhook: each alert as one POST of JSON, signed over time-stamp and body, so that the receiver knows who sent it and that
 * nobody sends it again later. Redirects are not followed: the secret's proof goes to nobody else. docs/alerts.md says how to
 * verify.
 */
import type { Clock, HttpOutcome, HttpTransport } from "../exchange/transport.ts";
import { type Alert, publicAlert } from "./alert.ts";
import type { AlertChannel, ChannelOutcome } from "./channel.ts";

/** `t=1700000000,v1=<hexadecimal HMAC-SHA256 of "1700000000." and the body>`. */
const SIGNATURE_HEADER = "Copytrader-Signature";

const TIMEOUT_MS = 10_000;
/** Statuses that speak of this alert, not of the receiver's condition. */
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 422]);

export interface WebhookParts {
  /** https, or http to this machine; see config. */
  readonly url: string;
  /** HMAC-SHA256 by the shared secret, as lower-case hexadecimal. */
  readonly signer: { sign(text: string): string };
  readonly http: HttpTransport;
  readonly clock: Clock;
}

export function webhookChannel({ url, signer, http, clock }: WebhookParts): AlertChannel {
  return {
    name: "webhook",
    family: "webhook",
    deliver(alert, done) {
      const body = webhookBody(alert);
      const seconds = Math.floor(clock.nowMs() / 1_000);
      const headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "copytrader",
        [SIGNATURE_HEADER]: `t=${seconds},v1=${signer.sign(`${seconds}.${body}`)}`,
      };
      http.send({ method: "POST", url, headers, body, timeoutMs: TIMEOUT_MS }, (outcome) =>
        done(outcomeOf(outcome)),
      );
    },
  };
}

/** `version` changes when a field changes its meaning; fields may be added. */
function webhookBody(alert: Alert): string {
  return JSON.stringify({ version: 1, ...publicAlert(alert) });
}

function outcomeOf(outcome: HttpOutcome): ChannelOutcome {
  if (outcome.kind === "failed") return { kind: "failed", cause: outcome.cause, isRefusal: false };
  const { status, headers } = outcome;
  const answer = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: "delivered", answer };
  const cause = status >= 300 && status < 400 ? `${answer}, and redirects are not followed` : answer;
  const isRefusal = REFUSALS.has(status);
  return { kind: "failed", cause, isRefusal, ...retryAfter(headers["retry-after"]) };
}

/** Only the form in seconds; a date is left to our own pauses. */
function retryAfter(header: string | undefined): { readonly retryAfterMs?: number } {
  return header !== undefined && /^\d{1,6}$/.test(header) ? { retryAfterMs: Number(header) * 1_000 } : {};
}
