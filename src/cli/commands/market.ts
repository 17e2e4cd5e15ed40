/** `copytrader market`: the past of markets: fetch it from a venue, import files of it, see what there is. */
import { Command } from "commander";
import type { Finish } from "../command.ts";
import { marketFetchCommand } from "./market-fetch.ts";
import { marketImportCommand } from "./market-import.ts";
import { marketInstrumentsCommand } from "./market-instruments.ts";
import { marketListCommand } from "./market-list.ts";
import { marketSectorsCommand } from "./market-sectors.ts";

export function marketCommand(finish: Finish): Command {
  const summary = "the past of markets: fetch, import or list bars, mark prices and funding";
  return new Command("market")
    .summary(summary)
    .description(`${summary}.`)
    .addCommand(marketFetchCommand(finish))
    .addCommand(marketImportCommand(finish))
    .addCommand(marketListCommand(finish))
    .addCommand(marketInstrumentsCommand(finish))
    .addCommand(marketSectorsCommand(finish));
}
