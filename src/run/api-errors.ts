/** Counts what venues answer with errors, on the way of every request; for the watchdog of their rate. */
import type { HttpOutcome, HttpTransport } from "../exchange/transport.ts";

const MINUTE_MS = 60_000;
/** Of one host; more than any threshold need be told exactly. */
const COUNTED_MAX = 100_000;
/** Bybit answers 200 and says here that the request itself was wrong, too many, or failed on its side. */
const FAULT = /^\s*\{"retCode":10\d{3},/;

export class ApiErrors {
  readonly #nowMs: () => number;
  /** Times of errors by host; a host that was asked is here. */
  readonly #errors = new Map<string, number[]>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The same transport, counted. */
  counting(http: HttpTransport): HttpTransport {
    return {
      send: (request, done) =>
        http.send(request, (outcome) => {
          this.#note(hostOf(request.url), isError(outcome));
          done(outcome);
        }),
    };
  }

  /** Each host that was asked, with its errors of the last minute. */
  lastMinute(): readonly { readonly host: string; readonly errors: number }[] {
    const since = this.#nowMs() - MINUTE_MS;
    return [...this.#errors].map(([host, times]) => {
      const recent = times.filter((atMs) => atMs > since);
      this.#errors.set(host, recent);
      return { host, errors: recent.length };
    });
  }

  #note(host: string, failed: boolean): void {
    const times = this.#errors.get(host) ?? [];
    this.#errors.set(host, times);
    if (failed && times.length < COUNTED_MAX) times.push(this.#nowMs());
  }
}

function isError(outcome: HttpOutcome): boolean {
  if (outcome.kind === "failed") return true;
  return outcome.status >= 400 || FAULT.test(outcome.body.slice(0, 40));
}

function hostOf(url: string): string {
  const from = url.indexOf("//") + 2;
  const to = url.indexOf("/", from);
  return to < 0 ? url.slice(from) : url.slice(from, to);
}
