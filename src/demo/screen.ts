/**
 * The demo's picture in the terminal: leaders above, followers below, at most 100 columns. On a terminal it is redrawn in place
 * without flicker; piped, a plain picture is printed now and then. No colour without a terminal, or when it is not wanted.
 */
import { styleText } from "node:util";
import type { Leg } from "../core/event.ts";
import type { Stop } from "../core/guard/stop.ts";
import { Lots } from "../core/model/amounts.ts";
import { type Instrument, quantityText } from "../core/model/instrument.ts";
import { inFlightLots } from "../core/ownership.ts";
import type { FollowerMarket, LeaderState, State } from "../core/state.ts";
import { targetLots } from "../core/target.ts";
import { FOLLOWERS } from "./cast.ts";
import { PROGRAM } from "./dashboard.ts";
import type { Latency } from "./latency.ts";
import { LEADERS } from "./leaders.ts";

export interface Picture {
  readonly state: State;
  readonly seconds: number;
  readonly leaderChanges: number;
  readonly explained: number;
  readonly orders: number;
  readonly latency: Latency;
  /** What was done to show stops and the kill switch. */
  readonly told: readonly string[];
  /** As the user would name it. */
  readonly dataDir: string;
  /** Where the dashboard is. */
  readonly dashboard: string | null;
}

const WIDTH = 98;

export class Screen {
  readonly #isLive: boolean;
  #isOpen = false;

