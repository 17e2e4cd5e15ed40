/**
 * Remembers in the data folder when stream connections were begun, as the venue goes on counting them when this process is gone:
 * an engine that is started again and again keeps within the venue's ceiling for new connections. A line for each is written
 * before the connection begins; the kernel keeps it when the process is killed. What cannot be read or written counts as
 * none, and is told: a full disk is no reason not to connect.
 */
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import type { ConnectionMemory } from "../exchange/bybit/connection-ramp.ts";

/** Longer than any venue's window. */
const KEPT_MS = 15 * 60_000;
/** The file is written anew with what still counts after so many lines. */
const LINES_MAX = 5_000;

interface Begun {
  readonly host: string;
  readonly atMs: number;
}

export interface ConnectionStartsParts {
  readonly file: string;
  readonly nowMs: () => number;
  readonly onProblem: (cause: string) => void;
}

export class ConnectionStarts implements ConnectionMemory {
  readonly #parts: ConnectionStartsParts;
  #begun: Begun[];
  #descriptor: number | null = null;
  #lines = 0;
  #isTold = false;

  constructor(parts: ConnectionStartsParts) {
    this.#parts = parts;
    this.#begun = this.#attempt(() => readBegun(parts.file)) ?? [];
    this.#rewrite();
  }

  /** Those of earlier processes; a clock that was set back since makes none younger than now. */
  earlier(host: string): readonly number[] {
    const nowMs = this.#parts.nowMs();
    const times = this.#begun.filter((one) => one.host === host).map(({ atMs }) => Math.min(atMs, nowMs));
    return times.sort((one, other) => one - other);
  }

  begun(host: string, atMs: number): void {
    this.#begun.push({ host, atMs });
    this.#lines += 1;
    if (this.#lines > LINES_MAX) this.#rewrite();
    else if (this.#descriptor !== null) {
      const descriptor = this.#descriptor;
      this.#attempt(() => writeSync(descriptor, lineOf({ host, atMs })));
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  /** Leaves out what no venue counts any more. */
  #rewrite(): void {
    const sinceMs = this.#parts.nowMs() - KEPT_MS;
    this.#begun = this.#begun.filter(({ atMs }) => atMs > sinceMs);
    this.#lines = this.#begun.length;
    this.close();
    this.#descriptor = this.#attempt(() => {
      const { file } = this.#parts;
      writeFileSync(`${file}.new`, this.#begun.map(lineOf).join(""), { mode: 0o600 });
      renameSync(`${file}.new`, file);
      return openSync(file, "a", 0o600);
    });
  }

  #attempt<Value>(action: () => Value): Value | null {
    try {
      return action();
    } catch (error) {
      if (!this.#isTold) this.#parts.onProblem(error instanceof Error ? error.message : String(error));
      this.#isTold = true;
      return null;
    }
  }
}

function lineOf({ host, atMs }: Begun): string {
  return `${atMs} ${host}\n`;
}

/** A torn or damaged line is left out. */
function readBegun(file: string): Begun[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").matchAll(/^(\d{13}) (\S{1,255})\n/gm);
  return [...lines].map(([, atMs = "", host = ""]) => ({ host, atMs: Number(atMs) }));
}
