/**
 * The mail server and its password. The password comes from the environment or `.env` alone, in the open or as a token that
 * `copytrader keys seal` made; nothing of it is ever quoted.
 */
import { Password } from "../security/secrets.ts";
import { looksEncrypted } from "../security/vault.ts";
import { defaults, type EmailSecurity } from "./defaults.ts";
import type { EmailRecipient } from "./email-keys.ts";
import type { EncryptionKeys } from "./encryption-keys.ts";
import type { Environment } from "./environment.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { isLoopback } from "./venue-address.ts";

export interface ConfiguredEmail {
  readonly host: string;
  readonly port: number;
  readonly security: EmailSecurity;
  /** Null: nobody signs in. */
  readonly user: string | null;
  /** Null where there is none to be had; with purpose start only without a user. */
  readonly password: Password | null;
  readonly from: string;
  readonly recipients: readonly {
    readonly address: string;
    /** Null: all. */
    readonly accounts: ReadonlySet<string> | null;
  }[];
}

export const SMTP_PASSWORD = "COPYTRADER_SMTP_PASSWORD";
export const SMTP_URL = "COPYTRADER_SMTP_URL";

const PORTS = { tls: 465, starttls: 587, none: 25 } as const satisfies Record<EmailSecurity, number>;

interface Stated {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly security?: EmailSecurity | undefined;
  readonly user?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: readonly EmailRecipient[] | undefined;
}

interface Input {
  readonly stated: Stated | undefined;
  readonly environment: Environment;
  /** Asked only for a password that is a token. */
  readonly keys: () => EncryptionKeys;
  readonly purpose: "start" | "inspect";
  readonly problemAt: (key: keyof Stated, message: string) => ConfigurationProblem;
}

interface FoundEmail {
  readonly email: ConfiguredEmail | null;
  readonly problems: readonly ConfigurationProblem[];
}

export function emailOf(input: Input): FoundEmail {
  const { environment, problemAt, purpose } = input;
  const url = environment.find([SMTP_URL]);
  const fromUrl = url === undefined ? null : serverOf(url.value);
  if (url !== undefined && fromUrl === null) {
    const message = "must be an address such as smtps://user:password@smtp.example.com:465";
    return { email: null, problems: [{ file: url.source, keyPath: SMTP_URL, message }] };
  }
  const server = { ...input.stated, ...fromUrl?.server };
  const { host, user, to } = server;
  const isStated = [host, server.port, user, server.from, to].some((value) => value !== undefined);
  if (!isStated) return { email: null, problems: [] };
  if (host === undefined) return refused(problemAt("host", "is missing; it must be the mail server's name"));
  if (to === undefined)
    return refused(problemAt("to", "is missing; it must be the list of who gets the alerts"));
  const security = server.security ?? defaults.alerts.emailSecurity;
  if (security === "none" && !isLoopback(host))
    return refused(
      problemAt("security", "must be tls or starttls; without encryption only this machine may be asked"),
    );
  const from = server.from ?? user;
  if (from === undefined || !from.includes("@"))
    return refused(problemAt("from", "is missing; it must be the sender's address"));
  const password = fromUrl?.password ?? passwordOf(input);
  const problems = missing(password, user);
  return {
    email: {
      host,
      port: server.port ?? PORTS[security],
      security,
      user: user ?? null,
      password: password instanceof Password ? password : null,
      from,
      recipients: to.map((one) =>
        typeof one === "string"
          ? { address: one, accounts: null }
          : { address: one.address, accounts: new Set(one.accounts) },
      ),
    },
    problems: purpose === "inspect" && password === null ? [] : problems,
  };
}

function refused(problem: ConfigurationProblem): FoundEmail {
  return { email: null, problems: [problem] };
}

function missing(
  password: Password | ConfigurationProblem | null,
  user: string | undefined,
): readonly ConfigurationProblem[] {
  if (password !== null && !(password instanceof Password)) return [password];
  if (password !== null || user === undefined) return [];
  const message = `is missing: alerts.email.user is set, and signs in with it; set ${SMTP_PASSWORD} in the environment or .env`;
  return [{ file: "environment", keyPath: SMTP_PASSWORD, message }];
}

const PASSWORD_MAX = 500;

function passwordOf({ environment, keys }: Input): Password | ConfigurationProblem | null {
  const found = environment.find([SMTP_PASSWORD]);
  if (found === undefined) return null;
  const wrong = (message: string) => ({ file: found.source, keyPath: SMTP_PASSWORD, message });
  if (!looksEncrypted(found.value)) {
    if (found.value.length > PASSWORD_MAX) return wrong(`must be at most ${PASSWORD_MAX} characters`);
    return new Password(found.value);
  }
  const ring = keys();
  const opened = ring.kind === "variable" || ring.kind === "file" ? ring.vault.decrypt(found.value) : null;
  return opened === null
    ? wrong("is encrypted, and no key at hand opens it; copytrader keys seal makes it anew")
    : new Password(opened.toString("utf8"));
}

/** `smtps://` is TLS from the first byte, `smtp://` STARTTLS, or nothing on this machine. */
function serverOf(text: string): { readonly server: Stated; readonly password: Password | null } | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if ((url.protocol !== "smtps:" && url.protocol !== "smtp:") || url.hostname === "") return null;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const open = isLoopback(host) && url.protocol === "smtp:" ? "none" : "starttls";
  const decoded = (part: string) => decodeURIComponent(part);
  return {
    server: {
      host,
      security: url.protocol === "smtps:" ? "tls" : open,
      ...(url.port === "" ? {} : { port: Number(url.port) }),
      ...(url.username === "" ? {} : { user: decoded(url.username) }),
    },
    password: url.password === "" ? null : new Password(decoded(url.password)),
  };
}
