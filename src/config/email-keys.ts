/** The keys of e-mail: which server sends, from whom, to whom. The password is no key: see email-values.ts. */
import { z } from "zod";
import { defaults, emailSecurities } from "./defaults.ts";
import { choice, nickname, text, wholeNumber } from "./forms.ts";
import { key, requiredKey, section } from "./key-facts.ts";

const RECIPIENTS_MAX = 50;
const ACCOUNTS_MAX = 1_000;
/** What a server takes without quoting; a name before it is not needed here. */
const ADDRESS = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;
const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$|^[0-9a-fA-F:]{2,39}$/;

export function emailServerKeys() {
  const wrongHost = { error: 'must be the name of a mail server, such as "smtp.example.com"' };
  return {
    host: key(z.string(wrongHost).regex(HOST, wrongHost), {
      meaning: "Mail server (SMTP). COPYTRADER_SMTP_URL comes before it.",
      status: "in-force",
    }),
    port: key(wholeNumber({ min: 1, max: 65_535 }), {
      meaning: "Its port; 465 with security: tls and 587 else when left out.",
      status: "in-force",
    }),
    security: key(choice(emailSecurities), {
      meaning:
        "How it is encrypted: from the first byte, by STARTTLS, or, on this machine alone, not at all.",
      status: "in-force",
      default: defaults.alerts.emailSecurity,
    }),
    user: key(text("the name to sign in with"), {
      meaning: "Who signs in there; the password is COPYTRADER_SMTP_PASSWORD in the environment or .env.",
      status: "in-force",
    }),
    from: key(address(), { meaning: "Sender; user when left out.", status: "in-force" }),
    to: key(recipients(), {
      meaning:
        "Who gets the alerts: addresses, or groups of address and accounts, which get those of these accounts alone.",
      status: "in-force",
    }),
  };
}

function address() {
  const wrong = { error: 'must be an e-mail address such as "me@example.com", without a name' };
  return z.string(wrong).regex(ADDRESS, wrong);
}

function recipients() {
  const one = {
    error: 'must be an address such as "me@example.com", or a group of address and accounts',
  };
  const all = { error: `must be a list of 1 to ${RECIPIENTS_MAX} addresses` };
  const group = section({
    address: requiredKey(address(), { meaning: "Who gets them.", status: "in-force" }),
    accounts: requiredKey(z.array(nickname()).min(1).max(ACCOUNTS_MAX), {
      meaning: "Nicknames of accounts: only what is about these is told.",
      status: "in-force",
    }),
  });
  return z
    .array(z.union([address(), group], one), all)
    .min(1, all)
    .max(RECIPIENTS_MAX, all);
}

export type EmailRecipient = z.infer<ReturnType<typeof recipients>>[number];
