/**
 * What the simulated exchange's REST side is compared with: node:http checking the same signature over the same bytes by
 * the same code, reading the order and answering as much text. No order book behind it.
 */
import { createServer } from "node:http";
import { SigningKey } from "../../src/exchange/simulated/bybit-server/signing-key.ts";
import { SECRET } from "./parameters.ts";
import { serve } from "./remote.ts";

const key = new SigningKey(SECRET);
let orders = 0;

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts);
    const header = (name: string) => String(request.headers[name] ?? "");
    const prefix = header("x-bapi-timestamp") + header("x-bapi-api-key") + header("x-bapi-recv-window");
    const signature = key.sign(prefix, body);
    const isSigned = signature === header("x-bapi-sign");
    const { orderLinkId }: { orderLinkId?: string } = JSON.parse(body.toString("utf8"));
    orders += 1;
    const result = { orderId: `00000000-0000-0000-0000-${String(orders).padStart(12, "0")}`, orderLinkId };
    const answer = { retCode: isSigned ? 0 : 10004, retMsg: "OK", result, retExtInfo: {}, time: Date.now() };
    response.setHeader("Content-Type", "application/json; charset=utf-8");
    response.setHeader("X-Bapi-Limit", "1000000");
    response.setHeader("X-Bapi-Limit-Status", "999999");
    response.setHeader("X-Bapi-Limit-Reset-Timestamp", String(Date.now()));
    response.end(JSON.stringify(answer));
  });
});

const functions = {
  start(_: null): Promise<{ rest: string }> {
    return new Promise((resolve, reject) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        if (address === null || typeof address === "string") reject(new Error("no port"));
        else resolve({ rest: `http://127.0.0.1:${address.port}` });
      });
    });
  },

  cpuUs(_: null): number {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
};

export type HttpFunctions = typeof functions;
serve(functions);
