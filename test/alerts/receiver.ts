/**
 * A receiver of the webhook as a user would write one: verifies the signature over the raw body by the example of
 * docs/alerts.md and drops doubles by id. Answers with failures as long as a test wants.
 */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedAlert {
  readonly version: number;
  readonly id: string;
  readonly kind: string;
  readonly severity: string;
  readonly message: string;
  readonly atMs: number;
  readonly leader?: string;
  readonly follower?: string;
  readonly instrument?: string;
  readonly cause?: string;
  readonly numbers: Readonly<Record<string, number | string>>;
  readonly repeats?: { readonly count: number; readonly sinceMs: number };
}

type Verify = (secret: string, header: string, body: string, nowSeconds?: number) => boolean;

const documents = readFileSync(new URL("../../docs/alerts.md", import.meta.url), "utf8");
const example = /```js\n([\s\S]*?)```/.exec(documents)?.[1] ?? "";

/** The example of the documents itself. */
export const { verify }: { readonly verify: Verify } = await import(
  `data:text/javascript,${encodeURIComponent(example)}`
);

export class Receiver {
  /** Taken, in the order of their first arrival; doubles are dropped by id. */
  readonly alerts: ReceivedAlert[] = [];
  readonly bodies: string[] = [];
  /** Every request, whatever was answered. */
  requests = 0;
  /** Whose signature was wrong. */
  forged = 0;
  doubles = 0;
  /** What the next requests are answered with; 200 when it is empty. */
  answers: number[] = [];
  /** What is answered when `answers` is empty. */
  usual = 200;
  readonly #secret: string;
  readonly #server: Server;

  private constructor(secret: string) {
    this.#secret = secret;
    this.#server = createServer((request, response) => {
      void this.#take(request).then((status) => {
        response.writeHead(status, { location: "http://127.0.0.1:1/elsewhere" }).end();
      });
    });
  }

  static async open(secret: string): Promise<Receiver> {
    const receiver = new Receiver(secret);
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/alerts?from=copytrader`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage): Promise<number> {
    this.requests += 1;
    let body = "";
    for await (const chunk of request) body += chunk;
    const header = String(request.headers["copytrader-signature"]);
    if (!verify(this.#secret, header, body)) {
      this.forged += 1;
      return 401;
    }
    const status = this.answers.shift() ?? this.usual;
    if (status < 200 || status > 299) return status;
    const alert: ReceivedAlert = JSON.parse(body);
    if (this.alerts.some(({ id }) => id === alert.id)) this.doubles += 1;
    else {
      this.alerts.push(alert);
      this.bodies.push(body);
    }
    return status;
  }
}
