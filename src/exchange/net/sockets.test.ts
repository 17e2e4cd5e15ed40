/** Who answers for a venue must prove it, whatever the environment says. */
import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { afterEach, expect, test, vi } from "vitest";
import { createHttpClient } from "./http-client.ts";
import { createSocketTransport } from "./websocket.ts";

/** Signed by itself for 127.0.0.1, made for this test alone; nothing trusts it. */
const CERTIFICATE = `
-----BEGIN CERTIFICATE-----
MIIBjTCCATSgAwIBAgIUO3+74qLQY+lzqdjqAByyDCzrMmYwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIaW1wb3N0b3IwIBcNMjYxMTIwMTc1NDA4WhgPMjEyNjEwMjcx
NzU0MDhaMBMxETAPBgNVBAMMCGltcG9zdG9yMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAE4ErbKtHM0NgMuLICZhL1LlMqf4kWNQzL831DfA2iBwx9yTgoHJok95/D
l4viOSyx2Ed6SrDtJDP0jKq3O0OXBKNkMGIwHQYDVR0OBBYEFM2qrZDiw0P49iCN
Lzgs3F48enq6MB8GA1UdIwQYMBaAFM2qrZDiw0P49iCNLzgs3F48enq6MA8GA1Ud
EwEB/wQFMAMBAf8wDwYDVR0RBAgwBocEfwAAATAKBggqhkjOPQQDAgNHADBEAiBO
z1DMcl223xnn2FglcqoefkTMTK+ElCJVPN16vm1dyAIgX5krSoKu00oaNNa2yOTN
3n5ZZ0rTWviwQvjnZ2ieRXo=
-----END CERTIFICATE-----
`;
const KEY = `
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgF4Zuq+eE689uoO7D
eEBYlGeOWZv80Jzp+KWA0Om9GX6hRANCAATgStsq0czQ2Ay4sgJmEvUuUyp/iRY1
DMvzfUN8DaIHDH3JOCgcmiT3n8OXi+I5LLHYR3pKsO0kM/SMqrc7Q5cE
-----END PRIVATE KEY-----
`;

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
  vi.unstubAllEnvs();
});

/** An impostor's port, and what arrived there. */
async function impostor(): Promise<{ readonly port: number; readonly heard: string[] }> {
  const heard: string[] = [];
  const server = createServer({ cert: CERTIFICATE, key: KEY }, (socket) => {
    socket.on("data", (chunk) => heard.push(chunk.toString()));
    socket.on("error", () => {});
  });
  server.on("tlsClientError", () => {});
  cleanUps.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, heard };
}

test.each(["", "0"])(
  "a certificate that nobody vouches for ends the connection before a byte is sent (%j)",
  async (value) => {
    if (value !== "") vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", value);
    const { port, heard } = await impostor();
    const http = createHttpClient();
    cleanUps.push(() => http.close());
    const outcome = await new Promise((done) =>
      http.send({ method: "GET", url: `https://127.0.0.1:${port}/`, headers: {}, timeoutMs: 5_000 }, done),
    );
    expect(outcome).toEqual({
      kind: "failed",
      mayHaveArrived: false,
      cause: expect.stringContaining("self-signed"),
    });
    const cause = await new Promise((closed) =>
      createSocketTransport().open(`wss://127.0.0.1:${port}/`, { opened() {}, received() {}, closed }),
    );
    expect(cause).toContain("self-signed");
    expect(heard).toEqual([]);
  },
);
