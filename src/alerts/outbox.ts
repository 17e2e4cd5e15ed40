/**
 * The outbox on the disk: append-only files of JSON lines in a folder of their own. An alert is accepted once its line is with
 * the kernel, and from then on survives the death of the process; what became of it is a further line, so that after a kill
 * at any moment it is delivered again rather than lost. The oldest file is removed when there are enough; what still waits in
 * it is written again first. A disk that takes nothing loses no alert while the process lives: it is delivered all the same.
 */
import { type Disk, DiskError, type DiskFile } from "../journal/disk.ts";
import type { Alert } from "./alert.ts";
import type { CollectedChannel } from "./channel.ts";
import {
  type Ending,
  type OutboxEntry,
  type OutboxRecord,
  OutboxView,
  recordText,
} from "./outbox-records.ts";
import type { Mute } from "./rules.ts";

export interface OutboxOptions {
  /** A file that reaches this is followed by a new one. */
  readonly fileBytesMax: number;
  readonly filesMax: number;
  /** Lines that the disk does not take wait up to so many; then the oldest are let go. */
  readonly unwrittenMax: number;
}

export interface Accepted {
  readonly alert: Alert;
  readonly channels: readonly string[];
  readonly held?: readonly string[];
  /** Ids of those that it sums up. */
  readonly sums?: readonly string[];
}

export const OUTBOX_DEFAULTS: OutboxOptions = { fileBytesMax: 1024 * 1024, filesMax: 4, unwrittenMax: 2_000 };

const FILE_NAME = /^alerts-(\d{8})\.jsonl$/;

export class Outbox {
  readonly view: OutboxView;
  readonly #disk: Disk;
  readonly #options: OutboxOptions;
  readonly #onProblem: (cause: string) => void;
  /** Which file holds an alert's line, oldest file first; of alerts that wait. */
  readonly #fileOf = new Map<string, string>();
  #names: string[];
  #name: string;
  /** Null until the first write, and while none can be made. */
  #file: DiskFile | null = null;
  #size = 0;
  #unwritten: string[] = [];
  #isFailing = false;
  #isSyncing = false;

