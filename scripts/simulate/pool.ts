/** Threads that run histories. Each history depends on its seed alone, so that it does not matter which thread runs it. */
import { Worker } from "node:worker_threads";
import type { Answer, Task } from "../../test/simulation/simulation-child.ts";

const CHILD = new URL("../../test/simulation/simulation-child.ts", import.meta.url);

type AnswerOf<Kind extends Answer["kind"]> = Extract<Answer, { readonly kind: Kind }>;

/** One thread, which has one task at a time; it listens as long as it lives. */
class Thread {
  readonly #worker = new Worker(CHILD);
  #isOver = false;
  #settle: ((answer: Answer | Error | null) => void) | null = null;

  constructor() {
    this.#worker.on("message", (answer: Answer) => this.#settle?.(answer));
    this.#worker.on("error", (error) =>
      this.#settle?.(error instanceof Error ? error : new Error(String(error))),
    );
    this.#worker.on("exit", () => {
      this.#isOver = true;
      this.#settle?.(null);
    });
  }

  /** Null when the thread was ended meanwhile. Rejects with what the history threw. */
  ask(task: Task): Promise<Answer | null> {
    if (this.#isOver) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#settle = (answer) => {
        this.#settle = null;
        if (answer instanceof Error)
          reject(new Error(`seed ${task.seed}: ${answer.message}`, { cause: answer }));
        else resolve(answer);
      };
      this.#worker.postMessage(task);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

export class Pool {
  readonly #threads: Thread[];

  constructor(threads: number) {
    this.#threads = Array.from({ length: threads }, () => new Thread());
  }

  /** Gives out what `next` has (null: nothing more) until all is answered; ends early, in silence, when the pool is closed. */
  async work<Kind extends Answer["kind"]>(
    kind: Kind,
    next: () => Task | null,
    done: (task: Task, answer: AnswerOf<Kind>) => void,
  ): Promise<void> {
    const serve = async (thread: Thread): Promise<void> => {
      for (let task = next(); task !== null; task = next()) {
        const answer = await thread.ask(task);
        if (answer === null) return;
        if (isOf(kind, answer)) done(task, answer);
      }
    };
    await Promise.all(this.#threads.map(serve));
  }

  /** Also in the middle of a history. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}

function isOf<Kind extends Answer["kind"]>(kind: Kind, answer: Answer): answer is AnswerOf<Kind> {
  return answer.kind === kind;
}
