/**
 * Encrypting account files and replacing their key: nothing but the secrets changes, nothing is lost wherever the process
 * dies, and what cannot be done is said and leaves everything as it was.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Disk, realDisk } from "../../src/config/disk.ts";
import type { EncryptionKeys } from "../../src/config/encryption-keys.ts";
import { makeKeyFile } from "../../src/config/key-file.ts";
import { resealFile } from "../../src/config/sealed-places.ts";
import {
  encryptAccounts,
  type RotateOptions,
  type Rotation,
  rotateKeys,
} from "../../src/config/vault-work.ts";
import { FernetKey } from "../../src/security/fernet.ts";
import { Vault } from "../../src/security/vault.ts";
import { account, PLAIN, VaultFolder } from "./vault-folder.ts";

let folder: VaultFolder;
beforeEach(() => {
  folder = new VaultFolder();
});
afterEach(() => folder.close());

type Usable = Extract<EncryptionKeys, { readonly vault: Vault }>;

function usable(keys: EncryptionKeys = folder.keys()): Usable {
  if ("vault" in keys) return keys;
  throw new Error(`no key: ${keys.kind}`);
}

function encrypt(env?: Readonly<Record<string, string>>) {
  const keys = folder.keys(env);
  return encryptAccounts({ dataDir: folder.dataDir, keys, reread: () => folder.keys(env) });
}

/** The account file with its secrets decrypted; throws when they cannot be. */
function opened(name: string, vault: Vault): string {
  return folder.text(name).replace(/gAAAAA[\w=-]+/g, (token) => {
    const bytes = vault.decrypt(token);
    if (bytes === null) throw new Error(`${name} cannot be decrypted`);
    return bytes.toString();
  });
}

const allOpened = (vault: Vault) =>
  Object.fromEntries(Object.keys(PLAIN).map((name) => [name, opened(name, vault)]));

describe("encrypting", () => {
  test("makes a key file for its owner alone, encrypts every file, and leaves no plain text anywhere", () => {
    const report = encrypt();
    expect(report).toEqual({
      encrypted: ["accounts/a.json", "accounts/b.json", "accounts/c.json"],
      madeKeyFile: folder.keyFile,
      problems: [],
    });
    expect(statSync(folder.keyFile).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder.root, "keys")).mode & 0o777).toBe(0o700);
    expect(allOpened(usable().vault)).toEqual(PLAIN);
    const everything = Object.values(folder.files()).join("\n");
    for (const name of ["a", "b", "c"]) expect(everything).not.toMatch(`(key|secret)-of-${name}`);
    expect(Object.keys(folder.files())).toHaveLength(4);
  });

  test("a second time changes nothing, and a new plain file alone is encrypted", () => {
    encrypt();
    const before = folder.files();
    expect(encrypt()).toEqual({ encrypted: [], madeKeyFile: null, problems: [] });
    expect(folder.files()).toEqual(before);
    folder.write("d.json", account("d"));
    expect(encrypt()).toMatchObject({ encrypted: ["accounts/d.json"], madeKeyFile: null });
  });

  test("makes no key where nothing needs one", () => {
    for (const name of Object.keys(PLAIN))
      folder.write(name, '{"nickname": "x", "api_key": "your_api_key", "api_secret": ""}');
    expect(encrypt()).toEqual({ encrypted: [], madeKeyFile: null, problems: [] });
    expect(existsSync(folder.keyFile)).toBe(false);
  });

  test("under keys of the environment uses the first", () => {
    const [newest, older] = [FernetKey.generate(), FernetKey.generate()];
    encrypt({ COPYTRADER_ENCRYPTION_KEY: `${newest.reveal()} , ${older.reveal()}` });
    expect(allOpened(new Vault(newest))).toEqual(PLAIN);
  });

  test("makes no new key while a file needs one that is not there", () => {
    folder.write("a.json", `{"api_secret": "${FernetKey.generate().encrypt(Buffer.from("x"))}"}`);
    const before = folder.files();
    const { problems, encrypted } = encrypt();
    expect(encrypted).toEqual([]);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("under a key that is not there"),
      expect.stringContaining("under a key that is not there"),
    ]);
    expect(folder.files()).toEqual(before);
  });

  test.each([
    ["no place for a key", {}, /there is no place for a key file/],
    [
      "a home that cannot be written",
      { HOME: "/dev/null" },
      /\/dev\/null\/.config.* cannot be written \(ENOTDIR\)/,
    ],
    ["a passphrase for a key", { COPYTRADER_ENCRYPTION_KEY: "a passphrase" }, /not a passphrase/],
  ])("with %s says what to do and leaves the files", (_name, env, message) => {
    const before = folder.files();
    const { problems } = encrypt(env);
    expect(problems).toHaveLength(3);
    expect(problems[0]?.message).toMatch(message);
    expect(folder.files()).toEqual(before);
  });

  test("goes on with the other files where one cannot be replaced", () => {
    // Beside it no file with a longer name can be made.
    const long = `${"x".repeat(245)}.json`;
    folder.write(long, account("x"));
    const { encrypted, problems } = encrypt();
    expect(encrypted).toHaveLength(3);
    expect(problems).toMatchObject([{ message: expect.stringContaining("ENAMETOOLONG") }]);
    expect(folder.text(long)).toBe(account("x"));
  });

  test("follows a link to the file and keeps the link", () => {
    const elsewhere = join(folder.root, "elsewhere.json");
    writeFileSync(elsewhere, account("l"));
    symlinkSync(elsewhere, join(folder.dataDir, "accounts", "l.json"));
    expect(encrypt().encrypted).toHaveLength(4);
    expect(opened("l.json", usable().vault)).toBe(account("l"));
    expect(folder.files()[elsewhere]).toContain("gAAAAA");
  });
});

