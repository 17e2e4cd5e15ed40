/**
 * The copier's disk under virtual time: what is written is synced some time later, and writing or syncing can fail, fill the
 * disk, or be cut short by a death. One process at a time holds the folder, as the lock of the data folder has it.
 */

import type { VirtualClock } from "../../src/backtest/virtual-clock.ts";
import { MemoryDisk } from "../../src/journal/memory-disk.ts";
import type { SeededChance } from "./chance.ts";
import type { Tally } from "./tally.ts";

const SYNC_MS = 3;
/** More of a torn write than this is the whole write mostly. */
const TORN_BYTES_MAX = 3_000;
/** A page that was not synced survives a power cut as often as this. */
const SURVIVALS = [0, 0.3, 0.7, 1] as const;

export class WireDisk {
  readonly files: MemoryDisk;
  readonly #chance: SeededChance;
  readonly #struck: Tally;
  /** The longest that a sync may take. */
  #slowMs = SYNC_MS;
  /** Null: drawn. */
  #survival: number | null = null;

  constructor(clock: VirtualClock, chance: SeededChance, struck: Tally) {
    this.#chance = chance;
    this.#struck = struck;
    this.files = new MemoryDisk({
      defer: (action) => clock.setTimer(this.#chance.whole(1, this.#slowMs), action),
    });
  }

  /** Nothing goes wrong any more; what is lost stays lost. */
  heal(): void {
    this.#slowMs = SYNC_MS;
    this.files.bytesMax = Number.MAX_SAFE_INTEGER;
    this.files.failSyncs = false;
    this.files.nextWrite = undefined;
  }

  slowDown(slowMs = this.#chance.pick([200, 2_000, 10_000])): void {
    this.#struck.add("disk-slow");
    this.#slowMs = slowMs;
  }

  /** Nothing that was not synced survives the next power cut. */
  keepNothing(): void {
    this.#survival = 0;
  }

  /** But for so many bytes. */
  fill(bytesLeft = this.#chance.whole(0, 20_000)): void {
    this.#struck.add("disk-full");
    this.files.bytesMax = this.files.usedBytes() + bytesLeft;
  }

  failNextWrite(): void {
    this.#struck.add("write-failed");
    this.files.nextWrite = { bytes: this.#chance.whole(0, TORN_BYTES_MAX), failure: "failed" };
  }

  failSyncs(): void {
    this.#struck.add("sync-failed");
    this.files.failSyncs = true;
  }

  /** The process dies in the middle of its next write: the last record is torn. */
  tearNextWrite(): void {
    this.#struck.add("record-torn");
    this.files.nextWrite = { bytes: this.#chance.whole(0, TORN_BYTES_MAX), failure: "death" };
  }

  killProcess(): void {
    this.files.nextWrite = undefined;
    this.files.killProcess();
  }

  cutPower(): void {
    this.killProcess();
    this.files.cutPower(this.#chance.next, this.#survival ?? this.#chance.pick(SURVIVALS));
    this.#survival = null;
  }
}
