/** What may go wrong between the bot and the platform: outages that last, and faults of single calls. */
import type { ServerResponse } from "node:http";
import type { Refusal } from "./refusal.ts";

export type Fault =
  /** The connection is reset before anything happened. */
  | { readonly kind: "reset" }
  /** The call is carried out, and its answer is lost. */
  | { readonly kind: "lost-answer" }
  /** A proxy answers in the platform's place, with a page. */
  | { readonly kind: "status"; readonly status: number }
  /** Nothing is answered until the outage ends or the caller gives up. */
  | { readonly kind: "silence" }
  | { readonly kind: "slow"; readonly ms: number }
  | { readonly kind: "refusal"; readonly refusal: Refusal };

interface Planned {
  /** In lower case; null for every method. */
  readonly method: string | null;
  readonly fault: Fault;
  left: number;
}

export class Faults {
  #outage: Fault | null = null;
  readonly #planned: Planned[] = [];
  readonly #silent = new Set<ServerResponse>();

  get outage(): Fault | null {
    return this.#outage;
  }

  /** For all calls, until it is null again. */
  setOutage(fault: Fault | null): void {
    this.#outage = fault;
    if (fault?.kind !== "silence") this.releaseSilent();
  }

  /** For the next calls of one method, or of any. */
  plan(
    fault: Fault,
    { method, times = 1 }: { readonly method?: string; readonly times?: number } = {},
  ): void {
    this.#planned.push({ method: method?.toLowerCase() ?? null, fault, left: times });
  }

  next(method: string): Fault | null {
    if (this.#outage !== null) return this.#outage;
    const planned = this.#planned.find(
      (one) => one.left > 0 && (one.method === null || one.method === method.toLowerCase()),
    );
    if (planned === undefined) return null;
    planned.left -= 1;
    return planned.fault;
  }

  keepSilent(response: ServerResponse): void {
    this.#silent.add(response);
    response.once("close", () => this.#silent.delete(response));
  }

  releaseSilent(): void {
    for (const response of this.#silent) response.destroy();
  }
}
