/** A client of the stream without a network: what it was told, and what it makes of that. */

import type { StreamRequest } from "../../src/api/contract.ts";
import { STREAM_DOCUMENTS, type StreamTopic, streamMessage } from "../../src/api/contract.ts";
import type { Socket, StreamClient } from "../../src/api/stream/client.ts";
import type { Hub } from "../../src/api/stream/hub.ts";
import type { Principal } from "../../src/identity/identity.ts";
import { permissionsOf, type Role } from "../../src/identity/permissions.ts";
import { applyChanges } from "../../web/src/live/changes.ts";

let lastId = 0;

export function person(
  name: string,
  role: Role,
  more: Partial<Pick<Principal, "permissions" | "accounts">> = {},
): Principal {
  lastId += 1;
  return {
    kind: "token",
    id: lastId,
    userId: lastId,
    name,
    role,
    permissions: permissionsOf(role, []),
    accounts: "all",
    secondFactorOn: false,
    secondFactorAtMs: null,
    expiresMs: 1e15,
    ...more,
  };
}

/** One of each role that sees everything, and one who was given nothing. */
export const LISTENERS = {
  owner: person("olga", "owner"),
  operator: person("otto", "operator"),
  viewer: person("vera", "viewer"),
  stranger: person("sven", "viewer", { accounts: new Set<string>() }),
} as const;

type Listener = (data: unknown, isBinary: boolean) => void;

// What was told is looked at freely.
type Message = ReturnType<typeof JSON.parse>;

export class Ear implements Socket {
  bufferedAmount = 0;
  closed: number | null = null;
  pings = 0;
  answersPings = true;
  readonly heard: Message[] = [];
  readonly documents = new Map<string, { sequence: number; document: unknown }>();
  readonly #listeners = new Map<string, Listener[]>();

  send(text: string): void {
    if (this.closed !== null) throw new Error("it was told something after it was closed");
    const message: Message = JSON.parse(text);
    streamMessage.parse(message);
    this.heard.push(message);
    if (typeof message.topic === "string") this.#take(message);
  }

  close(code: number): void {
    this.closed = code;
    this.tell("close");
  }

  terminate(): void {
    this.closed ??= 1006;
  }

  ping(): void {
    this.pings += 1;
    if (this.answersPings) this.tell("pong");
  }

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  tell(event: string, data?: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(data, false);
  }

  document(topic: StreamTopic): Message {
    return this.documents.get(topic)?.document;
  }

  /** For a client that comes again. */
  resume(): NonNullable<StreamRequest["resume"]> {
    const id = this.heard.find(({ type }) => type === "hello").id;
    return {
      id,
      sequences: Object.fromEntries([...this.documents].map(([name, { sequence }]) => [name, sequence])),
    };
  }

  #take(message: Message): void {
    const { topic, sequence } = message;
    if (message.problem !== undefined) return;
    if ("snapshot" in message) {
      this.documents.set(topic, { sequence, document: message.snapshot });
    } else {
      const before = this.documents.get(topic);
      if (before === undefined || sequence !== before.sequence + 1)
        throw new Error(`a gap before ${sequence}`);
      this.documents.set(topic, { sequence, document: applyChanges(before.document, message.changes) });
    }
    STREAM_DOCUMENTS[topic as StreamTopic].parse(this.document(topic));
  }
}

export function listen(
  hub: Hub,
  principal: Principal,
  request: StreamRequest,
  ear = new Ear(),
): { readonly ear: Ear; readonly client: StreamClient | null } {
  const client = hub.join(ear, principal, principal.name);
  if (client !== null) hub.take(client, request);
  return { ear, client };
}
