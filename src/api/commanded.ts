/**
 * A command of the owner's carried out for somebody, whoever brought it (a request, a chat): with an entry in the audit log of what was
 * there before and is there now.
 */
import type { Control } from "../control/control.ts";
import type { CommandReport, OwnerCommand, PreviewReport } from "../control/owner-commands.ts";
import type { Actor, AuditNote, Identity, Origin } from "../identity/identity.ts";
import type { Log } from "../log.ts";

export interface CommandParts {
  readonly control: Pick<Control, "ask">;
  readonly identity: Pick<Identity, "audit">;
  readonly log: Log;
}

/** Who gives it, and from where. */
export interface Giver {
  readonly actor: Actor;
  readonly origin: Origin;
}

/** `preview`: of the same command, just before. Rejects with a ControlError where it cannot be. */
export async function commanded(
  parts: CommandParts,
  giver: Giver,
  command: OwnerCommand,
  preview: PreviewReport,
): Promise<CommandReport> {
  const report = await parts.control.ask<OwnerCommand["kind"]>(command);
  await note(parts, giver, command, preview);
  return report;
}

async function note(
  parts: CommandParts,
  giver: Giver,
  command: OwnerCommand,
  preview: PreviewReport,
): Promise<void> {
  const { kind: action, ...values } = command;
  const { changes, paused = [], resumed = [], lifted, orders, ended } = preview;
  const pausedAre = (isAfter: boolean) => ({
    ...Object.fromEntries(paused.map((name) => [`${name}.paused`, isAfter])),
    ...Object.fromEntries(resumed.map((name) => [`${name}.paused`, !isAfter])),
  });
  const value = (one: (typeof changes)[number], which: "before" | "value") => [
    `${one.leader === undefined ? "" : `${one.leader}.`}${one.keyPath}`,
    one[which] ?? null,
  ];
  const subject = preview.followers.join(", ");
  const before = {
    ...Object.fromEntries(changes.map((one) => value(one, "before"))),
    ...pausedAre(false),
    ...(lifted.length === 0 ? {} : { stops: lifted.map(({ follower, text }) => `${follower}: ${text}`) }),
  };
  const after = {
    ...values,
    ...Object.fromEntries(changes.map((one) => value(one, "value"))),
    ...pausedAre(true),
    ...(ended === undefined ? {} : { ended }),
    orders: orders.length,
  };
  await noted(parts, giver, { action, subject, before, after });
}

/** What was done is done: an audit log that cannot be written is told of in the other log. */
export async function noted(
  { identity, log }: Pick<CommandParts, "identity" | "log">,
  { actor, origin }: Giver,
  entry: AuditNote,
): Promise<void> {
  const { action, subject } = entry;
  try {
    await identity.audit(actor, entry, origin);
  } catch (error) {
    log
      .channel("security")
      .error("what was done could not be noted in the audit log", { error, action, subject });
  }
}
