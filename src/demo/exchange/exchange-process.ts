/**
 * The demo's exchange as a process of its own: it takes a port, lives through the past, and then goes on in the present behind
 * that port, with the leaders trading until they are stopped. Started by demo-exchange.ts, and ended with it.
 */
import { VirtualClock } from "../../backtest/virtual-clock.ts";
import { type RunningExchange, serveProtocol } from "../../exchange/simulated/bybit-server/server.ts";
import type { MarketPast } from "../../exchange/simulated/market-types.ts";
import { castMembers, writeFolders } from "../cast.ts";
import { MarketModel } from "../market-model.ts";
import { LongPast } from "../records/long-past.ts";
import { writeRecords } from "../records/record-files.ts";
import { DemoVenue } from "./demo-venue.ts";
import type { ExchangeOrder, FromExchange, ToExchange } from "./messages.ts";
import { livePast } from "./past.ts";
import { Present } from "./present.ts";

const DAY_MS = 86_400_000;
/** How often it says how far it is. */
const PROGRESS_MS = 100;

class ExchangeProcess {
  #served: RunningExchange | null = null;
  #present: Present | null = null;
  #isStopped = false;
  #toldAtMs = 0;

  constructor() {
    process.on("message", (message: ToExchange) => this.#receive(message));
    for (const end of ["SIGTERM", "disconnect"] as const) process.once(end, () => void this.#end());
    // Ctrl-C in a terminal reaches everybody; whoever started this process ends it, after the engine's last question.
    process.on("SIGINT", () => {});
  }

  #receive(message: ToExchange): void {
    switch (message.kind) {
      case "open":
        return this.#begin(message);
      case "start-trading":
        this.#present?.startTrading();
        return tell({ kind: "trading-started" });
      case "stop-trading":
        this.#present?.stopTrading();
        return tell({ kind: "trading-stopped" });
    }
  }

  #begin(order: ExchangeOrder): void {
    this.#open(order).catch((error: unknown) => {
      tell({
        kind: "failed",
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      void this.#end();
    });
  }

  async #open({ folder, seed, days }: ExchangeOrder): Promise<void> {
    const clock = new VirtualClock(Date.now() - days * DAY_MS);
    const members = castMembers();
    const model = new MarketModel(seed);
    const longPast = new LongPast({ seed, model, untilMs: clock.nowMs(), days });
    const markets = days > 0 ? longPast.live() : new Map<string, MarketPast>();
    const venue = new DemoVenue({ seed, clock, model, members });
    for (const [symbol, past] of markets) venue.tellPast(symbol, past);
    this.#served = await serveProtocol(venue.protocol);
    const { rest } = this.#served;
    const folders = writeFolders(folder, rest, members);
    venue.protocol.start();
    if (days > 0) {
      await livePast({
        seed,
        folders,
        venue,
        records: longPast,
        clock,
        nowMs: () => Date.now(),
        onProgress: (done) => this.#tellProgress(done),
        isStopped: () => this.#isStopped,
      });
    }
    if (this.#isStopped) return;
    const records = days > 0 ? writeRecords(folders.records, longPast.records) : [];
    venue.toPresent();
    this.#present = new Present(venue);
    this.#present.start();
    const keys = Object.fromEntries(
      members.map(({ nickname, credentials }) => [nickname, credentials.apiKey]),
    );
    tell({ kind: "open", rest, folders, keys, records });
  }

  #tellProgress(done: number): void {
    if (performance.now() - this.#toldAtMs < PROGRESS_MS) return;
    this.#toldAtMs = performance.now();
    tell({ kind: "progress", done });
  }

  async #end(): Promise<void> {
    this.#isStopped = true;
    this.#present?.stop();
    await this.#served?.close();
    if (process.connected) process.disconnect();
    process.exit();
  }
}

function tell(message: FromExchange): void {
  if (process.connected) process.send?.(message);
}

new ExchangeProcess();
