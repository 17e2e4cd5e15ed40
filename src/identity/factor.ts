/** Switching the second factor on and off, and giving a code of it for what is dangerous. */
import type { IdentityRows, UserRecord } from "../store/identity-store.ts";
import { note } from "./audit.ts";
import { openedSecret, takeCode } from "./factor-codes.ts";
import { assertOver, changingAuthority, currentOf, type Ground, standingOf, userOf } from "./ground.ts";
import { type Actor, type Enrolment, hasFreshSecondFactor, type Origin, type Principal } from "./identity.ts";
import { IdentityError } from "./identity-error.ts";
import { enrolmentOf, newFactorSecret, newRecoveryCodes, stepOf } from "./second-factor.ts";
import { ownUser } from "./sessions.ts";
import { addressKey, chargeAttempt, factorKey, refundAttempt } from "./throttle.ts";
import { assertPassword } from "./users.ts";

/** A code too many makes wait, like a password. */
export function confirmSecondFactor(
  ground: Ground,
  asked: Principal,
  code: string,
  origin: Origin,
): Principal {
  charge(ground, asked, origin);
  return ground.store.write((rows) => {
    const user = ownUser(ground, rows, asked);
    if (!takeCode(ground, rows, user, { code, origin })) throw wrongCode();
    refundAttempt(rows, keysOf(asked, origin));
    noteFactor(ground, rows, asked);
    return currentOf(ground, rows, asked);
  });
}

export async function beginEnrolment(
  ground: Ground,
  asked: Principal,
  password: string,
  origin: Origin,
): Promise<Enrolment> {
  const user = ground.store.read((rows) => enrollable(ground, rows, asked));
  await assertPassword(ground, user, { password, field: "password" }, origin);
  const secret = newFactorSecret();
  const pendingFactor = ground.vault().encrypt(secret);
  ground.store.write((rows) => {
    const { id } = enrollable(ground, rows, asked);
    rows.users.change(id, { pendingFactor });
  });
  return enrolmentOf(secret, user.name);
}

/** Another one in place of one that is on takes a code of that. */
function enrollable(ground: Ground, rows: IdentityRows, asked: Principal): UserRecord {
  if (!hasFreshSecondFactor(currentOf(ground, rows, asked), ground.clock.nowMs()))
    throw new IdentityError("second-factor-needed", "this needs a code of your second factor first");
  return ownUser(ground, rows, asked);
}

export function finishEnrolment(
  ground: Ground,
  asked: Principal,
  code: string,
  origin: Origin,
): readonly string[] {
  charge(ground, asked, origin);
  const codes = newRecoveryCodes();
  ground.store.write((rows) => {
    const user = enrollable(ground, rows, asked);
    if (user.pendingFactor === null)
      throw new IdentityError("bad-request", "no second factor is being switched on; begin anew");
    const secret = openedSecret(ground, user.pendingFactor);
    const step = stepOf(secret, code, { nowMs: ground.clock.nowMs(), usedStep: 0 });
    if (step === null) throw wrongCode();
    rows.users.change(user.id, { factor: user.pendingFactor, pendingFactor: null, factorStep: step });
    rows.recoveryCodes.replace(
      user.id,
      codes.map(({ hash }) => hash),
    );
    refundAttempt(rows, keysOf(asked, origin));
    noteFactor(ground, rows, asked);
    note(ground, rows, asked, { action: "second-factor-on", subject: user.name }, origin);
  });
  return codes.map((one) => one.code);
}

/** One's own with a fresh code; another's as somebody who has more. */
export function switchSecondFactorOff(ground: Ground, actor: Actor, userId: number): void {
  ground.store.write((rows) => {
    const authority = changingAuthority(ground, rows, actor);
    const user = userOf(rows, userId);
    if (authority.principal?.userId !== userId) assertOver(authority, standingOf(user, ground.telegramIds));
    if (user.factor === null)
      throw new IdentityError("bad-request", `the second factor of ${user.name} is not on`);
    rows.users.change(userId, { factor: null, pendingFactor: null });
    rows.recoveryCodes.replace(userId, []);
    note(ground, rows, actor, { action: "second-factor-off", subject: user.name });
  });
}

/** Written even where the code turns out wrong, so it is a step of its own. */
function charge(ground: Ground, asked: Principal, origin: Origin): void {
  const refused = ground.store.write((rows) => {
    // Whoever may give no code must not use up the user's tries.
    ownUser(ground, rows, asked);
    return chargeAttempt(rows, keysOf(asked, origin), ground.clock.nowMs());
  });
  if (refused !== null) throw refused;
}

function keysOf({ userId }: Principal, { address }: Origin) {
  return [factorKey(userId), addressKey(address)];
}

function noteFactor(ground: Ground, rows: IdentityRows, asked: Principal): void {
  const session = rows.sessions.byId(asked.id);
  const seal = session === null ? null : ground.seals.open(session);
  if (seal === null) return;
  rows.sessions.seal(asked.id, ground.seals.seal({ ...seal, secondFactorAtMs: ground.clock.nowMs() }));
}

function wrongCode(): IdentityError {
  return new IdentityError("bad-credentials", "the code is wrong, was used already or is too old", {
    field: "code",
  });
}
