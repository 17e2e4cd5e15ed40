/** Reads what `optimise` is asked for, from words and from the file of what is held, into a request. */
import { readFileSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import {
  type Bounds,
  COVARIANCES,
  type CovarianceName,
  DEFAULT_SCHEME,
  type GroupCap,
  METHODS,
  type Method,
  type WeightsRequest,
} from "../analytics/portfolio/request.ts";
import { meantText } from "../config/nearest.ts";
import { usage } from "./output.ts";

/** A method; the reference names some with their covariance behind them. */
export interface NamedMethod {
  readonly method: Method;
  readonly covariance: CovarianceName | null;
}

export interface WeightsOptions {
  readonly method?: NamedMethod;
  readonly covariance?: CovarianceName;
  readonly bounds?: Bounds;
  readonly boundsOf?: readonly (readonly [string, Bounds])[];
  readonly group?: readonly GroupCap[];
  readonly current?: string;
  readonly turnover?: number;
  readonly costRate?: number;
  readonly holdingDays?: number;
  readonly minPosition?: number;
  readonly budget?: readonly (readonly [string, number])[];
  readonly riskAversion?: number;
  readonly kellyFraction?: number;
  readonly periodsPerYear: number;
}

const HOLDING_DAYS = 30;

export function requestOf(
  { names, returns }: Pick<WeightsRequest, "names" | "returns">,
  options: WeightsOptions,
): WeightsRequest {
  const { method, bounds, boundsOf, group, turnover, costRate, minPosition, budget } = options;
  const { riskAversion, kellyFraction, periodsPerYear } = options;
  if (options.holdingDays !== undefined && costRate === undefined)
    throw usage("--holding-days goes with --cost-rate");
  for (const [option, value] of [
    ["--turnover", turnover],
    ["--cost-rate", costRate],
  ] as const)
    if (value !== undefined && options.current === undefined)
      throw usage(`${option} needs --current FILE: what is held now (a CSV file with a header name,weight)`);
  const current = options.current === undefined ? undefined : heldIn(options.current);
  const costs =
    costRate === undefined ? undefined : { rate: costRate, holdingRows: options.holdingDays ?? HOLDING_DAYS };
  return {
    names,
    returns,
    ...schemeOf(method, options.covariance),
    periodsPerYear,
    ...(riskAversion === undefined ? {} : { riskAversion }),
    ...(kellyFraction === undefined ? {} : { kellyFraction }),
    ...(budget === undefined ? {} : { riskBudgets: Object.fromEntries(budget) }),
    constraints: {
      ...(bounds === undefined ? {} : { bounds }),
      ...(boundsOf === undefined ? {} : { boundsOf: Object.fromEntries(boundsOf) }),
      ...(group === undefined ? {} : { groups: group }),
      ...(current === undefined ? {} : { current }),
      ...(turnover === undefined ? {} : { turnoverMost: turnover }),
      ...(costs === undefined ? {} : { costs }),
      ...(minPosition === undefined ? {} : { minimumPosition: minPosition }),
    },
  };
}

/** A method that is named goes by the sample, as the reference has it, unless a covariance is named too. */
function schemeOf(named: NamedMethod | undefined, covariance: CovarianceName | undefined) {
  if (named === undefined) return { ...DEFAULT_SCHEME, ...(covariance === undefined ? {} : { covariance }) };
  if (named.covariance !== null && covariance !== undefined && covariance !== named.covariance)
    throw usage(`--covariance ${covariance}: the method is named with ${named.covariance} already`);
  return { method: named.method, covariance: covariance ?? named.covariance ?? "sample" };
}

const ON_LEDOIT_WOLF = "_on_ledoit_wolf";

/** `hrp_pypfopt_on_ledoit_wolf` is `hrp_pypfopt` by `ledoit_wolf_identity`, as in the reference. */
export function methodName(text: string): NamedMethod {
  const isShrunk = text.endsWith(ON_LEDOIT_WOLF);
  const stem = isShrunk ? text.slice(0, -ON_LEDOIT_WOLF.length) : text;
  const method = METHODS.find((one) => one === stem);
  if (method === undefined) throw noneOf(stem, METHODS);
  return { method, covariance: isShrunk ? "ledoit_wolf_identity" : null };
}

export function covarianceName(text: string): CovarianceName {
  const found = COVARIANCES.find((one) => one === text);
  if (found === undefined) throw noneOf(text, COVARIANCES);
  return found;
}

function noneOf(text: string, choices: readonly string[]): InvalidArgumentError {
  return new InvalidArgumentError(`It must be one of ${choices.join(", ")}${meantText(text, choices)}.`);
}

/** `0,0.25` */
export function boundsText(text: string): Bounds {
  const [least, most, ...more] = text.split(",").map(numberOf);
  if (least === undefined || most === undefined || more.length > 0 || Number.isNaN(least + most))
    throw new InvalidArgumentError("It must be two shares of the money, like 0,0.25.");
  return { least, most };
}

/** `BTC=0,0.1` */
export function boundsOfText(
  text: string,
  before: readonly (readonly [string, Bounds])[] = [],
): readonly (readonly [string, Bounds])[] {
  const [name, rest] = parted(text, "a name and its bounds, like BTC=0,0.1");
  return [...before, [name, boundsText(rest)]];
}

/** `majors=0.4:BTC,ETH` */
export function groupText(text: string, before: readonly GroupCap[] = []): readonly GroupCap[] {
  const form = "a group with its cap and members, like majors=0.4:BTC,ETH";
  const [name, rest] = parted(text, form);
  const colon = rest.indexOf(":");
  const most = numberOf(rest.slice(0, Math.max(0, colon)));
  if (colon < 0 || Number.isNaN(most)) throw new InvalidArgumentError(`It must be ${form}.`);
  const members = rest
    .slice(colon + 1)
    .split(",")
    .map((member) => member.trim())
    .filter((member) => member !== "");
  return [...before, { name, members, most }];
}

/** `BTC=2` */
export function budgetText(
  text: string,
  before: readonly (readonly [string, number])[] = [],
): readonly (readonly [string, number])[] {
  const form = "a name and its share of the risk in any unit, like BTC=2";
  const [name, rest] = parted(text, form);
  const value = numberOf(rest);
  if (Number.isNaN(value)) throw new InvalidArgumentError(`It must be ${form}.`);
  return [...before, [name, value]];
}

export function plainNumber(text: string): number {
  const value = numberOf(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

/** At the last `=`: names may have one. */
function parted(text: string, form: string): readonly [string, string] {
  const at = text.lastIndexOf("=");
  if (at < 1) throw new InvalidArgumentError(`It must be ${form}.`);
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}

function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

const WEIGHTS_BYTES_MAX = 10_000_000;

/** A file of weights: a header `name,weight`, then one row per name. */
function heldIn(path: string): Readonly<Record<string, number>> {
  const [header = "", ...lines] = readText(path)
    .replace(/^\uFEFF/, "")
    .trimEnd()
    .split(/\r?\n/);
  if (!/^name,weight$/i.test(header.replaceAll(" ", "")))
    throw usage(
      `--current: ${path}, line 1: the header is "${header.slice(0, 40)}"; it has to be name,weight`,
    );
  const held = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const where = `--current: ${path}, line ${index + 2}`;
    const comma = line.lastIndexOf(",");
    const [name, cell] = [line.slice(0, Math.max(0, comma)).trim(), line.slice(comma + 1)];
    const weight = numberOf(cell);
    if (name === "") throw usage(`${where}: there is no name; a row is NAME,0.25`);
    if (!Number.isFinite(weight))
      throw usage(`${where}: "${cell.slice(0, 40)}" is no weight; a share like 0.25 is expected`);
    if (held.has(name)) throw usage(`${where}: ${name} is there twice`);
    held.set(name, weight);
  }
  return Object.fromEntries(held);
}

function readText(path: string): string {
  try {
    const text = readFileSync(path, "utf8");
    if (text.length > WEIGHTS_BYTES_MAX)
      throw usage(`--current: ${path} is larger than ${WEIGHTS_BYTES_MAX} bytes`);
    return text;
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw usage(
      error.code === "ENOENT"
        ? `--current: there is no file ${path}`
        : `--current: ${path} cannot be read (${error.code})`,
    );
  }
}
