/** Certificates of parity: what they say of a state, and that their chain holds against itself and the journal, or says why not. */
import { hash } from "node:crypto";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Move, playInto, settings } from "../../test/journal-fixture.ts";
import type { State } from "../core/state.ts";
import { type FileJournal, openJournalFolder } from "../journal/file.ts";
import { RealDisk } from "../journal/real-disk.ts";
import { CertificateChain, newestCertificate, verifyCertificates } from "./certificate-chain.ts";
import { Certifier } from "./certifier.ts";
import { rowParity } from "./instrument-rows.ts";
import { type ParityStatement, parityStatement } from "./parity-certificate.ts";
import { statusOf } from "./queries.ts";

let folder = "";
let journal: FileJournal;
let state: State;
const paths = () => ({ journal: join(folder, "journal"), parity: join(folder, "parity") });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parity-"));
  play();
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

const BUY: Move = { kind: "trade", symbol: 0, side: "buy", quantity: 10 };
const SETTLE: Move = { kind: "settle" };

function play(...moves: readonly Move[]): void {
  journal = openJournalFolder(paths().journal, { reserveBytes: 0, segmentRecordsMax: 20 }).journal;
  const played = playInto(journal, moves);
  state = played.state;
  for (const follower of state.followers.values()) follower.connected = true;
}

function replay(...moves: readonly Move[]): void {
  journal.close();
  rmSync(folder, { recursive: true });
  play(...moves);
}

function statement(atMs = state.nowMs): ParityStatement {
  const engine = { running: true, asOf: atMs };
  return parityStatement(state, { cause: "asked", atMs, engine, journal: journal.head });
}

function chain(): CertificateChain {
  return new CertificateChain(new RealDisk(paths().parity));
}

function certifier(): Certifier {
  const engine = { state, running: true, writeAll: () => true };
  return new Certifier({ engine, journal, chain: chain(), nowMs });
}

const nowMs = (): number => Date.now();
const verify = () => verifyCertificates(paths().parity, paths().journal);
const newest = () => newestCertificate(paths().parity, paths().journal);

/** The text of certificates with one line altered, and its hash made anew: by somebody who knows how. */
function rehashed(
  text: string,
  at: number,
  alter: (certificate: Record<string, unknown>) => Record<string, unknown>,
): string {
  const lines = text.split("\n");
  const { hash: _, ...rest } = alter(JSON.parse(lines[at] ?? "{}"));
  const sealed = { ...rest, hash: hash("sha256", JSON.stringify(rest), "hex") };
  return lines.with(at, JSON.stringify(sealed)).join("\n");
}

describe("the judgement of a difference", () => {
  test.each([
    [0, "", "at-target"],
    [0, "waived", "at-target"],
    [1, "", "within-step"],
    [2, "", "unexplained"],
    [1, "paused", "explained"],
    [90, "paused", "explained"],
  ] as const)("%d steps and reason %j are %s", (steps, reason, parity) => {
    expect(rowParity({ steps, reason })).toBe(parity);
  });
});

