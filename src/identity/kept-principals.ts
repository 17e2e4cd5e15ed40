/**
 * Who shows a token or a session, remembered for the moment in which a page asks many times: forgotten as soon as anything of
 * identity changes, by whatever process, as soon as its own time is over, and after a second, as account files may name others.
 */
import type { Ground } from "./ground.ts";
import type { Principal } from "./identity.ts";
import { principalOf } from "./sessions.ts";

const KEPT_MS = 1_000;
/** More than show themselves within a second. */
const KEPT_MAX = 1_000;

export class KeptPrincipals {
  readonly #ground: Ground;
  readonly #kept = new Map<string, { readonly principal: Principal; readonly untilMs: number }>();
  #revision = "";

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Null for what is nobody's; that is looked up each time. */
  of(bearer: string): Principal | null {
    const { store, clock } = this.#ground;
    const revision = store.revision();
    const elapsedMs = clock.elapsedMs();
    if (revision !== this.#revision || this.#kept.size >= KEPT_MAX) this.#kept.clear();
    this.#revision = revision;
    const known = this.#kept.get(bearer);
    const isOver =
      known === undefined || elapsedMs >= known.untilMs || clock.nowMs() >= known.principal.expiresMs;
    if (!isOver) return known.principal;
    const principal = principalOf(this.#ground, bearer);
    if (principal === null) this.#kept.delete(bearer);
    else this.#kept.set(bearer, { principal, untilMs: elapsedMs + KEPT_MS });
    return principal;
  }
}
