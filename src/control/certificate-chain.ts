/**
 * The certificates of parity in files of their own beside the journal: one JSON document for each line, each with the hash of the
 * one before and of the journal's record that it is about. They are no part of the journal, which holds what the core decides by
 * and nothing else; a line that a death tore is cut by whoever writes next. The oldest files go when there are too many.
 */
import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import type { Disk, DiskFile } from "../journal/disk.ts";
import { viewJournalFolder } from "../journal/file.ts";
import { RealDisk } from "../journal/real-disk.ts";
import { recordHashes } from "../journal/record-hashes.ts";
import { wrongInCertificate } from "./certificate-form.ts";
import { ControlError } from "./control.ts";
import type { ParityCertificate, ParityStatement } from "./parity-certificate.ts";

const FILE_BYTES_MAX = 8 * 1024 * 1024;
const FILES_MAX = 8;
const NAME = /^\d{16}\.certificates$/;

export interface VerifiedChain {
  readonly certificates: number;
  /** Numbers of the oldest and the newest one kept; 0 for none. */
  readonly first: number;
  readonly last: number;
  /** How many were compared with their record of the journal; those whose records were removed are not. */
  readonly anchored: number;
  /** The journal behind the newest one's record. A start that became ready made one: those counted here left none. */
  readonly since: { readonly records: number; readonly starts: number };
}

/** The only writer; it holds the data folder. */
export class CertificateChain {
  readonly #disk: Disk;
  readonly #fileBytesMax: number;
  readonly #filesMax: number;
  #newest: ParityCertificate | null;
  /** Where the last file ends; null before it was looked at. */
  #end: number | null = null;

  constructor(disk: Disk, limits: { readonly fileBytesMax?: number; readonly filesMax?: number } = {}) {
    this.#disk = disk;
    this.#fileBytesMax = limits.fileBytesMax ?? FILE_BYTES_MAX;
    this.#filesMax = limits.filesMax ?? FILES_MAX;
    this.#newest = newestTwo(disk).at(-1) ?? null;
  }