describe("a certificate", () => {
  test("is in parity at the targets, with the age of both sides and the record it is about", () => {
    replay(BUY, SETTLE);
    const told = statement(state.nowMs + 2_000);
    expect(told).toMatchObject({
      inParity: true,
      journal: journal.head,
      bounds: { leaderStaleAfterMs: 60_000 },
    });
    const [first] = told.followers;
    expect(first?.rows).toEqual([
      {
        symbol: "BTCUSDT",
        target: "0.005",
        held: "0.005",
        inFlight: "0",
        steps: 0,
        reason: "",
        parity: "at-target",
        leaderAgeMs: told.leaders[0]?.ageMs,
      },
    ]);
    expect(first?.ageMs).toBeGreaterThanOrEqual(2_000);
  });

  test("has the very rows of status", () => {
    replay({ kind: "pause" }, BUY, SETTLE);
    const facts = { mode: null, limits: [], settings: [], problems: [], watchdogs: [], configuration: null };
    const engine = { running: true, asOf: state.nowMs };
    const status = statusOf(state, { ...facts, engine, followers: ["first", "second"], leaders: ["lead"] });
    const shown = status.followers.map(({ instruments }) =>
      instruments.map(({ symbol, target, held, inFlight, steps, reason }) => [
        symbol,
        target,
        held,
        inFlight,
        steps,
        reason,
      ]),
    );
    const certified = statement().followers.map(({ rows }) =>
      rows.map(({ symbol, target, held, inFlight, steps, reason }) => [
        symbol,
        target,
        held,
        inFlight,
        steps,
        reason,
      ]),
    );
    expect(certified).toEqual(shown);
    expect(statement()).toMatchObject({ inParity: true, counts: { explained: 2, unexplained: 0 } });
  });

  test("is not in parity with more than a step in flight and no reason", () => {
    replay(BUY, SETTLE, BUY);
    expect(statement()).toMatchObject({ inParity: false, counts: { unexplained: 2 } });
  });

  test("is not in parity with data beyond its bound, also where all is at its target", () => {
    replay(BUY, SETTLE);
    const late = statement(state.nowMs + settings.followerStaleAfterMs + 1_000);
    expect(late).toMatchObject({ inParity: false, counts: { unexplained: 0 } });
    expect([...late.followers, ...late.leaders].every(({ stale }) => stale)).toBe(true);
    const follower = [...state.followers.values()][0];
    if (follower === undefined) throw new Error("no follower");
    follower.confirmedAtMs = 0;
    const unread = statement();
    expect(unread.inParity).toBe(false);
    expect(unread.followers[0]).toMatchObject({ ageMs: null, stale: true });
  });
});

