/** `copytrader exchange --control` as a process, and its control interface in the words of a test. */
import { type Json, Program } from "./program.ts";

export type PositionMode = "one-way" | "hedge";

export interface OrderRequestRow {
  readonly action: "create" | "amend" | "cancel";
  readonly via: "rest" | "ws";
  readonly arrivedAt: number;
  readonly body: Json;
  readonly outcome: "accepted" | "rejected" | "lost";
  readonly retCode: number;
  readonly orderId: string;
}

/** `GET /control/accounts/{apiKey}`: positions, open orders and fills are the venue's rows. */
export interface AccountHistory {
  readonly positions: readonly Json[];
  readonly openOrders: readonly Json[];
  readonly orderRequests: readonly OrderRequestRow[];
  readonly fills: readonly Json[];
  readonly balances: Readonly<Record<string, string>>;
}

export interface AccountSetup {
  readonly positionMode?: PositionMode;
  readonly balance?: string;
  readonly more?: Json;
}

export class Venue {
  readonly rest: string;
  readonly stream: string;
  readonly program: Program;

  constructor(program: Program, rest: string, stream: string) {
    this.program = program;
    this.rest = rest;
    this.stream = stream;
  }

  /** Makes the account, or empties it. Key and secret follow from the name. */
  async putAccount(name: string, setup: AccountSetup = {}): Promise<void> {
    const { positionMode = "one-way", balance = "1000000", more = {} } = setup;
    const balances = { USDT: balance };
    await this.control("PUT", `accounts/${keyOf(name)}`, {
      apiSecret: secretOf(name),
      balances,
      positionMode,
      ...more,
    });
  }

  async account(name: string): Promise<AccountHistory> {
    // The form of the answer is the exchange's contract.
    return (await this.control("GET", `accounts/${keyOf(name)}`)) as unknown as AccountHistory;
  }

  async price(symbol: string, last: string): Promise<void> {
    await this.control("PUT", `prices/${symbol}`, { last });
  }

  /** Replaces the whole set; `{}` clears. */
  async faults(faults: Json): Promise<void> {
    await this.control("PUT", "faults", faults);
  }

  async instrument(symbol: string): Promise<Json> {
    return this.control("GET", `instruments/${symbol}`);
  }

  /** Signed size by `SYMBOL` in one-way mode, by `SYMBOL:1` and `SYMBOL:2` in hedge mode; nothing where flat. */
  async positions(name: string): Promise<Readonly<Record<string, string>>> {
    return positionsIn(await this.account(name));
  }

  async control(method: string, path: string, body?: unknown): Promise<Json> {
    const headers = { "content-type": "application/json" };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${this.rest}/control/${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}

export async function startVenue(args: readonly string[] = ["--limits", "off"]): Promise<Venue> {
  const program = new Program(["exchange", "--control", ...args]);
  const { rest, stream } = await program.ready();
  return new Venue(program, String(rest), String(stream));
}

export function positionsIn(account: AccountHistory): Readonly<Record<string, string>> {
  return Object.fromEntries(
    account.positions
      .filter(({ size }) => Number(size) !== 0)
      .map(({ symbol, size, side, positionIdx }): [string, string] => [
        positionIdx === 0 ? String(symbol) : `${symbol}:${positionIdx}`,
        `${side === "Sell" ? "-" : ""}${size}`,
      ])
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

export function keyOf(name: string): string {
  return `${name}-key-${"k".repeat(12)}`;
}

export function secretOf(name: string): string {
  return `${name}-secret-${"s".repeat(24)}`;
}