  constructor(isTerminal: boolean) {
    this.#isLive = isTerminal;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  draw(picture: Picture): void {
    const parts = partsOf(picture, paint);
    if (!this.#isLive) {
      process.stdout.write(`${[...parts.head, ...parts.body, ...parts.foot].join("\n")}\n\n`);
      return;
    }
    const lines = fitting(parts, process.stdout.rows);
    const start = this.#isOpen ? "\x1b[H" : "\x1b[?25l\x1b[2J\x1b[H";
    this.#isOpen = true;
    process.stdout.write(`${start}${lines.map((line) => `${line}\x1b[K`).join("\n")}\n\x1b[J`);
  }

  /** Gives the cursor back. */
  close(): void {
    if (this.#isOpen) process.stdout.write("\x1b[?25h");
  }
}

type Paint = "strong" | "quiet" | "good" | "warn";
type Painter = (text: string, kind: Paint) => string;

const STYLES = { strong: "bold", quiet: "dim", good: "cyan", warn: "yellow" } as const;

function paint(text: string, kind: Paint): string {
  return styleText(STYLES[kind], text, { stream: process.stdout });
}

/** A picture in three parts, of which the middle gives way where the terminal is low. */
export interface PictureParts {
  readonly head: readonly string[];
  readonly body: readonly string[];
  readonly foot: readonly string[];
}

/** As many lines as there is room for, so that redrawing never scrolls. */
export function fitting({ head, body, foot }: PictureParts, rows: number): readonly string[] {
  const room = Math.max(1, rows - head.length - foot.length - 1);
  if (body.length <= room) return [...head, ...body, ...foot];
  const left = `... ${body.length - room + 1} lines more in a higher window`;
  return [...head, ...body.slice(0, room - 1), left, ...foot];
}

function partsOf(picture: Picture, paint: Painter): PictureParts {
  const { state, latency } = picture;
  const rule = paint("-".repeat(WIDTH), "quiet");
  const head = [
    paint(`COPYTRADER DEMO   simulated exchange, no real money   ${clock(picture.seconds)}`, "strong"),
    ...(picture.dashboard === null ? [] : [`Dashboard: ${paint(picture.dashboard, "good")}`]),
    rule,
    paint(row("leader", "style", "equity", "holds"), "quiet"),
    ...LEADERS.map(({ nickname, style }) => leaderLine(state, nickname, style)),
    rule,
    paint(followerRow("follower", "copies", "instrument", "target", "held", "in flight", "parity"), "quiet"),
  ];
  const body = FOLLOWERS.flatMap((follower) =>
    followerLines(state, follower.nickname, follower.leaders.join("+"), follower.about, paint),
  );
  const foot = [
    rule,
    `leader changes ${picture.leaderChanges}, explained ${picture.explained}   orders ${picture.orders}   ` +
      `fill to order: p50 ${latency.p50} ms, p99 ${latency.p99} ms`,
    ...picture.told.map((line) => paint(line, "warn")),
    paint("Every change is an order or one recorded reason. Ctrl-C ends the demo.", "quiet"),
    paint(`To read them, now and afterwards: ${PROGRAM} journal --data ${picture.dataDir}`, "quiet"),
  ];
  return { head, body, foot };
}

function leaderLine(state: State, nickname: string, style: string): string {
  const leader = [...state.leaders.values()].find(({ account }) => account === nickname);
  const equity = leader?.equity ?? null;
  return row(
    nickname,
    style,
    equity === null ? "-" : money(equity),
    leader === undefined ? "-" : holdings(state, leader),
  );
}

function holdings(state: State, leader: LeaderState): string {
  const parts: string[] = [];
  for (const [id, legs] of leader.holdings) {
    const instrument = state.instruments.get(id);
    for (const [leg, { lots }] of legs) {
      if (lots === 0 || instrument === undefined) continue;
      parts.push(`${signed(quantityText(instrument, lots))} ${coinOf(instrument)}${legName(leg)}`);
    }
  }
  return parts.join(", ") || "flat";
}

function coinOf({ spec: { symbol } }: Instrument): string {
  return symbol.replace(/USDT$/, "");
}

function followerLines(
  state: State,
  nickname: string,
  leader: string,
  about: string,
  paint: Painter,
): string[] {
  const follower = [...state.followers.values()].find(({ account }) => account === nickname);
  const markets = follower === undefined ? [] : [...follower.markets.values()];
  const rows = markets.flatMap((market) => marketRows(market, paint));
  const copies = `${leader} ${about}`;
  const stops = (follower?.stops ?? []).map((stop) => paint(`         ${stopText(stop)}`, "warn"));
  if (rows.length === 0) {
    const state = markets.length === 0 ? paint("waiting", "quiet") : paint("in parity", "good");
    return [followerRow(nickname, copies, markets.length === 0 ? "-" : "flat", "", "", "", state), ...stops];
  }
  const lines = rows.map((cells, index) =>
    followerRow(index === 0 ? nickname : "", index === 0 ? copies : "", ...cells),
  );
  return [...lines, ...stops];
}

function stopText({ guard, detail }: Stop): string {
  if (guard === "panic") return "kill switch: all is closed, and nothing is bought until resumed";
  if (guard !== "loss-tier") return `stopped: ${guard}`;
  const { level, levels, loss, keeps } = detail;
  return `loss tier ${level} of ${levels}: ${Number(loss).toFixed(2)} USDT lost, ${keeps} of what was held is kept`;
}

type Cells = [string, string, string, string, string];

function marketRows(market: FollowerMarket, paint: Painter): Cells[] {
  return market.legs.flatMap((leg) => {
    const target = targetLots(market, leg.leg);
    const moving = inFlightLots(leg);
    if (target === 0 && leg.ownedLots === 0 && moving === 0) return [];
    const steps = target - leg.ownedLots;
    const text = (lots: Lots) => (lots === 0 ? "0" : signed(quantityText(market.instrument, lots)));
    const parity = steps === 0 ? paint("in parity", "good") : behind(market, steps, moving, paint);
    const cells: Cells = [
      `${market.instrument.spec.symbol}${legName(leg.leg)}`,
      text(target),
      text(leg.ownedLots),
      moving === 0 ? "" : text(Lots(moving)),
      parity,
    ];
    return [cells];
  });
}

function behind(market: FollowerMarket, steps: number, moving: number, paint: Painter): string {
  if (moving !== 0) return paint("on its way", "quiet");
  return paint(`${signed(String(steps))} steps: ${market.lastReason ?? "next"}`, "warn");
}

function row(name: string, style: string, equity: string, rest: string): string {
  return `${name.padEnd(9)} ${style.padEnd(18).slice(0, 18)} ${equity.padStart(8)}  ${rest}`.slice(0, WIDTH);
}

function followerRow(name: string, copies: string, ...cells: Cells): string {
  const [instrument, target, held, moving, parity] = cells;
  return (
    `${name.padEnd(8)} ${copies.padEnd(22).slice(0, 22)} ${instrument.padEnd(18)} ${target.padStart(10)} ` +
    `${held.padStart(10)} ${moving.padStart(9)}  ${parity}`
  );
}

function legName(leg: Leg): string {
  return leg === "net" ? "" : ` ${leg}`;
}

function signed(text: string): string {
  return text.startsWith("-") ? text : `+${text}`;
}

function money(text: string): string {
  return Number(text).toLocaleString("en-US", { maximumFractionDigits: 0 });
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
