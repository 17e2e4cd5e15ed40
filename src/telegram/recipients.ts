/**
 * Who is told of alerts: users that have a Telegram id and may see the state of copying, each of his accounts; and whoever an account
 * names by its `telegram_id`, of that account alone.
 */
import type { Identity } from "../identity/identity.ts";
import type { Visible } from "../identity/permissions.ts";
import { THE_BOT } from "./people.ts";

export interface Recipient {
  readonly telegramId: string;
  readonly accounts: Visible;
  /** Whether he may acknowledge what is critical, for everybody. */
  readonly mayAcknowledge: boolean;
}

export async function recipientsOf(
  identity: Pick<Identity, "users">,
  telegramIds: ReadonlyMap<string, string>,
): Promise<readonly Recipient[]> {
  const users = await identity.users(THE_BOT);
  const known = users.flatMap(({ telegramId, permissions, accounts }): readonly Recipient[] =>
    telegramId === null || !permissions.includes("view_sync")
      ? []
      : [
          {
            telegramId,
            accounts: accounts === "all" ? "all" : new Set(accounts),
            mayAcknowledge: permissions.includes("manage_copying"),
          },
        ],
  );
  // Who is a user gets what he may see as one; an account's own id opens nothing more.
  const isUser = new Set(users.map(({ telegramId }) => telegramId));
  const named = Map.groupBy(
    [...telegramIds].filter(([, telegramId]) => !isUser.has(telegramId)),
    ([, telegramId]) => telegramId,
  );
  return [
    ...known,
    ...[...named].map(([telegramId, own]) => ({
      telegramId,
      accounts: new Set(own.map(([name]) => name)),
      mayAcknowledge: false,
    })),
  ];
}
