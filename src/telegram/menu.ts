/** What somebody may do, for the menu beside the field he writes in, and for /help. */
import type { Principal } from "../identity/identity.ts";
import type { BotCommand } from "./call.ts";
import type { MenuEntry } from "./speaker.ts";

export function allowedCommands(
  { permissions }: Pick<Principal, "permissions">,
  commands: readonly BotCommand[],
): readonly BotCommand[] {
  return commands.filter(({ needs }) => needs === null || permissions.has(needs));
}

export function menuFor(
  principal: Pick<Principal, "permissions">,
  commands: readonly BotCommand[],
): readonly MenuEntry[] {
  return [
    { command: "start", description: "open a session of 24 hours" },
    ...allowedCommands(principal, commands).map(({ name, summary }) => ({
      command: name,
      description: summary,
    })),
  ];
}
