/** The devices of the one who asks that are notified of alerts. */
import { z } from "zod";
import { noteChange, originOf } from "../carry-out.ts";
import * as contract from "../contract/push.ts";
import { principalOf } from "../guard.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { addRoutes, done, route } from "../route.ts";

const PATH = "/api/v1/push_subscriptions";
const named = z.object({ id: z.string().min(1).max(50) });

export const pushRoutes: RoutePlugin = (app, parts) => {
  addRoutes(app, [listRoute(parts), addRoute(parts), removeRoute(parts), testRoute(parts)]);
};

function listRoute({ push }: ApiParts) {
  return route({
    method: "GET",
    path: PATH,
    access: "view_sync",
    tag: "alerts",
    summary: "Your devices that are notified, and the key for another",
    problems: ["no-key", "not-readable"],
    answer: contract.devices,
    handle: async ({ request }) => ({
      public_key: push.publicKey,
      items: push.devicesOf(principalOf(request).userId).map(({ id, agent, createdMs }) => ({
        id,
        agent,
        createdMs,
      })),
    }),
  });
}

function addRoute(parts: ApiParts) {
  return route({
    method: "POST",
    path: PATH,
    access: "view_sync",
    tag: "alerts",
    summary: "Have this device notified",
    description: "What a browser's PushManager gave for the public key of the list.",
    problems: ["no-key", "not-readable", "too-many"],
    status: 201,
    body: contract.subscription,
    answer: contract.device,
    handle: async ({ request, body }) => {
      const { userId } = principalOf(request);
      const { id, agent, createdMs } = parts.push.add(userId, body, originOf(request).agent);
      await noteChange(parts, request, { action: "device-added", subject: agent || id });
      return { id, agent, createdMs };
    },
  });
}

function removeRoute(parts: ApiParts) {
  return route({
    method: "DELETE",
    path: `${PATH}/{id}`,
    access: "view_sync",
    tag: "alerts",
    summary: "Notify a device no more",
    problems: ["no-key", "not-readable", "not-found"],
    params: named,
    answer: done,
    handle: async ({ request, params: { id } }) => {
      parts.push.remove(principalOf(request).userId, id);
      await noteChange(parts, request, { action: "device-removed", subject: id });
      return { done: true } as const;
    },
  });
}

function testRoute({ push }: ApiParts) {
  return route({
    method: "POST",
    path: `${PATH}/{id}/test`,
    access: "view_sync",
    tag: "alerts",
    summary: "Send a test to one of your devices",
    problems: ["no-key", "not-readable", "not-found"],
    params: named,
    answer: contract.deviceTest,
    handle: async ({ request, params: { id } }) => {
      const outcome = await push.test(principalOf(request).userId, id);
      return { result: outcome.kind, cause: outcome.kind === "failed" ? outcome.cause : null };
    },
  });
}
