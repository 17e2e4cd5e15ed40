/** The demo's exchange from the demo's side: started, asked for its past, told when leaders are to stop, and ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ExchangeOrder, FromExchange, ToExchange } from "./messages.ts";

export type OpenedExchange = Extract<FromExchange, { readonly kind: "open" }>;

export class DemoExchange {
  readonly #process: ChildProcess;
  #heard: (message: FromExchange) => void = () => {};
  #ended: (cause: Error) => void = () => {};

  constructor() {
    const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
    const program = fileURLToPath(new URL(`./exchange-process${extension}`, import.meta.url));
    // The channel between the two ends with this process, however it dies, and the exchange with the channel.
    // Detached, because Ctrl-C in a terminal reaches the whole group, and the exchange must outlive the engine's last question.
    this.#process = spawn(process.execPath, [...process.execArgv, program], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      detached: true,
    });
    this.#process.on("message", (message: FromExchange) => this.#heard(message));
    this.#process.once("error", (error) => this.#ended(error));
    this.#process.once("exit", (code) =>
      this.#ended(new Error(`the simulated exchange ended with code ${code}`)),
    );
  }

  /** Resolves when the past is lived through and the exchange serves; rejects with the cause when it ends before, or on `stop`. */
  open(
    order: Omit<ExchangeOrder, "kind">,
    { onProgress, stop }: { readonly onProgress: (done: number) => void; readonly stop: AbortSignal },
  ): Promise<OpenedExchange> {
    return this.#ask({ kind: "open", ...order }, stop, (message) => {
      if (message.kind === "progress") onProgress(message.done);
      return message.kind === "open" ? message : null;
    });
  }

  async startTrading(): Promise<void> {
    await this.#tell("start-trading", "trading-started");
  }

  /** Resolves when no leader trades any more. */
  async stopTrading(): Promise<void> {
    await this.#tell("stop-trading", "trading-stopped");
  }

  /** Resolves when its process is gone. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await gone;
  }

  async #tell(
    kind: "start-trading" | "stop-trading",
    answer: "trading-started" | "trading-stopped",
  ): Promise<void> {
    const stop = new AbortController().signal;
    await this.#ask({ kind }, stop, (message) => (message.kind === answer ? true : null));
  }

  /** The first answer of which `take` makes something. */
  #ask<Answer>(
    message: ToExchange,
    stop: AbortSignal,
    take: (message: FromExchange) => Answer | null,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#ended = reject;
      stop.addEventListener("abort", () => reject(stop.reason), { once: true });
      this.#heard = (heard) => {
        if (heard.kind === "failed") return reject(new Error(heard.message));
        const answer = take(heard);
        if (answer !== null) resolve(answer);
      };
      this.#process.send(message, (error) => {
        if (error !== null) reject(error);
      });
    });
  }
}
