/** Runs the journal's contract against every implementation: memory, files on the modelled disk, files on the real one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type Disk, DiskError, type DiskFile } from "../../src/journal/disk.ts";
import { openFileJournal, openJournalFolder } from "../../src/journal/file.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { MemoryDisk } from "../../src/journal/memory-disk.ts";
import { RealDisk } from "../../src/journal/real-disk.ts";
import { journalContract } from "./journal-contract.ts";

const root = mkdtempSync(join(tmpdir(), "journal-contract-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const nextFolder = () => join(root, String(++folders));

journalContract({
  name: "memory",
  make: (room) =>
    new MemoryJournal(
      room === undefined
        ? {}
        : { bytesMax: room.bytesMax - room.reserveBytes, reserveBytes: room.reserveBytes },
    ),
});

journalContract({
  name: "file on the modelled disk",
  make(room) {
    const disk = new MemoryDisk(room === undefined ? {} : { bytesMax: room.bytesMax });
    return openFileJournal({ disk, segmentBytesMax: 4096, reserveBytes: room?.reserveBytes ?? 1024 }).journal;
  },
});

journalContract({
  name: "file on the real disk",
  make(room) {
    if (room === undefined) return openJournalFolder(nextFolder(), { reserveBytes: 1024 }).journal;
    const disk = new SmallDisk(nextFolder(), room.bytesMax);
    return openFileJournal({ disk, segmentBytesMax: 4096, reserveBytes: room.reserveBytes }).journal;
  },
});

/** A real folder with a quota, since a test cannot fill the real disk. */
class SmallDisk extends RealDisk implements Disk {
  readonly #bytesMax: number;

  constructor(folder: string, bytesMax: number) {
    super(folder);
    this.#bytesMax = bytesMax;
  }

  override create(name: string): DiskFile {
    return this.#limited(super.create(name));
  }

  override open(name: string): DiskFile {
    return this.#limited(super.open(name));
  }

  #limited(file: DiskFile): DiskFile {
    const write = file.write.bind(file);
    file.write = (bytes, position) => {
      const growth = Math.max(0, position + bytes.length - file.size());
      if (this.#used() + growth > this.#bytesMax) throw new DiskError("full", "quota");
      write(bytes, position);
    };
    return file;
  }

  #used(): number {
    let used = 0;
    for (const name of this.list()) {
      const file = super.open(name);
      used += file.size();
      file.close();
    }
    return used;
  }
}
