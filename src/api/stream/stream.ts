/**
 * The WebSocket `/api/v1/stream`: who may open it, and what he says on it. Browsers send the session's cookie along whatever page asks
 * them to, so a page has to be one of ours.
 */
import websocket from "@fastify/websocket";
import type { FastifyRequest } from "fastify";
import { ApiProblem } from "../contract/problems.ts";
import {
  STREAM_CLOSES,
  STREAM_LIMITS,
  type StreamRequest,
  streamMessage,
  streamRequest,
} from "../contract/stream.ts";
import { bearerOf, isOwnOrigin, principalOf, sessionCookie } from "../guard.ts";
import type { ApiParts, ApiServer, RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import type { Socket, StreamClient } from "./client.ts";
import { Hub } from "./hub.ts";

/** For the other side to answer the closing. */
const CLOSING_MS = 2_000;

/** For the whole server, so that whoever asks for a WebSocket elsewhere is answered and let go, too. */
export async function addWebSockets(app: ApiServer): Promise<void> {
  await app.register(websocket, {
    options: { maxPayload: STREAM_LIMITS.messageBytesMax },
    // One that breaks off is no fault of ours; its closing is heard anyhow.
    errorHandler: (_error, socket) => socket.terminate(),
    preClose: (done) => {
      const { websocketServer: server } = app;
      const { code, reason } = STREAM_CLOSES.restart;
      for (const socket of server.clients) socket.close(code, reason);
      const cut = () => {
        for (const socket of server.clients) socket.terminate();
      };
      const timer = setTimeout(cut, CLOSING_MS);
      server.close(() => {
        clearTimeout(timer);
        done();
      });
    },
  });
}

export const streamRoutes: RoutePlugin = (app, parts) => {
  const hub = new Hub({ ...parts, jobs: app.jobs });
  app.addHook("onClose", async () => hub.close());
  app.addHook("preValidation", async (request) => assertOwnPage(request, parts));
  parts.metrics.watch("copytrader_api_stream_clients", "Who listens to the stream.", () => hub.size);
  addRoutes(app, [
    route({
      method: "GET",
      path: "/api/v1/stream",
      access: "signed-in",
      tag: "copying",
      summary: "Everything live, over a WebSocket: snapshots, then changes",
      description:
        'Say `{"subscribe":["status"]}` after the hello. Each topic comes as a snapshot, then as changes numbered without a gap; after a lost connection `resume` brings what was missed. docs/api.md has the details.',
      problems: ["upgrade-needed"],
      status: 101,
      answer: streamMessage,
      handle: async () => {
        throw new ApiProblem("upgrade-needed", "open this address as a WebSocket (ws:// or wss://)");
      },
      connected: (socket, request) => connect(hub, socket, request, parts),
    }),
  ]);
};

/** A page of somebody else must not listen with our user's cookie; programs have no page. */
function assertOwnPage(request: FastifyRequest, { access }: ApiParts): void {
  const { origin } = request.headers;
  if (origin === undefined ? !request.byCookie || !request.ws : isOwnOrigin(origin, request, access)) return;
  throw new ApiProblem("origin-refused", "only pages of this server may listen; the owner can add others");
}

function connect(hub: Hub, socket: Socket, request: FastifyRequest, { access }: ApiParts): void {
  const bearer = bearerOf(request) ?? request.cookies[sessionCookie(access)] ?? "";
  const client = hub.join(socket, principalOf(request), bearer);
  if (client === null) return;
  socket.on("message", (data, isBinary) => hear(hub, client, isBinary ? null : String(data)));
}

function hear(hub: Hub, client: StreamClient, text: string | null): void {
  if (!client.mayTalk()) return client.close("tooMany");
  const asked = text === null ? "it must be text" : requestOf(text);
  if (typeof asked !== "string") return hub.take(client, asked);
  client.send(JSON.stringify({ type: "error", code: "bad-request", detail: asked }));
  client.close("badRequest");
}

/** Or what is wrong with it. */
function requestOf(text: string): StreamRequest | string {
  const found = streamRequest.safeParse(jsonOf(text));
  if (found.success) return found.data;
  const [first] = found.error.issues;
  return first === undefined ? "it is wrong" : `${first.path.join(".") || "message"}: ${first.message}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
