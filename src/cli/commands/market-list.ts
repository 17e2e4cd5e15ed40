/** `copytrader market list`: what of the past is in the data folder: time covered, rows, holes. */
import type { Command } from "commander";
import { endText, rangeText, timeText } from "../../analytics/equity/day-text.ts";
import { intervalText } from "../../market/interval.ts";
import type { SeriesSummary, TimeRange } from "../../market/market-history.ts";
import { type CommonOptions, command, type Finish, runAction } from "../command.ts";
import type { Output } from "../output.ts";
import { table } from "../table.ts";

interface ListOptions extends CommonOptions {
  readonly data: string;
}

const NOTES = `
A hole is time between what is covered: nobody asked for it. Missing bars lie in what is covered: the venue,
or the file, had none.`;

export function marketListCommand(finish: Finish): Command {
  const examples = ["market list", "market list BTCUSDT --json"];
  return command("list", "what of the past is in the data folder, and where it has holes", examples)
    .argument("[symbol...]", "only these")
    .option("--data <dir>", "data folder", "./data")
    .addHelpText("after", NOTES)
    .action((symbols: readonly string[], options: ListOptions) =>
      runAction(options, finish, async (output) => {
        await list(symbols, options, output);
        return undefined;
      }),
    );
}

async function list(symbols: readonly string[], { data }: ListOptions, output: Output): Promise<void> {
  const { holesIn, marketSeries, toldSeries } = await import("../../control/market-list.ts");
  const all = marketSeries(data);
  const shown = symbols.length === 0 ? all : all.filter(({ symbol }) => symbols.includes(symbol));
  output.result({ series: shown.map(toldSeries) }, () =>
    shown.length === 0 ? nothing(all.length) : listText(shown, holesIn),
  );
}

function nothing(known: number): string {
  if (known > 0) return "nothing of these symbols; market list alone shows all there is";
  return "there is no market history yet; market fetch and market import bring some";
}

type HolesIn = (covered: readonly TimeRange[]) => readonly TimeRange[];

function listText(series: readonly SeriesSummary[], holesIn: HolesIn): string {
  const rows = series.map(({ venue, symbol, kind, intervalMs, rows, covered, missingBars }) => [
    venue,
    symbol,
    kind === "funding" ? kind : `${kind} ${intervalText(intervalMs)}`,
    String(rows),
    timeText(covered[0]?.fromMs ?? 0),
    endText(covered.at(-1)?.toMs ?? 0),
    gapsText(holesIn(covered), missingBars),
  ]);
  const bytes = series.reduce((sum, one) => sum + one.bytes, 0);
  const columns = ["venue", "symbol", "what", "rows", "from", "to", "holes"].map((title) => ({
    title,
    ...(title === "rows" ? { align: "right" as const } : {}),
  }));
  const total = `${series.length} series, ${(bytes / 1_048_576).toFixed(1)} MiB`;
  const damaged = series
    .flatMap((one) => one.damaged)
    .map((path) => `${path} is damaged: fetch or import it again`);
  return [...table(columns, rows, { overflow: "wrap" }), "", ...damaged, total].join("\n");
}

const HOLES_TOLD = 3;

function gapsText(holes: readonly TimeRange[], missingBars: number): string {
  const told = holes.slice(0, HOLES_TOLD).map(rangeText);
  const more = holes.length > HOLES_TOLD ? [`${holes.length - HOLES_TOLD} more`] : [];
  const missing = missingBars === 0 ? [] : [`${missingBars} missing bars`];
  return [...told, ...more, ...missing].join(", ") || "none";
}