describe("a key file", () => {
  test("that others may read is refused with the remedy", () => {
    makeKeyFile(folder.keyFile);
    for (const mode of [0o640, 0o604, 0o660]) {
      chmodSync(folder.keyFile, mode);
      expect(folder.keys()).toMatchObject({
        kind: "wrong",
        problem: { file: folder.keyFile, message: expect.stringContaining(`chmod 600 ${folder.keyFile}`) },
      });
    }
  });

  test("is never made over another", () => {
    makeKeyFile(folder.keyFile);
    const before = folder.files();
    expect(makeKeyFile(folder.keyFile)).toBeNull();
    expect(folder.files()).toEqual(before);
  });

  test.each([
    ["", /holds no key/],
    ["correct horse battery staple\n", /in place 1 of 4 must be a Fernet key.*not a passphrase/],
    [`${FernetKey.generate().reveal()}\nand more\n`, /in place 2 of 3/],
    ["x".repeat(100_000), /not a passphrase/],
  ])("with wrong content is refused (case %#)", (text, message) => {
    makeKeyFile(folder.keyFile);
    writeFileSync(folder.keyFile, text);
    expect(folder.keys()).toMatchObject({
      kind: "wrong",
      problem: { message: expect.stringMatching(message) },
    });
  });

  test("has its usual place in the user's configuration folder, and only an absolute one", () => {
    const place = (env: Readonly<Record<string, string>>) => {
      const keys = folder.keys(env);
      return keys.kind === "absent" ? keys.file : keys.kind;
    };
    const home = join(folder.root, "home");
    expect(place({ HOME: home })).toBe(join(home, ".config/copytrader/encryption.key"));
    expect(place({ HOME: home, XDG_CONFIG_HOME: join(home, "x") })).toBe(
      join(home, "x/copytrader/encryption.key"),
    );
    expect(place({ HOME: home, XDG_CONFIG_HOME: "x" })).toBe(join(home, ".config/copytrader/encryption.key"));
    expect(place({ HOME: "" })).toBeNull();
  });

  test("gives way to the variable, and a placeholder to the file", () => {
    makeKeyFile(folder.keyFile);
    const file = { COPYTRADER_ENCRYPTION_KEY_FILE: folder.keyFile };
    const key = FernetKey.generate().reveal();
    expect(folder.keys({ ...file, COPYTRADER_ENCRYPTION_KEY: key }).kind).toBe("variable");
    expect(folder.keys({ ...file, COPYTRADER_ENCRYPTION_KEY: "your_encryption_key_here" }).kind).toBe("file");
  });
});

function rotate(
  options: Partial<Pick<RotateOptions, "forget" | "disk" | "variables">> & { readonly keys?: Usable } = {},
): Rotation {
  const { forget = false, disk = realDisk, keys = usable() } = options;
  return rotateKeys({
    configDir: folder.configDir,
    dataDir: folder.dataDir,
    keys,
    forget,
    disk,
    variables: options.variables ?? {},
  });
}

/** A configuration as its owner writes it, with what `telegram --seal` and `keys seal` printed. */
function writeSealed(): void {
  const seal = (text: string) => usable().vault.encrypt(text);
  mkdirSync(folder.configDir, { recursive: true });
  const yaml = `# the bot, was ${seal("1:old-token")}\ntelegram:\n  bot_token: "${seal("1:bot-token")}"   # kept\n`;
  writeFileSync(join(folder.configDir, "bot.yaml"), yaml);
  writeFileSync(join(folder.configDir, "risk.yaml"), "risk: {}\n");
  writeFileSync(join(folder.root, ".env"), `A=1\nCOPYTRADER_SMTP_PASSWORD=${seal("of the mail")}\n`, {
    mode: 0o600,
  });
}

