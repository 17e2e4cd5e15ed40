/**
 * What `start` says: text for people, JSON lines for programs. A failure is one line on stdout with `--json`, and text on
 * stderr without. No secret that the process holds is in it.
 */
import { type Alert, describeAlert, publicAlert } from "../alerts/alert.ts";
import { type ConfigurationProblem, describeProblem } from "../config.ts";
import { masked } from "../security/secrets.ts";
import type { ApiListening } from "./api-process.ts";

export interface StartFailure {
  readonly kind: "configuration" | "refused" | "data-folder" | "failure";
  readonly message: string;
  readonly problems: readonly ConfigurationProblem[];
}

export type NoteKind = "start" | "limit" | "warning" | "not-in-force" | "halted" | "waiting";

export class Printer {
  readonly #json: boolean;
  readonly #print: (line: string) => void;

  constructor(json: boolean, print: (line: string) => void = (line) => process.stdout.write(`${line}\n`)) {
    this.#json = json;
    this.#print = print;
  }

  note(kind: NoteKind, message: string): void {
    this.#print(masked(this.#json ? JSON.stringify({ note: kind, message }) : `${PREFIX[kind]}${message}`));
  }

  /** One that was raised; with `--json` all of it. */
  alert(alert: Alert): void {
    if (this.#json) this.#print(JSON.stringify({ alert: publicAlert(alert) }));
    else this.#print(`${alert.severity.toUpperCase()}: ${describeAlert(alert)}`);
  }

  ready(): void {
    if (this.#json) this.#print(JSON.stringify({ ready: true, pid: process.pid }));
    else
      this.#print(
        "ready: every account is connected, every follower reconciled. Ctrl-C stops; positions stay open.",
      );
  }

  /** Where the API and the dashboard are, and the one-time link while nobody can sign in. */
  listening({ url, setup }: ApiListening): void {
    if (this.#json) {
      this.#print(
        JSON.stringify({ listening: { url }, ...(setup === undefined ? {} : { setup: { url: setup } }) }),
      );
      return;
    }
    this.#print(`The dashboard is at ${url}, the API's documentation at ${url}/docs.`);
    if (setup !== undefined)
      this.#print(`Nobody can sign in yet. This link makes the first owner, once: ${setup}`);
  }

  /** Who the Telegram bot is. */
  talking(username: string): void {
    if (this.#json) this.#print(JSON.stringify({ telegram: { username } }));
    else this.#print(`The Telegram bot is @${username}: send it /start.`);
  }

  failure(failure: StartFailure): void {
    if (this.#json) {
      this.#print(masked(JSON.stringify({ error: failure })));
      return;
    }
    process.stderr.write(masked(`copytrader: ${failure.message}\n`));
    for (const problem of failure.problems) process.stderr.write(masked(`  ${describeProblem(problem)}\n`));
  }
}

const PREFIX: Readonly<Record<NoteKind, string>> = {
  start: "",
  limit: "limit ",
  warning: "warning: ",
  "not-in-force": "not in force: ",
  halted: "halted: ",
  waiting: "waiting ",
};
