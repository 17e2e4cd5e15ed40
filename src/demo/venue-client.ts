/** The demo's own small client of the simulated exchange's control interface: what accounts asked for, and prices. */

/** A slow machine is no fault: the demo would end on it. */
const REQUEST_TIMEOUT_MS = 60_000;

export interface AccountSetup {
  readonly balance: string;
  readonly positionMode: "one-way" | "hedge";
}

/** What the control interface tells of an account, as far as the demo needs it. */
export interface ControlAccount {
  readonly orderRequests: readonly {
    readonly arrivedAt: number;
    readonly body: { readonly orderLinkId?: string };
  }[];
}

export class VenueClient {
  readonly #rest: string;

  constructor(rest: string) {
    this.#rest = rest;
  }

  async account(apiKey: string): Promise<ControlAccount> {
    return (await this.#send("GET", `/control/accounts/${apiKey}`)) as ControlAccount;
  }

  /** Moves last, mark and index price to `price`. */
  setPrice(symbol: string, price: string): Promise<unknown> {
    return this.#send("PUT", `/control/prices/${symbol}`, { last: price });
  }

  async #send(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.#rest}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
