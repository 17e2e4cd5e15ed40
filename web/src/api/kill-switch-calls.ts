/** The kill switch in its two steps. */
import { call } from "./client.ts";
import type { KillSwitchPreview, KillSwitchPulled } from "./types.ts";

export interface KillScope {
  readonly follower?: string;
  readonly leader?: string;
}

export function previewKill(scope: KillScope, signal?: AbortSignal): Promise<KillSwitchPreview> {
  return call("/kill_switch", { method: "POST", body: scope, ...(signal === undefined ? {} : { signal }) });
}

export function confirmKill(confirmation: string): Promise<KillSwitchPulled> {
  // The confirmation counts once: it is its own idempotency key.
  return call("/kill_switch/confirm", {
    method: "POST",
    body: { confirmation },
    idempotencyKey: confirmation,
  });
}
