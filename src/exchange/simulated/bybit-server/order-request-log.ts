/**
 * Every order request that ever arrived for one account, with what became of it: the evidence that tests and checkers
 * read. Entries are packed into blocks of bytes, out of the garbage collector's sight, and parsed only when somebody asks.
 * Bounded; what was let go is counted.
 */
import { isRecord } from "./parameters.ts";

const ACTIONS = ["create", "amend", "cancel"] as const;
const WAYS = ["rest", "ws"] as const;
const OUTCOMES = ["accepted", "rejected", "lost"] as const;

export type OrderAction = (typeof ACTIONS)[number];
type Way = (typeof WAYS)[number];
type RequestOutcome = (typeof OUTCOMES)[number];

export interface OrderRequestEntry {
  readonly action: OrderAction;
  readonly via: Way;
  readonly arrivedAt: number;
  /** JSON text that holds the body: the REST body, or the whole frame of order entry. */
  readonly source: string;
  /** Place within a batch; -1 outside of one. */
  readonly member: number;
  readonly outcome: RequestOutcome;
  readonly retCode: number;
  readonly orderId: string;
}

export interface OrderRequestRow {
  readonly action: OrderAction;
  readonly via: Way;
  readonly arrivedAt: number;
  readonly body: unknown;
  readonly outcome: RequestOutcome;
  readonly retCode: number;
  readonly orderId: string;
}

/** At least so many of the newest are kept, unless their texts are long. */
const ENTRIES_KEPT = 250_000;
const BYTES_MAX = 128 * 1024 * 1024;
const FIRST_BLOCK_BYTES = 4 * 1024;
const BLOCK_BYTES_MAX = 256 * 1024;
/** UTF-8 of one character of a JavaScript string. */
const CHARACTER_BYTES_MAX = 3;

/** Where the fields of an entry lie; its order id and its source follow. */
const AT = {
  arrivedAt: 0,
  retCode: 8,
  source: 12,
  member: 16,
  action: 18,
  via: 19,
  outcome: 20,
  orderId: 21,
  texts: 22,
} as const;
/** In place of a source's length: the source is that of the entry before, as among the members of a batch. */
const SAME_SOURCE = 0xffffffff;

interface Block {
  readonly bytes: Buffer;
  used: number;
  entries: number;
}

export class OrderRequestLog {
  #blocks: Block[] = [];
  #entries = 0;
  #bytes = 0;
  #dropped = 0;
  /** The source of the newest entry if it is a batch's; undefined at the beginning of a block. */
  #batchSource: string | undefined;

  add(entry: OrderRequestEntry): void {
    const { source, orderId } = entry;
    const most = AT.texts + (source.length + orderId.length) * CHARACTER_BYTES_MAX;
    const block = this.#blockFor(most);
    const { bytes, used: at } = block;
    const idBytes = bytes.write(orderId, at + AT.texts);
    const sourceAt = at + AT.texts + idBytes;
    const same = entry.member >= 0 && source === this.#batchSource;
    const sourceBytes = same ? 0 : bytes.write(source, sourceAt);
    bytes.writeDoubleLE(entry.arrivedAt, at + AT.arrivedAt);
    bytes.writeInt32LE(entry.retCode, at + AT.retCode);
    bytes.writeUInt32LE(same ? SAME_SOURCE : sourceBytes, at + AT.source);
    bytes.writeInt16LE(entry.member, at + AT.member);
    bytes[at + AT.action] = ACTIONS.indexOf(entry.action);
    bytes[at + AT.via] = WAYS.indexOf(entry.via);
    bytes[at + AT.outcome] = OUTCOMES.indexOf(entry.outcome);
    bytes[at + AT.orderId] = idBytes;
    block.used = sourceAt + sourceBytes;
    block.entries += 1;
    this.#entries += 1;
    this.#batchSource = entry.member >= 0 ? source : undefined;
  }

  /** How many of the oldest are no longer kept. */
  get dropped(): number {
    return this.#dropped;
  }

  rows(): readonly OrderRequestRow[] {
    return this.#blocks.flatMap(rowsOf);
  }

  /** The newest block if `bytes` more fit into it, else a new one; blocks begin small and grow with their number. */
  #blockFor(bytes: number): Block {
    const newest = this.#blocks.at(-1);
    if (newest !== undefined && newest.used + bytes <= newest.bytes.length) return newest;
    const usual = Math.min(BLOCK_BYTES_MAX, FIRST_BLOCK_BYTES * 2 ** Math.min(this.#blocks.length, 10));
    const made = { bytes: Buffer.allocUnsafeSlow(Math.max(usual, bytes)), used: 0, entries: 0 };
    this.#bytes += made.bytes.length;
    this.#dropOldest();
    this.#blocks.push(made);
    this.#batchSource = undefined;
    return made;
  }

  #dropOldest(): void {
    for (let oldest = this.#blocks[0]; oldest !== undefined; oldest = this.#blocks[0]) {
      if (this.#entries - oldest.entries < ENTRIES_KEPT && this.#bytes <= BYTES_MAX) return;
      this.#blocks.shift();
      this.#entries -= oldest.entries;
      this.#bytes -= oldest.bytes.length;
      this.#dropped += oldest.entries;
    }
  }
}

function rowsOf(block: Block): OrderRequestRow[] {
  const { bytes } = block;
  const rows: OrderRequestRow[] = [];
  let source = "";
  for (let at = 0; at < block.used; ) {
    const sourceAt = at + AT.texts + bytes.readUInt8(at + AT.orderId);
    const length = bytes.readUInt32LE(at + AT.source);
    const end = length === SAME_SOURCE ? sourceAt : sourceAt + length;
    if (length !== SAME_SOURCE) source = bytes.toString("utf8", sourceAt, end);
    const via = worded(WAYS, bytes.readUInt8(at + AT.via));
    rows.push({
      action: worded(ACTIONS, bytes.readUInt8(at + AT.action)),
      via,
      arrivedAt: bytes.readDoubleLE(at + AT.arrivedAt),
      body: bodyOf(source, via, bytes.readInt16LE(at + AT.member)),
      outcome: worded(OUTCOMES, bytes.readUInt8(at + AT.outcome)),
      retCode: bytes.readInt32LE(at + AT.retCode),
      orderId: bytes.toString("utf8", at + AT.texts, sourceAt),
    });
    at = end;
  }
  return rows;
}

function worded<Word>(words: readonly Word[], index: number): Word {
  const word = words[index];
  if (word === undefined) throw new Error(`an order request was packed with word ${index}`);
  return word;
}

/** The body of one order; a batch member gets the category of its batch. */
function bodyOf(source: string, via: Way, memberIndex: number): unknown {
  const whole = parsed(source);
  const frame = via === "ws" && isRecord(whole) ? whole.args : undefined;
  const body = Array.isArray(frame) ? frame[0] : whole;
  if (memberIndex < 0 || !isRecord(body)) return body;
  const members = body.request;
  const member: unknown = Array.isArray(members) ? members[memberIndex] : undefined;
  return isRecord(member) ? { category: body.category, ...member } : member;
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    // A request that is no JSON was refused; what came in is still shown.
    if (error instanceof SyntaxError) return source;
    throw error;
  }
}
