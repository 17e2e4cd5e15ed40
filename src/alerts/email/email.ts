/**
 * E-mail: each alert as one message to one recipient, by the owner's own mail server. The library is loaded with the first message.
 * A repeated delivery carries the same Message-ID, by which mail programs drop doubles.
 */
import type { Transporter } from "nodemailer";
import type { Alert } from "../alert.ts";
import type { AlertChannel, ChannelOutcome } from "../channel.ts";
import { isAbout } from "../rules.ts";
import { messageOf } from "./message.ts";

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** From the first byte, by STARTTLS, or not at all (this machine only; see config). */
  readonly security: "tls" | "starttls" | "none";
  readonly user: string | null;
  readonly password: { reveal(): string } | null;
  readonly from: string;
  /** Certificates that are believed besides the machine's; for a server of one's own. */
  readonly ca?: string;
}

export interface MailRecipient {
  readonly address: string;
  /** Null: told everything. */
  readonly accounts: ReadonlySet<string> | null;
}

const TIMEOUT_MS = 20_000;

/** One channel for each recipient, over one connection at a time. */
export function emailChannels(
  server: MailServer,
  recipients: readonly MailRecipient[],
): readonly AlertChannel[] {
  let opening: Promise<Transporter> | null = null;
  const transporter = () => {
    opening ??= transporterTo(server);
    return opening;
  };
  return recipients.map(({ address, accounts }) => ({
    name: `email:${address}`,
    family: "email",
    isFor: (alert) => isAbout(alert, accounts ?? "all"),
    deliver(alert, done) {
      transporter()
        .then((mail) => sent(mail, server.from, address, seenBy(alert, accounts)))
        .then(done, (error: unknown) => done(failureOf(error)));
    },
  }));
}

/** Of a summary only what is for its reader; the rules let nothing else reach him. */
function seenBy(alert: Alert, accounts: ReadonlySet<string> | null): Alert {
  if (accounts === null || alert.waited === undefined) return alert;
  return { ...alert, waited: alert.waited.filter((one) => isAbout(one, accounts)) };
}

async function transporterTo({ host, port, security, user, password, ca }: MailServer): Promise<Transporter> {
  const { createTransport } = await import("nodemailer");
  return createTransport({
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(user === null || password === null ? {} : { auth: { user, pass: password.reveal() } }),
    tls: { minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) },
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

async function sent(mail: Transporter, from: string, to: string, alert: Alert): Promise<ChannelOutcome> {
  const { response } = await mail.sendMail({ from, to, ...messageOf(alert, from) });
  return { kind: "delivered", answer: shortened(String(response ?? "taken")) };
}

/** A 5xx about recipient or message is a refusal; one about signing in may be mended by the owner. */
function failureOf(error: unknown): ChannelOutcome {
  const { code = "", responseCode, message = String(error) } = partsOf(error);
  const isRefusal =
    (code === "EENVELOPE" || code === "EMESSAGE") && responseCode !== undefined && responseCode >= 500;
  return { kind: "failed", cause: shortened(code === "" ? message : `${code}: ${message}`), isRefusal };
}

function partsOf(error: unknown): {
  readonly code?: string;
  readonly responseCode?: number;
  readonly message?: string;
} {
  if (!(error instanceof Error)) return {};
  const { message } = error;
  return {
    message,
    ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}),
    ...("responseCode" in error && typeof error.responseCode === "number"
      ? { responseCode: error.responseCode }
      : {}),
  };
}

const SHOWN_MAX = 200;

function shortened(text: string): string {
  return text.replaceAll(/\s+/g, " ").slice(0, SHOWN_MAX);
}