  /** Throws a DiskError when the folder cannot be read. */
  constructor(disk: Disk, onProblem: (cause: string) => void, options: OutboxOptions = OUTBOX_DEFAULTS) {
    this.#disk = disk;
    this.#options = options;
    this.#onProblem = onProblem;
    this.#names = outboxFiles(disk);
    this.view = new OutboxView();
    for (const name of this.#names) {
      this.view.takeText(readText(disk, name));
      for (const [id, entry] of this.view.entries) {
        if (isOpen(entry) && !this.#fileOf.has(id)) this.#fileOf.set(id, name);
      }
    }
    for (const id of [...this.#fileOf.keys()]) this.#forgetDone(id);
    this.#name = this.#names.at(-1) ?? nextName(undefined);
  }

  markRun(run: "started" | "stopped", atMs: number): void {
    this.#append([{ type: "run", run, atMs }]);
  }

  /** Those that wait or are held somewhere, oldest file first. */
  open(): readonly OutboxEntry[] {
    return [...this.#fileOf.keys()].flatMap((id) => this.view.entries.get(id) ?? []);
  }

  /** All in one write. */
  accept(accepted: readonly Accepted[]): void {
    for (const { alert } of accepted) this.#fileOf.set(alert.id, this.#name);
    this.#append(accepted.map((item) => ({ type: "alert", ...item })));
    for (const id of accepted.flatMap(({ sums = [] }) => sums)) this.#forgetDone(id);
  }

  acknowledge(ids: readonly string[], atMs: number, by: string): void {
    this.#append([{ type: "acknowledged", ids, atMs, by }]);
  }

  mute(mute: Mute): void {
    this.#append([{ type: "mute", mute }]);
  }

  collect(channel: CollectedChannel, wants: boolean): void {
    this.#append([{ type: "collector", channel, wants }]);
  }

  end(id: string, channel: string, atMs: number, ending: Ending): void {
    this.#append([{ type: "ended", id, channel, atMs, ending }]);
  }

  close(): void {
    this.#write();
    this.#file?.close();
  }

  #append(records: readonly OutboxRecord[]): void {
    for (const record of records) {
      this.view.take(record);
      if (record.type === "ended") this.#forgetDone(record.id);
      this.#unwritten.push(recordText(record));
    }
    this.#write();
    if (this.#size >= this.#options.fileBytesMax) this.#attempt(() => this.#rotate());
  }

  #forgetDone(id: string): void {
    if (!isOpen(this.view.entries.get(id))) this.#fileOf.delete(id);
  }

  #write(): void {
    if (this.#unwritten.length === 0) return;
    const bytes = Buffer.from(this.#unwritten.join(""));
    // What a failed write left behind is overwritten: the position moves only when all of it is there.
    if (!this.#attempt(() => this.#openFile().write(bytes, this.#size))) {
      this.#unwritten = this.#unwritten.slice(-this.#options.unwrittenMax);
      return;
    }
    this.#size += bytes.length;
    this.#unwritten = [];
    this.#sync();
  }

  /** The newest file goes on where its last whole line ends. */
  #openFile(): DiskFile {
    if (this.#file !== null) return this.#file;
    if (!this.#names.includes(this.#name)) {
      this.#file = this.#disk.create(this.#name);
      this.#names.push(this.#name);
      return this.#file;
    }
    this.#size = Buffer.byteLength(wholeLines(readText(this.#disk, this.#name)));
    this.#file = this.#disk.open(this.#name);
    this.#file.truncate(this.#size);
    return this.#file;
  }

  #rotate(): void {
    const name = nextName(this.#name);
    const file = this.#disk.create(name);
    this.#file?.close();
    this.#file = file;
    this.#name = name;
    this.#names.push(name);
    this.#size = 0;
    this.#removeOldest();
  }

  /** What still waits is in a newer file before the old one goes. */
  #removeOldest(): void {
    while (this.#names.length > this.#options.filesMax) {
      const [oldest = ""] = this.#names;
      const carried: string[] = [];
      let bytes = 0;
      for (const [id, name] of this.#fileOf) {
        const entry = this.view.entries.get(id);
        if (name !== oldest || entry === undefined) continue;
        const lines = linesOf(entry);
        carried.push(...lines);
        bytes += lines.reduce((sum, line) => sum + line.length, 0);
      }
      // Nearly all of it still waits: carrying it over and over would cost more than its room.
      if (bytes > this.#options.fileBytesMax / 2 && this.#names.length < this.#options.filesMax * 16) return;
      for (const [id, name] of this.#fileOf) if (name === oldest) this.#fileOf.set(id, this.#name);
      this.#unwritten.push(...this.#standing(), ...carried);
      this.#write();
      if (this.#unwritten.length > 0) return;
      this.#disk.remove(oldest);
      this.#names = this.#names.slice(1);
      this.#forgetOld();
    }
  }

  /** What holds whatever becomes of single alerts. */
  #standing(): readonly string[] {
    const { lastRun, mutes, collectors } = this.view;
    const records: readonly OutboxRecord[] = [
      ...(lastRun === null ? [] : [{ type: "run", run: lastRun, atMs: 0 } as const]),
      ...[...mutes.values()].map((mute) => ({ type: "mute", mute }) as const),
      ...[...collectors].map((channel) => ({ type: "collector", channel, wants: true }) as const),
    ];
    return records.map(recordText);
  }

  /** The view holds about as much as the files do. */
  #forgetOld(): void {
    let spare = this.view.entries.size - ENTRIES_MAX;
    for (const [id, entry] of this.view.entries) {
      if (spare <= 0) return;
      if (isOpen(entry)) continue;
      this.view.entries.delete(id);
      this.view.escalations.delete(id);
      spare -= 1;
    }
  }

  /** Against a power cut, behind the back of whoever waits; a failure only shortens that promise. */
  #sync(): void {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    this.#file?.sync(() => {
      this.#isSyncing = false;
    });
  }

  #attempt(action: () => void): boolean {
    try {
      action();
      this.#isFailing = false;
      return true;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      if (!this.#isFailing) this.#onProblem(error.message);
      this.#isFailing = true;
      return false;
    }
  }
}

/** Alerts that are kept in memory beside those that wait. */
const ENTRIES_MAX = 2_000;

/** What the files of a folder say; for whoever only looks, also while another process writes. */
export function viewOutbox(disk: Disk): OutboxView {
  const view = new OutboxView();
  for (const name of outboxFiles(disk)) {
    try {
      view.takeText(readText(disk, name));
    } catch (error) {
      // It was the oldest and is removed meanwhile; what waited in it is in a newer one.
      if (!(error instanceof DiskError) || disk.list().includes(name)) throw error;
    }
  }
  return view;
}

function outboxFiles(disk: Disk): string[] {
  return disk
    .list()
    .filter((name) => FILE_NAME.test(name))
    .sort();
}

function nextName(name: string | undefined): string {
  const last = name === undefined ? 0 : Number(FILE_NAME.exec(name)?.[1]);
  return `alerts-${String(last + 1).padStart(8, "0")}.jsonl`;
}

function readText(disk: Disk, name: string): string {
  const file = disk.open(name);
  try {
    const bytes = Buffer.alloc(file.size());
    return bytes.toString("utf8", 0, file.read(bytes, 0));
  } finally {
    file.close();
  }
}

/** Without the torn end of a write that was cut off. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

function isOpen(entry: OutboxEntry | undefined): boolean {
  return (
    entry !== undefined && [...entry.channels.values()].some((fate) => fate === null || fate.kind === "held")
  );
}

function linesOf({ alert, channels, acknowledged }: OutboxEntry): string[] {
  const named = (isMeant: (kind: string | undefined) => boolean) =>
    [...channels].filter(([, fate]) => isMeant(fate?.kind)).map(([name]) => name);
  const { id } = alert;
  const waiting = named((kind) => kind === undefined);
  return [
    recordText({ type: "alert", alert, channels: waiting, held: named((kind) => kind === "held") }),
    ...(acknowledged === null ? [] : [recordText({ type: "acknowledged", ids: [id], ...acknowledged })]),
  ];
}
