/**
 * Two scenes of the demo: a price that moves against one follower until its loss tiers cut what it holds, and the kill switch
 * pulled for another. Both go the way that a user's would: the exchange's price, and a file in the data folder.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { priceText } from "../core/model/instrument.ts";
import type { FollowerState, State } from "../core/state.ts";
import { PANIC_FILE } from "../run/panic-switch.ts";
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
const LOSS_SCENE = { part: 0.4, endlessS: 15 };
const PANIC_SCENE = { part: 0.65, endlessS: 30 };
/** The loss to come to, in first tiers; and the largest move of a price to get there. */
const TIERS_LOST = 1.3;
const MOVE_MAX = 0.04;

export class Scenes {
  readonly #parts: ScenesParts;
  readonly #told: string[] = [];
  #lossDone = false;
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
    if (!this.#lossDone && atS >= this.#due(LOSS_SCENE)) await this.#lose(atS);
    if (!this.#panicDone && atS >= this.#due(PANIC_SCENE)) this.#panic(atS);
  }

  #due({ part, endlessS }: typeof LOSS_SCENE): number {
    const { seconds } = this.#parts;
    return seconds === null ? endlessS : seconds * part;
  }

  /** Waits for a position to lose on. */
  async #lose(atS: number): Promise<void> {
    const role = FOLLOWERS.find(({ copying }) => copying.sl_loss_tiers_usd !== undefined);
    const tiers = role?.copying.sl_loss_tiers_usd;
    const follower = this.#follower(role?.nickname);
    if (role === undefined || follower === undefined || !Array.isArray(tiers)) return;
    const position = largestPosition(this.#parts.state(), follower);
    if (position === null) return;
    this.#lossDone = true;
    const gained = Number(follower.equity ?? role.balance) - Number(role.balance);
    const loss = Number(tiers[0]) * TIERS_LOST + gained;
    const move = Math.min(loss / Math.abs(position.value), MOVE_MAX);
    const price = position.price * (1 - Math.sign(position.value) * move);
    await this.#parts.client.setPrice(position.symbol, price.toFixed(position.decimals));
    const way = position.value > 0 ? "falls" : "rises";
    this.#tell(atS, `${position.symbol} ${way} by ${(move * 100).toFixed(1)} %, against ${role.nickname}`);
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

interface LargestPosition {
  readonly symbol: string;
  readonly price: number;
  readonly decimals: number;
  /** Signed. */
  readonly value: number;
}

function largestPosition(state: State, follower: FollowerState): LargestPosition | null {
  let largest: LargestPosition | null = null;
  for (const { instrument, legs } of follower.markets.values()) {
    const mark = state.quotes.get(instrument.id)?.mark ?? null;
    const lots = legs.reduce((sum, leg) => sum + leg.ownedLots, 0);
    if (mark === null || lots === 0) continue;
    const price = Number(priceText(instrument, mark));
    const value = lots * instrument.lotSize.toNumber() * price;
    if (largest !== null && Math.abs(largest.value) >= Math.abs(value)) continue;
    largest = { symbol: instrument.spec.symbol, price, decimals: instrument.priceScale, value };
  }
  return largest;
}
