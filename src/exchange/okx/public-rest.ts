/**
 * Questions to OKX that need no key: GET with a query, answered as `{ code, msg, data }`. The endpoints of lead traders allow five
 * requests in two seconds and internet address (OKX API guide, "Copy Trading"), so they go one after the other. Off every order's
 * path, so it answers by promises.
 */
import { backOffMs } from "../back-off.ts";
import { ExchangeError } from "../exchange-error.ts";
import { isRow, type RawRow, rowsOf } from "../raw.ts";
import type { HttpOutcome, Outside } from "../transport.ts";

export const OKX_URL = "https://www.okx.com";

type Query = Readonly<Record<string, string | undefined>>;

const BETWEEN_MS = 420;
const TIMEOUT_MS = 10_000;
const ATTEMPTS_MAX = 4;
const AGAIN = { firstMs: 1_000, capMs: 8_000 };
const WORDS_MAX = 120;
/** OKX's words for too many requests, for a time-out of its own, and for a service that is away for a while. */
const PASSING = new Set(["50001", "50004", "50011", "50013", "50061"]);

export class OkxPublicRest {
  readonly #outside: Outside;
  readonly #url: string;
  readonly #stop: AbortSignal;
  #freeAtMs = 0;

  /** `stop` ends waits; what is asked afterwards rejects with its reason. */
  constructor(outside: Outside, url: string, stop: AbortSignal) {
    this.#outside = outside;
    this.#url = url.replace(/\/+$/, "");
    this.#stop = stop;
  }

  nowMs(): number {
    return this.#outside.clock.nowMs();
  }

  /** The rows of `data`. Rejects with an ExchangeError. */
  async get(path: string, query: Query): Promise<readonly RawRow[]> {
    for (let attempt = 1; ; attempt += 1) {
      await this.#turn();
      const result = answerIn(await this.#send(`${path}?${queryText(query)}`));
      if (!(result instanceof ExchangeError)) return result;
      if (result.class !== "retry" || attempt >= ATTEMPTS_MAX) throw result;
      await this.#pause(backOffMs(attempt, AGAIN, this.#outside.chance));
    }
  }

  async #turn(): Promise<void> {
    const elapsedMs = this.#outside.clock.elapsedMs();
    const atMs = Math.max(elapsedMs, this.#freeAtMs);
    this.#freeAtMs = atMs + BETWEEN_MS;
    await this.#pause(atMs - elapsedMs);
  }

  #pause(delayMs: number): Promise<void> {
    this.#stop.throwIfAborted();
    if (delayMs <= 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stopped = (): void => {
        timer.cancel();
        reject(this.#stop.reason);
      };
      const timer = this.#outside.clock.setTimer(delayMs, () => {
        this.#stop.removeEventListener("abort", stopped);
        resolve();
      });
      this.#stop.addEventListener("abort", stopped, { once: true });
    });
  }

  #send(pathAndQuery: string): Promise<HttpOutcome> {
    const request = {
      method: "GET",
      url: `${this.#url}${pathAndQuery}`,
      headers: {},
      timeoutMs: TIMEOUT_MS,
    } as const;
    return new Promise((resolve) => this.#outside.http.send(request, resolve));
  }
}

function queryText(query: Query): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) text.set(name, value);
  return text.toString();
}

function answerIn(outcome: HttpOutcome): readonly RawRow[] | ExchangeError {
  if (outcome.kind === "failed") return new ExchangeError("retry", 0, outcome.cause);
  const { status, body } = outcome;
  const answer = parsed(body);
  if (answer === null) {
    const kind = status === 429 || status >= 500 ? "retry" : "give-up";
    return new ExchangeError(kind, status, `OKX answers with status ${status} and no JSON`);
  }
  const code = String(answer.code);
  if (code !== "0") {
    const kind = PASSING.has(code) || status === 429 ? "retry" : "give-up";
    return new ExchangeError(kind, Number(code) || status, `OKX refuses (${code}): ${words(answer.msg)}`);
  }
  try {
    return rowsOf(answer.data, "data");
  } catch (cause) {
    return new ExchangeError("give-up", 0, "OKX's answer has no list of rows", { cause });
  }
}

function parsed(body: string): RawRow | null {
  try {
    const value: unknown = JSON.parse(body);
    return isRow(value) ? value : null;
  } catch {
    return null;
  }
}

function words(value: unknown): string {
  return typeof value === "string" ? value.replaceAll(/\s+/g, " ").slice(0, WORDS_MAX) : "";
}
