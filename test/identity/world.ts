/** Identity over a file of its own, with a clock that the test sets and passwords of one cheap form. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Identity, LocalActor, NewUser, Origin, Principal } from "../../src/identity/identity.ts";
import { IdentityError, type IdentityFailure } from "../../src/identity/identity-error.ts";
import { openIdentity } from "../../src/identity/open-identity.ts";
import { FernetKey } from "../../src/security/fernet.ts";
import { Vault } from "../../src/security/vault.ts";

export const LOCAL: LocalActor = { kind: "local", name: "command line" };
export const HOME: Origin = { address: "192.0.2.1", agent: "browser" };
export const PASSWORD = "a fine long sentence";

export class World {
  readonly folder = mkdtempSync(join(tmpdir(), "identity-"));
  readonly path = join(this.folder, "identity.sqlite");
  readonly telegramIds = new Map<string, string>();
  readonly key = FernetKey.generate();
  vault = new Vault(this.key);
  nowMs = Date.UTC(2026, 0, 1);
  elapsedMs = 1_000;
  #identity: Identity | null = null;

  get identity(): Identity {
    if (this.#identity === null) throw new Error("not open");
    return this.#identity;
  }

  static async open(): Promise<World> {
    const world = new World();
    await world.reopen();
    return world;
  }

  /** As after a restart of the program. */
  async reopen(): Promise<void> {
    await this.#identity?.close();
    this.#identity = await this.another();
  }

  /** The same file, as another process has it open. */
  another(): Promise<Identity> {
    return openIdentity({
      path: this.path,
      vault: () => this.vault,
      telegramIds: () => this.telegramIds,
      clock: { nowMs: () => this.nowMs, elapsedMs: () => this.elapsedMs },
    });
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.elapsedMs += ms;
  }

  /** A user with `PASSWORD`. */
  async add(name: string, rest: Partial<NewUser> = {}): Promise<number> {
    const user = { name, role: "viewer", password: PASSWORD, ...rest } as const;
    return (await this.identity.addUser(LOCAL, user)).id;
  }

  async logIn(name: string, origin: Origin = HOME) {
    return this.identity.logIn({ name, password: PASSWORD }, origin);
  }

  /** A user with `PASSWORD`, and a session of his. */
  async with(name: string, rest: Partial<NewUser> = {}): Promise<Principal> {
    await this.add(name, rest);
    return (await this.logIn(name)).principal;
  }

  async close(): Promise<void> {
    await this.identity.close();
    rmSync(this.folder, { recursive: true });
  }
}

/** The word of what a call was refused with; null when it was not. */
export async function refusal(asked: Promise<unknown>): Promise<IdentityFailure | null> {
  try {
    await asked;
    return null;
  } catch (error) {
    if (error instanceof IdentityError) return error.failure;
    throw error;
  }
}
