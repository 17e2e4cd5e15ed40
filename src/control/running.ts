/** The facade on an engine in this process. */
import type { Configuration } from "../config.ts";
import { dataFolderPaths } from "../data-folder.ts";
import type { Engine } from "../engine/engine.ts";
import { keptRecords } from "../journal/kept.ts";
import type { StoreReader } from "../store/writer.ts";
import { capitalOf } from "./capital.ts";
import { closeOwned, pauseOrResume } from "./commands.ts";
import {
  type CommandReport,
  type Control,
  type ControlAnswers,
  ControlError,
  type ControlKind,
  type ControlRequest,
  type RequestOf,
  type StatusReport,
} from "./control.ts";
import { journalReport } from "./journal-report.ts";
import { closePreviewOf, parityOf, statusOf } from "./queries.ts";
import { factsOf } from "./settings-in-force.ts";
import { typicalOf } from "./typical-positions.ts";

export interface RunningParts {
  readonly engine: Engine;
  readonly configuration: Configuration;
  /** Without it nothing is said of which records are kept. */
  readonly dataDir?: string;
  readonly store?: StoreReader & { wake(): void; rebuild(): Promise<number>; readonly sequence: number };
}

export class RunningControl implements Control {
  readonly #parts: RunningParts;

  constructor(parts: RunningParts) {
    this.#parts = parts;
  }

  async ask<Kind extends ControlKind>(request: RequestOf<Kind>): Promise<ControlAnswers[Kind]> {
    // The answer's type follows from the request's kind, which a switch cannot show to the compiler.
    return (await this.#answer(request)) as ControlAnswers[Kind];
  }

  async close(): Promise<void> {}

  async #answer(request: ControlRequest): Promise<ControlAnswers[ControlKind]> {
    const { engine } = this.#parts;
    switch (request.kind) {
      case "status":
        return this.#status();
      case "parity":
        return parityOf(this.#status().followers);
      case "pause":
      case "resume":
        return written(pauseOrResume(engine, request.kind, request.follower));
      case "preview-close":
        return closePreviewOf(engine.state, request);
      case "close":
        return written(closeOwned(engine, request));
      case "capital": {
        const { store } = this.#parts;
        store?.wake();
        const typical = store === undefined ? [] : await typicalOf(store, request);
        return capitalOf(engine.state, request, typical);
      }
      case "journal": {
        const store = this.#store();
        store.wake();
        const report = await journalReport(store, request.filter);
        return { ...report, sequence: store.sequence, ...this.#kept() };
      }
      case "rebuild":
        return { sequence: await this.#store().rebuild(), ...this.#kept() };
    }
  }

  #status(): StatusReport {
    const { engine, configuration } = this.#parts;
    return statusOf(engine.state, {
      ...factsOf(configuration),
      engine: { running: engine.running, asOf: Date.now(), pid: process.pid },
      problems: [],
    });
  }

  #kept() {
    const { dataDir } = this.#parts;
    const kept = dataDir === undefined ? null : keptRecords(dataFolderPaths(dataDir).journal);
    return kept === null ? {} : { kept };
  }

  #store() {
    const { store } = this.#parts;
    if (store === undefined) throw new ControlError("failure", "this process keeps no database");
    return store;
  }
}

/** The engine writes at the next turn of the event loop at the latest. */
async function written(report: Omit<CommandReport, "running" | "atMs">): Promise<CommandReport> {
  await new Promise((resolve) => setTimeout(resolve, 2));
  return { ...report, atMs: Date.now(), running: true };
}
