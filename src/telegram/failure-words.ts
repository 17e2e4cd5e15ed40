/** Why a command did not work, in words: what the facade, identity or the command itself said; of what nobody expected only that. */
import { problemFrom } from "../api/problems.ts";
import { type BotCommand, type Call, CallError } from "./call.ts";
import { type Html, html, lines } from "./html.ts";
import { UNEXPECTED, usage } from "./texts.ts";

export function wordsOf(error: unknown, { principal, parts }: Call, command?: BotCommand): Html {
  if (error instanceof CallError) {
    const how = command === undefined ? [] : [usage(command.name, command.usage)];
    return lines([...(error.message === "" ? [] : [html`${error.message}`]), ...how]);
  }
  const problem = problemFrom(error, principal.accounts === "all");
  if (problem === null) {
    parts.log.error("a command failed", { error });
    return UNEXPECTED;
  }
  const { message, facts } = problem;
  if (problem.code === "second-factor-needed")
    return html`This needs a code of your second factor first: write <code>/code 123456</code>, then again what you want.`;
  const more = (facts.errors ?? []).map((one) => one.message).filter((text) => text !== message);
  return lines([html`${message}`, ...more.map((text) => html`${text}`)]);
}
