/**
 * The owner's filters, importers and strategies out of the folder `extensions` of the configuration, made into what filters and imports take. Limits
 * and styles that lie there too are left to a start; anything wrong in the folder is told, as nobody knows what a broken file was to be.
 */
import type { ConfigurationProblem } from "../config.ts";
import { type LoadedExtension, loadExtensions } from "../extension/load.ts";
import { askingStrategy } from "../extension/strategies.ts";
import type {
  TraderFilter as OwnFilter,
  StudiedTrader,
  TraderImporter,
} from "../extension/trader-contract.ts";
import { figureOf, type Loaded, recognisedBy, rowsOf } from "../extension/traders.ts";
import type { Strategy } from "../strategies/strategy.ts";
import { atLeast, atMost, cannotTell, type TraderFilter } from "../traders/filters/filter.ts";
import type { JudgedTrader } from "../traders/filters/judged-trader.ts";
import type { OwnFormat } from "../traders/formats/own-format.ts";
import { whyNoFigures } from "../traders/verdict.ts";

export interface TraderExtensions {
  readonly filters: readonly TraderFilter[];
  readonly formats: readonly OwnFormat[];
  readonly strategies: readonly Strategy[];
  /** With any of them nothing is to be done. */
  readonly problems: readonly ConfigurationProblem[];
}

export async function openTraderExtensions(configDir: string): Promise<TraderExtensions> {
  const { extensions, problems } = await loadExtensions(configDir);
  return {
    filters: extensions.flatMap(({ file, extension }) =>
      extension.kind === "trader-filter" ? [filterOf({ file, extension })] : [],
    ),
    formats: extensions.flatMap(({ file, extension }) =>
      extension.kind === "trader-importer" ? [formatOf({ file, extension })] : [],
    ),
    strategies: ownStrategies(extensions),
    problems,
  };
}

export function ownStrategies(extensions: readonly LoadedExtension[]): readonly Strategy[] {
  return extensions.flatMap(({ file, extension }) =>
    extension.kind === "strategy" ? [askingStrategy({ file, extension })] : [],
  );
}

function formatOf(own: Loaded<TraderImporter>): OwnFormat {
  const { extension } = own;
  return {
    name: extension.name,
    matches: (head) => recognisedBy(extension, head),
    rows: (text) => rowsOf(own, text),
  };
}

function filterOf(own: Loaded<OwnFilter>): TraderFilter {
  const { name, unit, asks, bound } = own.extension;
  const compare = asks === "at-least" ? atLeast : atMost;
  return {
    name,
    unit,
    asks,
    bound,
    reads: ["style", "benchmark"],
    judge: (trader) => {
      const figure = figureOf(own, studied(trader));
      return typeof figure === "number" ? compare(figure, bound) : cannotTell(figure.cannotTell);
    },
  };
}

/** A copy in the words of the contract. */
function studied(trader: JudgedTrader): StudiedTrader {
  const { key, history, evidence, style, hasMissingPrices, verdict } = trader;
  const figures = trader.allFigures();
  const beta = trader.beta();
  return {
    id: key.trader,
    venue: key.venue,
    history,
    days: [...(evidence?.days ?? [])],
    returns: [...(evidence?.returns ?? [])],
    figures: figures.days === null ? null : { ...figures.days },
    noFigures: whyNoFigures(verdict)?.text ?? null,
    hasMissingPrices,
    trips: (evidence?.trips ?? []).map(({ adds: _, maxQuantity: __, ...trip }) => trip),
    tradeFigures: figures.trades === null ? null : { ...figures.trades },
    beta: typeof beta === "number" ? beta : null,
    style: style === null ? null : styleOf(style.verdict),
    quality: (evidence?.quality ?? []).map(({ word }) => word),
    assumptions: (evidence?.assumptions ?? []).map(({ word }) => word),
  };
}

function styleOf({ label, probabilities, confidence }: NonNullable<JudgedTrader["style"]>["verdict"]) {
  return { label, probabilities: probabilities === null ? null : { ...probabilities }, confidence };
}
