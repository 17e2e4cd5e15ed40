/** `/reports [ACCOUNT | all] [PERIOD]`: a day, a week, a month as pictures for a phone, and the whole of it as PDF. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { assertSees, seen } from "../../api/access.ts";
import { makeReport } from "../../control/report/make-report.ts";
import { parsePeriod, REPORT_KINDS } from "../../control/report/period.ts";
import { headFigures, periodText, subjectText } from "../../reports/period/document.ts";
import type { PeriodReport, ReportSubject } from "../../reports/period/period-report.ts";
import { type BotCommand, type Call, CallError } from "../call.ts";
import { wordsOf } from "../failure-words.ts";
import { type Html, html, lines } from "../html.ts";
import { turnable } from "../paging.ts";

const ALL = "all";
const ACCOUNTS_PER_PAGE = 8;
const NOTES_SHOWN = 4;

/** Chats for which one is being made: one at a time. */
const atWork = new Set<number>();

export const reportsCommand: BotCommand = {
  name: "reports",
  usage: `[ACCOUNT | ${ALL}] [${REPORT_KINDS.join(" | ")} | 2026-11 | 2026-11-20]`,
  summary: "a report with charts",
  needs: "view_reports",
  run,
};

async function run(call: Call): Promise<void> {
  const { parts, principal, args, chat } = call;
  const [named, period] = args;
  if (named === undefined || period === undefined) return choose(call, named);
  if (named === ALL && principal.accounts !== "all")
    throw new CallError("you do not see all accounts: name one");
  const followers = await namesOf(call);
  if (named !== ALL) assertSees(principal, named);
  if (named !== ALL && !followers.includes(named)) throw new CallError(`there is no follower "${named}"`);
  const nowMs = parts.clock.nowMs();
  const wanted = parsePeriod(period, nowMs);
  if (atWork.has(chat.id)) {
    await call.say(html`A report is being made for this chat already.`);
    return;
  }
  atWork.add(chat.id);
  const subject: ReportSubject =
    named === ALL ? { of: "portfolio", name: "" } : { of: "account", name: named };
  // Other commands of this chat do not wait for it, nor it for what is told here.
  void send(call, { subject, period: wanted, nowMs }).finally(() => atWork.delete(chat.id));
  await call.say(html`Making it ...`);
}

async function choose(call: Call, asked: string | undefined): Promise<void> {
  const own = seen(call.principal, await namesOf(call), (name) => name);
  const subjects = [...(call.principal.accounts === "all" ? [ALL] : []), ...own];
  if (asked !== undefined && subjects.includes(asked)) {
    await call.show(html`Which period of ${asked}?`, [kindsOf(call, asked)]);
    return;
  }
  if (asked !== undefined && !/^\d{1,6}$/.test(asked)) throw new CallError(`there is no account "${asked}"`);
  const page = turnable(call, subjects, { asked, perPage: ACCOUNTS_PER_PAGE, command: "reports" });
  const buttons = page.shown.map((name) => [call.button(name, "reports", name)]);
  await call.show(
    subjects.length === 0 ? html`There is no account that you see.` : html`A report of which account?`,
    [...buttons, ...page.keyboard],
  );
}

function kindsOf(call: Call, subject: string) {
  return REPORT_KINDS.map((kind) => call.button(kind, "reports", subject, kind));
}

async function namesOf({ parts }: Call): Promise<readonly string[]> {
  const { followers } = await parts.control.ask({ kind: "status" });
  return followers.map(({ nickname }) => nickname);
}

type Wanted = Pick<Parameters<typeof makeReport>[1], "subject" | "period" | "nowMs">;

async function send(call: Call, wanted: Wanted): Promise<void> {
  const { parts, chat } = call;
  try {
    const { stop, dataDir } = parts;
    const made = await makeReport(dataDir, {
      ...wanted,
      formats: ["png", "pdf"],
      skipsEmpty: true,
      sectionsOf: await parts.sectionsOf(),
      signal: stop,
    });
    if (made === null) return void (await call.say(html`Nothing was started yet.`));
    const { report, files } = made;
    if (files.length === 0) return void (await call.say(html`Nothing is known of any day of that.`));
    const [first, ...more] = files.filter((file) => file.endsWith("-light.png"));
    if (first === undefined) await call.say(captionOf(report));
    else await parts.speaker.photo(chat, readFileSync(first), captionOf(report));
    for (const file of more) await parts.speaker.photo(chat, readFileSync(file), html`${titleOf(report)}`);
    for (const file of files.filter((name) => name.endsWith(".pdf")))
      await parts.speaker.document(chat, basename(file), readFileSync(file), html`${titleOf(report)}`);
  } catch (error) {
    await call.say(wordsOf(error, call)).catch(() => 0);
  }
}

function captionOf(report: PeriodReport): Html {
  const left = report.notes.length - NOTES_SHOWN;
  return lines([
    html`<b>${titleOf(report)}</b>${report.isPaper ? " (paper)" : ""}`,
    ...headFigures(report).map(({ name, value }) => html`${name}: ${value}`),
    ...report.notes.slice(0, NOTES_SHOWN).map((note) => html`<i>${note}</i>`),
    ...(left > 0 ? [html`<i>... and ${left} more notes in the PDF</i>`] : []),
  ]);
}

function titleOf(report: PeriodReport): string {
  return `${subjectText(report)}, ${periodText(report)}`;
}
