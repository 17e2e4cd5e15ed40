/**
 * Two scenes of the demo: prices that move against one follower until its loss tiers cut what it holds, and the kill switch
 * pulled for another. Both go the way that a user's would: the exchange's price, and a file in the data folder.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PANIC_FILE } from "../control/panic-file.ts";
import { equityNow } from "../core/guard/watch.ts";
import { priceText } from "../core/model/instrument.ts";
import type { FollowerState, State } from "../core/state.ts";
import { FOLLOWERS } from "./cast.ts";
import type { VenueClient } from "./venue-client.ts";

interface ScenesParts {
  readonly client: VenueClient;
  readonly dataDir: string;
  readonly state: () => State;
  /** How long the demo runs; null until it is stopped. */
  readonly seconds: number | null;
}

/** A shorter demo has no scenes. */
const SECONDS_MIN = 12;
/** Without an end the kill switch is left to whoever looks on. */
const LOSS_SCENE = { part: 0.4, endlessS: 45 };
const PANIC_SCENE = { part: 0.65, endlessS: Number.POSITIVE_INFINITY };
/** The loss to come to, in first tiers. */
const TIERS_LOST = 1.2;
/** How far prices go at a time, how often at most, and how long the engine may take to see it and cut. */
const MOVE_MAX = 0.05;
const MOVE_MIN = 0.005;
const MOVES_MAX = 12;
const MOVE_S = 0.8;

export class Scenes {
  readonly #parts: ScenesParts;
  readonly #told: string[] = [];
  #lossDone = false;
  #moves = 0;
  #nextMoveS = 0;
  #panicDone = false;

  constructor(parts: ScenesParts) {
    this.#parts = parts;
    const { seconds } = parts;
    if (seconds === null || seconds >= SECONDS_MIN) return;
    this.#lossDone = true;
    this.#panicDone = true;
  }

  /** What was done so far, a line each. */
  get told(): readonly string[] {
    return this.#told;
  }

  /** Plays what is due. */
  async play(atS: number): Promise<void> {
    if (!this.#lossDone && atS >= Math.max(this.#due(LOSS_SCENE), this.#nextMoveS)) await this.#lose(atS);
    if (!this.#panicDone && atS >= this.#due(PANIC_SCENE)) this.#panic(atS);
  }

  #due({ part, endlessS }: typeof LOSS_SCENE): number {
    const { seconds } = this.#parts;
    return seconds === null ? endlessS : seconds * part;
  }

  /** Waits for positions to lose on, and moves prices on until a tier is reached. */
  async #lose(atS: number): Promise<void> {
    const role = FOLLOWERS.find(({ loses }) => loses === true);
    const follower = this.#follower(role?.nickname);
    if (role === undefined || follower === undefined) return;
    if (isCut(follower) || this.#moves >= MOVES_MAX) {
      this.#lossDone = true;
      return;
    }
    const positions = positionsOf(this.#parts.state(), follower);
    const tiers = role.copying.sl_loss_tiers_usd;
    if (positions.length === 0 || !Array.isArray(tiers)) return;
    const move = moveFor(Number(tiers[0]) * TIERS_LOST - lossOf(follower), positions);
    if (this.#moves === 0) {
      const symbols = positions.map(({ symbol }) => symbol).join(", ");
      this.#tell(atS, `${symbols}: prices go against ${role.nickname}`);
    }
    this.#moves += 1;
    this.#nextMoveS = atS + MOVE_S;
    for (const { symbol, price, decimals, value } of positions)
      await this.#parts.client.setPrice(symbol, (price * (1 - Math.sign(value) * move)).toFixed(decimals));
  }

  #panic(atS: number): void {
    const role = FOLLOWERS.find(({ panics }) => panics === true);
    this.#panicDone = true;
    if (role === undefined) return;
    writeFileSync(join(this.#parts.dataDir, PANIC_FILE), `follower ${role.nickname}\n`);
    this.#tell(atS, `kill switch for ${role.nickname}: a file ${PANIC_FILE} in the data folder`);
  }

  #follower(nickname: string | undefined): FollowerState | undefined {
    return [...this.#parts.state().followers.values()].find(({ account }) => account === nickname);
  }

  #tell(atS: number, text: string): void {
    this.#told.push(`${Math.floor(atS / 60)}:${String(Math.floor(atS % 60)).padStart(2, "0")}  ${text}`);
  }
}

interface HeldPosition {
  readonly symbol: string;
  readonly price: number;
  readonly decimals: number;
  /** Signed, USDT. */
  readonly value: number;
}

function isCut({ stops }: FollowerState): boolean {
  return stops.some(({ guard }) => guard === "loss-tier");
}

/** Since what the tiers count from. */
function lossOf(follower: FollowerState): number {
  const equity = equityNow(follower)?.toNumber();
  return equity === undefined ? 0 : Number(follower.watch.tiers ?? equity) - equity;
}

/** The share of their prices by which positions together lose so much. */
function moveFor(loss: number, positions: readonly HeldPosition[]): number {
  const value = positions.reduce((sum, one) => sum + Math.abs(one.value), 0);
  return Math.max(MOVE_MIN, Math.min(MOVE_MAX, loss / value));
}

function positionsOf(state: State, follower: FollowerState): readonly HeldPosition[] {
  return [...follower.markets.values()].flatMap(({ instrument, legs }) => {
    const mark = state.quotes.get(instrument.id)?.mark ?? null;
    const lots = legs.reduce((sum, leg) => sum + leg.ownedLots, 0);
    if (mark === null || lots === 0) return [];
    const price = Number(priceText(instrument, mark));
    const value = lots * instrument.lotSize.toNumber() * price;
    return [{ symbol: instrument.spec.symbol, price, decimals: instrument.priceScale, value }];
  });
}
