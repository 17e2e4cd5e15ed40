/**
 * What our HTTP and WebSocket clients share of plain and TLS sockets: one read buffer for all connections, and the
 * options of a TLS connection.
 */
import type { Socket as NetSocket, OnReadOpts } from "node:net";
import { isIP } from "node:net";
import {
  type ConnectionOptions,
  createSecureContext,
  type SecureContext,
  connect as tlsConnect,
} from "node:tls";

/**
 * Reads are handed over synchronously, so one buffer can serve every connection. Where the platform fills buffers
 * before it reports them (Windows), each connection needs its own.
 */
const sharedBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Read options that hand each chunk to `take`, which must be done with it when it returns. */
export function readInto(take: (chunk: Buffer) => void): OnReadOpts {
  const buffer = process.platform === "win32" ? Buffer.allocUnsafeSlow(16 * 1024) : sharedBuffer;
  return {
    buffer,
    callback: (count) => {
      take(buffer.subarray(0, count));
      return true;
    },
  };
}

/** One for all connections: by itself each would make its own, which takes more memory than the rest of the connection. */
let sharedContext: SecureContext | null = null;

/** A server name must not be an address (RFC 6066, section 3). */
export function secureSocket(host: string, port: number, onread: OnReadOpts): NetSocket {
  sharedContext ??= createSecureContext({ minVersion: "TLSv1.2" });
  const name = isIP(host) === 0 ? { servername: host } : {};
  const options: ConnectionOptions & { readonly onread: OnReadOpts } = {
    host,
    port,
    ...name,
    ALPNProtocols: ["http/1.1"],
    onread,
    // Said here, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment cannot unsay it: keys are signed for who answers.
    rejectUnauthorized: true,
    secureContext: sharedContext,
  };
  return tlsConnect(options);
}
