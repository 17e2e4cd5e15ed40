/**
 * Delivery to the bot's own address: one update after another, with the secret in its header, each repeated until it is answered
 * with 2xx. The answer may be one call of a method, whose result nobody sees.
 */
import { badRequest } from "./refusal.ts";
import type { Update, WorldClock } from "./shapes.ts";
import type { UpdateQueue } from "./update-queue.ts";

export interface WebhookSettings {
  readonly url: string;
  readonly secret: string | null;
  readonly maxConnections: number;
}

export interface WebhookRules {
  /** Whether a plain address on this machine, at any port, is taken; the platform wants HTTPS and one of four ports. */
  readonly loopback: boolean;
  /** Before a failed delivery is repeated. */
  readonly pauseMs: number;
}

const PORTS = new Set(["", "443", "80", "88", "8443"]);

export class Webhook {
  settings: WebhookSettings | null = null;
  /** Deliveries that were refused or got no answer. */
  failures = 0;
  readonly #queue: UpdateQueue;
  readonly #rules: WebhookRules;
  readonly #clock: WorldClock;
  readonly #call: (method: string, fields: object) => Promise<void>;
  #lastError: { readonly last_error_date: number; readonly last_error_message: string } | null = null;
  #delivering = false;

  constructor(
    queue: UpdateQueue,
    rules: WebhookRules,
    clock: WorldClock,
    call: (method: string, fields: object) => Promise<void>,
  ) {
    this.#queue = queue;
    this.#rules = rules;
    this.#clock = clock;
    this.#call = call;
    queue.onAdded(() => void this.#deliver());
  }

  set(settings: WebhookSettings): void {
    this.#check(settings);
    this.settings = settings;
    this.#lastError = null;
    void this.#deliver();
  }

  remove(): void {
    this.settings = null;
  }

  info(): object {
    return {
      url: this.settings?.url ?? "",
      has_custom_certificate: false,
      pending_update_count: this.#queue.size,
      ...(this.settings === null ? {} : { max_connections: this.settings.maxConnections }),
      ...(this.#queue.allowed.length === 0 ? {} : { allowed_updates: this.#queue.allowed }),
      ...this.#lastError,
    };
  }

  #check({ url, secret, maxConnections }: WebhookSettings): void {
    const read = URL.parse(url);
    if (read === null) throw badRequest("bad webhook: invalid webhook URL specified");
    const isHere = this.#rules.loopback && read.hostname === "127.0.0.1";
    if (!isHere && read.protocol !== "https:")
      throw badRequest("bad webhook: An HTTPS URL must be provided for webhook");
    if (!isHere && !PORTS.has(read.port))
      throw badRequest("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443");
    if (secret !== null && !/^[A-Za-z0-9_-]{1,256}$/.test(secret))
      throw badRequest("secret token contains unallowed characters");
    if (maxConnections < 1 || maxConnections > 100)
      throw badRequest("max_connections must be between 1 and 100");
  }

  async #deliver(): Promise<void> {
    if (this.#delivering) return;
    this.#delivering = true;
    for (;;) {
      const [update, to] = [this.#queue.first(), this.settings];
      if (update === undefined || to === null) break;
      if (await this.#post(to, update)) this.#queue.confirmBelow(update.update_id + 1);
      else await new Promise((resolve) => setTimeout(resolve, this.#rules.pauseMs));
    }
    this.#delivering = false;
  }

  async #post(to: WebhookSettings, update: Update): Promise<boolean> {
    try {
      const response = await fetch(to.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(to.secret === null ? {} : { "x-telegram-bot-api-secret-token": to.secret }),
        },
        body: JSON.stringify(update),
        redirect: "manual",
      });
      const answer = await response.text();
      if (!response.ok) return this.#failed(`Wrong response from the webhook: ${response.status}`);
      await this.#obey(answer);
      return true;
    } catch {
      return this.#failed("Connection refused");
    }
  }

  #failed(why: string): false {
    this.failures += 1;
    this.#lastError = {
      last_error_date: Math.floor(this.#clock.nowMs() / 1000),
      last_error_message: why,
    };
    return false;
  }

  async #obey(answer: string): Promise<void> {
    if (!answer.startsWith("{")) return;
    const { method, ...fields }: Record<string, unknown> = JSON.parse(answer);
    if (typeof method === "string") await this.#call(method, fields);
  }
}