  /** Durable when it returns. Throws a DiskError, and has written nothing that counts then. */
  append(statement: ParityStatement): ParityCertificate {
    const before = this.#newest;
    const number = (before?.number ?? 0) + 1;
    const certificate = sealed({ ...statement, number, previous: before?.hash ?? "" });
    const line = Buffer.from(`${JSON.stringify(certificate)}\n`);
    const names = fileNames(this.#disk);
    const last = names.at(-1);
    if (last === undefined || !this.#appendTo(last, line)) this.#begin(number, line);
    this.#newest = certificate;
    for (const name of fileNames(this.#disk).slice(0, -this.#filesMax)) this.#disk.remove(name);
    return certificate;
  }

  /** False where the file is full. */
  #appendTo(name: string, line: Buffer): boolean {
    return withFile(this.#disk, name, (file) => {
      const end = this.#end ?? wholeLines(file).length;
      this.#end = end;
      if (end + line.length > this.#fileBytesMax && end > 0) return false;
      if (file.size() > end) file.truncate(end);
      file.write(line, end);
      file.syncNow();
      this.#end = end + line.length;
      return true;
    });
  }

  #begin(number: number, line: Buffer): void {
    const file = this.#disk.create(`${String(number).padStart(16, "0")}.certificates`);
    try {
      file.write(line, 0);
      file.syncNow();
    } finally {
      file.close();
    }
    this.#disk.syncFolderNow();
    this.#end = line.length;
  }
}

/**
 * The newest certificate of a folder, held against the one before it and its record of the journal as `verifyCertificates` does;
 * null where there is none. Reads only; throws as that does.
 */
export function newestCertificate(folder: string, journalFolder: string): ParityCertificate | null {
  if (!existsSync(folder)) return null;
  const newest = newestTwo(new RealDisk(folder, "read"));
  assertChain(newest);
  assertAnchored(newest.slice(-1), journalFolder);
  return newest.at(-1) ?? null;
}

/** Every certificate that is kept, oldest first. Reads only; throws a ControlError where a line is none. */
export function* readCertificates(folder: string): Iterable<ParityCertificate> {
  if (existsSync(folder)) yield* readAll(new RealDisk(folder, "read"));
}

/**
 * Every certificate against its own hash, the one before it, and the journal's record that it names, where that is kept. Throws a
 * ControlError that names the first one that is wrong, and a JournalError where the journal itself is damaged before it. That the
 * newest ones were taken out cannot be seen: `since` tells how far the journal goes on behind what is left.
 */
export function verifyCertificates(folder: string, journalFolder: string): VerifiedChain {
  const certificates = [...readCertificates(folder)];
  assertChain(certificates);
  const anchored = assertAnchored(certificates, journalFolder);
  const newest = certificates.at(-1);
  return {
    certificates: certificates.length,
    first: certificates[0]?.number ?? 0,
    last: newest?.number ?? 0,
    anchored,
    since: journalBehind(journalFolder, newest?.journal?.sequence ?? 0),
  };
}

function assertChain(certificates: readonly ParityCertificate[]): void {
  for (const [index, certificate] of certificates.entries())
    assertFollows(certificates[index - 1] ?? null, certificate);
}

/** How many were compared with their record. */
function assertAnchored(certificates: readonly ParityCertificate[], journalFolder: string): number {
  const sequences = certificates.flatMap(({ journal }) => (journal === null ? [] : [journal.sequence]));
  const { from, hashes } = recordHashes(journalFolder, new Set(sequences));
  let anchored = 0;
  for (const { number, journal } of certificates) {
    if (journal === null || journal.sequence < from) continue;
    if (hashes.get(journal.sequence) !== journal.hash) {
      const found = hashes.has(journal.sequence) ? "is another one in the journal" : "is not in the journal";
      throw broken(number, `record ${journal.sequence}, which it names, ${found}`);
    }
    anchored += 1;
  }
  return anchored;
}

function journalBehind(journalFolder: string, sequence: number): VerifiedChain["since"] {
  let [records, starts] = [0, 0];
  for (const { type, payload } of viewJournalFolder(journalFolder).read(sequence + 1)) {
    records += 1;
    if (type === "event" && payload.startsWith('{"kind":"engine-started"')) starts += 1;
  }
  return { records, starts };
}

function assertFollows(before: ParityCertificate | null, certificate: ParityCertificate): void {
  const { hash: stated, ...rest } = certificate;
  if (sealed(rest).hash !== stated) throw broken(certificate.number, "it was changed after it was made");
  if (before === null) {
    if (certificate.number === 1 && certificate.previous !== "")
      throw broken(1, "it names one before the first");
    return;
  }
  if (certificate.number !== before.number + 1)
    throw broken(certificate.number, `it stands after certificate ${before.number}`);
  if (certificate.previous !== before.hash)
    throw broken(certificate.number, `it does not follow from certificate ${before.number}`);
  if ((certificate.journal?.sequence ?? 0) < (before.journal?.sequence ?? 0))
    throw broken(certificate.number, "its record of the journal lies before that of the one before");
}

function broken(number: number, why: string): ControlError {
  return new ControlError("failure", `certificate ${number} does not hold: ${why}`);
}

function sealed(certificate: Omit<ParityCertificate, "hash">): ParityCertificate {
  return { ...certificate, hash: hash("sha256", JSON.stringify(certificate), "hex") };
}

/** Oldest first; fewer where there are fewer. */
function newestTwo(disk: Disk): readonly ParityCertificate[] {
  let newest: readonly ParityCertificate[] = [];
  for (const name of fileNames(disk).reverse()) {
    newest = [...certificatesIn(disk, name), ...newest].slice(-2);
    if (newest.length === 2) break;
  }
  return newest;
}

function* readAll(disk: Disk): Iterable<ParityCertificate> {
  for (const name of fileNames(disk)) yield* certificatesIn(disk, name);
}

function certificatesIn(disk: Disk, name: string): readonly ParityCertificate[] {
  return withFile(disk, name, (file) => {
    const lines = wholeLines(file).toString("utf8").split("\n").slice(0, -1);
    return lines.map((line, index) => certificateOf(line, `line ${index + 1} of ${name}`));
  });
}

function certificateOf(line: string, place: string): ParityCertificate {
  const value = parsed(line, place);
  if (typeof value === "object" && value !== null && "version" in value && value.version !== 1)
    throw new ControlError(
      "failure",
      `${place} is a certificate of a version that this program does not know`,
    );
  const wrong = wrongInCertificate(value);
  if (wrong !== null) throw new ControlError("failure", `${place} is no certificate: ${wrong}`);
  return value as ParityCertificate;
}

function parsed(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new ControlError("failure", `${place} is no certificate: it is no JSON`, { cause: error });
  }
}

/** Up to the last line's end. */
function wholeLines(file: DiskFile): Buffer {
  const bytes = Buffer.alloc(file.size());
  file.read(bytes, 0);
  return bytes.subarray(0, bytes.lastIndexOf("\n") + 1);
}

function fileNames(disk: Disk): string[] {
  return disk
    .list()
    .filter((name) => NAME.test(name))
    .sort();
}

function withFile<Value>(disk: Disk, name: string, use: (file: DiskFile) => Value): Value {
  const file = disk.open(name);
  try {
    return use(file);
  } finally {
    file.close();
  }
}
