/**
 * What is asked for over HTTP as the command line takes it: a job is the command of the same name in a process of its own, so that
 * there is one way in which a question is put together. Paths of files are no part of it. Pure.
 */
import type {
  BacktestRequest,
  JobKind,
  ProtectionsRequest,
  ReportRequest,
  StrategySearchRequest,
  WhatIfRequest,
} from "../contract/jobs.ts";
import type {
  BackupRequest,
  CheckRequest,
  DiscoveryRequest,
  MarketFetchRequest,
  MarketImportRequest,
  OptimisationRequest,
  TraderFetchRequest,
  TraderImportRequest,
} from "../contract/record-jobs.ts";

/** A file that was sent along; beside the job while it works. */
export interface JobFile {
  readonly name: string;
  readonly content: string | Buffer;
}

export interface JobRequests {
  readonly backtest: BacktestRequest;
  readonly what_if: WhatIfRequest;
  readonly protections: ProtectionsRequest;
  readonly strategy_search: StrategySearchRequest;
  readonly optimisation: OptimisationRequest;
  readonly trader_import: TraderImportRequest;
  readonly trader_fetch: TraderFetchRequest;
  readonly discovery: DiscoveryRequest;
  readonly market_fetch: MarketFetchRequest;
  readonly market_import: MarketImportRequest;
  readonly backup: BackupRequest;
  readonly check: CheckRequest;
  readonly report: ReportRequest;
}

export interface CommandWords {
  /** Which of the folders the command takes; both when left out. */
  readonly folders?: "data" | "none";
  readonly files?: readonly JobFile[];
  /** What is told of the request, where that is not all of it. */
  readonly shown?: Readonly<Record<string, unknown>>;
  readonly command: readonly string[];
  readonly options: readonly string[];
  readonly operands: readonly string[];
}

/** Of each file that is sent gzipped: some megabytes can hold gigabytes. */
const UNPACKED_BYTES_MAX = 512 * 1024 * 1024;

export const ARGUMENTS_OF: {
  /** `pathOf`: where a file that was sent along lies. */
  readonly [Kind in JobKind]: (request: JobRequests[Kind], pathOf: (name: string) => string) => CommandWords;
} = {
  backtest: ({ strategies, compare, ...options }) => ({
    command: ["backtest"],
    options: [
      ...optionsOf({ ...options, strategies: strategies?.join(",") }),
      ...(compare === true ? ["--compare"] : []),
    ],
    operands: [],
  }),
  what_if: ({ leader, settings = {}, delays, ...options }) => ({
    command: ["what-if"],
    options: optionsOf({ ...options, delays: delays?.join(",") }),
    operands: [leader, ...Object.entries(settings).map(([key, value]) => `${key}=${value}`)],
  }),
  protections: ({ leaders = [], only, try: tried = [], ...options }) => ({
    command: ["protections"],
    options: [...optionsOf({ ...options, only: only?.join(",") }), ...tried.map((one) => `--try=${one}`)],
    operands: leaders,
  }),
  strategy_search: ({ name, grid = {}, ...options }) => ({
    command: ["strategies", "optimise"],
    options: [
      ...optionsOf(options),
      ...Object.entries(grid).map(([option, values]) =>
        values.length === 0 ? `--grid=${option}` : `--grid=${option}=${values.join(",")}`,
      ),
    ],
    operands: [name],
  }),
  optimisation: optimisationWords,
  trader_import: ({ files, drop_duplicates, ...options }, pathOf) => ({
    command: ["traders", "import"],
    options: [
      ...optionsOf({ ...options, unpacked_max: UNPACKED_BYTES_MAX }),
      ...flagOf("drop-duplicates", drop_duplicates),
    ],
    ...sent(files, pathOf),
    shown: {
      ...options,
      ...(drop_duplicates === undefined ? {} : { drop_duplicates }),
      files: files.map(sizeOf),
    },
  }),
  market_import: ({ files, keep_last, ...options }, pathOf) => ({
    folders: "data",
    command: ["market", "import"],
    options: [...optionsOf(options), ...flagOf("keep-last", keep_last)],
    ...sent(files, pathOf),
    shown: { ...options, ...(keep_last === undefined ? {} : { keep_last }), files: files.map(sizeOf) },
  }),
  backup: ({ everything, remove_old }) => ({
    command: ["backup"],
    options: [...flagOf("everything", everything), ...flagOf("scheduled", remove_old)],
    operands: [],
  }),
  trader_fetch: ({ id, venue, whole }) => ({
    folders: "data",
    command: ["traders", "fetch"],
    options: [...optionsOf({ venue }), ...flagOf("whole", whole)],
    operands: [id],
  }),
  discovery: ({ id, vacant, ...options }) => ({
    folders: "data",
    command: ["traders", "discover"],
    options: [...optionsOf(options), ...flagOf("vacant", vacant)],
    operands: id === undefined ? [] : [id],
  }),
  market_fetch: ({ symbols, kinds, ...options }) => ({
    folders: "data",
    command: ["market", "fetch"],
    options: optionsOf({ ...options, kinds: kinds?.join(",") }),
    operands: symbols,
  }),
  check: ({ what, account, offline }) =>
    what === "installation"
      ? { command: ["doctor"], options: flagOf("offline", offline), operands: [] }
      : { command: ["accounts", "check"], options: [], operands: account === undefined ? [] : [account] },
  report: ({ formats, ...options }) => ({
    command: ["report"],
    options: optionsOf({ ...options, format: formats.join(",") }),
    operands: [],
  }),
};

