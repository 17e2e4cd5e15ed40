/** `/status`: whether copying runs and how each account stands; may stay live in its message. */
import { seenStatus } from "../../api/seen-status.ts";
import type { FollowerStatus, StatusReport } from "../../control/control.ts";
import { describeWatchdog } from "../../control/watchdog-text.ts";
import { ageText, moneyText } from "../amounts.ts";
import type { BotCommand, Call } from "../call.ts";
import { code, type Html, html, lines } from "../html.ts";
import type { LiveMessages } from "../live.ts";

const FOLLOWERS_SHOWN = 20;
const WATCHDOGS_SHOWN = 5;

export function statusCommand(live: LiveMessages): BotCommand {
  return {
    name: "status",
    usage: "",
    summary: "whether copying runs, and how each account stands",
    needs: "view_sync",
    run: (call) => run(call, live),
  };
}

async function run(call: Call, live: LiveMessages): Promise<void> {
  const [word] = call.args;
  if (word === "stop") live.end(call.chat);
  const text = await statusText(call);
  const buttons = (isLive: boolean) => [
    [
      call.button("Refresh", "status"),
      isLive ? call.button("Stop", "status", "stop") : call.button("Keep live", "status", "live"),
    ],
  ];
  const messageId = await call.show(text, buttons(word === "live"));
  if (word !== "live") return;
  live.keep(call, {
    messageId,
    shown: text,
    make: (now) => statusText(now),
    keyboard: buttons(true),
    ended: buttons(false),
  });
}

async function statusText({ parts, principal }: Call): Promise<Html> {
  const status = seenStatus(principal, await parts.control.ask({ kind: "status" }));
  const { followers, leaders, watchdogs, problems } = status;
  const off = leaders.filter((one) => !one.connected).map(({ nickname }) => nickname);
  const left = followers.length - FOLLOWERS_SHOWN;
  return lines([
    html`<b>${engineText(status)}</b>${modeText(status)}`,
    ...followers.slice(0, FOLLOWERS_SHOWN).map(followerLine),
    ...(left > 0 ? [html`... and ${left} more followers`] : []),
    ...(followers.length === 0 ? [html`There is no follower that you see.`] : []),
    ...(off.length === 0 ? [] : [html`Not connected: ${off.map((name) => code(name))}`]),
    ...watchdogs
      .filter(({ state }) => state !== "ok")
      .slice(0, WATCHDOGS_SHOWN)
      .map((one) => html`watchdog ${describeWatchdog(one)}`),
    ...(problems.length === 0 ? [] : [html`${problems.length} problems in the configuration`]),
    html`<i>as of ${new Date(status.engine.asOf).toISOString().slice(11, 19)} UTC</i>`,
  ]);
}

function engineText({ engine }: StatusReport): string {
  if (engine.starting === true) return "Copying is starting";
  return engine.running ? "Copying runs" : "Copying is stopped";
}

function modeText({ mode, world }: StatusReport): string {
  const parts = new Set([mode === null ? "" : String(mode.value), world ?? ""]);
  parts.delete("");
  return parts.size === 0 ? "" : ` (${[...parts].join(", ")})`;
}

function followerLine({ nickname, state, reason, connected, snapshotAgeMs, equity }: FollowerStatus): Html {
  const money = equity === "" ? "" : `, equity ${moneyText(equity)}`;
  const link = connected ? "" : ", NOT CONNECTED";
  const why = reason === "" ? "" : ` (${reason})`;
  return html`${code(nickname)} ${state}${why}${money}, seen ${ageText(snapshotAgeMs)} ago${link}`;
}
