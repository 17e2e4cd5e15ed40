/**
 * What a button carries: a command with its arguments. Telegram takes 64 bytes; what is longer is kept here under a short id, and forgotten
 * with a restart or when there are too many, which the one who presses is told.
 */
import { randomBytes } from "node:crypto";

const DATA_BYTES_MAX = 64;
const KEPT_MAX = 2_000;
const KEPT_MARK = "~";

export interface Pressed {
  readonly command: string;
  readonly args: readonly string[];
}

export class Presses {
  readonly #kept = new Map<string, string>();

  data(command: string, ...args: readonly string[]): string {
    const text = [command, ...args.map(encodeURIComponent)].join(" ");
    if (Buffer.byteLength(text) <= DATA_BYTES_MAX && !text.startsWith(KEPT_MARK)) return text;
    const id = `${KEPT_MARK}${randomBytes(9).toString("base64url")}`;
    this.#kept.set(id, text);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    return id;
  }

  /** Null for what this program did not make, or does not know any more. */
  read(data: string): Pressed | null {
    const text = data.startsWith(KEPT_MARK) ? this.#kept.get(data) : data;
    if (text === undefined) return null;
    const [command = "", ...args] = text.split(" ");
    try {
      return { command, args: args.map(decodeURIComponent) };
    } catch {
      return null;
    }
  }
}
