/** A temporary folder with account files in plain text and a place for a key file, and what can be read from it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EncryptionKeys, encryptionKeysFor } from "../../src/config/encryption-keys.ts";
import type { Variables } from "../../src/config/environment.ts";

export const PLAIN: Readonly<Record<string, string>> = {
  "a.json": account("a"),
  "b.json": account("b"),
  "c.json": account("c"),
};

export function account(nickname: string): string {
  return `{ "nickname": "${nickname}",\n  "api_key": "key-of-${nickname}", "api_secret": "secret-of-${nickname}" }\n`;
}

export class VaultFolder {
  readonly root = mkdtempSync(join(tmpdir(), "vault-"));
  readonly dataDir = join(this.root, "data");
  readonly configDir = join(this.root, "config");
  readonly keyFile = join(this.root, "keys", "encryption.key");

  constructor(files: Readonly<Record<string, string>> = PLAIN) {
    mkdirSync(join(this.dataDir, "accounts"), { recursive: true });
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.dataDir, "accounts", name), text, { mode: 0o600 });
  }

  text(name: string): string {
    return readFileSync(join(this.dataDir, "accounts", name), "utf8");
  }

  keys(env: Variables = { COPYTRADER_ENCRYPTION_KEY_FILE: this.keyFile }): EncryptionKeys {
    return encryptionKeysFor(this.configDir, env);
  }

  /** Every file below the folder with its text. */
  files(): Readonly<Record<string, string>> {
    const names = readdirSync(this.root, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return Object.fromEntries(files.map((file) => [file, readFileSync(file, "utf8")]));
  }

  close(): void {
    rmSync(this.root, { recursive: true });
  }
}
