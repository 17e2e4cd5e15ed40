/** The facade over the control socket of a running engine. One connection, requests one after the other. */
import { createConnection, type Socket } from "node:net";
import { afterReading } from "./after-reading.ts";
import {
  type Control,
  type ControlAnswers,
  ControlError,
  type ControlKind,
  type RequestOf,
} from "./control.ts";
import {
  ANSWER_BYTES_MAX,
  LineReader,
  PROTOCOL_VERSION,
  parseAnswer,
  type WireAnswer,
  type WireRequest,
} from "./protocol.ts";
import { controlSocketPath } from "./socket-path.ts";

const CONNECT_MAX_MS = 3_000;
const ANSWER_MAX_MS = 70_000;
/** Of what is only looked up: whoever asks how the engine is wants to know soon that it says nothing. */
const LOOK_MAX_MS = 20_000;
const LOOKS: ReadonlySet<ControlKind> = new Set(["status", "health", "journal"]);

/** Null when nobody listens: the engine is stopped, or still starting. Rejects with a ControlError on other trouble. */
export async function connectControl(dataDir: string): Promise<Control | null> {
  const path = controlSocketPath(dataDir);
  const socket = createConnection(path);
  try {
    await opened(socket);
  } catch (error) {
    socket.destroy();
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (NOBODY.has(code)) return null;
    const text = error instanceof Error ? error.message : String(error);
    throw new ControlError("unreachable", `the engine's control socket ${path} cannot be used: ${text}`, {
      cause: error,
    });
  }
  return new SocketControl(socket);
}

const NOBODY = new Set(["ENOENT", "ECONNREFUSED", "ENOTDIR"]);

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: ControlError) => void;
  readonly timer: NodeJS.Timeout;
}

class SocketControl implements Control {
  readonly #socket: Socket;
  readonly #lines = new LineReader(ANSWER_BYTES_MAX);
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  /** Why nothing can be asked any more; null while it can. */
  #ended: string | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", (error) => this.#close(error.message));
    socket.on("close", () => this.#close("the engine closed the connection"));
  }

  async ask<Kind extends ControlKind>(request: RequestOf<Kind>): Promise<ControlAnswers[Kind]> {
    if (this.#ended !== null) throw new ControlError("unreachable", this.#ended);
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => {
      const maxMs = LOOKS.has(request.kind) ? LOOK_MAX_MS : ANSWER_MAX_MS;
      const timer = afterReading(maxMs, () => this.#late(id));
      this.#waiting.set(id, { resolve, reject, timer });
    });
    const message: WireRequest = { version: PROTOCOL_VERSION, id, request };
    this.#socket.write(`${JSON.stringify(message)}\n`);
    // The engine is this program in the same version of the protocol: what it answers has the stated form.
    return (await answer) as ControlAnswers[Kind];
  }

  async close(): Promise<void> {
    this.#socket.destroy();
    this.#close("the connection was closed");
  }

  #receive(chunk: Buffer): void {
    try {
      for (const line of this.#lines.take(chunk)) this.#settle(parseAnswer(line));
    } catch (error) {
      this.#close(error instanceof Error ? error.message : String(error));
      this.#socket.destroy();
    }
  }

  #settle(message: WireAnswer): void {
    const waiting = this.#waiting.get(message.id);
    // What cannot be told apart concerns everybody.
    if (waiting === undefined) return "error" in message ? this.#end(message.error.message) : undefined;
    this.#waiting.delete(message.id);
    clearTimeout(waiting.timer);
    if ("error" in message) waiting.reject(new ControlError(message.error.kind, message.error.message));
    else waiting.resolve(message.answer);
  }

  /** Its answer may have been read meanwhile. */
  #late(id: number): void {
    if (this.#waiting.has(id)) this.#end("the engine does not answer");
  }

  #close(cause: string): void {
    this.#ended ??= cause;
    this.#end(cause);
  }

  #end(cause: string): void {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new ControlError("unreachable", cause));
    }
    this.#waiting.clear();
  }
}

function opened(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = afterReading(CONNECT_MAX_MS, () => reject(new Error("it does not answer")));
    const settle = (error?: Error) => {
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.once("connect", () => settle());
    socket.once("error", settle);
  });
}
