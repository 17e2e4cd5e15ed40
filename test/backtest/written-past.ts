/** A past as the files that the commands read. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Past } from "./recorded-past.ts";

/** Into `fills` and `market` below the folder. */
export function writePast(folder: string, { traders, bars }: Past): void {
  mkdirSync(join(folder, "fills"));
  const rows = [...traders].flatMap(([trader, fills]) =>
    fills.map(({ timeMs, symbol, side, price, quantity, realizedPnl }) =>
      [trader, "binance", timeMs, symbol, side, "net", price, quantity, realizedPnl, "0"].join(","),
    ),
  );
  const header = "trader,venue,time,symbol,side,position_side,price,quantity,realized_pnl,fee";
  writeFileSync(join(folder, "fills", "fills.csv"), `${[header, ...rows].join("\n")}\n`);
  const market = join(folder, "market", "binance_um", "1h");
  mkdirSync(market, { recursive: true });
  for (const [symbol, all] of bars) {
    const lines = all.map((row) => row.join(","));
    writeFileSync(
      join(market, `${symbol}.csv`),
      `open_time_ms,open,high,low,close,volume\n${lines.join("\n")}\n`,
    );
  }
}
