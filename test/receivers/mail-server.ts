/**
 * A mail server that takes messages in over SMTP (RFC 5321), with STARTTLS (3207) or TLS from the first byte, and sign-in (4954). It
 * refuses, breaks off and stays silent as a test wants.
 */

import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, createServer as createTlsServer, TLSSocket } from "node:tls";
import type { Certificate } from "./certificate.ts";
import { type Mail, readMail } from "./mail.ts";

export type MailSecurity = "none" | "starttls" | "tls";

export interface MailServerOptions {
  readonly security?: MailSecurity;
  /** For `starttls` and `tls`. */
  readonly certificate?: Certificate;
  /** Who signs in; nobody has to when left out. */
  readonly user?: { readonly name: string; readonly password: string };
}

export interface ReceivedMail extends Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly secured: boolean;
  readonly signedIn: boolean;
  readonly raw: string;
}

/** What happens at a step of the conversation: an answer in place of the usual one, an end, or nothing at all. */
export type MailFault =
  | { readonly kind: "answer"; readonly at: MailStep; readonly line: string }
  | { readonly kind: "break"; readonly at: MailStep }
  /** The message is taken, and the answer lost. */
  | { readonly kind: "lost-answer" }
  | { readonly kind: "silence"; readonly at: MailStep };

export type MailStep = "connect" | "auth" | "mail" | "rcpt" | "data" | "message";

const SIZE_MAX = 10 * 1024 * 1024;

export class MailServer {
  readonly mails: ReceivedMail[] = [];
  /** Each stands for one conversation's step, and is used up. */
  readonly faults: MailFault[] = [];
  /** Everything that clients have said, line by line. */
  readonly heard: string[] = [];
  connections = 0;
  refusedSignIns = 0;
  readonly options: MailServerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(options: MailServerOptions) {
    this.options = options;
    const onSocket = (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      new MailSession(this, socket);
    };
    const { certificate } = options;
    this.#server =
      options.security === "tls"
        ? createTlsServer({ key: certificate?.key, cert: certificate?.certificate }, onSocket)
        : createServer(onSocket);
    // A client that does not trust the certificate is no concern of the server's.
    this.#server.on("tlsClientError", () => {});
  }

  static async open(options: MailServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(options);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  takeFault(at: MailStep): MailFault | null {
    const index = this.faults.findIndex(
      (fault) => (fault.kind === "lost-answer" ? "message" : fault.at) === at,
    );
    return this.faults.splice(index, index < 0 ? 0 : 1)[0] ?? null;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** One conversation. */
class MailSession {
  readonly #server: MailServer;
  #socket: Socket;
  #buffer = Buffer.alloc(0);
  #from: string | null = null;
  #to: string[] = [];
  #isMessage = false;
  /** Answers that belong to a sign-in under way. */
  #login: string[] | null = null;
  #secured: boolean;
  #signedIn = false;

  constructor(server: MailServer, socket: Socket) {
    this.#server = server;
    this.#socket = socket;
    this.#secured = server.options.security === "tls";
    this.#listen(socket);
    this.#at("connect", () => this.#say("220 loopback ESMTP"));
  }

  #listen(socket: Socket): void {
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#read();
    });
  }

