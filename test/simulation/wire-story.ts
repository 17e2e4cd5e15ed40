/**
 * Tells a history over the venue's protocol: when (virtual time), what leaders, owners, the exchange, the disk and the clock did, what was
 * decided, and what broke. It is listened to as it happens, as nothing of it is recorded.
 */
import { runWire, type WireRecording } from "./simulate-wire.ts";
import { legText, StoryLines, stated } from "./story.ts";
import type { WireSchedule } from "./wire-schedule.ts";
import type { WireWorld } from "./wire-world.ts";

type Tell = (text: string) => void;
type Row = Readonly<Record<string, unknown>>;

/** Runs it once more. */
export async function wireStoryOf(recording: WireRecording): Promise<readonly string[]> {
  let story: StoryLines | undefined;
  await runWire(recording, {
    begun: (schedule) => {
      story = begunBy(schedule);
    },
    decided: (event, decision, state) => story?.decided(event, decision, state),
    judged: (breaches) => story?.judged(breaches),
  });
  return story?.lines ?? [];
}

function begunBy({ world, accounts, isRuled }: WireSchedule): StoryLines {
  const { allocations } = world.settings;
  const rows = accounts.map(({ balance, ...account }) => ({ ...account, equity: Number(balance) }));
  const story = new StoryLines({ seed: 0, isRuled, accounts: rows, allocations }, world.clock);
  listenTo(world, (text) => story.tell(text));
  return story;
}

function listenTo(world: WireWorld, tell: Tell): void {
  const { exchange, disk } = world;
  const last = (symbol: string) => exchange.prices.findLast((point) => point.symbol === symbol)?.price;
  const refused = (code: number) => (code === 0 ? "" : `    refused (${code})`);
  onCall(exchange, "carry", tell, {
    words: (leader, { symbol, leg, quantity, price }) => {
      const deed = quantity.startsWith("-") ? "sells" : "buys";
      return sentence(leader, deed, quantity.replace("-", ""), `${symbol}${legText(leg)}`, "at", price);
    },
    outcome: (outcome) => (outcome.kind === "refused" ? refused(outcome.code) : ""),
  });
  onCall(exchange, "request", tell, {
    words: (account, path, body) => `${account} ${requestText(path, body)}`,
    outcome: refused,
  });
  onCall(exchange, "transfer", tell, {
    words: (account, amount) =>
      amount.startsWith("-")
        ? `${account} takes out ${amount.slice(1)} USDT`
        : `${account} is paid ${amount} USDT`,
    outcome: (isDone) => (isDone ? "" : "    refused"),
  });
  const words = <Target extends object, Name extends keyof Target>(
    target: Target,
    name: Name,
    of: Words<Target[Name]>,
  ) => onCall(target, name, tell, { words: of });
  words(exchange, "movePrice", (symbol, price) => (price === last(symbol) ? "" : `${symbol} is at ${price}`));
  words(exchange, "setFunding", (symbol, _, rate) => `the funding rate of ${symbol} is ${rate}`);
  words(exchange, "putInstrument", ({ symbol, ...terms }) => `${symbol} is listed anew${stated(terms)}`);
  words(exchange, "putFaults", (faults) => `the exchange${stated(faults) || ": all is well"}`);
  words(world, "changeWeather", ({ staleReads, staleMaxMs }) =>
    staleReads === 0 ? "" : `${staleReads.toFixed(3)} of all reads are up to ${staleMaxMs} ms old`,
  );
  words(world, "breakConnections", (share) => `connections break, ${share} of them`);
  words(world, "setMachineClock", (offMs) => `the machine's clock is off by ${offMs} ms`);
  words(world, "setVolatility", (account, one) => `${account} is measured: a volatility of ${one} in a year`);
  words(world, "command", (command) => `the owner${stated(command)}`);
  words(world, "configure", ({ allocations }) => {
    const copies = allocations.map(({ leader, follower }) => `${follower} copies ${leader}`);
    return `other settings: ${copies.join(", ")}`;
  });
  words(world, "start", () => (world.alive ? "" : "the copier begins"));
  words(world, "stop", () => (world.alive ? "the copier is stopped" : ""));
  words(world, "die", (ending) => (world.alive ? `the copier dies: ${ending}` : ""));
  words(world.struck, "add", (name) => (TOLD_STRIKES.has(name) ? `(${name})` : ""));
  words(disk, "heal", () => "the disk is well");
  words(disk, "slowDown", () => "the disk is slow");
  words(disk, "keepNothing", () => "the next power cut will take all that was not synced");
  words(disk, "fill", () => "the disk is full");
  words(disk, "failNextWrite", () => "the next write will fail");
  words(disk, "failSyncs", () => "the disk confirms nothing");
  words(disk, "tearNextWrite", () => "the copier will die in its next write");
}

/** What befalls the copier where nothing is called that tells of it. */
const TOLD_STRIKES: ReadonlySet<string> = new Set([
  "gave up",
  "second process refused",
  "start refused by the disk",
  "checkpoint failed",
]);

type Words<Method> = Method extends (...args: infer Args) => unknown ? (...args: Args) => string : never;
type ResultOf<Method> = Method extends (...args: never[]) => infer Result ? Result : never;

interface Telling<Method> {
  /** Before the call; nothing where there are none. */
  readonly words: Words<Method>;
  readonly outcome?: (result: ResultOf<Method>) => string;
}

/** Tells each call of a method. */
function onCall<Target extends object, Name extends keyof Target>(
  target: Target,
  name: Name,
  tell: Tell,
  { words, outcome = () => "" }: Telling<Target[Name]>,
): void {
  const method = target[name];
  if (typeof method !== "function") throw new TypeError(`${String(name)} is no method`);
  const tellIfAny = (text: string): void => {
    if (text !== "") tell(text);
  };
  const value = (...args: Parameters<typeof words>): unknown => {
    tellIfAny(words(...args));
    const result = Reflect.apply(method, target, args);
    tellIfAny(outcome(result));
    return result;
  };
  Object.defineProperty(target, name, { value });
}

function requestText(path: string, body: Row): string {
  const { side, qty, symbol, positionIdx, orderType, price, triggerPrice, reduceOnly, ...others } = body;
  if (qty === undefined) return `asks ${path}${stated(body)}`;
  const { timeInForce: _, triggerBy: __, triggerDirection: ___, ...rest } = others;
  return sentence(
    side === "Sell" ? "sells" : "buys",
    String(qty),
    `${String(symbol)}${legText(LEGS[Number(positionIdx)] ?? "net")}`,
    triggerPrice === undefined ? "" : `once it is at ${String(triggerPrice)},`,
    price === undefined ? `at ${String(orderType).toLowerCase()}` : `at ${String(price)}`,
    reduceOnly === true ? "reducing" : "",
    stated(rest),
  );
}

const LEGS = ["net", "long", "short"] as const;

function sentence(...words: readonly string[]): string {
  return words.filter((word) => word !== "").join(" ");
}
