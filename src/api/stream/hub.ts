/**
 * Everybody who listens, and what he is told: one reading of the facade serves all, one document all who see the same, one text all who
 * read it. Nothing is read while nobody listens. Who asks is asked for again with every beat.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Identity, Principal } from "../../identity/identity.ts";
import type { Log } from "../../log.ts";
import {
  STREAM_LIMITS,
  STREAM_TOPICS,
  type StreamEngine,
  type StreamRequest,
  type StreamTopic,
} from "../contract/stream.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { ApiParts } from "../parts.ts";
import { Channel } from "./channel.ts";
import { type Closing, type Socket, StreamClient } from "./client.ts";
import { engineOf, engineWithout, type Feeds, failureOf, feedsOf } from "./readings.ts";
import { documentOf, needOf, READING_OF, type Reading, type Readings, topicsFor, viewOf } from "./topics.ts";

const CLIENTS_MAX = 1_000;
const CLIENTS_OF_USER_MAX = 300;
/** A channel that nobody reads is kept so long for those who come again. */
const KEPT_MS = 120_000;
/** Numbers of a new channel begin so far above all before, so that an old number is never taken for one of its own. */
const NUMBERS_APART = 1_000;

interface Told {
  readonly channel: Channel;
  readonly topic: StreamTopic;
  /** Any of those who see this. */
  readonly principal: Principal;
  readonly readers: Set<StreamClient>;
  /** Who gets a snapshot once there is one. */
  readonly waiting: Set<StreamClient>;
  leftAtMs: number;
}

type HubParts = Pick<ApiParts, "control" | "dataDir" | "identity" | "log" | "nowMs"> & {
  readonly jobs: Jobs;
};

export class Hub {
  readonly #identity: Identity;
  readonly #log: Log;
  readonly #nowMs: () => number;
  readonly #feeds: Feeds;
  readonly #clients = new Set<StreamClient>();
  readonly #told = new Map<string, Told>();
  readonly #known: Partial<Readings> = {};
  readonly #failures = new Map<Reading, string>();
  readonly #run = randomBytes(6).toString("hex");
  #numbered = 0;
  #engine: StreamEngine = { state: "unknown", as_of: null, detail: "" };
  #beat: NodeJS.Timeout | null = null;
  readonly #forget: () => void;

