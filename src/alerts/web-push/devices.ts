/**
 * The devices that want notifications, whose they are, what each was told, and the keys by which push services know this
 * installation. One file of the data folder, written by the API's process alone and encrypted whole: an endpoint is a capability.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Vault } from "../../security/vault.ts";

export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

export interface Device {
  readonly id: string;
  readonly userId: number;
  readonly endpoint: string;
  /** As the browser gave them, base64url. */
  readonly keys: { readonly p256dh: string; readonly auth: string };
  /** What the browser calls itself. */
  readonly agent: string;
  readonly createdMs: number;
  /** Ids of the last alerts that it was told. */
  readonly told: readonly string[];
}

interface Kept {
  readonly version: 1;
  readonly vapid: VapidKeys;
  readonly devices: readonly Device[];
}

const TOLD_MAX = 300;
export const DEVICES_PER_USER_MAX = 10;
export const DEVICES_MAX = 200;

/** The file cannot be read: a key is missing, or it is damaged. */
export class DevicesError extends Error {
  override readonly name = "DevicesError";
}

export class Devices {
  readonly #file: string;
  readonly #vault: () => Vault;
  readonly #makeKeys: () => VapidKeys;
  #kept: Kept | null = null;

  /** `vault` is asked when something is read or kept; it may throw. */
  constructor(file: string, vault: () => Vault, makeKeys: () => VapidKeys) {
    this.#file = file;
    this.#vault = vault;
    this.#makeKeys = makeKeys;
  }

  /** Whether there ever were any here. */
  get isKept(): boolean {
    return this.#kept !== null || existsSync(this.#file);
  }

  /** Throws a DevicesError, or what the vault throws. */
  get all(): readonly Device[] {
    return this.isKept ? this.#read().devices : [];
  }

  /** Made with the first question, and kept from then on: devices subscribe with them. */
  get vapid(): VapidKeys {
    const { vapid, devices } = this.#read();
    if (!existsSync(this.#file)) this.#keep(devices);
    return vapid;
  }

  /** The same endpoint is the same device, whoever's it was. */
  add(device: Omit<Device, "id" | "told">): Device {
    const others = this.#read().devices.filter(({ endpoint }) => endpoint !== device.endpoint);
    const added = { ...device, id: randomBytes(9).toString("base64url"), told: [] };
    this.#keep([...others, added]);
    return added;
  }

  remove(ids: readonly string[]): void {
    if (ids.length > 0) this.#keep(this.#read().devices.filter(({ id }) => !ids.includes(id)));
  }

  noteTold(ids: readonly string[], alertId: string): void {
    if (ids.length === 0) return;
    this.#keep(
      this.#read().devices.map((one) =>
        ids.includes(one.id) ? { ...one, told: [...one.told, alertId].slice(-TOLD_MAX) } : one,
      ),
    );
  }

  #read(): Kept {
    this.#kept ??= existsSync(this.#file)
      ? this.#opened()
      : { version: 1, vapid: this.#makeKeys(), devices: [] };
    return this.#kept;
  }

  #opened(): Kept {
    const token = readFileSync(this.#file, "utf8").trim();
    const vault = this.#vault();
    const opened = vault.decrypt(token);
    if (opened === null)
      throw new DevicesError(`${this.#file} is damaged, or encrypted under a key that is not there`);
    const kept: Kept = JSON.parse(opened.toString("utf8"));
    // An older key may be taken away once nothing is under it.
    if (!vault.isCurrent(token)) this.#write(kept);
    return kept;
  }

  #keep(devices: readonly Device[]): void {
    const kept = { ...this.#read(), devices };
    this.#write(kept);
    this.#kept = kept;
  }

  #write(kept: Kept): void {
    writeSealed(this.#file, this.#vault().encrypt(JSON.stringify(kept)));
  }
}

/** For the replacement of the encryption key: 1 where the file is under an older one. */
export function staleDevices(file: string, vault: Vault): number {
  if (!existsSync(file)) return 0;
  const token = readFileSync(file, "utf8").trim();
  // What no key opens is lost already.
  return vault.isCurrent(token) || vault.decrypt(token) === null ? 0 : 1;
}

/** Seals the file under the vault's newest key; how many there were. */
export function resealDevices(file: string, vault: Vault): number {
  const count = staleDevices(file, vault);
  const opened = count === 0 ? null : vault.decrypt(readFileSync(file, "utf8").trim());
  if (opened !== null) writeSealed(file, vault.encrypt(opened));
  return count;
}

/** Whole or not at all. */
function writeSealed(file: string, token: string): void {
  const beside = `${file}.new`;
  writeFileSync(beside, `${token}\n`, { mode: 0o600 });
  renameSync(beside, file);
}
