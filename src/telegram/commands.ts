/** Every command of the bot, in the order of /help and the menu. */
import { ACTS } from "./acts.ts";
import type { BotCommand } from "./call.ts";
import { actCommand } from "./commands/act.ts";
import { adminCommand } from "./commands/admin.ts";
import { balanceCommand } from "./commands/balance.ts";
import { codeCommand } from "./commands/code.ts";
import { helpCommand } from "./commands/help.ts";
import { leadersCommand } from "./commands/leaders.ts";
import { muteCommand } from "./commands/mute.ts";
import { positionsCommand } from "./commands/positions.ts";
import { reportsCommand } from "./commands/reports.ts";
import { seenCommand } from "./commands/seen.ts";
import { statusCommand } from "./commands/status.ts";
import { stopLossCommand } from "./commands/stop-loss.ts";
import { syncStatusCommand } from "./commands/sync-status.ts";
import { whatIfCommand } from "./commands/whatif.ts";
import { whyCommand } from "./commands/why.ts";
import type { LiveMessages } from "./live.ts";
import type { WhatIfs } from "./what-if.ts";

export function botCommands(live: LiveMessages, whatIfs: WhatIfs): readonly BotCommand[] {
  const all: readonly BotCommand[] = [
    statusCommand(live),
    balanceCommand,
    positionsCommand,
    syncStatusCommand,
    leadersCommand,
    whyCommand,
    reportsCommand,
    ...ACTS.map(actCommand),
    whatIfCommand(whatIfs),
    stopLossCommand,
    seenCommand,
    muteCommand,
    adminCommand,
    codeCommand,
    helpCommand(() => all),
  ];
  return all;
}
