/**
 * What may be changed while running, of each follower and for all of them: every key with what is in force, where that comes from, and
 * what would be in force without run time. The revision stands for exactly these values, so that nobody changes what he has not seen.
 */
import { createHash } from "node:crypto";
import {
  alertSettingRows,
  type Configuration,
  changeableKeys,
  type LoadResult,
  type RunTime,
  type SettingsScope,
  withoutSettings,
} from "../config.ts";
import { ControlError, type EngineStatus, type SettingValue } from "./control.ts";

export interface ChangeableSettingsReport {
  readonly engine: EngineStatus;
  readonly followers: readonly (SettingsInForce & { readonly follower: string })[];
  /** Absent where one follower's were asked for. */
  readonly portfolio?: SettingsInForce;
  /** Of alerts; likewise. */
  readonly alerts?: SettingsInForce;
}

export interface SettingsInForce {
  /** Stands for these values and where they come from; the same where nothing of them became another. */
  readonly revision: string;
  readonly settings: readonly ChangeableSetting[];
}

export interface ChangeableSetting extends SettingValue {
  /** As a command names it; options of strategies as `strategies.NAME.OPTION`. */
  readonly keyPath: string;
  readonly meaning: string;
  /** Where run time decides: what would be in force once its value is taken back. */
  readonly otherwise?: SettingValue;
}

/** Null: no value and no default. */
type Row = SettingValue & { readonly keyPath: string };

/** In the order of the keys. */
export function changeableRows(configuration: Configuration, scope: SettingsScope): readonly Row[] {
  const found = foundFor(configuration, scope);
  return changeableKeys(scope).flatMap(({ keyPath }) => {
    const one = found[keyPath];
    return one === undefined ? [] : [{ keyPath, value: one.value, source: one.source }];
  });
}

function foundFor(
  configuration: Configuration,
  scope: SettingsScope,
): Readonly<Record<string, SettingValue | undefined>> {
  if (scope.kind === "follower") return ofFollower(configuration, scope.follower);
  return scope.kind === "portfolio" ? configuration.forAll : alertSettingRows(configuration.alerts.settings);
}

function ofFollower(
  { limits, guards }: Configuration,
  follower: string,
): Readonly<Record<string, SettingValue | undefined>> {
  const of = <Values>(all: readonly { readonly follower: string; readonly values: Values }[]) =>
    all.find((one) => one.follower === follower)?.values;
  return { ...of(limits), ...of(guards) };
}

export function revisionOf(rows: readonly Row[]): string {
  const text = JSON.stringify(rows.map(({ keyPath, value, source }) => [keyPath, value, source]));
  return createHash("sha256").update(text).digest("hex").slice(0, REVISION_DIGITS);
}

const REVISION_DIGITS = 16;

export interface ReportedFacts {
  readonly engine: EngineStatus;
  readonly configuration: Configuration;
  readonly runTime: RunTime;
  readonly reconfigure: (runTime: RunTime) => LoadResult;
}

/** Of all followers and the portfolio, or of one follower. Throws a ControlError where there is no such follower. */
export function changeableSettings(facts: ReportedFacts, follower?: string): ChangeableSettingsReport {
  const { configuration, engine, runTime, reconfigure } = facts;
  const names = configuration.limits.map((one) => String(one.follower));
  if (follower !== undefined && !names.includes(follower))
    throw new ControlError(
      "unknown-follower",
      `there is no follower "${follower}"; there are: ${names.join(", ")}`,
    );
  const without = reconfigure(withoutSettings(runTime));
  const files = without.ok ? without.configuration : null;
  const of = (scope: SettingsScope) => settingsInForce(configuration, files, scope);
  const followers = names
    .filter((name) => follower === undefined || name === follower)
    .map((name) => ({ follower: name, ...of({ kind: "follower", follower: name }) }));
  const forAll = { portfolio: of({ kind: "portfolio" }), alerts: of({ kind: "alerts" }) };
  return { engine, followers, ...(follower === undefined ? forAll : {}) };
}

function settingsInForce(
  configuration: Configuration,
  files: Configuration | null,
  scope: SettingsScope,
): SettingsInForce {
  const rows = changeableRows(configuration, scope);
  const others = files === null ? [] : changeableRows(files, scope);
  const meanings = new Map(changeableKeys(scope).map(({ keyPath, meaning }) => [keyPath, meaning]));
  return {
    revision: revisionOf(rows),
    settings: rows.map((row) => {
      const found =
        row.source === "run-time" ? others.find(({ keyPath }) => keyPath === row.keyPath) : undefined;
      const otherwise =
        found === undefined ? {} : { otherwise: { value: found.value, source: found.source } };
      return { ...row, meaning: meanings.get(row.keyPath) ?? "", ...otherwise };
    }),
  };
}
