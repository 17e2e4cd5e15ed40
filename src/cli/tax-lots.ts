/** `report --tax-lots`: the CSV of a year, and whether lots and ledgers agree. */

import { timeText } from "../analytics/equity/day-text.ts";
import type { LotMethod } from "../analytics/lots/lot-book.ts";
import { reportFolders, writeReportFile } from "../control/report/report-files.ts";
import { type TaxLots, taxLots, taxLotTable } from "../control/report/tax-lots.ts";
import { amountText, changeText } from "../reports/period/amount-text.ts";
import type { Folders } from "./command.ts";
import { drive, INTERRUPTED } from "./drive.ts";
import { loadForInspection } from "./load.ts";
import { coloured, EXIT, nothingStarted, type Output, usage } from "./output.ts";
import { table } from "./table.ts";

export interface TaxLotsAsked extends Folders {
  readonly method: LotMethod;
  readonly year?: number;
  readonly account: readonly string[];
  readonly leader: readonly string[];
  readonly to?: string;
}

export async function writeTaxLots(asked: TaxLotsAsked, output: Output): Promise<number> {
  const { data, method, year, account, leader, to } = asked;
  const [only, ...more] = account;
  if (year === undefined) throw usage("--tax-lots needs --year: whose closings are wanted");
  if (leader.length > 0) throw usage("--leader does not go with --tax-lots: lots are of accounts");
  if (more.length > 0) throw usage("--tax-lots is of one account, or of all: name --account once");
  const { reports } = await loadForInspection(asked);
  const request = {
    method,
    year,
    timeZone: reports.timeZone.value,
    ...(only === undefined ? {} : { account: only }),
  };
  const driven = await drive(taxLots(data, request), output, { besideResults: false });
  if (driven === null) return INTERRUPTED;
  const lots = driven.value;
  if (lots === null) throw nothingStarted(data);
  const name = `${only === undefined ? "portfolio" : `account-${only}`}-tax-lots-${method}-${year}.csv`;
  const file = writeReportFile(reportFolders(data, to).reports, name, taxLotTable(lots));
  output.result({ file, ...lots }, () => linesOf(lots, file).join("\n"));
  return lots.check.every(({ residual }) => residual === "0") ? EXIT.ok : EXIT.failure;
}

function linesOf(lots: TaxLots, file: string): readonly string[] {
  const { method, year, timeZone, rows, totals, check, recordFromMs } = lots;
  const isCut = new Date(recordFromMs).getUTCFullYear() >= year;
  const how = method === "fifo" ? "first in, first out" : "at the average cost";
  return [
    `${rows.length} closings of ${year} (${timeZone}), ${how}`,
    ...(isCut
      ? [`the journal begins at ${timeText(recordFromMs)}: what was closed before is not in it`]
      : []),
    ...(rows.some(({ note }) => note.includes("opening"))
      ? ["some lots were held before that: their cost is the price of entry that the exchange states"]
      : []),
    "",
    ...table(
      [
        { title: "ACCOUNT" },
        { title: "INSTRUMENT" },
        { title: "CLOSINGS", align: "right" },
        { title: "FEES", align: "right" },
        { title: "FUNDING", align: "right" },
        { title: "GAIN", align: "right" },
        { title: "" },
      ],
      totals.map((one) => [
        one.account,
        one.symbol,
        String(one.closings),
        amountText(one.fees),
        changeText(one.funding),
        changeText(one.gain),
        one.coin,
      ]),
    ),
    "",
    ...check.map(({ coin, ledgers, residual }) =>
      residual === "0"
        ? `all that was closed and what is still held together are what the ledgers booked, ${changeText(ledgers)} ${coin}, to the last digit`
        : coloured("red", `lots and ledgers are ${residual} ${coin} apart`),
    ),
    `written: ${file}`,
  ];
}
