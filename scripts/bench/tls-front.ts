/** TLS in front of a plain port of the loopback interface, as a real exchange's streams have it. */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createServer } from "node:tls";

const HOST = "127.0.0.1";

/** Paths of PEM files. */
export interface FrontFiles {
  readonly key: string;
  readonly certificate: string;
}

/** Resolves to the port that speaks TLS and passes everything on to `port`. */
export function openTlsFront(port: number, files: FrontFiles): Promise<number> {
  const options = { key: readFileSync(files.key), cert: readFileSync(files.certificate) };
  const server = createServer(options, (outer) => {
    const inner = connect({ host: HOST, port, noDelay: true });
    outer.setNoDelay(true);
    outer.on("error", () => inner.destroy());
    inner.on("error", () => outer.destroy());
    outer.pipe(inner).pipe(outer);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host: HOST, backlog: 4_096 }, () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("the front has no port"));
      else resolve(address.port);
    });
  });
}