describe("the chain", () => {
  test("carries the certificate before and the journal's record, over restarts, and holds", async () => {
    replay(BUY, SETTLE);
    const { certificate: first } = await certifier().issue("start");
    const { certificate: second } = await certifier().issue("asked");
    expect(first).toMatchObject({ number: 1, previous: "", cause: "start", journal: journal.head });
    expect(second).toMatchObject({ number: 2, previous: "hash" in first ? first.hash : "-" });
    journal.close();
    const reopened = openJournalFolder(paths().journal, { reserveBytes: 0, segmentRecordsMax: 20 });
    journal = reopened.journal;
    state = playInto(journal, [BUY, SETTLE], state).state;
    await certifier().issue("start");
    const since = { records: 0, starts: 0 };
    expect(verify()).toEqual({ certificates: 3, first: 1, last: 3, anchored: 3, since });
    expect(newest()?.number).toBe(3);
  });

  test("begins a new file when one is full, drops the oldest, and still holds", () => {
    const limited = new CertificateChain(new RealDisk(paths().parity), { fileBytesMax: 2_000, filesMax: 3 });
    for (let count = 0; count < 12; count += 1) limited.append(statement());
    expect(readdirSync(paths().parity)).toHaveLength(3);
    const { first, last, certificates } = verify();
    expect([last, certificates]).toEqual([12, 12 - first + 1]);
    expect(first).toBeGreaterThan(1);
  });

  test("goes on behind a line that a death tore", () => {
    chain().append(statement());
    const [name = ""] = readdirSync(paths().parity);
    appendFileSync(join(paths().parity, name), '{"version":1,"cause":"st');
    expect(verify()).toMatchObject({ certificates: 1 });
    expect(chain().append(statement()).number).toBe(2);
    expect(verify()).toMatchObject({ certificates: 2, anchored: 2 });
  });

  test.each([
    [
      "a certificate that was changed",
      (text: string) => text.replace('"held":"0.005"', '"held":"0.009"'),
      /^certificate 1 does not hold: it was changed/,
    ],
    [
      "one that was taken out",
      (text: string) => text.split("\n").toSpliced(1, 1).join("\n"),
      /^certificate 3 does not hold: it stands after certificate 1/,
    ],
    [
      "what is none",
      (text: string) => text.replace("{", "["),
      /^line 1 of \d+\.certificates is no certificate: it is no JSON$/,
    ],
    [
      "what lacks a part, hashed well",
      (text: string) => rehashed(text, 1, ({ journal: _, ...rest }) => rest),
      /^line 2 of \d+\.certificates is no certificate: journal must be an object$/,
    ],
    [
      "a row of another form, hashed well",
      (text: string) => text.replace('"steps":0', '"steps":"0"'),
      /^line 1 of \d+\.certificates is no certificate: followers\[0\]\.rows\[0\]\.steps must be a number$/,
    ],
    [
      "one of another version",
      (text: string) => text.replace('"version":1', '"version":2'),
      /^line 1 of \d+\.certificates is a certificate of a version that this program does not know$/,
    ],
    [
      "a first one that names another before it, hashed well",
      (text: string) => rehashed(text, 0, (found) => ({ ...found, previous: "0".repeat(64) })),
      /^certificate 1 does not hold: it names one before the first$/,
    ],
  ] as const)("is broken by %s", (_, change, message) => {
    replay(BUY, SETTLE);
    const writer = chain();
    for (let count = 0; count < 3; count += 1) writer.append(statement());
    const [name = ""] = readdirSync(paths().parity);
    const path = join(paths().parity, name);
    writeFileSync(path, change(readFileSync(path, "utf8")));
    expect(verify).toThrow(message);
  });

  test("shows the newest one only where it holds", () => {
    replay(BUY, SETTLE);
    const limited = new CertificateChain(new RealDisk(paths().parity), { fileBytesMax: 1_000, filesMax: 3 });
    for (let count = 0; count < 3; count += 1) limited.append(statement());
    expect(newest()?.number).toBe(3);
    const path = join(paths().parity, readdirSync(paths().parity).sort().at(-1) ?? "");
    const sound = readFileSync(path, "utf8");
    writeFileSync(path, sound.replace('"held":"0.005"', '"held":"0.009"'));
    expect(newest).toThrow(/^certificate 3 does not hold: it was changed after it was made$/);
    const stranger = rehashed(sound, 0, (found) => ({ ...found, previous: "0".repeat(64) }));
    writeFileSync(path, stranger);
    expect(newest).toThrow(/^certificate 3 does not hold: it does not follow from certificate 2$/);
    const head = { sequence: journal.head.sequence, hash: "0".repeat(64) };
    writeFileSync(
      path,
      rehashed(sound, 0, (found) => ({ ...found, journal: head })),
    );
    expect(newest).toThrow(/^certificate 3 does not hold: record \d+, which it names, is another one/);
  });

  test("tells how far the journal goes on behind the newest one, and the starts that left none", () => {
    replay(BUY, SETTLE);
    chain().append(statement());
    const { sequence } = journal.head;
    state = playInto(journal, [BUY, SETTLE], state).state;
    const behind = [...journal.read(sequence + 1)];
    const starts = behind.filter(
      ({ type, payload }) => type === "event" && JSON.parse(payload).kind === "engine-started",
    );
    expect(starts.length).toBeGreaterThan(0);
    expect(verify().since).toEqual({ records: behind.length, starts: starts.length });
  });

  test("is broken by another journal, and by one that lost its end", () => {
    replay(BUY, SETTLE);
    chain().append(statement());
    const { sequence } = journal.head;
    journal.close();
    rmSync(paths().journal, { recursive: true });
    play({ ...BUY, quantity: 11 }, SETTLE);
    expect(journal.head.sequence).toBe(sequence);
    expect(verify).toThrow(
      `certificate 1 does not hold: record ${sequence}, which it names, is another one in the journal`,
    );
    journal.close();
    rmSync(paths().journal, { recursive: true });
    play();
    expect(verify).toThrow(
      `certificate 1 does not hold: record ${sequence}, which it names, is not in the journal`,
    );
  });

  test("of nothing has none", () => {
    expect(verify()).toMatchObject({ certificates: 0, first: 0, last: 0, anchored: 0 });
    expect(newest()).toBeNull();
  });
});

test("what could not be recorded is told, and says why", async () => {
  const engine = { state, running: true, writeAll: () => false };
  const { certificate, unrecorded } = await new Certifier({ engine, journal, chain: chain(), nowMs }).issue(
    "asked",
  );
  expect(unrecorded).toBe("the journal cannot be written now");
  expect(certificate).not.toHaveProperty("number");
  expect(verify().certificates).toBe(0);
});

test("a certificate waits until its record survives a power cut", async () => {
  const synced = { head: journal.head, syncedSequence: 0 };
  const engine = { state, running: true, writeAll: () => true };
  const issued = new Certifier({ engine, journal: synced, chain: chain(), nowMs }).issue("asked");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(newest()).toBeNull();
  synced.syncedSequence = journal.head.sequence;
  expect((await issued).certificate).toMatchObject({ number: 1 });
});
