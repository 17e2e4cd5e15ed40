/** `/admin ...`: users, log and backup, as the earlier bot had them; one file for each of the latter. */
import { type BotCommand, type Call, CallError } from "../call.ts";
import { html } from "../html.ts";
import { backUpHere } from "./admin-backup.ts";
import { showLogs } from "./admin-logs.ts";
import { addUser, listUsers, removeUser } from "./admin-users.ts";

type Part = (call: Call, args: readonly string[]) => Promise<void>;

const PARTS: Readonly<Record<string, Part>> = {
  add_user: addUser,
  remove_user: removeUser,
  list_users: listUsers,
  logs: showLogs,
  backup: backUpHere,
};

export const adminCommand: BotCommand = {
  name: "admin",
  usage: "add_user ID NAME ROLE | remove_user ID | list_users | logs [N] | backup",
  summary: "users, log, backup",
  needs: "admin",
  run,
};

async function run(call: Call): Promise<void> {
  const [word = "", ...args] = call.args;
  const part = Object.entries(PARTS).find(([name]) => name === word.toLowerCase())?.[1];
  if (part === undefined) throw new CallError("");
  if (!call.chat.isPrivate) {
    await call.say(html`That is for a private chat.`);
    return;
  }
  await part(call, args);
}
