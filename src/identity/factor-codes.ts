/** Codes of the second factor against what is stored: each counts once. */
import type { IdentityRows, UserRecord } from "../store/identity-store.ts";
import { note } from "./audit.ts";
import type { Ground } from "./ground.ts";
import type { Origin } from "./identity.ts";
import { IdentityError } from "./identity-error.ts";
import { recoveryHashOf, stepOf } from "./second-factor.ts";

/** Whether the code is right, a recovery code too; uses it up. */
export function takeCode(
  ground: Ground,
  rows: IdentityRows,
  user: UserRecord,
  { code, origin }: { readonly code: string; readonly origin: Origin },
): boolean {
  if (user.factor === null) return false;
  const secret = openedSecret(ground, user.factor);
  const nowMs = ground.clock.nowMs();
  const step = stepOf(secret, code, { nowMs, usedStep: user.factorStep });
  if (step !== null) {
    rows.users.change(user.id, { factorStep: step });
    return true;
  }
  if (!rows.recoveryCodes.remove(user.id, recoveryHashOf(code))) return false;
  const after = { left: rows.recoveryCodes.count(user.id) };
  const doer = { kind: "session", name: user.name } as const;
  note(ground, rows, doer, { action: "recovery-code-used", subject: user.name, after }, origin);
  return true;
}

/** Base32. Throws an IdentityError where its key is gone. */
export function openedSecret({ vault }: Ground, sealed: string): string {
  const secret = vault().decrypt(sealed)?.toString("utf8");
  if (secret !== undefined) return secret;
  const message =
    "the second factor was sealed under an encryption key that is not there; copytrader users factor-off switches it off";
  throw new IdentityError("no-key", message);
}