type SentFile = TraderImportRequest["files"][number];

function sent(files: readonly SentFile[], pathOf: (name: string) => string) {
  return {
    operands: files.map(({ name }) => pathOf(name)),
    files: files.map(({ name, text = "", base64 }) => ({
      name,
      content: base64 === undefined ? text : Buffer.from(base64, "base64"),
    })),
  };
}

function sizeOf({ name, text, base64 }: SentFile) {
  return { name, characters: (text ?? base64 ?? "").length };
}

const RETURNS = "returns.csv";
const CURRENT = "current.csv";
/** Characters as JSON. */
const SHOWN_MAX = 2_000;

function optimisationWords(request: OptimisationRequest, pathOf: (name: string) => string): CommandWords {
  const {
    returns,
    series = [],
    bounds,
    bounds_of = {},
    groups = [],
    current,
    budget = {},
    ...rest
  } = request;
  const held = Object.entries(current ?? {}).map(([name, weight]) => `${name},${weight}`);
  return {
    folders: "none",
    command: ["optimise"],
    options: [
      ...optionsOf({ ...rest, bounds: bounds?.join(","), current: current && pathOf(CURRENT) }),
      ...Object.entries(bounds_of).map(([name, [least, most]]) => `--bounds-of=${name}=${least},${most}`),
      ...groups.map(({ name, most, members }) => `--group=${name}=${most}:${members.join(",")}`),
      ...Object.entries(budget).map(([name, share]) => `--budget=${name}=${share}`),
      // Takes all that follows up to the next option.
      ...(series.length === 0 ? [] : ["--series", ...series]),
    ],
    operands: [pathOf(RETURNS)],
    files: [
      { name: RETURNS, content: returns },
      ...(current === undefined ? [] : [{ name: CURRENT, content: ["name,weight", ...held, ""].join("\n") }]),
    ],
    shown: {
      ...Object.fromEntries(Object.entries(request).map(([key, value]) => [key, shortly(value)])),
      returns: { characters: returns.length },
    },
  };
}

/** Of what is long only how much it is: a job is told of with every change of it. */
function shortly(value: unknown): unknown {
  if (typeof value !== "object" || value === null || JSON.stringify(value).length <= SHOWN_MAX) return value;
  return { entries: Object.keys(value).length };
}

function flagOf(name: string, isOn: boolean | undefined): readonly string[] {
  return isOn === true ? [`--${name}`] : [];
}

/** `start_date` is `--start-date`; with its value in one word, so that no value is ever taken for an option. */
function optionsOf(values: Readonly<Record<string, string | number | undefined>>): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [`--${key.replaceAll("_", "-")}=${value}`],
  );
}
