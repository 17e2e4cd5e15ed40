/** `copytrader stop-tiers`: the losses of an account at which it is cut, paused or closed; looked at, and changed while everything runs. */
import { type Command, Option } from "commander";
import type { Control, GuardUse } from "../../control/control.ts";
import { tiersIn } from "../../control/tier-texts.ts";
import { command, type Finish, runAction, withFolders } from "../command.ts";
import { guardLines } from "../guard-lines.ts";
import { type Output, usage } from "../output.ts";
import { settingText } from "../setting-text.ts";
import { changedSettings, type SettingChangeOptions, withChangeOptions } from "../settings-change.ts";
import { withControl } from "../with-control.ts";

const KEY = "sl_loss_tiers_usd";
const REFERENCES = ["start", "day", "peak"] as const;

interface StopTiersOptions extends SettingChangeOptions {
  readonly reference?: (typeof REFERENCES)[number];
  readonly off?: boolean;
  readonly takeBack?: boolean;
}

export function stopTiersCommand(finish: Finish): Command {
  const examples = [
    "stop-tiers slave1                                     what is set, and how near it is",
    "stop-tiers slave1 25 50 100                           an equal part at each, all at the largest",
    "stop-tiers slave1 100:reduce:0.5 200:pause 300:close  each its own action",
    "stop-tiers slave1 50 100 --reference day --yes",
    "stop-tiers slave1 --off",
  ];
  const reference = new Option("--reference <from>", "what the loss counts from").choices(REFERENCES);
  const made = command("stop-tiers", "the losses at which an account is cut, paused or closed", examples)
    .argument("<follower>", "nickname")
    .argument(
      "[tiers...]",
      "losses in USDT; each with its action behind a colon: reduce:SHARE, pause, close or halt",
    )
    .addOption(reference)
    .option("--off", "no tiers at all")
    .option("--take-back", "the files decide them again");
  return withChangeOptions(withFolders(made)).action(
    (follower: string, tiers: readonly string[], options: StopTiersOptions) =>
      runAction(options, finish, async (output) => {
        const values = valuesOf(tiers, options);
        if (values === null) await show(follower, options, output);
        else await changedSettings({ kind: "settings", follower, values }, options, output, follower);
        return undefined;
      }),
  );
}

/** Null: nothing is to be changed. */
function valuesOf(
  tiers: readonly string[],
  { reference, off, takeBack }: StopTiersOptions,
): Readonly<Record<string, unknown>> | null {
  const ways = [tiers.length > 0, off === true, takeBack === true].filter(Boolean);
  if (ways.length > 1) throw usage("write tiers, or --off, or --take-back");
  const from = reference === undefined ? {} : { sl_reference: reference };
  if (off === true) return { [KEY]: [], ...from };
  if (takeBack === true) return { [KEY]: null, sl_reference: reference ?? null };
  if (tiers.length > 0) return { [KEY]: tiersFrom(tiers), ...from };
  return reference === undefined ? null : from;
}

/** Throws a CliError for what is no tier. */
function tiersFrom(texts: readonly string[]): readonly unknown[] {
  const found = tiersIn(texts);
  if ("wrong" in found) throw usage(found.wrong);
  return found.tiers;
}

async function show(follower: string, options: StopTiersOptions, output: Output): Promise<void> {
  const [{ followers }, guards] = await withControl(options, async (control) => [
    await control.ask({ kind: "changeable-settings", follower }),
    await guardsOf(control, follower),
  ]);
  const [own] = followers;
  const settings = (own?.settings ?? []).filter(({ keyPath }) => [KEY, "sl_reference"].includes(keyPath));
  output.result({ follower, revision: own?.revision ?? "", settings, guards }, () => {
    const told = settings.map(({ keyPath, value, source }) => {
      const text =
        value === null || (Array.isArray(value) && value.length === 0) ? "off" : settingText(value);
      return `${keyPath} ${text} (${source})`;
    });
    return [...told, ...guardLines([{ nickname: follower, guards }], false)].join("\n");
  });
}

/** None before it was started for the first time. */
async function guardsOf(control: Control, follower: string): Promise<readonly GuardUse[]> {
  const { followers } = await control.ask({ kind: "status" });
  const found = followers.find(({ nickname }) => nickname === follower);
  return (found?.guards ?? []).filter(({ guard }) => guard === KEY);
}
