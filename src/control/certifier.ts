/**
 * Makes certificates of parity from a running engine and has each recorded. A certificate is of the state after the journal's
 * last record, and is written only once that record survives a power cut: a chain never names a record that may still be lost.
 * Nothing here is on the path of an order.
 */
import type { Engine } from "../engine/engine.ts";
import { DiskError } from "../journal/disk.ts";
import type { FileJournal } from "../journal/file.ts";
import type { CertificateChain } from "./certificate-chain.ts";
import {
  type CertificateCause,
  type ParityReport,
  type ParityStatement,
  parityStatement,
} from "./parity-certificate.ts";

const SYNC_MAX_MS = 5_000;
const LOOK_MS = 5;

export interface CertifierParts {
  readonly engine: Pick<Engine, "state" | "running" | "writeAll">;
  readonly journal: Pick<FileJournal, "head" | "syncedSequence">;
  readonly chain: CertificateChain;
  readonly nowMs: () => number;
}

export class Certifier {
  readonly #parts: CertifierParts;
  /** One after the other, so that the chain names the journal's records in their order. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: CertifierParts) {
    this.#parts = parts;
  }

  /** Never rejects for the disk's sake: what could not be recorded is told with the reason. */
  issue(cause: CertificateCause): Promise<ParityReport> {
    const issued = this.#turn.then(() => this.#issue(cause));
    this.#turn = issued.catch(() => undefined);
    return issued;
  }

  async #issue(cause: CertificateCause): Promise<ParityReport> {
    const { engine, journal, chain, nowMs } = this.#parts;
    const isWritten = engine.writeAll();
    const { head } = journal;
    const atMs = nowMs();
    const certificate: ParityStatement = parityStatement(engine.state, {
      cause,
      atMs,
      engine: { running: engine.running, asOf: atMs, pid: process.pid },
      journal: head,
    });
    if (!isWritten) return { certificate, unrecorded: "the journal cannot be written now" };
    if (!(await this.#isDurable(head.sequence)))
      return { certificate, unrecorded: "the journal was not on disk in time" };
    try {
      return { certificate: chain.append(certificate), unrecorded: "" };
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      return { certificate, unrecorded: error.message };
    }
  }

  async #isDurable(sequence: number): Promise<boolean> {
    const { journal } = this.#parts;
    const endMs = performance.now() + SYNC_MAX_MS;
    while (journal.syncedSequence < sequence) {
      if (performance.now() > endMs) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return true;
  }
}
