/** Scheduled backups: what is in force, what `start` says, what is refused, and what backups are encrypted with. */
import { expect, test } from "vitest";
import { backupSecrets } from "../../src/config.ts";
import { loaded, pair, refusals, withFolder } from "./folder.ts";

const stated = (yaml: string) => ({ ...pair, "config/keep.yaml": `backup: {${yaml}}\n` });

test("none are scheduled unless it says how often", () => {
  const { backup, backupNotes, values } = loaded(pair);
  expect(backup).toMatchObject({
    everyHours: { value: null, source: "default" },
    keep: { value: 7, source: "default" },
    folder: { value: expect.stringMatching(/\/data\/backups$/), source: "default" },
    everything: { value: false, source: "default" },
  });
  expect(backupNotes).toEqual(["no backups are scheduled: backup.every_hours is not set"]);
  expect(values).toContainEqual({ keyPath: "backup.every_hours", value: "off", source: "default" });
});

test("each key is in force, and start says so", () => {
  const { backup, backupNotes } = loaded(
    stated("every_hours: 6, keep: 3, folder: ../kept, everything: true"),
  );
  const source = "config/keep.yaml";
  expect(backup).toEqual({
    everyHours: { value: 6, source },
    keep: { value: 3, source },
    folder: { value: expect.stringMatching(/^\/.*[^g]\/kept$/), source },
    everything: { value: true, source },
  });
  expect(backupNotes[0]).toMatch(
    /^a backup every 6 h \(config\/keep\.yaml\), the newest 3 kept .*, in \/.*\/kept /,
  );
  expect(loaded(stated("folder: /mnt/backup")).backup.folder.value).toBe("/mnt/backup");
});

test.each([
  ["every_hours: 0", "backup.every_hours"],
  ["keep: 0", "backup.keep"],
  ['folder: ""', "backup.folder"],
  ["every_hour: 6", "backup.every_hour"],
])("%s is refused by its name", (yaml, name) => {
  expect(
    refusals(stated(yaml))
      .map(({ keyPath, message }) => `${keyPath} ${message}`)
      .join("\n"),
  ).toContain(name);
});

test("a passphrase comes before the key, and one that is too short is none", () => {
  const key = Buffer.alloc(32, 1).toString("base64");
  withFolder(pair, (root) => {
    const kinds = (variables: Record<string, string>) => {
      const found = backupSecrets(`${root}/config`, variables);
      return found.ok ? found.secrets.map(({ kind }) => kind) : found.problems.map(({ keyPath }) => keyPath);
    };
    expect(kinds({})).toEqual([]);
    expect(kinds({ COPYTRADER_ENCRYPTION_KEY: `${key},${key}` })).toEqual(["key", "key"]);
    const passphrase = { COPYTRADER_BACKUP_PASSPHRASE: "correct horse battery staple" };
    expect(kinds({ ...passphrase, COPYTRADER_ENCRYPTION_KEY: key })).toEqual(["passphrase", "key"]);
    expect(kinds({ COPYTRADER_BACKUP_PASSPHRASE: "short" })).toEqual(["COPYTRADER_BACKUP_PASSPHRASE"]);
  });
});
