/**
 * Who writes to the bot: Telegram says whose account a message comes from, the store whether that is a user of ours. A session is opened
 * by `/start` and ends after 24 hours like any other; it lies among the others, is listed and revoked with them, and no browser can show
 * it: its hash is that of no token.
 */
import type { IdentityRows, UserRecord } from "../store/identity-store.ts";
import { note } from "./audit.ts";
import { hashOf } from "./bearer.ts";
import type { Ground } from "./ground.ts";
import type { Origin, Principal, TelegramCaller } from "./identity.ts";
import { addSession, principalByHash } from "./sessions.ts";

/** Where a session of the bot comes from, in lists of sessions and the audit log. */
export function telegramOrigin(telegramId: string): Origin {
  return { address: `telegram:${telegramId}`, agent: "Telegram" };
}

export function telegramCaller(ground: Ground, telegramId: string): TelegramCaller {
  const user = userOfTelegram(ground, telegramId);
  if (user === null) return { kind: "stranger" };
  const principal = principalByHash(ground, sessionHash(telegramId));
  // The account may have been given to another user since.
  return principal === null || principal.userId !== user.id
    ? { kind: "signed-out", name: user.name }
    : { kind: "signed-in", principal };
}

/** A fresh session of 24 hours in place of the one before; null for who is no user. */
export function telegramLogIn(ground: Ground, telegramId: string): Principal | null {
  return ground.store.write((rows) => {
    const user = rows.users.byTelegramId(telegramId);
    if (user === null) return null;
    removeSession(rows, telegramId);
    const origin = telegramOrigin(telegramId);
    const principal = addSession(ground, rows, user, { origin, hash: sessionHash(telegramId) });
    note(ground, rows, principal, { action: "logged-in", subject: user.name }, origin);
    return principal;
  });
}

function removeSession(rows: IdentityRows, telegramId: string): void {
  const before = rows.sessions.byHash(sessionHash(telegramId));
  if (before !== null) rows.sessions.remove(before.id);
}

function userOfTelegram({ store }: Ground, telegramId: string): UserRecord | null {
  return store.read((rows) => rows.users.byTelegramId(telegramId));
}

/** Of no text that has the form of a token. */
function sessionHash(telegramId: string): string {
  return hashOf(`session of Telegram ${telegramId}`);
}
