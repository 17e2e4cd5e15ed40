/** `copytrader settings`: what may be changed while running, of a follower's account and for all; shown, and changed. */
import { Command } from "commander";
import type { ChangeableSetting, SettingsInForce } from "../../control/changeable-settings.ts";
import type { OwnerCommand } from "../../control/owner-commands.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { usage } from "../output.ts";
import { settingText } from "../setting-text.ts";
import { changedSettings, type SettingChangeOptions, withChangeOptions } from "../settings-change.ts";
import { table } from "../table.ts";
import { withControl } from "../with-control.ts";
import { settingsFrom } from "./settings-from.ts";

export function settingsCommand(finish: Finish): Command {
  const summary = "settings that may be changed while everything runs: look at them, change them";
  const settings = new Command("settings").summary(summary).description(`${summary}.`);
  return settings.addCommand(showCommand(finish)).addCommand(setCommand(finish));
}

interface ShowOptions extends Folders, CommonOptions {
  readonly all?: boolean;
}

function showCommand(finish: Finish): Command {
  const examples = ["settings show", "settings show slave1 --all"];
  return withFolders(command("show", "what is in force, and where it comes from", examples))
    .argument("[follower]", "nickname; all of them, and what is for all, when left out")
    .option("--all", "with those that are not set")
    .action((follower: string | undefined, options: ShowOptions) =>
      runAction(options, finish, async (output) => {
        const report = await withControl(options, (control) =>
          control.ask({ kind: "changeable-settings", ...(follower === undefined ? {} : { follower }) }),
        );
        const { followers, portfolio, alerts } = report;
        output.result(report, () =>
          [
            ...followers.map((one) => lines(one.follower, one, options)),
            ...(portfolio === undefined
              ? []
              : [lines("for all followers (--portfolio)", portfolio, options)]),
            ...(alerts === undefined ? [] : [lines("alerts (--alerts)", alerts, options)]),
          ].join("\n\n"),
        );
        return undefined;
      }),
    );
}

function lines(whose: string, { revision, settings }: SettingsInForce, { all }: ShowOptions): string {
  const isSet = ({ value, source }: ChangeableSetting) =>
    all === true || !(value === null || (value === "off" && source === "default"));
  const columns = [{ title: "SETTING" }, { title: "VALUE" }, { title: "FROM" }] as const;
  const rows = settings
    .filter(isSet)
    .map((one) => [one.keyPath, one.value === null ? "not set" : settingText(one.value), sourceText(one)]);
  return [`${whose}, revision ${revision}`, ...table(columns, rows, { indent: "  ", overflow: "wrap" })].join(
    "\n",
  );
}

function sourceText({ source, otherwise }: ChangeableSetting): string {
  if (otherwise === undefined) return source;
  const { value, source: from } = otherwise;
  return `${source}; else ${value === null ? "not set" : settingText(value)} (${from})`;
}

interface SetOptions extends SettingChangeOptions {
  readonly portfolio?: boolean;
  readonly alerts?: boolean;
}

function setCommand(finish: Finish): Command {
  const examples = [
    "settings set slave1 max_daily_loss=0.1 max_portfolio_exposure=3",
    "settings set slave1 'max_account_drawdown={usd: 500, action: close}' --yes",
    "settings set slave1 max_daily_loss=        the files decide it again",
    "settings set --portfolio max_traders=5 position_scaling=0.5 correlation_limit=0.7",
    "settings set --portfolio rebalancing=automatic strategies.kelly.fraction=0.25 --dry-run",
    "settings set --alerts quiet_hours=22:00-07:00 time_zone=Europe/Berlin email.least_severity=critical",
  ];
  const made = command("set", "change settings of a follower, or what is for all", examples)
    .argument(
      "<words...>",
      "the follower's nickname (without --portfolio), then key=value; key= takes one back",
    )
    .option("--portfolio", "what is for all followers, in place of one follower's")
    .option("--alerts", "what is told, when and where, in place of one follower's");
  return withChangeOptions(withFolders(made)).action((words: readonly string[], options: SetOptions) =>
    runAction(options, finish, async (output) => {
      const change = await changeOf(words, options);
      const whose = WHOSE[change.kind] ?? (change.kind === "settings" ? change.follower : "");
      await changedSettings(change, options, output, whose);
      return undefined;
    }),
  );
}

type Change = Extract<OwnerCommand, { readonly kind: "settings" | "portfolio-settings" | "alert-settings" }>;

const WHOSE: Readonly<Partial<Record<Change["kind"], string>>> = {
  "portfolio-settings": "all followers",
  "alert-settings": "alerts",
};

async function changeOf(words: readonly string[], options: SetOptions): Promise<Change> {
  if (options.portfolio === true && options.alerts === true)
    throw usage("write --portfolio or --alerts, not both");
  if (options.alerts === true)
    return { kind: "alert-settings", values: await settingsFrom(words, "alerts", "quiet_hours=22:00-07:00") };
  if (options.portfolio === true) {
    const values = await settingsFrom(words, "portfolio", "max_traders=5");
    return { kind: "portfolio-settings", values };
  }
  const [follower = "", ...settings] = words;
  if (follower.includes("="))
    throw usage(`name the follower before "${follower}", or write --portfolio for what is for all`);
  if (settings.length === 0)
    throw usage(`write what is to be set for ${follower}, such as max_daily_loss=0.1`);
  const values = await settingsFrom(settings, "follower", "max_daily_loss=0.1");
  return { kind: "settings", follower, values };
}
