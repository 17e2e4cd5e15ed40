/** What the owner was told, from the outbox itself, so that it works whoever runs, and when nobody does. */
import { existsSync } from "node:fs";
import { type Alert, publicAlert } from "../alerts/alert.ts";
import { viewOutbox } from "../alerts/outbox.ts";
import type { OutboxEntry } from "../alerts/outbox-records.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { RealDisk } from "../journal/real-disk.ts";

export type ToldAlert = Omit<Alert, "key" | "event">;

/** Oldest first. */
export function alertEntries(dataDir: string): readonly OutboxEntry[] {
  const { alerts: folder } = dataFolderPaths(dataDir);
  if (!existsSync(folder)) return [];
  return [...viewOutbox(new RealDisk(folder)).entries.values()];
}

/** The last so many, newest first. */
export function lastAlerts(dataDir: string, limit: number): readonly ToldAlert[] {
  return alertEntries(dataDir)
    .slice(-limit)
    .toReversed()
    .map(({ alert }) => publicAlert(alert));
}
