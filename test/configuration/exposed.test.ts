/** What is sound but hands something to others: a host that may not be the exchange, files that everybody may write. */
import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfiguration } from "../../src/config.ts";
import { follower, loaded, pair, withFolder } from "./folder.ts";

const yaml = { "config/copy_trading_config.yaml": "copy_trading: {mode: live}\n" };

test("a live account at a host that is none of the exchange's is warned of by the host's name", () => {
  const at = (url: string) =>
    loaded(
      { ...pair, ...yaml, "data/accounts/follower.json": { ...follower, account_type: "live", url } },
      { live: true },
    ).warnings.filter(({ keyPath }) => keyPath === "url");
  expect(at("https://api.bybit.com.evil.test")).toMatchObject([
    { nickname: "follower", message: expect.stringContaining("api.bybit.com.evil.test") },
  ]);
  expect(at("https://api.bybit.com")).toEqual([]);
});

test("what is no file is refused, though it could be read for ever", () => {
  withFolder({ ...pair, ...yaml }, (root) => {
    symlinkSync("/dev/zero", join(root, "config", "endless.yaml"));
    const folders = { configDir: join(root, "config"), dataDir: join(root, "data") };
    expect(loadConfiguration({ ...folders, live: false, env: {} })).toMatchObject({
      ok: false,
      problems: [{ file: expect.stringContaining("endless.yaml"), message: "is no file" }],
    });
  });
});

test("configuration that everybody may write is warned of, folder and file, and what the owner alone writes is not", () => {
  withFolder({ ...pair, ...yaml }, (root) => {
    const [configDir, dataDir] = [join(root, "config"), join(root, "data")];
    const file = join(configDir, "copy_trading_config.yaml");
    const files = () => {
      const result = loadConfiguration({ configDir, dataDir, live: false, env: {} });
      return result.ok ? result.configuration.warnings.map((warning) => warning.file) : ["refused"];
    };
    chmodSync(configDir, 0o775);
    chmodSync(file, 0o664);
    expect(files()).toEqual([]);
    chmodSync(configDir, 0o777);
    chmodSync(file, 0o666);
    expect(files()).toEqual([configDir, file]);
  });
});
