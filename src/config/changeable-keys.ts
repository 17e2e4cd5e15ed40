/**
 * The keys that may be changed while running: those of one follower's account, and those of copying and of the portfolio that are for
 * all. They have the form that they have in the files; whatever else the files know is refused with the place that it goes to.
 */
import type { z } from "zod";
import { strategyKindOf } from "../strategies/registry.ts";
import { accountSchema } from "./account-schema.ts";
import { type AlertSettings, alertSettingsSection } from "./alert-keys.ts";
import { allocationKeys } from "./allocation-keys.ts";
import { checkForm } from "./check-form.ts";
import { guardKeys } from "./guard-keys.ts";
import { type ConfigurationKey, listKeys, namesAt, section } from "./key-facts.ts";
import { nearest } from "./nearest.ts";
import { maxTradersKey, portfolioKeys, strategiesSection } from "./portfolio-keys.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { riskKeys } from "./risk-keys.ts";
import { runTimeSchema } from "./run-time-schema.ts";
import { yamlSchema } from "./yaml-schema.ts";

/** Stops, loss limits and limits of one follower. */
export const accountSettingsSchema = section({ ...guardKeys(), ...riskKeys() });

const { position_scaling, rebalance_band } = allocationKeys();
const { correlation_limit } = riskKeys();

/** Of all followers. Options of strategies are told as `strategies.NAME.OPTION`. */
export const portfolioSettingsSchema = section({
  max_traders: maxTradersKey(),
  position_scaling,
  correlation_limit,
  rebalance_band,
  ...portfolioKeys(),
  strategies: strategiesSection().optional(),
});

/** What is told, when and where; told as `email.least_severity`. */
const alertSettingsSchema = alertSettingsSection();

export type AccountSettings = z.infer<typeof accountSettingsSchema>;
export type PortfolioSettings = z.infer<typeof portfolioSettingsSchema>;

/** As they are told: by key, each in the form of the files. */
export type ToldSettings = Readonly<Record<string, unknown>>;

/** Whose settings: one follower's, those that are for all, or those of alerts. */
export type SettingsScope =
  | { readonly kind: "follower"; readonly follower: string }
  | { readonly kind: "portfolio" }
  | { readonly kind: "alerts" };

const PORTFOLIO: SettingsScope = { kind: "portfolio" };
const ALERTS: SettingsScope = { kind: "alerts" };
const STRATEGIES = "strategies";
/** No group has this name: as a part of a path it stays in it, and the whole is refused as unknown. */
const PROTOTYPE = "__proto__";

/** Every key of a scope with its meaning and default, options of strategies with their whole path. */
export function changeableKeys({ kind }: Pick<SettingsScope, "kind">): readonly ConfigurationKey[] {
  return listKeys(schemaOf({ kind }));
}

export function schemaOf({ kind }: Pick<SettingsScope, "kind">): z.ZodType {
  return SCHEMAS[kind];
}

const SCHEMAS = {
  follower: accountSettingsSchema,
  portfolio: portfolioSettingsSchema,
  alerts: alertSettingsSchema,
} as const satisfies Record<SettingsScope["kind"], z.ZodType>;

/** Groups of options become keys with their whole path, short names of strategies their whole ones. */
export function toldByPath(told: ToldSettings): ToldSettings {
  return Object.fromEntries(
    Object.entries(told).flatMap(([name, value]): readonly (readonly [string, unknown])[] => {
      if (name !== STRATEGIES || !isGroup(value)) return [[withWholeName(name), value]];
      return Object.entries(value).flatMap(([strategy, options]) =>
        isGroup(options)
          ? Object.entries(options).map(([option, one]) => [pathOf(strategy, option), one] as const)
          : [[`${STRATEGIES}.${strategy}`, options] as const],
      );
    }),
  );
}

/** What is wrong with what is told, and with the names of what is taken back. */
export function settingsProblems(scope: SettingsScope, told: ToldSettings): readonly ConfigurationProblem[] {
  const stated = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null));
  const checked = check(scope, stated);
  const known = changeableKeys(scope).map(({ keyPath }) => keyPath);
  const strangers = Object.keys(told).filter((name) => told[name] === null && !known.includes(name));
  return [...checked.problems, ...strangers.map((name) => stranger(scope, name, known))];
}

function check(scope: SettingsScope, stated: ToldSettings): Checked<unknown> {
  if (scope.kind === "follower") return checkAccount(scope.follower, stated);
  return scope.kind === "portfolio" ? checkPortfolio(stated) : checkAlerts(stated);
}

interface Checked<Values> {
  /** Empty where something is wrong. */
  readonly values: Values;
  readonly problems: readonly ConfigurationProblem[];
}

