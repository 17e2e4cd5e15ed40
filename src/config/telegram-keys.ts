/** The keys of the Telegram bot: whether it runs, where it finds Telegram, in which groups it may be used, and the webhook. */
import { z } from "zod";
import { defaults } from "./defaults.ts";
import { flag, text, wholeNumber } from "./forms.ts";
import { key, section } from "./key-facts.ts";

const own = defaults.telegram;

const GROUPS_MAX = 50;
const ADDRESS_MAX = 2_000;

export function telegramSection() {
  return section({
    enabled: key(flag(), {
      meaning: "Whether start runs the bot where it has a token.",
      status: "in-force",
      default: own.enabled,
    }),
    bot_token: key(text("what copytrader telegram --seal printed", ADDRESS_MAX), {
      meaning:
        "The bot's token, encrypted: copytrader telegram --seal makes it of the one that @BotFather gave. TELEGRAM_BOT_TOKEN comes before it.",
      status: "in-force",
    }),
    api_root: key(text("an address such as https://api.telegram.org", ADDRESS_MAX), {
      meaning: "Where the Bot API is: https, or http on this machine (a Bot API server of your own).",
      status: "in-force",
      default: own.apiRoot,
    }),
    allowed_groups: key(groups(), {
      meaning:
        "Ids of groups in which the bot may be used. Everybody in such a group reads its answers; what each may do stays his own.",
      status: "in-force",
    }),
    webhook: section({
      url: key(text("an address such as https://bot.example.com/telegram", ADDRESS_MAX), {
        meaning:
          "Where Telegram posts updates, instead of being asked for them. https on port 443, 80, 88 or 8443; a proxy of yours hands them on to host and port.",
        status: "in-force",
      }),
      secret_token: key(text("what copytrader telegram --seal printed", ADDRESS_MAX), {
        meaning:
          "What Telegram shows with every update, encrypted like bot_token: 16 to 256 letters, digits, _ or -. Made of the bot's token when left out.",
        status: "in-force",
      }),
      host: key(text("an address of this machine", 253), {
        meaning: "Where the bot listens for updates.",
        status: "in-force",
        default: own.webhookHost,
      }),
      port: key(wholeNumber({ min: 1, max: 65_535 }), {
        meaning: "Port of it.",
        status: "in-force",
        default: own.webhookPort,
      }),
    }).optional(),
  });
}

function groups() {
  const wrong = {
    error: `must be a list of 1 to ${GROUPS_MAX} ids of groups, which are negative numbers such as -1001234567890; leave the key out for none`,
  };
  return z.array(z.int(wrong).negative(wrong), wrong).min(1, wrong).max(GROUPS_MAX, wrong);
}
