/**
 * A mail server as far as a test needs one: TLS or STARTTLS or neither, signing in by PLAIN, messages kept whole. Fails as a test
 * wants it to: refuses, closes the connection after it has taken a message, without a word.
 */
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, TLSSocket } from "node:tls";

export interface Mail {
  readonly to: string;
  readonly from: string;
  /** Headers and body as they came. */
  readonly raw: string;
}

export interface MailServerOptions {
  readonly security: "tls" | "starttls" | "none";
  readonly key?: string;
  readonly cert?: string;
  readonly user?: string;
  readonly password?: string;
}

export class MailServer {
  readonly mails: Mail[] = [];
  /** Every line that clients sent outside of messages. */
  readonly lines: string[] = [];
  /** Answers to the ends of the next messages, in place of 250; `close` takes it and says nothing. */
  answers: ("close" | string)[] = [];
  /** Answers to the next recipients. */
  recipientAnswers: string[] = [];
  readonly #options: MailServerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(options: MailServerOptions) {
    this.#options = options;
    const { key = "", cert = "" } = options;
    const serve = (socket: Socket) => this.#serve(socket, options.security === "tls");
    this.#server = options.security === "tls" ? createTlsServer({ key, cert }, serve) : createServer(serve);
  }

  static async open(options: MailServerOptions): Promise<MailServer> {
    const server = new MailServer(options);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket, isSecure: boolean): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.write("220 mail.test ESMTP\r\n");
    this.#talk(socket, isSecure);
  }

  #talk(socket: Socket, isSecure: boolean): void {
    const { security, user, password, key = "", cert = "" } = this.#options;
    let buffer = "";
    let from = "";
    let to = "";
    let message: string[] | null = null;
    let isIn = user === undefined;
    const say = (line: string) => socket.write(`${line}\r\n`);
    const take = (line: string): void => {
      if (message !== null) {
        if (line !== ".") message.push(line.replace(/^\./, ""));
        else {
          this.mails.push({ from, to, raw: message.join("\n") });
          message = null;
          const answer = this.answers.shift() ?? "250 2.0.0 queued as 42";
          if (answer === "close") socket.destroy();
          else say(answer);
        }
        return;
      }
      this.lines.push(line);
      const [word = "", rest = ""] = line.split(/ (.*)/s);
      switch (word.toUpperCase()) {
        case "EHLO":
        case "HELO":
          socket.write("250-mail.test\r\n");
          if (security === "starttls" && !isSecure) socket.write("250-STARTTLS\r\n");
          if (user !== undefined && (isSecure || security === "none")) socket.write("250-AUTH PLAIN\r\n");
          return void say("250 8BITMIME");
        case "STARTTLS": {
          if (security !== "starttls") return void say("502 5.5.1 not here");
          say("220 go on");
          socket.removeAllListeners("data");
          const secured = new TLSSocket(socket, { isServer: true, key, cert });
          this.#sockets.add(secured);
          secured.on("error", () => secured.destroy());
          return this.#talk(secured, true);
        }
        case "AUTH": {
          const [, name, secret] = Buffer.from(rest.replace(/^PLAIN /i, ""), "base64")
            .toString()
            .split("\0");
          isIn = name === user && secret === password;
          return void say(isIn ? "235 2.7.0 welcome" : "535 5.7.8 name or password is not right");
        }
        case "MAIL":
          if (!isIn) return void say("530 5.7.0 sign in first");
          from = rest.replace(/^FROM:<(.*?)>.*$/i, "$1");
          return void say("250 ok");
        case "RCPT": {
          to = rest.replace(/^TO:<(.*?)>.*$/i, "$1");
          return void say(this.recipientAnswers.shift() ?? "250 ok");
        }
        case "DATA":
          message = [];
          return void say("354 go ahead");
        case "QUIT":
          return void socket.end("221 bye\r\n");
        default:
          return void say("250 ok");
      }
    };
    socket.on("data", (chunk: Buffer) => {
      buffer += chunk.toString("utf8");
      for (let end = buffer.indexOf("\r\n"); end >= 0; end = buffer.indexOf("\r\n")) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        take(line);
      }
    });
  }
}
