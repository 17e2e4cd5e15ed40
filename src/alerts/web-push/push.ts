/** One encrypted message to one device by its push service (RFC 8030, 8188, 8291, 8292). The only place that uses the library. */
import { randomBytes } from "node:crypto";
import webPush from "web-push";
import type { Device, VapidKeys } from "./devices.ts";

export type PushOutcome =
  | { readonly kind: "delivered" }
  /** The service does not know the device any more. */
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly cause: string };

export interface PushMessage {
  /** Of the alert: a second one with the same replaces the first. */
  readonly id: string;
  readonly severity: "info" | "warning" | "critical";
  readonly title: string;
  readonly body: string;
}

const TIMEOUT_MS = 5_000;
const TTL_SECONDS = 86_400;
/** Whom a push service writes to about us; it asks for some address. */
const SUBJECT = "mailto:alerts@copytrader.invalid";

export function makeVapidKeys(): VapidKeys {
  return webPush.generateVAPIDKeys();
}

/** The key of a device that was made up, for a look at whether a subscription has the right form. */
export function isSubscription({ endpoint, keys }: Pick<Device, "endpoint" | "keys">): boolean {
  try {
    const vapidDetails = { subject: SUBJECT, ...makeVapidKeys() };
    webPush.generateRequestDetails({ endpoint, keys }, randomBytes(4), { vapidDetails });
    return true;
  } catch {
    // The library says by throwing what is no key.
    return false;
  }
}

export async function push(
  { endpoint, keys }: Pick<Device, "endpoint" | "keys">,
  message: PushMessage,
  vapid: VapidKeys,
): Promise<PushOutcome> {
  try {
    const { headers, body } = webPush.generateRequestDetails({ endpoint, keys }, JSON.stringify(message), {
      vapidDetails: { subject: SUBJECT, ...vapid },
      TTL: TTL_SECONDS,
      urgency: message.severity === "critical" ? "high" : "normal",
      topic: message.id.slice(0, 32),
      contentEncoding: "aes128gcm",
    });
    const answer = await fetch(endpoint, {
      method: "POST",
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      body: new Uint8Array(body),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body?.cancel();
    if (answer.ok) return { kind: "delivered" };
    if (answer.status === 404 || answer.status === 410) return { kind: "gone" };
    return { kind: "failed", cause: `HTTP ${answer.status}` };
  } catch (error) {
    // Of the endpoint nothing is shown: who knows it can write to the device.
    const cause = error instanceof Error ? error.name : "failed";
    return { kind: "failed", cause };
  }
}