  constructor(parts: HubParts) {
    this.#identity = parts.identity;
    this.#log = parts.log;
    this.#nowMs = parts.nowMs;
    this.#feeds = feedsOf(parts, {
      onValue: (name, value) => this.#read(name, value),
      onFailure: (name, error) => this.#failed(name, error),
    });
    const forgetCommands = parts.control.onCommand(() => {
      for (const feed of Object.values(this.#feeds)) feed.now();
    });
    const forgetJobs = parts.jobs.onChange(() => this.#feeds.jobs.now());
    this.#forget = () => {
      forgetCommands();
      forgetJobs();
    };
  }

  /** How many listen. */
  get size(): number {
    return this.#clients.size;
  }

  /** Null where there are too many already; the socket is closed then. */
  join(socket: Socket, principal: Principal, bearer: string): StreamClient | null {
    const facts = { socket, principal, bearer, view: viewOf(principal) };
    const client = new StreamClient(facts, (gone) => this.#leave(gone));
    const own = [...this.#clients].filter((one) => one.principal.userId === principal.userId);
    if (this.#clients.size >= CLIENTS_MAX || own.length >= CLIENTS_OF_USER_MAX) {
      client.close("tooMany");
      return null;
    }
    this.#clients.add(client);
    this.#tell(client, {
      type: "hello",
      id: this.#idOf(client),
      at: this.#nowMs(),
      topics: topicsFor(principal),
      heartbeat_ms: STREAM_LIMITS.heartbeatMs,
      silence_ms: STREAM_LIMITS.silenceMs,
      engine: this.#engine,
    });
    this.#listen();
    return client;
  }

  /** What a client wants from now on. */
  take(client: StreamClient, { subscribe = [], unsubscribe = [], resume }: StreamRequest): void {
    for (const topic of unsubscribe) this.#unsubscribe(client, topic);
    const wanted = [...new Set(subscribe)].filter((topic) => !client.topics.has(topic));
    const allowed = topicsFor(client.principal);
    const refused = wanted.filter((topic) => !allowed.includes(topic));
    const added = wanted.filter((topic) => allowed.includes(topic));
    const from = resume?.id === this.#idOf(client) ? resume.sequences : {};
    const missed = new Map(added.map((topic) => [topic, this.#missed(client, topic, from[topic])]));
    for (const topic of added) client.topics.add(topic);
    this.#tell(client, {
      type: "subscribed",
      topics: [...client.topics],
      resumed: added.filter((topic) => missed.get(topic) !== null),
      refused: refused.map((topic) => ({ topic, needs: needOf(topic) })),
    });
    for (const [topic, messages] of missed) this.#begin(client, topic, messages);
    this.#listen();
  }

  close(): void {
    this.#forget();
    for (const client of [...this.#clients]) client.close("restart");
    this.#listen();
  }

  /** Every few seconds: tells that the server is there, and asks again who everybody is. */
  async beat(): Promise<void> {
    const text = this.#beatText();
    for (const client of [...this.#clients]) client.beat(text);
    this.#forgetOld();
    const byBearer = Map.groupBy([...this.#clients], ({ bearer }) => bearer);
    for (const [bearer, clients] of byBearer) await this.#askAgain(bearer, clients);
  }

  #listen(): void {
    const wanted = new Set<Reading>();
    if (this.#clients.size > 0) wanted.add("status");
    for (const { topics } of this.#clients) for (const topic of topics) wanted.add(READING_OF[topic]);
    for (const [name, feed] of Object.entries(this.#feeds)) {
      // The names are those of the readings.
      if (wanted.has(name as Reading)) feed.want();
      else feed.rest();
    }
    if (this.#clients.size > 0) {
      this.#beat ??= setInterval(() => void this.beat(), STREAM_LIMITS.heartbeatMs).unref();
    } else if (this.#beat !== null) {
      clearInterval(this.#beat);
      this.#beat = null;
    }
  }

  #read<Name extends Reading>(name: Name, value: Readings[Name]): void {
    this.#known[name] = value;
    this.#failures.delete(name);
    const { status } = this.#known;
    if (name === "status" && status !== undefined) this.#engineIs(engineOf(status));
    const atMs = this.#nowMs();
    for (const told of this.#told.values()) {
      if (READING_OF[told.topic] !== name || told.readers.size + told.waiting.size === 0) continue;
      this.#offer(told, atMs);
    }
  }

  #offer({ channel, topic, principal, readers, waiting }: Told, atMs: number): void {
    const text = channel.offer(documentOf(topic, principal, this.#known), atMs);
    if (text !== null) for (const client of [...readers]) client.send(text);
    for (const client of [...waiting]) {
      waiting.delete(client);
      readers.add(client);
      client.send(channel.snapshot());
    }
  }

  #failed(name: Reading, error: unknown): void {
    const problem = failureOf(error);
    if (problem.code === "internal")
      this.#log.channel("api").error("the stream could not read", { error, name });
    if (name === "status") this.#engineIs(engineWithout(error, this.#engine.as_of));
    const isNews = this.#failures.get(name) !== problem.detail;
    this.#failures.set(name, problem.detail);
    for (const { channel, topic, readers, waiting } of this.#told.values()) {
      if (READING_OF[topic] !== name) continue;
      const text = JSON.stringify({ topic, at: this.#nowMs(), problem });
      for (const client of isNews ? [...readers, ...waiting] : []) client.send(text);
      // What was true is better than nothing: it says when that was.
      if (!channel.isKnown) continue;
      for (const client of [...waiting]) {
        waiting.delete(client);
        readers.add(client);
        client.send(channel.snapshot());
      }
    }
  }

  #engineIs(engine: StreamEngine): void {
    const isOther = engine.state !== this.#engine.state || engine.detail !== this.#engine.detail;
    this.#engine = engine;
    if (!isOther) return;
    const text = this.#beatText();
    for (const client of [...this.#clients]) client.send(text);
  }

  #beatText(): string {
    return JSON.stringify({ type: "heartbeat", at: this.#nowMs(), engine: this.#engine });
  }

  /** Of a channel as it stands; null where a snapshot is needed. */
  #missed(client: StreamClient, topic: StreamTopic, sequence: number | undefined): readonly string[] | null {
    const told = this.#told.get(`${topic} ${client.view}`);
    return sequence === undefined ? null : (told?.channel.since(sequence) ?? null);
  }

  #begin(client: StreamClient, topic: StreamTopic, missed: readonly string[] | null): void {
    const told = this.#toldOf(client, topic);
    if (missed !== null) {
      told.readers.add(client);
      for (const text of missed) client.send(text);
    } else if (told.channel.isKnown && told.readers.size > 0) {
      told.readers.add(client);
      client.send(told.channel.snapshot());
    } else {
      told.waiting.add(client);
      this.#hurry(told);
    }
  }

  /** The first who reads a topic need not wait for the next turn. */
  #hurry(told: Told): void {
    const feed = this.#feeds[READING_OF[told.topic]];
    feed.want();
    feed.now();
  }

  #unsubscribe(client: StreamClient, topic: StreamTopic): void {
    client.topics.delete(topic);
    const told = this.#told.get(`${topic} ${client.view}`);
    if (told === undefined) return;
    told.readers.delete(client);
    told.waiting.delete(client);
    told.leftAtMs = performance.now();
  }

  #toldOf(client: StreamClient, topic: StreamTopic): Told {
    const key = `${topic} ${client.view}`;
    const found = this.#told.get(key);
    if (found !== undefined) return found;
    const highest = [...this.#told.values()].map(({ channel }) => channel.sequence);
    this.#numbered = Math.max(this.#numbered, ...highest) + NUMBERS_APART;
    const told: Told = {
      channel: new Channel(topic, this.#numbered),
      topic,
      principal: client.principal,
      readers: new Set(),
      waiting: new Set(),
      leftAtMs: performance.now(),
    };
    this.#told.set(key, told);
    return told;
  }

  #forgetOld(): void {
    for (const [key, told] of this.#told) {
      if (told.readers.size + told.waiting.size > 0 || performance.now() - told.leftAtMs < KEPT_MS) continue;
      this.#numbered = Math.max(this.#numbered, told.channel.sequence);
      this.#told.delete(key);
    }
  }

  async #askAgain(bearer: string, clients: readonly StreamClient[]): Promise<void> {
    try {
      const principal = await this.#identity.principalOf(bearer);
      for (const client of clients) {
        const why: Closing | null =
          principal === null ? "sessionEnded" : viewOf(principal) === client.view ? null : "accessChanged";
        if (why !== null) client.close(why);
      }
    } catch (error) {
      // It cannot be told that somebody may not: the next beat asks again.
      this.#log.channel("security").error("who listens to the stream could not be asked for", { error });
    }
  }

  #leave(client: StreamClient): void {
    this.#clients.delete(client);
    for (const topic of STREAM_TOPICS) this.#unsubscribe(client, topic);
    this.#listen();
  }

  #idOf({ view }: StreamClient): string {
    return `${this.#run}.${createHash("sha256").update(view).digest("hex").slice(0, 16)}`;
  }

  #tell(client: StreamClient, message: object): void {
    client.send(JSON.stringify(message));
  }
}
