/**
 * Tells a history over the venue's protocol: when (virtual time), what leaders, owners, the exchange, the disk and the clock did, what was
 * decided, and what broke. It is listened to as it happens, as nothing of it is recorded.
 */

import type { Listener } from "./simulate-wire.ts";
import { decidedLines, settingLines, shortened } from "./story.ts";
import type { WireSchedule } from "./wire-schedule.ts";
import type { WireWorld } from "./wire-world.ts";

type Tell = (text: string) => void;
type Row = Readonly<Record<string, unknown>>;

/** What is told as it runs, and the lines of it so far. */
export class WireStory implements Listener {
  readonly #lines: string[] = [];
  #nowMs: () => number = () => 0;
  #startMs = 0;
  #broken = 0;

  get lines(): readonly string[] {
    return shortened(this.#lines);
  }

  begun({ world, accounts, isRuled }: WireSchedule): void {
    const { allocations } = world.settings;
    const rows = accounts.map(({ balance, ...account }) => ({ ...account, equity: Number(balance) }));
    this.#lines.push(...settingLines({ seed: 0, isRuled, accounts: rows, allocations }));
    this.#startMs = world.clock.nowMs();
    this.#nowMs = () => world.clock.nowMs();
    listenTo(world, (text) => this.#tell(text));
  }

  readonly decided: Listener["decided"] = (event, decision, state) => {
    for (const line of decidedLines(event, decision, state)) this.#tell(line);
  };

  judged(breaches: readonly string[]): void {
    for (const one of breaches.slice(this.#broken)) this.#tell(`BROKEN  ${one}`);
    this.#broken = breaches.length;
  }

  #tell(text: string): void {
    this.#lines.push(`${((this.#nowMs() - this.#startMs) / 1_000).toFixed(3).padStart(10)} s  ${text}`);
  }
}

function listenTo(world: WireWorld, tell: Tell): void {
  const { exchange, disk } = world;
  onCall(exchange, "carry", tell, (leader, { symbol, leg, quantity, price }) => {
    const deed = quantity.startsWith("-") ? "sells" : "buys";
    return sentence(leader, deed, quantity.replace("-", ""), symbol, legText(leg), "at", price);
  });
  onCall(exchange, "request", tell, (account, path, body) => `${account} ${requestText(path, body)}`);
  onCall(exchange, "transfer", tell, (account, amount) => `${account} is paid ${amount} USDT`);
  onCall(exchange, "movePrice", tell, (symbol, price) => `${symbol} is at ${price}`);
  onCall(exchange, "setFunding", tell, (symbol, _, rate) => `the funding rate of ${symbol} is ${rate}`);
  onCall(
    exchange,
    "putInstrument",
    tell,
    ({ symbol, ...terms }) => `${symbol} is listed anew: ${fields(terms)}`,
  );
  onCall(exchange, "putFaults", tell, (faults) => `the exchange: ${fields(faults) || "all is well"}`);
  onCall(world, "breakConnections", tell, (share) => `connections break, ${share} of them`);
  onCall(world, "setMachineClock", tell, (offMs) => `the machine's clock is off by ${offMs} ms`);
  onCall(
    world,
    "setVolatility",
    tell,
    (account, volatility) => `${account} is measured: a volatility of ${volatility}`,
  );
  onCall(world, "command", tell, (command) => `the owner: ${fields(command)}`);
  onCall(world, "configure", tell, ({ allocations }) => {
    const copies = allocations.map(({ leader, follower }) => `${follower} copies ${leader}`);
    return `other settings: ${copies.join(", ")}`;
  });
  onCall(world, "start", tell, () => (world.alive ? "" : "the copier begins"));
  onCall(world, "stop", tell, () => (world.alive ? "the copier is stopped" : ""));
  onCall(world, "die", tell, (ending) => (world.alive ? `the copier dies: ${ending}` : ""));
  onCall(disk, "heal", tell, () => "the disk is well");
  onCall(disk, "slowDown", tell, () => "the disk is slow");
  onCall(disk, "keepNothing", tell, () => "the next power cut will take all that was not synced");
  onCall(disk, "fill", tell, () => "the disk is full");
  onCall(disk, "failNextWrite", tell, () => "the next write will fail");
  onCall(disk, "failSyncs", tell, () => "the disk confirms nothing");
  onCall(disk, "tearNextWrite", tell, () => "the copier will die in its next write");
}

type ArgumentsOf<Method> = Method extends (...args: infer Args) => unknown ? Args : never;

/** Tells each call of a method in words, before it is made; none where there are no words. */
function onCall<Target extends object, Name extends keyof Target>(
  target: Target,
  name: Name,
  tell: Tell,
  words: (...args: ArgumentsOf<Target[Name]>) => string,
): void {
  const method = target[name];
  if (typeof method !== "function") throw new TypeError(`${String(name)} is no method`);
  const value = (...args: ArgumentsOf<Target[Name]>): unknown => {
    const text = words(...args);
    if (text !== "") tell(text);
    return Reflect.apply(method, target, args);
  };
  Object.defineProperty(target, name, { value });
}

function requestText(path: string, body: Row): string {
  const { side, qty, symbol, positionIdx, orderType, price, triggerPrice, reduceOnly, ...others } = body;
  if (qty === undefined) return `asks ${path}: ${fields(body)}`;
  const { timeInForce: _, triggerBy: __, triggerDirection: ___, ...rest } = others;
  return sentence(
    side === "Sell" ? "sells" : "buys",
    String(qty),
    String(symbol),
    legText(LEGS[Number(positionIdx)] ?? "net"),
    triggerPrice === undefined ? "" : `once it is at ${String(triggerPrice)},`,
    price === undefined ? `at ${String(orderType).toLowerCase()}` : `at ${String(price)}`,
    reduceOnly === true ? "reducing" : "",
    fields(rest),
  );
}

function sentence(...words: readonly string[]): string {
  return words.filter((word) => word !== "").join(" ");
}

const LEGS = ["net", "long", "short"] as const;

function legText(leg: string): string {
  return leg === "net" ? "" : leg;
}

/** What is not nothing. */
function fields(row: object): string {
  return Object.entries(row)
    .filter(([, value]) => !(value === 0 || value === false || value === null || value === undefined))
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(", ");
}
