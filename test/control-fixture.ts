/**
 * A data folder with accounts and users, and the facade over a core that is told a story: what the tests of the API and of the bot ask.
 * No engine runs; nothing waits.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeProblem, loadConfiguration } from "../src/config.ts";
import type { AlertBook } from "../src/control/alert-requests.ts";
import type { Control, ControlKind, RequestOf } from "../src/control/control.ts";
import { RunningControl } from "../src/control/running.ts";
import type { Command } from "../src/core/event.ts";
import { NO_OWN_CODE } from "../src/core/own-code.ts";
import type { Settings } from "../src/core/settings.ts";
import type { Identity, IdentityClock } from "../src/identity/identity.ts";
import { openIdentity } from "../src/identity/open-identity.ts";
import { machineClock } from "../src/run/identity-at.ts";
import { FernetKey } from "../src/security/fernet.ts";
import { Vault } from "../src/security/vault.ts";
import { follower, leader } from "./configuration/folder.ts";
import type { Story } from "./core/story.ts";
import { TEST_KEY } from "./e2e/program.ts";

export type AccountFile = typeof follower & { readonly telegram_id?: number };

export function identityIn(
  folder: string,
  clock: IdentityClock = machineClock,
  telegramIds: ReadonlyMap<string, string> = new Map(),
): Promise<Identity> {
  return openIdentity({
    path: join(folder, "identity.sqlite"),
    vault: () => new Vault(testKey()),
    telegramIds: () => telegramIds,
    clock,
  });
}

export function testKey(): FernetKey {
  const key = FernetKey.parse(TEST_KEY);
  if (key === null) throw new Error("the key of the tests is none");
  return key;
}

/** The engine's part in it is played by the story. */
export function runningControl(story: Story, dataDir: string, alerts: AlertBook | null = null): Control {
  const engine = {
    running: true,
    state: story.state,
    own: NO_OWN_CODE,
    writeAll: () => true,
    command: (command: Command) => void story.command(command),
    configure: (settings: Settings) => void story.configure(settings),
  };
  const loaded = loadConfiguration({
    configDir: join(dataDir, "config"),
    dataDir,
    live: false,
    purpose: "inspect",
    env: {},
  });
  if (!loaded.ok) throw new Error(loaded.problems.map(describeProblem).join("\n"));
  const { configuration } = loaded;
  return new RunningControl({ engine, configuration, dataDir, alerts });
}

/** Writes down what is asked of the facade, by kind. */
export function noted(control: Control, asked: ControlKind[]): Control {
  return {
    ask: <Kind extends ControlKind>(request: RequestOf<Kind>) => {
      asked.push(request.kind);
      return control.ask<Kind>(request);
    },
    close: async () => {},
  };
}

/** A leader and his follower, and whoever else. */
export function writeAccounts(dataDir: string, more: readonly AccountFile[]): void {
  mkdirSync(join(dataDir, "accounts"));
  for (const one of [leader, { ...follower, leader: "leader" }, ...more])
    writeFileSync(join(dataDir, "accounts", `${one.nickname}.json`), JSON.stringify(one), { mode: 0o600 });
}
