/** Accounts: what the engine knows of them and what the data folder holds; adding one after a look at its key, removing one. */
import { z } from "zod";
import { amount, largePage, nextCursor, nickname } from "./common.ts";
import { followerState } from "./copying.ts";

const role = z.enum(["leader", "follower"]);
const accountType = z.enum(["live", "testnet", "demo", "simulated"]);

export const account = z
  .object({
    nickname,
    role,
    connected: z.boolean(),
    state: followerState.nullable().meta({ description: "Null for leaders." }),
    reason: z.string(),
    equity: amount,
    snapshotAgeMs: z.number().nullable(),
    in_force: z
      .boolean()
      .meta({ description: "Whether the engine works on it; what was added counts from its next start on." }),
    configured: z
      .object({
        venue: z.string(),
        account_type: accountType.nullable(),
        key: z.enum(["encrypted", "plain", "environment", "public", "none"]).meta({
          description: "Where its key lies; `public` for an address that everybody may read.",
        }),
      })
      .nullable()
      .meta({ description: "Of its file in the data folder; null where that was removed, or is disabled." }),
  })
  .meta({ id: "Account" });

export const accountQuery = z.object({ role: role.optional(), ...largePage });
export const accountList = z
  .object({ accounts: z.array(account), next_cursor: nextCursor })
  .meta({ id: "Accounts" });

const secretText = z.string().min(1).max(500);

export const newAccount = z
  .strictObject({
    nickname: z.string().min(1).max(100),
    role: role.exactOptional().meta({ description: "leader where there is none yet, else follower." }),
    venue: z.enum(["bybit", "hyperliquid"]).exactOptional().meta({ description: "bybit when left out." }),
    account_type: accountType.exactOptional(),
    url: z
      .string()
      .max(500)
      .exactOptional()
      .meta({ description: "Address of the venue; by default as the type or the other accounts say." }),
    stream_url: z.string().max(500).exactOptional(),
    address: z.string().max(100).exactOptional().meta({
      description: "Public address to follow at Hyperliquid, without a key.",
    }),
    leader: z
      .union([nickname, z.array(nickname).max(1_000)])
      .exactOptional()
      .meta({ description: "Whom a follower copies, where there are several leaders." }),
    settings: z.record(z.string().min(1).max(200), z.unknown()).exactOptional().meta({
      description: "Any other key of an account file, such as copy_multiplier.",
    }),
    api_key: secretText.exactOptional(),
    api_secret: secretText.exactOptional(),
  })
  .meta({
    id: "NewAccount",
    description:
      "Key and secret are written encrypted and never answered; both are left out for a paper follower, or where they stay in the environment.",
  });

const check = z.object({
  check: z.string(),
  result: z.enum(["ok", "warn", "fail"]),
  message: z.string(),
});

export const accountOutcome = z
  .object({
    dry_run: z.boolean(),
    nickname,
    role,
    checks: z.array(check).nullable().meta({
      description: "What the venue said of the key; null where there was none to look at.",
    }),
    steps: z.array(z.string()).meta({ description: "What would be done, or was." }),
    made_key_file: z.boolean().meta({
      description: "Whether an encryption key had to be made: keep a copy of its file.",
    }),
  })
  .meta({ id: "AccountOutcome", description: "It counts from the engine's next start on." });
