/**
 * The strategies as objects: made with options, configured, asked, put in force. Options have the names of the configuration in camel case;
 * which there are, and what each is by default, `copytrader strategies NAME` tells.
 */
import type { Control } from "../control/control.ts";
import { openControl } from "../control/open-control.ts";
import { dynamicCopying } from "../strategies/dynamic-copying.ts";
import type { StrategyKind } from "../strategies/kind.ts";
import type { OptionValue } from "../strategies/options.ts";
import { portfolioCopying } from "../strategies/portfolio-copying.ts";
import { riskAdjustedCopying } from "../strategies/risk-adjusted-copying.ts";
import { selectiveCopying } from "../strategies/selective-copying.ts";
import type { Choice, StrategyEvidence } from "../strategies/strategy.ts";
import { type Folders, foldersOf, LibraryError } from "./folders.ts";

/** Of every strategy; null switches a bound off. */
export interface CommonStrategyOptions {
  readonly maxTraders?: number;
  readonly positionScaling?: number;
  /** Hours. */
  readonly rebalancingFrequency?: number;
  readonly minDays?: number;
  readonly maxWeight?: number;
  readonly minWeight?: number;
}

export interface SelectiveCopyingOptions extends CommonStrategyOptions {
  readonly minPerformance?: number | null;
  readonly maxDrawdown?: number | null;
  readonly minTrades?: number | null;
  readonly performanceThreshold?: number | null;
  readonly riskThreshold?: number | null;
  readonly diversityRequirement?: boolean;
  readonly autoRebalancing?: boolean;
}

export interface PortfolioCopyingOptions extends CommonStrategyOptions {
  readonly correlationLimit?: number | null;
  /** A scheme of portfolio construction, such as `equal_risk`. */
  readonly weights?: string;
}

export interface RiskAdjustedCopyingOptions extends CommonStrategyOptions {
  readonly maxPortfolioRisk?: number | null;
  readonly maxTraderRisk?: number | null;
  /** Or parts of the risk by leader: `lead=0.5, other=0.3`. */
  readonly riskBudgeting?: boolean | string;
  readonly dynamicPositionSizing?: boolean;
}

export interface DynamicCopyingOptions extends CommonStrategyOptions {
  readonly rotate?: string;
  readonly fixedShare?: number;
  readonly largestDay?: number;
}

export interface StartOptions extends Folders {
  /** `propose` (the default) tells every rebalancing and waits for `copytrader rebalance --execute`; `automatic` carries it out. */
  readonly rebalancing?: "propose" | "automatic";
  /** Whom it manages; all followers when left out. Their sizing must follow a share of the equity (`equity-proportional`, `volatility-target`). */
  readonly followers?: readonly string[];
}

class CopyingStrategy<Options extends object> {
  readonly #kind: StrategyKind;
  #options: Readonly<Record<string, OptionValue | null>>;

  constructor(kind: StrategyKind, options: Options) {
    this.#kind = kind;
    this.#options = this.#checked(options);
  }

  get name(): string {
    return this.#kind.name;
  }

  /** By the names of the configuration; those that were not stated have their default. */
  get options(): Readonly<Record<string, OptionValue | null>> {
    return this.#options;
  }

  /** Adds to the options and replaces those that are stated again. Throws a LibraryError that names every wrong one, and changes nothing then. */
  configure(options: Options): this {
    this.#options = { ...this.#options, ...this.#checked({ ...fromNames(this.#options), ...options }) };
    return this;
  }

  /** What it wants of this evidence: the same pure function that live, paper and backtest ask. */
  choose(evidence: StrategyEvidence): Choice {
    const made = this.#kind.configure(this.#options);
    if (!made.ok) throw wrong(this.name, made.problems);
    return made.strategy.choose(evidence);
  }

  /**
   * Puts it in force for all followers that it manages, on the running engine or for the next start. It changes no position by itself unless
   * `rebalancing` is automatic. Rejects with a ControlError where the configuration would refuse it.
   */
  async start({ rebalancing, followers, ...folders }: StartOptions = {}): Promise<void> {
    const control = await openControl(foldersOf(folders));
    const terms = {
      ...(rebalancing === undefined ? {} : { rebalancing }),
      ...(followers === undefined ? {} : { followers }),
    };
    try {
      await this.startOn(control, terms);
    } finally {
      await control.close();
    }
  }

  /** The same through a facade that is open already, such as `SyncManager.control`. */
  async startOn(
    control: Control,
    { rebalancing = "propose", followers }: Pick<StartOptions, "rebalancing" | "followers"> = {},
  ): Promise<void> {
    const options = Object.entries(this.#options).map(
      ([name, value]) => [`strategies.${this.name}.${name}`, value ?? "off"] as const,
    );
    const managed = followers === undefined ? {} : { strategy_followers: followers };
    const values = { strategy: this.name, rebalancing, ...managed, ...Object.fromEntries(options) };
    await control.ask({ kind: "portfolio-settings", values });
  }

  #checked(options: object): Readonly<Record<string, OptionValue | null>> {
    const stated = toNames(options);
    const made = this.#kind.configure(stated);
    if (!made.ok) throw wrong(this.name, made.problems);
    return stated;
  }
}

export class SelectiveCopyingStrategy extends CopyingStrategy<SelectiveCopyingOptions> {
  constructor(options: SelectiveCopyingOptions = {}) {
    super(selectiveCopying, options);
  }
}

export class PortfolioCopyingStrategy extends CopyingStrategy<PortfolioCopyingOptions> {
  constructor(options: PortfolioCopyingOptions = {}) {
    super(portfolioCopying, options);
  }
}

export class RiskAdjustedCopyingStrategy extends CopyingStrategy<RiskAdjustedCopyingOptions> {
  constructor(options: RiskAdjustedCopyingOptions = {}) {
    super(riskAdjustedCopying, options);
  }
}

export class DynamicCopyingStrategy extends CopyingStrategy<DynamicCopyingOptions> {
  constructor(options: DynamicCopyingOptions = {}) {
    super(dynamicCopying, options);
  }
}

/** `minPerformance` is `min_performance`. */
function toNames(options: object): Readonly<Record<string, OptionValue | null>> {
  const stated = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    stated.map(([name, value]) => [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

function fromNames(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}

function wrong(
  name: string,
  problems: readonly { readonly option: string; readonly message: string }[],
): LibraryError {
  const told = problems.map(({ option, message }) => `${option}: ${message}`);
  return new LibraryError("configuration", `${name} cannot be configured so`, told);
}

export type { Choice, StrategyEvidence };