export function checkAccount(follower: string, told: ToldSettings): Checked<AccountSettings> {
  const scope: SettingsScope = { kind: "follower", follower };
  const form = checkForm(accountSettingsSchema, told, {
    placeOf: () => placeOf(scope),
    quotesValues: true,
    nickname: follower,
    elsewhere: (name) => elsewhere(scope, name),
  });
  return form.ok ? { values: form.value, problems: [] } : { values: {}, problems: form.problems };
}

export function checkPortfolio(told: ToldSettings): Checked<PortfolioSettings> {
  const form = checkForm(portfolioSettingsSchema, grouped(told), {
    placeOf: () => placeOf(PORTFOLIO),
    quotesValues: true,
    elsewhere: (name) => elsewhere(PORTFOLIO, name),
  });
  return form.ok ? { values: form.value, problems: [] } : { values: {}, problems: form.problems };
}

export function checkAlerts(told: ToldSettings): Checked<AlertSettings> {
  const form = checkForm(alertSettingsSchema, byGroup(told), {
    placeOf: () => placeOf(ALERTS),
    quotesValues: true,
    elsewhere: (name) => elsewhere(ALERTS, name),
  });
  return form.ok ? { values: form.value, problems: [] } : { values: {}, problems: form.problems };
}

/** `email.least_severity` as the files hold it. */
function byGroup(told: ToldSettings): ToldSettings {
  const groups: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(told)) {
    const [name = "", ...rest] = path.split(".");
    const known = groups[name];
    if (rest.length === 0 || name === PROTOTYPE) groups[path] = value;
    else groups[name] = { ...(isGroup(known) ? known : {}), [rest.join(".")]: value };
  }
  return groups;
}

export function placeOf(scope: SettingsScope): { readonly file: string; readonly line: undefined } {
  const of =
    scope.kind === "follower" ? ` of ${scope.follower}` : scope.kind === "alerts" ? " of alerts" : "";
  return { file: `run-time settings${of}`, line: undefined };
}

/** `strategies.NAME.OPTION` as the files hold it. */
function grouped(told: ToldSettings): ToldSettings {
  const strategies: Record<string, Record<string, unknown>> = {};
  const others: [string, unknown][] = [];
  for (const [name, value] of Object.entries(told)) {
    const [group, strategy, ...option] = name.split(".");
    if (group !== STRATEGIES || strategy === undefined || strategy === PROTOTYPE || option.length === 0)
      others.push([name, value]);
    else strategies[strategy] = { ...strategies[strategy], [option.join(".")]: value };
  }
  const isAny = Object.keys(strategies).length > 0;
  return Object.fromEntries([...others, ...(isAny ? [[STRATEGIES, strategies] as const] : [])]);
}

function withWholeName(name: string): string {
  const [group, strategy, ...option] = name.split(".");
  return group === STRATEGIES && strategy !== undefined && option.length > 0
    ? pathOf(strategy, option.join("."))
    : name;
}

function pathOf(strategy: string, option: string): string {
  return `${STRATEGIES}.${strategyKindOf(strategy)?.name ?? strategy}.${option}`;
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function stranger(scope: SettingsScope, name: string, known: readonly string[]): ConfigurationProblem {
  const meant = nearest(name, known);
  const message = elsewhere(scope, name) ?? "is not a known key";
  return {
    file: placeOf(scope).file,
    keyPath: name,
    message,
    ...(meant === undefined ? {} : { nearest: meant }),
  };
}

/** What would change a key that is none of this scope, where the files know it. */
function elsewhere(scope: SettingsScope, name: string): string | undefined {
  const knows = (schema: z.ZodType) => namesAt(schema, []).includes(name);
  if (scope.kind !== "alerts" && knows(alertSettingsSchema) && !knows(schemaOf(scope)))
    return `is a setting of alerts: copytrader settings set --alerts ${name}=...`;
  if (scope.kind !== "follower" && knows(accountSettingsSchema))
    return `is a setting of each follower: copytrader settings set FOLLOWER ${name}=...`;
  if (scope.kind !== "portfolio" && knows(portfolioSettingsSchema) && !knows(runTimeSchema))
    return `is a setting for all followers: copytrader settings set --portfolio ${name}=...`;
  if (knows(runTimeSchema))
    return `is a setting of each relation: copytrader copy LEADER ${scope.kind === "follower" ? scope.follower : "FOLLOWER"} ${name}=...`;
  if (knows(accountSchema))
    return "is read at start only: it goes into the account's file, and counts from the next start on";
  const path = listKeys(yamlSchema).find(({ keyPath }) => keyPath.split(".").at(-1) === name)?.keyPath;
  return path === undefined
    ? undefined
    : `is read at start only: it goes into the YAML files as ${path}, and counts from the next start on`;
}