const SEALED = [
  '# the bot, was 1:old-token\ntelegram:\n  bot_token: "1:bot-token"   # kept\n',
  "A=1\nCOPYTRADER_SMTP_PASSWORD=of the mail\n",
];

/** Both files, opened with the newest key alone. */
function sealedOpened(): readonly string[] {
  const [newest] = usable().keys;
  return [join(folder.configDir, "bot.yaml"), join(folder.root, ".env")].map((file) =>
    readFileSync(file, "utf8").replace(/gAAAAA[\w=-]+/g, (token) => String(newest.decrypt(token))),
  );
}

describe("replacing the key", () => {
  beforeEach(() => void encrypt());

  test("puts a new key first and encrypts every file under it, plain ones too", () => {
    folder.write("d.json", account("d"));
    const before = usable().vault;
    const rotation = rotate();
    const after = usable();
    expect(rotation).toEqual({
      kind: "done",
      encrypted: ["a", "b", "c", "d"].map((name) => `accounts/${name}.json`),
      keys: after.vault.keyNames,
    });
    expect(after.vault.keyNames).toEqual([expect.any(String), ...before.keyNames]);
    expect(allOpened(new Vault(after.keys[0]))).toEqual(PLAIN);
    expect(() => opened("a.json", before)).toThrow();
  });

  test("lets older keys go when asked to", () => {
    rotate();
    expect(rotate({ forget: true })).toMatchObject({ kind: "done", keys: [expect.any(String)] });
    expect(usable().keys).toHaveLength(1);
    expect(allOpened(usable().vault)).toEqual(PLAIN);
  });

  test("under keys of the environment encrypts with the first and changes no key", () => {
    const [old] = usable().keys;
    const newest = FernetKey.generate();
    const env = { COPYTRADER_ENCRYPTION_KEY: `${newest.reveal()},${old.reveal()}` };
    expect(rotate({ keys: usable(folder.keys(env)) })).toMatchObject({ kind: "done" });
    expect(allOpened(new Vault(newest))).toEqual(PLAIN);
    expect(usable().keys).toHaveLength(1);
  });

  test.each([
    ["needs a key that is not there", `{"api_secret": "${FernetKey.generate().encrypt(Buffer.from("x"))}"}`],
    ["cannot be read", '{"api_secret": "gAAAAA'],
  ])("is refused whole while a file %s", (_name, text) => {
    folder.write("d.json", text);
    const before = folder.files();
    const rotation = rotate({ forget: true });
    expect(rotation).toMatchObject({
      kind: "failed",
      problems: [{ file: expect.stringContaining("d.json") }],
    });
    expect(folder.files()).toEqual(before);
  });

  test("renews what was sealed in YAML files and .env, and nothing else of them", () => {
    writeSealed();
    chmodSync(join(folder.configDir, "bot.yaml"), 0o640);
    const untouched = statSync(join(folder.configDir, "risk.yaml")).mtimeMs;
    expect(rotate({ forget: true })).toMatchObject({
      kind: "done",
      encrypted: [...["a", "b", "c"].map((name) => `accounts/${name}.json`), "config/bot.yaml", ".env"],
      keys: [expect.any(String)],
    });
    expect(sealedOpened()).toEqual(SEALED);
    expect(statSync(join(folder.configDir, "bot.yaml")).mode & 0o777).toBe(0o640);
    expect(statSync(join(folder.root, ".env")).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder.configDir, "risk.yaml")).mtimeMs).toBe(untouched);
  });

  test("lets no key go that something sealed in the environment of the process needs", () => {
    const variables = { COPYTRADER_SMTP_PASSWORD: usable().vault.encrypt("x"), OTHER: "gAAAAAno-token" };
    const before = folder.files();
    expect(rotate({ forget: true, variables })).toMatchObject({
      kind: "failed",
      problems: [{ file: "environment", keyPath: "COPYTRADER_SMTP_PASSWORD" }],
    });
    expect(folder.files()).toEqual(before);
    expect(rotate({ variables })).toMatchObject({ kind: "done" });
  });

  test("lets none go either while a sealed value cannot be opened", () => {
    writeSealed();
    const lost = FernetKey.generate().encrypt(Buffer.from("x"));
    writeFileSync(join(folder.configDir, "bot.yaml"), `telegram: { bot_token: ${lost} }\n`);
    expect(rotate({ forget: true })).toMatchObject({
      kind: "failed",
      problems: [{ file: join(folder.configDir, "bot.yaml"), message: /no key at hand opens/ }],
    });
    expect(rotate()).toMatchObject({ kind: "done" });
    expect(readFileSync(join(folder.configDir, "bot.yaml"), "utf8")).toContain(lost);
  });

  test("is left to one process at a time; a lock of one that died is taken over", () => {
    writeFileSync(`${folder.keyFile}.lock`, `${process.pid}\n`);
    const before = folder.files();
    expect(rotate()).toMatchObject({ kind: "failed", problems: [{ message: /another process/ }] });
    expect(folder.files()).toEqual(before);
    writeFileSync(`${folder.keyFile}.lock`, "999999999\n");
    expect(rotate()).toMatchObject({ kind: "done" });
  });

  test("does nothing with keys that somebody else replaced meanwhile", () => {
    const stale = usable();
    rotate();
    const before = folder.files();
    expect(rotate({ keys: stale })).toMatchObject({ kind: "failed" });
    expect(folder.files()).toEqual(before);
  });
});

