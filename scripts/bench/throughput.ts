/**
 * Orders a second of the simulated exchange on one core, by REST and by order-entry WebSocket with every signature and rule
 * checked, against node:http that only checks the same signature. In turns; by the processor time that the server used,
 * which holds on a shared machine too, and on the clock.
 */
import type { ExchangeFunctions } from "./exchange-process.ts";
import type { HttpFunctions } from "./http-process.ts";
import type { LoadFunctions } from "./load-process.ts";
import type { Path } from "./parameters.ts";
import { Remote } from "./remote.ts";
import { median, rounded } from "./statistics.ts";

const GROUP = "loa-";
const CONNECTIONS = 16;

export interface ThroughputReport {
  readonly orders: number;
  readonly webSocketPerSecond: number;
  readonly restPerSecond: number;
  readonly nodeHttpPerSecond: number;
  readonly restRatio: number;
  /** The same on the clock, beside whatever else the machine was doing. */
  readonly clock: {
    readonly webSocketPerSecond: number;
    readonly restPerSecond: number;
    readonly nodeHttpPerSecond: number;
  };
}

type ServerName = "webSocket" | "rest" | "nodeHttp";

interface Speed {
  readonly perCoreSecond: number;
  readonly perSecond: number;
}

export async function measureThroughput(rounds: number, orders: number): Promise<ThroughputReport> {
  const exchange = new Remote<ExchangeFunctions>("./exchange-process.ts");
  const http = new Remote<HttpFunctions>("./http-process.ts");
  const load = new Remote<LoadFunctions>("./load-process.ts");
  try {
    const { rest } = await exchange.call("start", { limits: "off" });
    await exchange.call("accounts", { prefix: GROUP, number: CONNECTIONS });
    const other = await http.call("start", null);
    const run = async (url: string, path: Path, cpuUs: () => Promise<number>): Promise<Speed> => {
      const before = await cpuUs();
      const seconds = await load.call("run", {
        rest: url,
        path,
        group: GROUP,
        connections: CONNECTIONS,
        orders,
      });
      return { perCoreSecond: orders / (((await cpuUs()) - before) / 1e6), perSecond: orders / seconds };
    };
    const speeds: Record<ServerName, Speed[]> = { webSocket: [], rest: [], nodeHttp: [] };
    // One round more than asked for: the first warms up.
    for (let round = 0; round <= rounds; round += 1) {
      const each = {
        webSocket: await run(rest, "ws", () => exchange.call("cpuUs", null)),
        rest: await run(rest, "rest", () => exchange.call("cpuUs", null)),
        nodeHttp: await run(other.rest, "rest", () => http.call("cpuUs", null)),
      };
      if (round > 0) for (const name of Object.keys(speeds) as ServerName[]) speeds[name].push(each[name]);
    }
    return reportOf(orders, speeds);
  } finally {
    await load.end();
    await http.end();
    await exchange.end();
  }
}

function reportOf(orders: number, speeds: Readonly<Record<ServerName, readonly Speed[]>>): ThroughputReport {
  const core = (name: ServerName) => rounded(median(speeds[name].map((speed) => speed.perCoreSecond)), 0);
  const clock = (name: ServerName) => rounded(median(speeds[name].map((speed) => speed.perSecond)), 0);
  const ratios = speeds.rest.map(
    (speed, index) => speed.perCoreSecond / (speeds.nodeHttp[index]?.perCoreSecond ?? Number.NaN),
  );
  return {
    orders,
    webSocketPerSecond: core("webSocket"),
    restPerSecond: core("rest"),
    nodeHttpPerSecond: core("nodeHttp"),
    restRatio: rounded(median(ratios)),
    clock: {
      webSocketPerSecond: clock("webSocket"),
      restPerSecond: clock("rest"),
      nodeHttpPerSecond: clock("nodeHttp"),
    },
  };
}
