/**
 * Certificates that somebody else wrote, each hashed well and following from the one before: every line is sound or refused by its
 * place and what is wrong with it, and what is taken can be shown.
 */
import { hash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it, test } from "vitest";
import {
  newestCertificate,
  readCertificates,
  verifyCertificates,
} from "../../src/control/certificate-chain.ts";
import { ControlError } from "../../src/control/control.ts";
import { parityStatement } from "../../src/control/parity-certificate.ts";
import { openJournalFolder } from "../../src/journal/file.ts";
import { playInto } from "../journal-fixture.ts";
import { damaged, jsonText, runs } from "./hostile.ts";

const folder = mkdtempSync(join(tmpdir(), "certificate-fuzz-"));
const [parity, journalFolder] = [join(folder, "parity"), join(folder, "journal")];
afterAll(() => rmSync(folder, { recursive: true }));

const sample = playedStatement();

function playedStatement(): object {
  const { journal } = openJournalFolder(journalFolder, { reserveBytes: 0 });
  const { state } = playInto(journal, [
    { kind: "trade", symbol: 0, side: "buy", quantity: 10 },
    { kind: "settle" },
  ]);
  const facts = { cause: "asked" as const, atMs: state.nowMs, journal: journal.head };
  journal.close();
  return parityStatement(state, { ...facts, engine: { running: true, asOf: state.nowMs } });
}

/** With the hash that belongs to it, as somebody who knows how would write it. */
function hashed(statement: object, number: number, previous: string): string {
  const { hash: _, ...rest } = { hash: "", number, previous, ...statement };
  return jsonText({ ...rest, hash: hash("sha256", jsonText(rest), "hex") });
}

it("a line, however well it is hashed", () => {
  fc.assert(
    fc.property(damaged([sample]), fc.boolean(), (value, second) => {
      const first = hashed(sample, 1, "");
      const number = second ? 2 : 1;
      const previous = second ? String(JSON.parse(first).hash) : "";
      const line =
        typeof value === "object" && value !== null ? hashed(value, number, previous) : jsonText(value);
      write(`${second ? `${first}\n` : ""}${line}\n`);
      refusedByPlace(() => verifyCertificates(parity, journalFolder));
      refusedByPlace(() => newestCertificate(parity, journalFolder));
      refusedByPlace(() => {
        for (const { atMs, followers } of readCertificates(parity)) {
          expect(new Date(atMs).toISOString()).not.toBe("");
          for (const { rows } of followers)
            for (const { steps } of rows) expect(steps.toFixed(0)).not.toBe("");
        }
      });
    }),
    runs(150),
  );
});

test.each([
  ["[]", "it must be an object"],
  ["null", "it must be an object"],
  ["1", "it must be an object"],
  ["{}", "version must be 1"],
  ['{"version":1,"__proto__":{"cause":"asked"}}', "cause must be one of start, reconnect, asked"],
  ["[".repeat(100_000), "it is no JSON"],
])("%s is none", (line, wrong) => {
  write(`${line}\n`);
  expect(() => verifyCertificates(parity, journalFolder)).toThrow(
    `line 1 of 0000000000000001.certificates is no certificate: ${wrong}`,
  );
});

function write(text: string): void {
  mkdirSync(parity, { recursive: true });
  writeFileSync(join(parity, "0000000000000001.certificates"), text);
}

function refusedByPlace(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    expect(error.message).toMatch(/^(line \d+ of |certificate \d+ does not hold: )/);
  }
}
