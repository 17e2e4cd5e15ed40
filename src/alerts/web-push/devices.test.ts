/** The file of devices: whole or not at all, unreadable without its key, and taken along when that is replaced. */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FernetKey } from "../../security/fernet.ts";
import { Vault } from "../../security/vault.ts";
import { Devices, resealDevices, staleDevices } from "./devices.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "devices-"));
  file = join(folder, "web-push.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const [first, second] = [FernetKey.generate(), FernetKey.generate()];
const phone = {
  userId: 7,
  endpoint: "https://push.example.com/SECRETMARK",
  keys: { p256dh: "p", auth: "a" },
  agent: "phone",
  createdMs: 1,
};
let made = 0;
const open = (vault: Vault) =>
  new Devices(
    file,
    () => vault,
    () => {
      made += 1;
      return { publicKey: `public-${made}`, privateKey: "SECRETMARK" };
    },
  );

test("keeps devices, keys and what was told over a restart, and shows nothing of them", () => {
  const devices = open(new Vault(first));
  const key = devices.vapid.publicKey;
  const { id } = devices.add(phone);
  devices.noteTold([id], "alert-1");
  expect(devices.add({ ...phone, userId: 8 }).id).not.toBe(id);
  const again = open(new Vault(first));
  expect(again.all).toMatchObject([{ userId: 8, endpoint: phone.endpoint, told: [] }]);
  expect(again.vapid.publicKey).toBe(key);
  expect(readFileSync(file, "utf8")).not.toContain("SECRETMARK");
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("is sealed anew under a new key, and not readable without either", () => {
  open(new Vault(first)).add(phone);
  const both = new Vault(second, first);
  expect([staleDevices(file, both), resealDevices(file, both), staleDevices(file, both)]).toEqual([1, 1, 0]);
  expect(open(new Vault(second)).all).toHaveLength(1);
  expect(() => open(new Vault(first)).all).toThrow("is damaged, or encrypted under a key that is not there");
});
