/** What waits for nobody, or is more than may wait: to be given up with a record, so that nothing is kept for ever. Pure. */
import { WAITING_MAX } from "./delivery.ts";
import type { Outbox } from "./outbox.ts";

export interface Unheard {
  readonly id: string;
  readonly channel: string;
  readonly cause: string;
}

/** What waits for `own` channels is theirs to give up (delivery.ts), but for what is held for them beyond the bound. */
export function unheard(
  outbox: Pick<Outbox, "open" | "view">,
  own: ReadonlySet<string>,
  giveUpAfterMs: number,
  nowMs: number,
): readonly Unheard[] {
  const collectors = new Set<string>(outbox.view.collectors);
  const counts = new Map<string, number>();
  const found: Unheard[] = [];
  for (const { alert, channels } of outbox.open().toReversed()) {
    for (const [channel, fate] of channels) {
      const isHeld = fate?.kind === "held";
      if (!isHeld && (fate !== null || own.has(channel))) continue;
      const count = (counts.get(channel) ?? 0) + 1;
      counts.set(channel, count);
      const isAwaited = isHeld && (own.has(channel) || collectors.has(channel));
      if (count > WAITING_MAX)
        found.push({ id: alert.id, channel, cause: `more than ${WAITING_MAX} alerts wait for this channel` });
      else if (!isAwaited && nowMs - alert.atMs >= giveUpAfterMs)
        found.push({ id: alert.id, channel, cause: "nobody came for it" });
    }
  }
  return found;
}
