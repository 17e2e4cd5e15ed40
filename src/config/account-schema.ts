/**
 * The form of an account file (`accounts/*.json` in the data folder) and of `telegram_auth.json` in the configuration
 * folder. Both hold private things: their values are never quoted in a message.
 */
import { z } from "zod";
import { isKeyText } from "../security/secrets.ts";
import { looksEncrypted } from "../security/vault.ts";
import { allocationKeys } from "./allocation-keys.ts";
import { accountTypes, accountVenues, defaults, roles } from "./defaults.ts";
import { feeKeys } from "./fee-keys.ts";
import { choice, flag, nickname, symbols, telegramId, text } from "./forms.ts";
import { guardKeys } from "./guard-keys.ts";
import { key, requiredKey, section } from "./key-facts.ts";
import { riskKeys } from "./risk-keys.ts";
import { agreesOnStart, DISAGREES_ON_START } from "./start-mode.ts";

const LEADERS_MAX = 1_000;
const TOKEN_LENGTH_MAX = 1_000;

export const accountSchema = section({
  $schema: editorSchema(),
  nickname: requiredKey(nickname(), {
    meaning: "Name of the account, unique among all account files.",
    status: "in-force",
  }),
  role: requiredKey(choice(roles), {
    meaning: "leader (or master) is copied; follower (or slave) copies.",
    status: "in-force",
  }),
  venue: key(choice(accountVenues), {
    meaning: "Where the account is. hyperliquid: a public address that is followed, as a leader only.",
    status: "in-force",
    default: defaults.accountVenue,
  }),
  address: key(publicAddress(), {
    meaning: "Public address of a leader at Hyperliquid: 0x and 40 hexadecimal digits. Needs no key.",
    status: "in-force",
  }),
  account_type: key(choice(accountTypes), {
    meaning: "Decides whether trading needs --live. Inferred from the host when absent.",
    status: "in-force",
  }),
  url: key(address(), {
    meaning:
      "REST address of the venue, such as https://api.bybit.com. Inferred from account_type when absent.",
    status: "in-force",
  }),
  stream_url: key(address(), {
    meaning: "Stream address, when it is not the one that belongs to the url.",
    status: "in-force",
  }),
  api_key: key(secretText(), {
    meaning: "API key; may come from the environment instead.",
    status: "in-force",
  }),
  api_secret: key(secretText(), {
    meaning: "API secret; may come from the environment instead.",
    status: "in-force",
  }),
  enabled: key(flag(), {
    meaning: "false leaves the account out as if its file were absent.",
    status: "in-force",
    default: true,
  }),
  leader: key(leaderNames(), {
    meaning: "Whom a follower copies: a nickname or a list of them. Needed when there are several leaders.",
    status: "in-force",
  }),
  symbols_to_copy: key(symbols("copy every symbol"), {
    meaning:
      "On a leader: what all its followers copy. On a follower: narrows that further. Absent: everything. `*` stands for any letters.",
    status: "in-force",
  }),
  symbols_to_skip: key(symbols("skip none"), {
    meaning:
      "What is not copied, whatever other lists say. On a leader: by no follower. `*` stands for any letters.",
    status: "in-force",
  }),
  ...allocationKeys(),
  ...riskKeys(),
  ...guardKeys(),
  ...feeKeys(),
  telegram_id: key(telegramId(), {
    meaning:
      "Telegram user whose account this is: the bot sends him its alerts, and a user who has the same id sees it.",
    status: "in-force",
  }),
}).refine(agreesOnStart, DISAGREES_ON_START);

export type AccountFile = z.infer<typeof accountSchema>;

/** Roles and permissions are those of the Telegram bot. */
export const telegramAuthSchema = section({
  $schema: editorSchema(),
  authorized_users: requiredKey(
    z
      .array(telegramUser(), { error: "must be a list of users" })
      .max(10_000, { error: "must be at most 10000 users" }),
    {
      meaning: "Who may use the Telegram bot: taken over as users when the bot starts.",
      status: "in-force",
    },
  ),
});

function telegramUser() {
  const permissions = { error: "must be a list of permissions" };
  return section({
    user_id: telegramId(),
    username: text("a user name").optional(),
    role: text("a role", 40),
    permissions: z.array(text("a permission", 60), permissions).max(100, permissions),
    added_at: text("a date and time", 40).optional(),
  });
}

function editorSchema() {
  return key(text("the address of a JSON Schema", 500), {
    meaning: "For editors only; not read.",
    status: "in-force",
  });
}

function secretText() {
  const wrong = { error: "must be 1 to 256 letters, digits or signs, without blanks" };
  return z.string(wrong).refine((value) => isKeyText(value) || isToken(value), wrong);
}

/** A secret of the greatest length makes a token of 440 characters. */
function isToken(value: string): boolean {
  return looksEncrypted(value) && value.length <= TOKEN_LENGTH_MAX;
}

function address() {
  return text("an address such as https://api.bybit.com", 300);
}

function publicAddress() {
  const wrong = { error: "must be a public address: 0x and 40 hexadecimal digits" };
  return z.string(wrong).regex(/^0x[0-9a-fA-F]{40}$/, wrong);
}

function leaderNames() {
  const wrong = { error: "must be a nickname or a list of nicknames" };
  return z.union([nickname(), z.array(nickname(), wrong).min(1, wrong).max(LEADERS_MAX, wrong)], wrong);
}
