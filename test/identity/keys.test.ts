/** Identity with the encryption key of a configuration: made when it is needed, replaced without anybody being thrown out. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encryptionKeysFor } from "../../src/config/encryption-keys.ts";
import { rotateKeys } from "../../src/config/vault-work.ts";
import { dataFolderPaths } from "../../src/data-folder.ts";
import { openSeals } from "../../src/identity/open-identity.ts";
import { type Log, type LogChannel, type LogLevel, silentLog } from "../../src/log.ts";
import { openIdentityAt } from "../../src/run/identity-at.ts";
import { HOME, LOCAL, PASSWORD, refusal } from "./world.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "identity-keys-"));
  mkdirSync(join(folder, "data"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const folders = (env: Readonly<Record<string, string>>) => ({
  configDir: join(folder, "config"),
  dataDir: join(folder, "data"),
  env,
});
const OWNER = { name: "alice", role: "owner", password: PASSWORD } as const;

test("a key file is made when the first session is sealed, and a session outlives its replacement", async () => {
  const at = folders({ HOME: folder });
  const identity = await openIdentityAt(at);
  await identity.addUser(LOCAL, OWNER);
  const file = join(folder, ".config", "copytrader", "encryption.key");
  expect(existsSync(file)).toBe(false);
  const { token } = await identity.logIn(OWNER, HOME);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await identity.close();

  const keys = encryptionKeysFor(at.configDir, at.env);
  if (!("vault" in keys)) throw new Error("there is no key");
  const seals = await openSeals(dataFolderPaths(at.dataDir).identity);
  const { configDir, dataDir } = at;
  const rotation = rotateKeys({
    configDir,
    dataDir,
    keys,
    forget: true,
    alsoRenew: (vault) => void seals.reseal(vault),
  });
  expect(rotation.kind).toBe("done");
  expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(1);
  await seals.close();

  const later = await openIdentityAt(at);
  expect((await later.principalOf(token))?.name).toBe("alice");
  await later.close();
});

test("what cannot be renewed keeps the older key", async () => {
  const at = folders({ HOME: folder });
  const identity = await openIdentityAt(at);
  await identity.addUser(LOCAL, OWNER);
  const { token } = await identity.logIn(OWNER, HOME);
  await identity.close();
  const keys = encryptionKeysFor(at.configDir, at.env);
  if (!("vault" in keys)) throw new Error("there is no key");
  const alsoRenew = () => {
    throw new Error("the disk is full");
  };
  const { configDir, dataDir } = at;
  expect(() => rotateKeys({ configDir, dataDir, keys, forget: true, alsoRenew })).toThrow("disk is full");
  const later = await openIdentityAt(at);
  expect(await later.principalOf(token)).not.toBeNull();
  await later.close();
});

test("without any place for a key nobody is let in, and it is said why", async () => {
  const identity = await openIdentityAt(folders({}));
  await identity.addUser(LOCAL, OWNER);
  expect(await refusal(identity.logIn(OWNER, HOME))).toBe("no-key");
  await identity.close();
});

test("what is added to the audit log is a line on the security channel, without secrets, and nothing of what failed is", async () => {
  const lines: object[] = [];
  const on = (channel: LogChannel): Log => {
    const write = (level: LogLevel) => (message: string, fields?: object) =>
      void lines.push({ channel, level, message, ...fields });
    return { ...silentLog, info: write("info"), warn: write("warn"), channel: on };
  };
  const identity = await openIdentityAt(folders({ HOME: folder }), { log: on("main") });
  await identity.addUser(LOCAL, OWNER);
  await expect(identity.addUser(LOCAL, OWNER)).rejects.toThrow();
  await expect(identity.logIn({ name: "alice", password: "wrong" }, HOME)).rejects.toThrow();
  const { principal, token } = await identity.logIn(OWNER, HOME);
  const made = await identity.createToken(principal, {
    name: "script",
    scopes: ["view_sync"],
    expiresInDays: 1,
  });
  await identity.logOut(principal);
  await identity.close();
  const whose = { channel: "security", message: "audited", subject: "alice" };
  expect(lines).toEqual([
    { ...whose, level: "info", action: "user-added", by: LOCAL.name },
    { ...whose, level: "warn", action: "log-in-failed", by: "nobody", from: HOME.address },
    { ...whose, level: "info", action: "logged-in", by: "alice", from: HOME.address },
    { ...whose, level: "info", action: "api-token-made", by: "alice" },
    { ...whose, level: "info", action: "logged-out", by: "alice" },
  ]);
  for (const secret of [PASSWORD, "wrong", token, made.token])
    expect(JSON.stringify(lines)).not.toContain(secret);
});
