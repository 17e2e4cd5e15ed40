/**
 * One topic as those see it who see the same: its document as it was told last, and the last messages, so that who was away for a
 * moment gets what he missed. A message is written out once, however many read it.
 */
import type { StreamTopic } from "../contract/stream.ts";
import { changesBetween } from "./diff.ts";

/** Messages that are kept, and their characters in all: some minutes. */
const KEPT_MAX = 256;
const KEPT_CHARACTERS_MAX = 2 * 1024 * 1024;

interface Kept {
  readonly sequence: number;
  readonly text: string;
}

export class Channel {
  readonly topic: StreamTopic;
  #sequence: number;
  #document: unknown;
  #atMs = 0;
  #isKnown = false;
  #snapshot: string | null = null;
  readonly #kept: Kept[] = [];
  #keptCharacters = 0;

  /** `base`: above every sequence that this topic ever told under the same id. */
  constructor(topic: StreamTopic, base: number) {
    this.topic = topic;
    this.#sequence = base;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Whether there is a document yet. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** When the document was had. */
  get atMs(): number {
    return this.#atMs;
  }

  /** A later document; answers the message that tells of it, null where nothing changed. */
  offer(document: unknown, atMs: number): string | null {
    this.#atMs = atMs;
    this.#snapshot = null;
    if (!this.#isKnown) {
      this.#isKnown = true;
      this.#document = document;
      return null;
    }
    const changes = changesBetween(this.#document, document);
    this.#document = document;
    if (changes.length === 0) return null;
    this.#sequence += 1;
    const text = JSON.stringify({ topic: this.topic, sequence: this.#sequence, at: atMs, changes });
    this.#keep({ sequence: this.#sequence, text });
    return text;
  }

  /** Of what there is now; only where it is known. */
  snapshot(): string {
    this.#snapshot ??= JSON.stringify({
      topic: this.topic,
      sequence: this.#sequence,
      at: this.#atMs,
      snapshot: this.#document,
    });
    return this.#snapshot;
  }

  /** Every message after this one, oldest first; null where not all of them are kept. */
  since(sequence: number): readonly string[] | null {
    if (!this.#isKnown || sequence > this.#sequence) return null;
    if (sequence === this.#sequence) return [];
    const [oldest] = this.#kept;
    if (oldest === undefined || sequence < oldest.sequence - 1) return null;
    return this.#kept.slice(sequence + 1 - oldest.sequence).map(({ text }) => text);
  }

  #keep(message: Kept): void {
    this.#kept.push(message);
    this.#keptCharacters += message.text.length;
    while (this.#kept.length > KEPT_MAX || this.#keptCharacters > KEPT_CHARACTERS_MAX) {
      this.#keptCharacters -= this.#kept.shift()?.text.length ?? 0;
    }
  }
}