  #read(): void {
    while (!this.#socket.destroyed) {
      if (this.#isMessage) {
        const start = Buffer.concat([Buffer.from("\r\n"), this.#buffer]);
        const end = start.indexOf("\r\n.\r\n");
        if (end < 0) return;
        this.#isMessage = false;
        this.#buffer = Buffer.from(start.subarray(end + 5));
        this.#message(start.subarray(Math.min(2, end), end));
      } else {
        const end = this.#buffer.indexOf("\r\n");
        if (end < 0) return;
        const line = this.#buffer.subarray(0, end).toString("utf8");
        this.#buffer = Buffer.from(this.#buffer.subarray(end + 2));
        this.#server.heard.push(line);
        if (this.#login === null) this.#line(line);
        else this.#loginLine(line);
      }
    }
  }

  #line(line: string): void {
    const [verb = "", ...rest] = line.split(" ");
    const argument = rest.join(" ");
    switch (verb.toUpperCase()) {
      case "EHLO":
        return this.#hello();
      case "HELO":
      case "NOOP":
        return this.#say("250 loopback");
      case "RSET":
        this.#forget();
        return this.#say("250 forgotten");
      case "STARTTLS":
        return this.#startTls();
      case "AUTH":
        return this.#at("auth", () => this.#auth(argument));
      case "MAIL":
        return this.#at("mail", () => this.#mailFrom(argument));
      case "RCPT":
        return this.#at("rcpt", () => this.#recipient(argument));
      case "DATA":
        return this.#at("data", () => this.#data());
      case "QUIT":
        this.#say("221 bye");
        return void this.#socket.end();
      default:
        return this.#say("500 unknown command");
    }
  }

  #hello(): void {
    const { security, user } = this.#server.options;
    const offers = [
      "loopback",
      `SIZE ${SIZE_MAX}`,
      "8BITMIME",
      ...(security === "starttls" && !this.#secured ? ["STARTTLS"] : []),
      ...(user === undefined || (security !== "none" && !this.#secured) ? [] : ["AUTH PLAIN LOGIN"]),
    ];
    for (const [at, offer] of offers.entries())
      this.#say(`250${at === offers.length - 1 ? " " : "-"}${offer}`);
  }

  #startTls(): void {
    const { security, certificate } = this.#server.options;
    if (security !== "starttls" || this.#secured || certificate === undefined)
      return this.#say("502 not offered");
    this.#say("220 go ahead");
    const plain = this.#socket;
    plain.removeAllListeners("data");
    // What came in the clear before must not count afterwards.
    this.#buffer = Buffer.alloc(0);
    this.#forget();
    const context = createSecureContext({ key: certificate.key, cert: certificate.certificate });
    this.#socket = new TLSSocket(plain, { isServer: true, secureContext: context });
    this.#secured = true;
    this.#listen(this.#socket);
  }

  #auth(argument: string): void {
    const [kind = "", initial] = argument.split(" ");
    if (kind.toUpperCase() === "PLAIN" && initial !== undefined) return this.#checkPlain(initial);
    if (kind.toUpperCase() !== "LOGIN") return this.#say("504 unknown kind of sign-in");
    this.#login = [];
    this.#say(`334 ${Buffer.from("Username:").toString("base64")}`);
  }

  #checkPlain(initial: string): void {
    const [, name = "", password = ""] = Buffer.from(initial, "base64").toString("utf8").split("\0");
    this.#check(name, password);
  }

  #loginLine(line: string): void {
    const given = [...(this.#login ?? []), Buffer.from(line, "base64").toString("utf8")];
    const [name = "", password] = given;
    this.#login = password === undefined ? given : null;
    if (password === undefined) this.#say(`334 ${Buffer.from("Password:").toString("base64")}`);
    else this.#check(name, password);
  }

  #check(name: string, password: string): void {
    const { user } = this.#server.options;
    this.#signedIn = user !== undefined && user.name === name && user.password === password;
    if (!this.#signedIn) this.#server.refusedSignIns += 1;
    this.#say(this.#signedIn ? "235 welcome" : "535 5.7.8 wrong name or password");
  }

  #mailFrom(argument: string): void {
    const { user, security = "none" } = this.#server.options;
    if (security !== "none" && !this.#secured) return this.#say("530 5.7.0 must issue STARTTLS first");
    if (user !== undefined && !this.#signedIn) return this.#say("530 5.7.0 sign in first");
    const address = addressIn(argument, "FROM");
    const size = Number(/SIZE=(\d+)/i.exec(argument)?.[1] ?? 0);
    if (address === null) return this.#say("501 wrong sender");
    if (size > SIZE_MAX) return this.#say("552 too large");
    this.#forget();
    this.#from = address;
    this.#say("250 sender");
  }

  #recipient(argument: string): void {
    const address = addressIn(argument, "TO");
    if (this.#from === null) return this.#say("503 no sender yet");
    if (address === null || address === "") return this.#say("501 wrong recipient");
    this.#to.push(address);
    this.#say("250 recipient");
  }

  #data(): void {
    if (this.#from === null || this.#to.length === 0) return this.#say("503 nobody to send it to");
    this.#isMessage = true;
    this.#say("354 end with a dot");
  }

  /** Dots that were doubled at the start of a line are single again. */
  #message(source: Buffer): void {
    const raw = Buffer.from(
      source.toString("latin1").replaceAll("\r\n.", "\r\n").replace(/^\./, ""),
      "latin1",
    );
    const [from, to] = [this.#from ?? "", this.#to];
    this.#forget();
    const fault = this.#server.takeFault("message");
    if (fault !== null && fault.kind !== "lost-answer") return this.#fail(fault);
    if (raw.length > SIZE_MAX) return this.#say("552 too large");
    const mail = readMail(raw);
    const facts = { from, to, secured: this.#secured, signedIn: this.#signedIn, raw: raw.toString("latin1") };
    this.#server.mails.push({ ...mail, ...facts });
    if (fault === null) this.#say(`250 taken as ${this.#server.mails.length}`);
    else this.#socket.destroy();
  }

  #forget(): void {
    this.#from = null;
    this.#to = [];
  }

  #at(step: MailStep, go: () => void): void {
    const fault = this.#server.takeFault(step);
    if (fault === null) go();
    else this.#fail(fault);
  }

  #fail(fault: MailFault): void {
    if (fault.kind === "answer") this.#say(fault.line);
    else if (fault.kind === "break") this.#socket.destroy();
  }

  #say(line: string): void {
    if (this.#socket.writable) this.#socket.write(`${line}\r\n`);
  }
}

/** `FROM:<a@b>`; "" for the empty sender, null for none. */
function addressIn(argument: string, word: string): string | null {
  const found = new RegExp(`^${word}:\\s*<([^<>\\s]*)>`, "i").exec(argument);
  return found?.[1] ?? null;
}
