/** Reads a log of fills with a bar between the cells: `2024-05-01 10:00:00|alice|B|BTCUSDT|0.5|60000|15`. Fees there are positive. */
import type { HistoryRow, TraderImporter } from "./trader-contract.ts";

const ROW = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})\|(\w+)\|([BS])\|(\w+)\|([\d.]+)\|([\d.]+)\|([\d.]+)$/;

export default {
  contract: 1,
  kind: "trader-importer",
  name: "pipe-log",
  description: "a log of fills with bars between the cells",
  sample:
    "2024-05-01 10:00:00|alice|B|BTCUSDT|0.5|60000|15\n2024-05-01 14:30:00|alice|S|BTCUSDT|0.5|60100|15.025\n",
  recognises: (head) => ROW.test(head.split("\n", 1)[0] ?? ""),
  read: (text) =>
    text.split("\n").flatMap((row, place) => (row.trim() === "" ? [] : [rowOf(row.trim(), place + 1)])),
} satisfies TraderImporter;

function rowOf(row: string, line: number): HistoryRow {
  const [, day, time, trader = "", side, symbol = "", quantity = "", price = "", fee = ""] =
    ROW.exec(row) ?? [];
  if (day === undefined)
    return { line, rejected: "it has other than seven cells, or one that is no time, side or number" };
  return {
    line,
    fill: {
      time: `${day}T${time}Z`,
      trader,
      side: side === "B" ? "buy" : "sell",
      symbol,
      quantity,
      price,
      fee: `-${fee}`,
    },
  };
}
