/** The API of the benchmark: the real server over the engine's control socket, in a process of its own as `start` has it. */
import { join } from "node:path";
import { ControlSource } from "../../src/api/control-source.ts";
import { giveWay, NICENESS } from "../../src/api/give-way.ts";
import { Metrics } from "../../src/api/metrics.ts";
import { PushDesk } from "../../src/api/push-desk.ts";
import { buildServer } from "../../src/api/server.ts";
import { openIdentity } from "../../src/identity/open-identity.ts";
import { silentLog } from "../../src/log.ts";
import { AccountBook } from "../../src/run/account-book.ts";
import { machineClock } from "../../src/run/identity-at.ts";
import { serve } from "./remote.ts";

const LOCAL = { kind: "local", name: "benchmark" } as const;

const noVault = () => {
  throw new Error("nothing is sealed here");
};

const functions = {
  async start({ dataDir }: { dataDir: string }): Promise<{ readonly port: number; readonly token: string }> {
    giveWay(process.pid, NICENESS.api);
    const configDir = join(dataDir, "config");
    const identity = await openIdentity({
      path: join(dataDir, "identity.sqlite"),
      vault: noVault,
      telegramIds: () => new Map(),
      clock: machineClock,
    });
    const { id: userId } = await identity.addUser(LOCAL, { name: "load", role: "owner" });
    const wanted = { name: "load", scopes: ["all"], expiresInDays: 1, userId } as const;
    const { token } = await identity.createToken(LOCAL, wanted);
    const control = new ControlSource({ configDir, dataDir, env: {} });
    const file = join(dataDir, "web-push.json");
    const desk = { file, vault: noVault, control, identity, log: silentLog, nowMs: () => Date.now() };
    const app = await buildServer({
      control,
      identity,
      push: new PushDesk(desk),
      accounts: new AccountBook({ configDir, dataDir, env: {} }),
      configDir,
      dataDir,
      log: silentLog,
      metrics: new Metrics(),
      ownCode: async () => ({ strategies: [], filters: [] }),
      access: {
        hosts: new Set(["127.0.0.1"]),
        origins: new Set(),
        secure: false,
        behindProxy: false,
        installation: "bench",
      },
      nowMs: () => Date.now(),
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const address = app.server.address();
    if (typeof address !== "object" || address === null) throw new Error("it does not listen");
    return { port: address.port, token };
  },
};

export type ApiFunctions = typeof functions;
serve(functions);
