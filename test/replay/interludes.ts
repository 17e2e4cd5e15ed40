/**
 * What happens beside the recorded trades, now and then: leaders are measured anew, and a follower's owner closes some of what
 * we opened. Everything follows from the replay's own clock and order.
 */
import { Decimal } from "../../src/core/model/decimal.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import type { FollowerSetup } from "./followers.ts";
import type { ReplayWorld } from "./replay-world.ts";
import type { Stage } from "./stage.ts";

const MEASURED_EVERY_MS = 120_000;
/** Annual, one after the other, shifted by the leader's place: calm, usual, wild. */
const VOLATILITIES = ["0.25", "0.6", "1.1"];
const OWNER_EVERY_MS = 150_000;

export class Interludes {
  readonly #world: ReplayWorld;
  readonly #stage: Stage;
  readonly #followers: readonly FollowerSetup[];
  #measurements = 0;
  #measureAtMs = 0;
  #ownersTurns = 0;
  #ownerAtMs: number;

  constructor(world: ReplayWorld, stage: Stage, followers: readonly FollowerSetup[]) {
    this.#world = world;
    this.#stage = stage;
    this.#followers = followers;
    this.#ownerAtMs = world.clock.nowMs() + OWNER_EVERY_MS;
  }

  play(): void {
    const nowMs = this.#world.clock.nowMs();
    if (nowMs >= this.#measureAtMs) {
      this.#measure();
      this.#measureAtMs = nowMs + MEASURED_EVERY_MS;
    }
    if (nowMs >= this.#ownerAtMs) {
      for (const { name, ownerInterferes } of this.#followers) if (ownerInterferes) this.#closeSome(name);
      this.#ownerAtMs = nowMs + OWNER_EVERY_MS;
    }
  }

  #measure(): void {
    this.#stage.leaders.forEach(({ account }, place) => {
      const volatility = VOLATILITIES[(this.#measurements + place) % VOLATILITIES.length] ?? "1";
      this.#world.copier.tellVolatility(account, volatility);
    });
    this.#measurements += 1;
  }

  /** Half of one position and all of the next, and so on through what is held. */
  #closeSome(name: string): void {
    const { exchange, protocol } = this.#world;
    const { venue } = protocol.state;
    const held = venue.positions(AccountId(name)).filter(({ size }) => Number(size) !== 0);
    const row = held[this.#ownersTurns % Math.max(held.length, 1)];
    this.#ownersTurns += 1;
    const step = venue.instrument(row?.symbol ?? "")?.qtyStep;
    if (row === undefined || step === undefined) return;
    const size = Decimal.parse(row.size);
    const half = size.times(Decimal.parse("0.5")).roundedToStep(Decimal.parse(step), "ceiling");
    const quantity = (this.#ownersTurns % 2 === 0 ? size : half).toString();
    const leg = (["net", "long", "short"] as const)[row.positionIdx];
    exchange.closeByOwner(name, {
      symbol: row.symbol,
      side: row.side === "Buy" ? "Sell" : "Buy",
      leg,
      quantity,
    });
  }
}
