/**
 * When certificates of parity are made without being asked for: once start-up is over, and after reconnects, once what was missed
 * has been read again and worked off. Reconnects that come together share one.
 */
import type { Certifier } from "../control/certifier.ts";
import type { CertificateCause } from "../control/parity-certificate.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import type { State } from "../core/state.ts";
import type { Clock, Timer } from "../exchange/transport.ts";
import type { Log } from "../log.ts";
import { isSettled } from "./readiness.ts";

const LOOK_MS = 1_000;
/** A certificate is made then, whatever it says. */
const WAIT_MAX_MS = 30_000;
/** At least so long between two for reconnects. */
const APART_MS = 30_000;

export interface ParityWatchParts {
  readonly certifier: Pick<Certifier, "issue">;
  readonly state: () => State;
  readonly clock: Clock;
  readonly log: Log;
}

export class ParityWatch {
  readonly #parts: ParityWatchParts;
  /** Since when accounts are connected again. */
  readonly #reconnected = new Map<AccountId, number>();
  #isReady = false;
  #lastMs = 0;
  #timer: Timer | null = null;

  constructor(parts: ParityWatchParts) {
    this.#parts = parts;
  }

  /** Start-up is over: the connections until now were its own. */
  ready(): void {
    this.#isReady = true;
    this.#issue("start");
  }

  connected(account: AccountId): void {
    if (!this.#isReady) return;
    this.#reconnected.set(account, this.#parts.clock.nowMs());
    this.#timer ??= this.#planLook();
  }

  stop(): void {
    this.#isReady = false;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #planLook(): Timer {
    return this.#parts.clock.setTimer(LOOK_MS, () => {
      this.#timer = null;
      if (!this.#isDue()) {
        this.#timer = this.#planLook();
        return;
      }
      this.#reconnected.clear();
      this.#lastMs = this.#parts.clock.nowMs();
      this.#issue("reconnect");
    });
  }

  #isDue(): boolean {
    const nowMs = this.#parts.clock.nowMs();
    if (nowMs - this.#lastMs < APART_MS) return false;
    const [firstMs = nowMs] = this.#reconnected.values();
    return nowMs - firstMs >= WAIT_MAX_MS || this.#isReadAgain();
  }

  #isReadAgain(): boolean {
    const state = this.#parts.state();
    for (const [account, sinceMs] of this.#reconnected) {
      const known = state.leaders.get(account) ?? state.followers.get(account);
      if ((known?.confirmedAtMs ?? 0) < sinceMs) return false;
    }
    return state.markets.every(isSettled);
  }

  #issue(cause: CertificateCause): void {
    const { certifier, log } = this.#parts;
    certifier.issue(cause).then(
      ({ certificate, unrecorded }) => {
        const { inParity, counts } = certificate;
        const number = "number" in certificate ? { number: certificate.number } : { unrecorded };
        const facts = { cause, ...number, inParity, ...counts };
        if (inParity && unrecorded === "") log.channel("sync").info("certificate of parity", facts);
        else log.channel("sync").warn("certificate of parity", facts);
      },
      (error: unknown) => log.channel("sync").error("no certificate of parity", { cause, error }),
    );
  }
}