test("a file that cannot be written whole is taken away again", () => {
  const file = join(folder.dataDir, "new");
  expect(() => realDisk.writeNew(file, Buffer.from("x"), join(folder.dataDir, "of nobody"))).toThrow(
    "ENOENT",
  );
  expect(existsSync(file)).toBe(false);
});

/** A disk whose process dies at step `at`: that step may be half done, and nothing is done after it. */
function dyingDisk(at: number, half: boolean): { readonly disk: Disk; readonly steps: () => number } {
  let steps = 0;
  const step =
    <Args extends readonly unknown[], Result>(
      run: (...args: Args) => Result,
      partly?: (...args: Args) => void,
    ) =>
    (...args: Args): Result => {
      steps += 1;
      if (steps === at && half) partly?.(...args);
      if (steps >= at) throw new Error("the process died");
      return run(...args);
    };
  const disk: Disk = {
    read: step(realDisk.read),
    writeNew: step(realDisk.writeNew, (file, bytes) =>
      writeFileSync(file, bytes.subarray(0, bytes.length / 2)),
    ),
    rename: step(realDisk.rename),
    link: step(realDisk.link),
    remove: step(realDisk.remove),
    makeFolder: step(realDisk.makeFolder),
    syncFolder: step(realDisk.syncFolder),
  };
  return { disk, steps: () => steps };
}

describe("a process that dies between any two steps, or within a write", () => {
  test.each([false, true])(
    "while replacing the key (forgetting older ones: %s) leaves everything readable",
    (forget) => {
      for (let at = 1, isOver = false; !isOver; at += 1) {
        for (const half of [false, true]) {
          folder.close();
          folder = new VaultFolder();
          encrypt();
          const { disk, steps } = dyingDisk(at, half);
          try {
            rotate({ forget, disk });
          } catch {
            // As a process that died.
          }
          isOver = steps() < at;
          expect(allOpened(usable().vault)).toEqual(PLAIN);
          expect(Object.values(folder.files()).join()).not.toMatch(/(key|secret)-of-/);
          if (isOver) continue;
          // A lock that was left names a process that is gone.
          if (existsSync(`${folder.keyFile}.lock`)) writeFileSync(`${folder.keyFile}.lock`, "999999999");
          expect(rotate({ forget })).toMatchObject({ kind: "done" });
          expect(allOpened(new Vault(usable().keys[0]))).toEqual(PLAIN);
        }
        expect(at).toBeLessThan(200);
      }
    },
  );

  test("while renewing what was sealed leaves the file as it was, or whole", () => {
    encrypt();
    writeSealed();
    const file = join(folder.configDir, "bot.yaml");
    const before = readFileSync(file, "utf8");
    const vault = new Vault(FernetKey.generate(), ...usable().keys);
    for (let at = 1, isOver = false; !isOver; at += 1) {
      for (const half of [false, true]) {
        writeFileSync(file, before);
        const { disk, steps } = dyingDisk(at, half);
        try {
          resealFile(file, vault, disk);
        } catch {
          // As a process that died.
        }
        isOver = steps() < at;
        const now = readFileSync(file, "utf8");
        const open = now.replace(/gAAAAA[\w=-]+/g, (token) => String(vault.decrypt(token)));
        expect([open, isOver ? now === before : false]).toEqual([SEALED[0], false]);
      }
      expect(at).toBeLessThan(50);
    }
  });

  test("while making the key file leaves none or a whole one", () => {
    for (let at = 1, isOver = false; !isOver; at += 1) {
      for (const half of [false, true]) {
        folder.close();
        folder = new VaultFolder();
        const { disk, steps } = dyingDisk(at, half);
        makeKeyFile(folder.keyFile, disk);
        isOver = steps() < at;
        expect(["absent", "file"]).toContain(folder.keys().kind);
        expect(makeKeyFile(folder.keyFile)).toBeNull();
        expect(usable().keys).toHaveLength(1);
      }
      expect(at).toBeLessThan(50);
    }
  });
});
