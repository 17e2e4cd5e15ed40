/**
 * The control socket of a running engine: a Unix socket that only the owner may open (mode 0600), one JSON document per
 * line. Everything about it is bounded; nothing of it is on the path of an order, and if it fails, copying goes on.
 */
import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import type { Configuration } from "../config.ts";
import type { Engine } from "../engine/engine.ts";
import type { Log } from "../log.ts";
import { masked } from "../security/secrets.ts";
import type { StoreReader } from "../store/writer.ts";
import type { WatchdogReport } from "../watch/watchdog.ts";
import type { AlertBook } from "./alert-requests.ts";
import type { Certifier } from "./certifier.ts";
import { type Control, ControlError, type ControlKind, type RequestOf } from "./control.ts";
import type { RebalanceRequest } from "./owner-commands.ts";
import {
  ANSWER_BYTES_MAX,
  LineReader,
  PROTOCOL_VERSION,
  parseRequest,
  REQUEST_BYTES_MAX,
  type WireAnswer,
} from "./protocol.ts";
import { type CopyStop, RunningControl, type RunningParts } from "./running.ts";
import type { OwnLimitFacts } from "./settings-in-force.ts";
import { controlSocketPath, prepareSocketFolder } from "./socket-path.ts";

const CONNECTIONS_MAX = 32;
/** Requests of one connection that wait for their answers. */
const WAITING_MAX = 16;
const IDLE_MS = 60_000;

export interface ControlParts {
  readonly dataDir: string;
  readonly engine: Engine;
  readonly configuration: Configuration;
  readonly extensions?: readonly OwnLimitFacts[];
  /** As in `RunningParts`. */
  readonly ownStrategies?: readonly string[];
  readonly configured?: (configuration: Configuration) => void;
  readonly certifier?: Certifier;
  readonly log: Log;
  readonly watchdogs?: () => readonly WatchdogReport[];
  readonly health?: NonNullable<RunningParts["health"]>;
  readonly alerts?: AlertBook | null;
  /** Answers questions about the past; without it they are refused. */
  readonly store?: StoreReader & { wake(): void; rebuild(): Promise<number>; readonly sequence: number };
}

export interface ControlServer {
  /** The facade itself, for whoever lives in this process. */
  readonly control: Control;
  /** As in `RunningControl`. */
  replaceStopped(): void;
  stopCopies(stop: CopyStop): void;
  rebalance(request: RebalanceRequest): void;
  /** Resolves once the socket can be connected to; false when it could not be opened (which is logged). */
  readonly ready: Promise<boolean>;
  close(): Promise<void>;
}

/** To be called by the process that holds the data folder's lock: a socket that is there already is a dead one's. */
export function startControl(parts: ControlParts): ControlServer {
  const control = new RunningControl(parts);
  const served = serveControl(control, controlSocketPath(parts.dataDir), parts.log);
  return {
    ...served,
    replaceStopped: () => control.replaceStopped(),
    stopCopies: (stop) => control.stopCopies(stop),
    rebalance: (request) => control.rebalance(request),
  };
}

export function serveControl(
  control: Control,
  path: string,
  log: Log,
): Omit<ControlServer, "replaceStopped" | "stopCopies" | "rebalance"> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    new ControlConnection(socket, control, log);
  });
  server.maxConnections = CONNECTIONS_MAX;
  const ready = listen(server, path).then(
    () => true,
    (error: Error) => {
      log.error("the control socket cannot be opened: commands do not reach this process", { path, error });
      return false;
    },
  );
  return {
    control,
    ready,
    async close() {
      await ready;
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await control.close();
    },
  };
}

async function listen(server: Server, path: string): Promise<void> {
  prepareSocketFolder(path);
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
  chmodSync(path, 0o600);
}

/** One client: its requests are answered one after the other. */
class ControlConnection {
  readonly #socket: Socket;
  readonly #control: Control;
  readonly #log: Log;
  readonly #lines = new LineReader(REQUEST_BYTES_MAX);
  #turn: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(socket: Socket, control: Control, log: Log) {
    this.#socket = socket;
    this.#control = control;
    this.#log = log;
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => this.#receive(chunk));
  }

  #receive(chunk: Buffer): void {
    try {
      for (const line of this.#lines.take(chunk)) this.#queue(line);
    } catch (error) {
      // Where a line is too long, nobody knows where the next one begins.
      this.#fail(-1, error);
      this.#socket.end();
    }
  }

  #queue(line: string): void {
    if (this.#waiting >= WAITING_MAX)
      throw new ControlError("bad-request", `${WAITING_MAX} requests are waiting`);
    this.#waiting += 1;
    this.#turn = this.#turn.then(async () => {
      await this.#answer(line);
      this.#waiting -= 1;
    });
  }

  async #answer(line: string): Promise<void> {
    let id = -1;
    try {
      const parsed = parseRequest(line);
      ({ id } = parsed);
      if ("error" in parsed) return this.#fail(id, parsed.error);
      const { request } = parsed;
      const answer = await this.#control.ask<ControlKind>(request satisfies RequestOf<ControlKind>);
      this.#send({ version: PROTOCOL_VERSION, id, answer });
    } catch (error) {
      this.#fail(id, error);
    }
  }

  #fail(id: number, error: unknown): void {
    if (!(error instanceof ControlError)) this.#log.error("a control request failed", { error });
    const kind = error instanceof ControlError ? error.failure : "failure";
    const message = error instanceof Error ? error.message : String(error);
    this.#send({ version: PROTOCOL_VERSION, id, error: { kind, message: masked(message) } });
  }

  #send(message: WireAnswer): void {
    if (this.#socket.destroyed) return;
    const text = JSON.stringify(message);
    if (text.length <= ANSWER_BYTES_MAX) this.#socket.write(`${text}\n`);
    else this.#fail(message.id, new ControlError("failure", "the answer is too long"));
  }
}
