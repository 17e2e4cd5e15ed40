/** This browser's subscription at its push service, for the key of this server. */
import { words } from "./strings.ts";

export function canNotify(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

/** Null where the user does not allow it. */
export async function subscribed(publicKey: string): Promise<PushSubscriptionJSON | null> {
  if ((await Notification.requestPermission()) !== "granted") return null;
  const { pushManager } = await navigator.serviceWorker.ready;
  const known = await pushManager.getSubscription();
  if (known !== null && hasKey(known, publicKey)) return known.toJSON();
  // One for another server's key stands in the way of ours.
  await known?.unsubscribe();
  try {
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
    return made.toJSON();
  } catch (error) {
    throw new Error(words.unregistered(error instanceof Error ? error.message : String(error)), {
      cause: error,
    });
  }
}

function hasKey({ options }: PushSubscription, publicKey: string): boolean {
  const { applicationServerKey: key } = options;
  if (key === null) return false;
  const text = btoa(String.fromCharCode(...new Uint8Array(key)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === publicKey;
}
