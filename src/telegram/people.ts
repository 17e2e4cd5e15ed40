/** Which of the users have Telegram, for what is told without being asked. */
import type { Identity, LocalActor } from "../identity/identity.ts";

/** In whose name the bot looks at users. */
export const THE_BOT: LocalActor = { kind: "local", name: "Telegram bot" };

/** Telegram ids of owners, who see everything. */
export async function ownersOf(identity: Pick<Identity, "users">): Promise<readonly string[]> {
  const users = await identity.users(THE_BOT);
  return users.flatMap(({ role, telegramId }) =>
    role === "owner" && telegramId !== null ? [telegramId] : [],
  );
}
