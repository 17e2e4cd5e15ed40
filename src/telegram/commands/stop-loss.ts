/** `/stop_loss [FOLLOWER [TIERS ...]]`: the losses at which an account is cut, paused or closed; looked at, and changed on a yes. */
import { assertSees } from "../../api/access.ts";
import type { GuardUse } from "../../control/control.ts";
import { tiersIn } from "../../control/tier-texts.ts";
import { moneyText } from "../amounts.ts";
import { type BotCommand, type Call, CallError } from "../call.ts";
import { code, type Html, html, lines } from "../html.ts";
import { meantFollower } from "../names.ts";
import { settingText } from "../preview-lines.ts";
import { propose } from "../propose.ts";
import { mayNot } from "../texts.ts";

const KEY = "sl_loss_tiers_usd";
const NEEDS = "manage_stop_loss";

export const stopLossCommand: BotCommand = {
  name: "stop_loss",
  usage: "[FOLLOWER [25 50 100 | 100:reduce:0.5 300:close | off | files]]",
  summary: "stop tiers: look, and change",
  needs: "view_reports",
  run,
};

async function run(call: Call): Promise<void> {
  const [stated, ...tiers] = call.args;
  const follower = await meantFollower(call, stated);
  if (tiers.length === 0) return show(call, follower);
  if (follower === undefined) throw new CallError("");
  if (!call.principal.permissions.has(NEEDS)) {
    await call.say(mayNot(NEEDS));
    return;
  }
  const { followers } = await call.parts.control.ask({ kind: "changeable-settings", follower });
  const [own] = followers;
  await propose(call, {
    command: {
      kind: "settings",
      follower,
      values: { [KEY]: tiersFrom(tiers) },
      // What was changed by somebody else meanwhile is not overwritten unseen.
      ...(own === undefined ? {} : { expected: own.revision }),
    },
    needs: NEEDS,
    title: html`<b>Stop tiers</b> of ${code(follower)}`,
    question: "Set them so?",
    yes: "Set them",
    done: html`The stop tiers of ${code(follower)} are set. /stop_loss shows them.`,
    check: async ({ principal }) => assertSees(principal, follower),
  });
}

function tiersFrom(texts: readonly string[]): readonly unknown[] | null {
  const [only] = texts;
  if (texts.length === 1 && only === "off") return [];
  if (texts.length === 1 && only === "files") return null;
  const found = tiersIn(texts.flatMap((text) => text.split(",")).filter((text) => text !== ""));
  if ("wrong" in found) throw new CallError(found.wrong);
  return found.tiers;
}

async function show(call: Call, follower: string | undefined): Promise<void> {
  const { principal, parts } = call;
  const [{ followers }, status] = await Promise.all([
    parts.control.ask({ kind: "changeable-settings", ...(follower === undefined ? {} : { follower }) }),
    parts.control.ask({ kind: "status" }),
  ]);
  const seesMoney = principal.permissions.has("view_balance");
  const rows = followers
    .filter((one) => principal.accounts === "all" || principal.accounts.has(one.follower))
    .flatMap(({ follower: name, settings }): readonly Html[] => {
      const own = settings.filter(({ keyPath }) => keyPath === KEY || keyPath === "sl_reference");
      const found = status.followers.find(({ nickname }) => nickname === name);
      const guards = seesMoney ? (found?.guards ?? []).filter(({ guard }) => guard === KEY) : [];
      return [
        html`<b>${code(name)}</b>`,
        ...own.map(({ keyPath, value, source }) => html`${code(keyPath)} ${settingText(value)} (${source})`),
        ...guards.map(guardLine),
      ];
    });
  await call.say(lines([...rows, ...(rows.length === 0 ? [html`There is no follower that you see.`] : [])]));
}

function guardLine({ of, use, at, left, unit, action, stands }: GuardUse): Html {
  const reached = stands === null ? `, ${moneyText(left)} left` : " STANDS";
  return html`\u00b7 ${of === "" ? "" : `${of}: `}lost ${moneyText(use)} of ${moneyText(at)} ${unit}, then ${action}${reached}`;
}
