/**
 * Keeps the page's own files, so that it opens at once and says itself when the connection is gone. Never any data: what a follower
 * holds comes from the engine or is not shown.
 */
// The library types the global of any worker; this one is a service worker.
const worker = globalThis as unknown as ServiceWorkerGlobalScope;

const CACHE = "files-1";
/** Built files have their content in their name: an old version's go as new ones come. */
const FILES_MAX = 120;
const SHELL = "/";

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));

worker.addEventListener("activate", (event) => {
  const others = async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await worker.clients.claim();
  };
  event.waitUntil(others());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(builtFile(request));
  else if (request.mode === "navigate" && isPage(url.pathname)) event.respondWith(page(request));
});

/** As the server writes one (src/alerts/web-push/push.ts). */
interface PushMessage {
  readonly id: string;
  readonly severity: string;
  readonly title: string;
  readonly body: string;
}

worker.addEventListener("push", (event) => event.waitUntil(shown(event.data)));

/** A second one of the same alert replaces the first. */
async function shown(data: PushMessageData | null): Promise<void> {
  const message = messageIn(data);
  await worker.registration.showNotification(message.title, {
    body: message.body,
    tag: message.id,
    icon: "/icon-192.png",
    badge: "/icon-192.png",
    requireInteraction: message.severity === "critical",
  });
}

/** The browser wants something to be shown, whatever came. */
function messageIn(data: PushMessageData | null): PushMessage {
  const usual = { id: "alert", severity: "info", title: "Copytrader", body: "" };
  try {
    const told: Partial<PushMessage> = data?.json() ?? {};
    return { ...usual, ...told };
  } catch {
    return usual;
  }
}

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(opened("/settings/notifications"));
});

/** In a page of ours that is open, or else in a new one. */
async function opened(path: string): Promise<void> {
  const [page] = await worker.clients.matchAll({ type: "window" });
  if (page === undefined) await worker.clients.openWindow(path);
  else {
    await page.focus();
    await page.navigate(path);
  }
}

/** What the server answers itself is no page of ours. */
function isPage(path: string): boolean {
  return !path.startsWith("/api/") && !path.startsWith("/docs") && path !== "/metrics";
}

async function builtFile(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    await cache.put(request, answer.clone());
    await trim(cache);
  }
  return answer;
}

/** The newest there is; the kept one only while the server cannot be reached. */
async function page(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(SHELL, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(SHELL);
    if (kept !== undefined) return kept;
    throw error;
  }
}

async function trim(cache: Cache): Promise<void> {
  const keys = await cache.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - FILES_MAX))) await cache.delete(key);
}

export {};
