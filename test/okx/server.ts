/** An OKX of our own that speaks what its guide documents of lead traders, with the guide's own examples as answers. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

type Row = Readonly<Record<string, unknown>>;

/** The rank of the guide. */
export const RANK: Row = {
  accCopyTraderNum: "3536",
  aum: "1509265.3238761567721365",
  ccy: "USDT",
  copyState: "0",
  copyTraderNum: "999",
  leadDays: "156",
  maxCopyTraderNum: "1000",
  nickName: "Crypto to the moon",
  pnl: "48805.1105999999972258",
  pnlRatio: "1.6898",
  pnlRatios: [
    { beginTs: "1701187200000", pnlRatio: "1.6744" },
    { beginTs: "1700755200000", pnlRatio: "1.649" },
  ],
  portLink: "",
  traderInsts: ["ICP-USDT-SWAP", "MINA-USDT-SWAP"],
  uniqueCode: "540D011FDACCB47A",
  winRatio: "0.6957",
};

const STATISTICS: Row = {
  avgSubPosNotional: "213.1038",
  ccy: "USDT",
  curCopyTraderPnl: "96.8071",
  investAmt: "265.095252476476294",
  lossDays: "1",
  profitDays: "2",
  winRatio: "0.6667",
};

export const CLOSED: Row = {
  ccy: "USDT",
  closeAvgPx: "28385.9",
  closeTime: "1697709137162",
  instId: "BTC-USDT-SWAP",
  instType: "SWAP",
  lever: "20",
  margin: "4.245285",
  mgnMode: "isolated",
  openAvgPx: "28301.9",
  openTime: "1697698048031",
  pnl: "0.252",
  pnlRatio: "0.05935997229868",
  posSide: "long",
  subPos: "3",
  subPosId: "635126416883355648",
  uniqueCode: "9A8534AB09862774",
};

export const OPEN: Row = {
  ccy: "USDT",
  instId: "ETH-USDT-SWAP",
  instType: "SWAP",
  lever: "5",
  margin: "16.23304",
  markPx: "2027.31",
  mgnMode: "isolated",
  openAvgPx: "2029.13",
  openTime: "1701144639417",
  posSide: "short",
  subPos: "4",
  subPosId: "649582930998104064",
  uniqueCode: "D9ADEAB33AE9EABD",
  upl: "0.0728",
  uplRatio: "0.0044846806266725",
};

const INSTRUMENTS: readonly Row[] = [
  { instId: "BTC-USDT-SWAP", ctVal: "0.01", ctMult: "1", ctType: "linear" },
  { instId: "ETH-USDT-SWAP", ctVal: "0.1", ctMult: "1", ctType: "linear" },
  { instId: "BTC-USD-SWAP", ctVal: "100", ctMult: "1", ctType: "inverse" },
];

const PREFIX = "/api/v5/copytrading/";

export class OkxServer {
  ranks: readonly Row[] = [RANK];
  /** Newest first. */
  closed: readonly Row[] = [CLOSED];
  open: readonly Row[] = [OPEN];
  /** So many answers are refused for too many requests. */
  refusals = 0;
  readonly asked: URL[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", this.url);
      this.asked.push(url);
      const data = this.#dataOf(url);
      const isRefused = this.refusals > 0;
      if (isRefused) this.refusals -= 1;
      const answer = isRefused
        ? { code: "50011", msg: "Too Many Requests", data: [] }
        : data === undefined
          ? { code: "51000", msg: "Parameter uniqueCode error", data: [] }
          : { code: "0", msg: "", data };
      const status = isRefused ? 429 : data === undefined ? 400 : 200;
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #dataOf({ pathname, searchParams }: URL): readonly Row[] | undefined {
    if (pathname === "/api/v5/public/instruments") return INSTRUMENTS;
    if (!pathname.startsWith(PREFIX)) return undefined;
    const name = pathname.slice(PREFIX.length);
    if (name === "public-lead-traders") return this.#ranks(searchParams);
    if (!/^[A-Za-z0-9]{16,18}$/.test(searchParams.get("uniqueCode") ?? "")) return undefined;
    switch (name) {
      case "public-stats":
        return ["1", "2", "3", "4"].includes(searchParams.get("lastDays") ?? "") ? [STATISTICS] : undefined;
      case "public-weekly-pnl":
        return [{ beginTs: "1701014400000", pnl: "-2.8428", pnlRatio: "-0.0106" }];
      case "public-preference-currency":
        return [{ ccy: "ETH", ratio: "0.8881" }];
      case "public-current-subpositions":
        return page(this.open, searchParams);
      case "public-subpositions-history":
        return page(this.closed, searchParams);
      default:
        return undefined;
    }
  }

  #ranks(query: URLSearchParams): readonly Row[] {
    const limit = Math.min(20, Number(query.get("limit") ?? 10));
    const first = (Number(query.get("page") ?? 1) - 1) * limit;
    const totalPage = String(Math.ceil(this.ranks.length / limit));
    return [{ dataVer: "20231129213200", ranks: this.ranks.slice(first, first + limit), totalPage }];
  }
}

function page(rows: readonly Row[], query: URLSearchParams): readonly Row[] {
  const after = query.get("after");
  const from = after === null ? 0 : rows.findIndex(({ subPosId }) => subPosId === after) + 1;
  return rows.slice(from, from + Math.min(100, Number(query.get("limit") ?? 100)));
}
