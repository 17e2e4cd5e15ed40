/**
 * What a session knows of itself lies sealed on the disk; and when it is over: 24 hours after it began, whatever the clock of the
 * machine is set to meanwhile. While the program runs a clock that nobody sets tells it; a clock that was set back between two runs
 * shows in the time at which the session was last seen.
 */
import type { Vault } from "../security/vault.ts";
import type { SessionRecord } from "../store/identity-store.ts";
import type { IdentityClock } from "./identity.ts";

export const SESSION_MS = 24 * 3_600_000;
/** How far a session may have begun, or been seen, in the future: clocks of one machine that were put right. */
const SKEW_MS = 60_000;
/** That it was seen is stored so often. */
const SEEN_NOTED_MS = 5 * 60_000;
/** Sessions whose end is remembered by the clock that nobody sets. */
const REMEMBERED_MAX = 20_000;

export interface SessionSeal {
  readonly address: string;
  readonly agent: string;
  readonly secondFactorAtMs: number | null;
  /** To a few minutes. */
  readonly seenMs: number;
}

export class SessionSeals {
  readonly #vault: () => Vault;
  readonly #clock: IdentityClock;
  /** By session id: the moment of `elapsedMs` at which it is over. */
  readonly #ends = new Map<number, number>();

  constructor(vault: () => Vault, clock: IdentityClock) {
    this.#vault = vault;
    this.#clock = clock;
  }

  seal(seal: SessionSeal): string {
    return this.#vault().encrypt(JSON.stringify(seal));
  }

  /** Null when it is over, or sealed under a key that is gone. */
  open(session: SessionRecord): SessionSeal | null {
    if (this.#isOver(session)) return null;
    const text = this.#vault().decrypt(session.sealed)?.toString("utf8");
    const seal = text === undefined ? null : sealIn(text);
    return seal === null || seal.seenMs > this.#clock.nowMs() + SKEW_MS ? null : seal;
  }

  /** Sealed anew as seen now, where that is to be stored; null where it was lately. */
  seen(session: SessionRecord): string | null {
    const seal = this.open(session);
    const nowMs = this.#clock.nowMs();
    return seal === null || nowMs - seal.seenMs < SEEN_NOTED_MS
      ? null
      : this.seal({ ...seal, seenMs: nowMs });
  }

  #isOver({ id, createdMs, expiresMs }: SessionRecord): boolean {
    const nowMs = this.#clock.nowMs();
    const left = Math.min(expiresMs, createdMs + SESSION_MS) - nowMs;
    if (left <= 0 || createdMs > nowMs + SKEW_MS) return true;
    const elapsedMs = this.#clock.elapsedMs();
    const known = this.#ends.get(id);
    const end = Math.min(known ?? Number.POSITIVE_INFINITY, elapsedMs + left);
    if (known === undefined) this.#forgetOldest();
    this.#ends.set(id, end);
    return elapsedMs >= end;
  }

  #forgetOldest(): void {
    if (this.#ends.size < REMEMBERED_MAX) return;
    const [oldest] = this.#ends.keys();
    if (oldest !== undefined) this.#ends.delete(oldest);
  }
}

function sealIn(text: string): SessionSeal | null {
  const seal: unknown = JSON.parse(text);
  if (typeof seal !== "object" || seal === null) return null;
  const { address, agent, secondFactorAtMs, seenMs } = seal as Readonly<Record<string, unknown>>;
  if (typeof address !== "string" || typeof agent !== "string" || typeof seenMs !== "number") return null;
  return {
    address,
    agent,
    seenMs,
    secondFactorAtMs: typeof secondFactorAtMs === "number" ? secondFactorAtMs : null,
  };
}
