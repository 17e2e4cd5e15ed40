/** Who was looked at, whether or not anything was ever taken in: rankings count them all, as the best of many is lucky. */
import { existsSync } from "node:fs";
import { dataFolderPaths } from "../data-folder.ts";
import type { ScreenedElsewhere, TraderKey } from "../store/trader-store.ts";
import { TradersError, withTraderStore } from "./traders.ts";

export interface ScreenedReport {
  /** All together, as rankings count them. */
  readonly screened: number;
  /** Of those: taken into the store, or shown by a venue, each once. */
  readonly named: number;
  readonly elsewhere: readonly ScreenedElsewhere[];
}

/** So many traders there are nowhere. */
export const SCREENED_MAX = 1_000_000_000;

/** Notes in the store that these were looked at: rankings count them from now on. */
export async function noteScreened(
  dataFolder: string,
  keys: readonly TraderKey[],
  atMs: number,
): Promise<void> {
  await withTraderStore(dataFolder, (store) => store.noteScreened(keys, atMs));
}

/** Nothing where there is no store yet. */
export async function screenedReport(dataFolder: string): Promise<ScreenedReport> {
  if (!existsSync(dataFolderPaths(dataFolder).traders)) return { screened: 0, named: 0, elsewhere: [] };
  return withTraderStore(dataFolder, async (store) => {
    const [screened, elsewhere] = [await store.screened(), await store.screenedElsewhere()];
    const named = elsewhere.reduce((rest, { count }) => rest - count, screened);
    return { screened, named, elsewhere };
  });
}

export async function addScreened(
  dataFolder: string,
  note: Omit<ScreenedElsewhere, "id">,
): Promise<ScreenedReport> {
  await withTraderStore(dataFolder, (store) => store.noteScreenedElsewhere(note));
  return screenedReport(dataFolder);
}

/** Throws a TradersError when there is no note of this number. */
export async function takeBackScreened(dataFolder: string, id: number): Promise<ScreenedReport> {
  const unknown = `there is no note ${id}; copytrader traders screened list has them all`;
  if (!existsSync(dataFolderPaths(dataFolder).traders)) throw new TradersError("bad-request", unknown);
  const isThere = await withTraderStore(dataFolder, (store) => store.takeBackScreenedElsewhere(id));
  if (!isThere) throw new TradersError("bad-request", unknown);
  return screenedReport(dataFolder);
}
