/**
 * Who takes part in the demo besides the leaders: five followers with different equity, sizing and position mode, and the
 * folders that make a configuration of them, in exactly the form that a user would write.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Credentials } from "../security/secrets.ts";
import { type DemoFolders, demoFolders, emptyDemoFolder } from "./demo-folder.ts";
import { LEADERS } from "./leaders.ts";
import type { AccountSetup } from "./venue-client.ts";

export interface FollowerRole extends AccountSetup {
  readonly nickname: string;
  /** Whom it copies. */
  readonly leaders: readonly string[];
  /** Keys of its account file that say how it copies. */
  readonly copying: Readonly<Record<string, unknown>>;
  readonly about: string;
  /** The kill switch is shown on it. */
  readonly panics?: true;
  /** A price is moved against it until its loss tiers cut it. */
  readonly loses?: true;
  /** Its owner paused it two days ago. */
  readonly paused?: true;
}

export const FOLLOWERS: readonly FollowerRole[] = [
  {
    nickname: "anna",
    leaders: ["rider", "fader"],
    balance: "25000",
    positionMode: "one-way",
    copying: { sizing: "equity-proportional" },
    about: "by equity",
  },
  {
    nickname: "ben",
    leaders: ["rider"],
    balance: "40000",
    positionMode: "hedge",
    copying: {
      copy_multiplier: 1.5,
      sl_loss_tiers_usd: [200, 400, 2_500],
      sl_reference: "day",
      cool_off_minutes: 180,
    },
    about: "x 1.5, stops",
    loses: true,
  },
  {
    nickname: "chloe",
    leaders: ["fader"],
    balance: "120000",
    positionMode: "one-way",
    copying: { copy_multiplier: 2 },
    about: "x 2",
    panics: true,
  },
  {
    nickname: "dmitri",
    leaders: ["fader"],
    balance: "15000",
    positionMode: "hedge",
    copying: { copy_multiplier: 0.25 },
    about: "x 0.25, paused",
    paused: true,
  },
  {
    nickname: "elif",
    leaders: ["doubler"],
    balance: "900",
    positionMode: "hedge",
    copying: {
      sizing: "equity-proportional",
      stop_loss: 0.1,
      max_symbol_notional: 250,
      symbols_to_skip: ["1000*"],
      cool_off_minutes: 720,
    },
    about: "with limits",
  },
];

export interface Member {
  readonly nickname: string;
  readonly setup: AccountSetup;
  readonly credentials: Credentials;
  readonly secret: string;
}

/** Everybody with a fresh key; keys of the demo are worth nothing and live as long as its exchange. */
export function castMembers(): Member[] {
  return [...LEADERS, ...FOLLOWERS].map(({ nickname, balance, positionMode }) => {
    const secret = randomBytes(18).toString("hex");
    const key = `demo${randomBytes(7).toString("hex")}`;
    return { nickname, setup: { balance, positionMode }, credentials: new Credentials(key, secret), secret };
  });
}

/** Writes the demo's configuration and account files into `folder`, which is emptied before. */
export function writeFolders(folder: string, rest: string, members: readonly Member[]): DemoFolders {
  emptyDemoFolder(folder);
  const folders = demoFolders(folder);
  mkdirSync(folders.config);
  mkdirSync(join(folders.data, "accounts"), { recursive: true, mode: 0o700 });
  // Beside the configuration, where every command on it finds it: the demo leaves nothing outside its folder.
  const keyFile = join(resolve(folder), "encryption.key");
  writeFileSync(join(folder, ".env"), `COPYTRADER_ENCRYPTION_KEY_FILE=${JSON.stringify(keyFile)}\n`);
  writeFileSync(join(folders.config, "copy_trading_config.yaml"), "copy_trading:\n  mode: live\n");
  for (const member of members) writeAccount(folders, rest, member);
  return folders;
}

function writeAccount({ data }: DemoFolders, rest: string, member: Member): void {
  const follower = FOLLOWERS.find(({ nickname }) => nickname === member.nickname);
  const file = {
    nickname: member.nickname,
    api_key: member.credentials.apiKey,
    api_secret: member.secret,
    url: rest,
    account_type: "simulated",
    role: follower === undefined ? "leader" : "follower",
    ...(follower === undefined ? {} : { leader: follower.leaders, ...follower.copying }),
  };
  const path = join(data, "accounts", `${member.nickname}.json`);
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
}
