/**
 * Fernet against the specification's published vectors, and both ways against Python's `cryptography`, with which the earlier
 * systems encrypted.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FernetKey } from "../../src/security/fernet.ts";
import { hasShared, sharedNote, sharedPath } from "../shared.ts";

interface Vector {
  readonly token: string;
  readonly now: string;
  readonly secret: string;
  readonly desc?: string;
  readonly src?: string;
  readonly iv?: readonly number[];
  readonly ttl_sec?: number;
}

const vectors = (name: string): readonly Vector[] =>
  hasShared ? JSON.parse(readFileSync(sharedPath(`data/fernet/${name}.json`), "utf8")) : [];

function keyOf({ secret }: Vector): FernetKey {
  const key = FernetKey.parse(secret);
  if (key === null) throw new Error("the vector's key is none");
  return key;
}

function opened(vector: Vector): string | undefined {
  const { token, now, ttl_sec: ttlSeconds = 0 } = vector;
  return keyOf(vector)
    .decrypt(token, { ttlSeconds, nowMs: Date.parse(now) })
    ?.toString();
}

describe.skipIf(!hasShared)(`the published vectors${sharedNote}`, () => {
  test("are all there", () => {
    const counts = ["generate", "verify", "invalid"].map((name) => vectors(name).length);
    expect(counts).toEqual([1, 1, 8]);
  });

  test.each(vectors("generate"))("generate $src", (vector) => {
    const { now, iv = [], src = "", token } = vector;
    const made = keyOf(vector).encrypt(Buffer.from(src), { nowMs: Date.parse(now), iv: Uint8Array.from(iv) });
    expect(made).toBe(token);
  });

  test.each(vectors("verify"))("verify $src", (vector) => {
    expect(opened(vector)).toBe(vector.src);
  });

  test.each(vectors("invalid"))("refuse: $desc", (vector) => {
    expect(opened(vector)).toBeUndefined();
  });
});

const PROGRAM = `
import json, sys
from cryptography.fernet import Fernet, MultiFernet
asked = json.load(sys.stdin)
fernet = MultiFernet([Fernet(key) for key in asked["keys"]])
print(json.dumps({
    "opened": [fernet.decrypt(token.encode()).hex() for token in asked["tokens"]],
    "made": [fernet.encrypt(bytes.fromhex(text)).decode() for text in asked["messages"]],
    "key": Fernet.generate_key().decode(),
}))
`;

interface PythonAnswer {
  readonly opened: readonly string[];
  readonly made: readonly string[];
  readonly key: string;
}

/** The machine's own, where a package manager puts the module, before whatever comes first in the path. */
const python = ["/usr/bin/python3", "python3"].find((program) => {
  try {
    execFileSync(program, ["-c", "import cryptography.fernet"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});
const pythonNote =
  python === undefined ? " (skipped: no python3 with cryptography; .ci/run installs it)" : "";

function ask(question: object): PythonAnswer {
  const input = JSON.stringify(question);
  return JSON.parse(execFileSync(python ?? "", ["-c", PROGRAM], { input, encoding: "utf8" }));
}

describe.skipIf(python === undefined)(`Python's cryptography${pythonNote}`, () => {
  const key = FernetKey.generate();
  const messages = fc.sample(fc.uint8Array({ maxLength: 300 }), 100).map((bytes) => Buffer.from(bytes));

  test("reads what we write, and we read what it writes", () => {
    const tokens = messages.map((message) => key.encrypt(message));
    const hex = messages.map((message) => message.toString("hex"));
    const { opened: read, made } = ask({ keys: [key.reveal()], tokens, messages: hex });
    expect(read).toEqual(hex);
    expect(made.map((token) => key.decrypt(token)?.toString("hex"))).toEqual(hex);
  });

  test("takes several keys as we do, newest first, and makes keys that we take", () => {
    const older = FernetKey.generate();
    const question = {
      keys: [key.reveal(), older.reveal()],
      tokens: [older.encrypt(Buffer.from("a")), key.encrypt(Buffer.from("b"))],
      messages: ["63"],
    };
    const { opened: read, made, key: theirs } = ask(question);
    expect(read).toEqual(["61", "62"]);
    expect(made.map((token) => key.decrypt(token)?.toString())).toEqual(["c"]);
    expect(FernetKey.parse(theirs)?.reveal()).toBe(theirs);
  });
});
