/** `copytrader market sectors`: which sector each coin belongs to, the owner's own included. */
import type { Command } from "commander";
import { knownSectorOf, listedSectors } from "../../core/model/sectors.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { type CommonOptions, command, type Finish, runAction, symbolName } from "../command.ts";
import type { Output } from "../output.ts";
import { table } from "../table.ts";

interface SectorsOptions extends CommonOptions {
  readonly data: string;
}

const NOTES = `
Where traders are judged, sectors.json in the data folder goes before this table: {"PEPE": "memes"}. Limits of the
engine (max_sector_concentration) go by the program's table alone.`;

export function marketSectorsCommand(finish: Finish): Command {
  const examples = ["market sectors", "market sectors PEPE WIF --json"];
  return command("sectors", "which sector each coin belongs to", examples)
    .argument("[coin...]", "only these")
    .option("--data <dir>", "data folder", "./data")
    .addHelpText("after", NOTES)
    .action((coins: readonly string[], options: SectorsOptions) =>
      runAction(options, finish, async (output) => {
        await tell(coins.map(symbolName), options, output);
        return undefined;
      }),
    );
}

async function tell(coins: readonly string[], { data }: SectorsOptions, output: Output): Promise<void> {
  const { readSectorFile } = await import("../../market/sector-file.ts");
  const own = readSectorFile(dataFolderPaths(data).sectors);
  const all = [...new Set([...[...listedSectors().values()].flat(), ...own.keys()])];
  const rows = (coins.length === 0 ? all : coins).map((coin) => ({
    coin,
    sector: own.get(coin) ?? knownSectorOf(coin),
    isOwn: own.has(coin),
  }));
  output.result({ coins: rows }, () => (coins.length === 0 ? bySector(rows) : byCoin(rows)));
}

interface Row {
  readonly coin: string;
  readonly sector: string | null;
  readonly isOwn: boolean;
}

function bySector(rows: readonly Row[]): string {
  const sectors = Map.groupBy(rows, ({ sector }) => sector ?? "");
  const lines = [...sectors]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([sector, coins]) => [
      sector,
      coins.map(({ coin, isOwn }) => (isOwn ? `${coin}*` : coin)).join(" "),
    ]);
  const note = rows.some(({ isOwn }) => isOwn) ? ["", "* by sectors.json"] : [];
  return [...table([{ title: "sector" }, { title: "coins" }], lines, { overflow: "wrap" }), ...note].join(
    "\n",
  );
}

function byCoin(rows: readonly Row[]): string {
  const lines = rows.map(({ coin, sector, isOwn }) => [
    coin,
    sector ?? "not known",
    isOwn ? "sectors.json" : sector === null ? "" : "the program's table",
  ]);
  return table([{ title: "coin" }, { title: "sector" }, { title: "by" }], lines).join("\n");
}
