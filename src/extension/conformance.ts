/**
 * Whether an extension keeps its contract, as far as asking shows: `copytrader extension check FILE`. It is loaded like at a start
 * and asked every sample question, twice.
 */
import { isDeepStrictEqual } from "node:util";
import { readAnswer } from "./answer.ts";
import type { Increase, LimitAnswer, RiskLimit } from "./contract.ts";
import { type Guarded, guarded } from "./guard.ts";
import { ANSWER_MS_MAX } from "./limits.ts";
import { loadExtension } from "./load.ts";
import { sampleQuestions } from "./samples.ts";

export interface ExtensionCheck {
  readonly check: "load" | "answer" | "repeat" | "time" | "left-running";
  readonly result: "ok" | "fail";
  readonly message: string;
}

export async function checkExtension(file: string): Promise<readonly ExtensionCheck[]> {
  const runningBefore = runningThings();
  const loaded = await loadExtension(file);
  if (!loaded.ok) {
    const { keyPath, message } = loaded.problem;
    return [{ check: "load", result: "fail", message: keyPath === "" ? message : `${keyPath}: ${message}` }];
  }
  const { limit } = loaded.extension;
  const left = runningThings() - runningBefore;
  return [
    { check: "load", result: "ok", message: `${limit.name}: ${limit.description}` },
    ...checkAnswers(limit),
    left > 0
      ? { check: "left-running", result: "fail", message: "timers or connections are open after loading" }
      : { check: "left-running", result: "ok", message: "nothing" },
  ];
}

interface Asked {
  readonly question: Increase;
  readonly answer: Guarded<LimitAnswer>;
}

function checkAnswers(limit: RiskLimit): readonly ExtensionCheck[] {
  const questions = sampleQuestions();
  // What is compiled while it answers for the first time is no part of what it takes.
  for (const question of questions.slice(0, 3)) ask(limit, question);
  const first = questions.map((question) => ask(limit, question));
  const failed = first.find(({ answer }) => answer.kind === "failed");
  if (failed?.answer.kind === "failed")
    return [
      { check: "answer", result: "fail", message: `${failed.answer.cause}; ${asked(failed.question)}` },
    ];
  return [
    { check: "answer", result: "ok", message: `${questions.length} questions: ${counted(first)}` },
    ...checkAgain(limit, first),
  ];
}

/** What fails is asked once more: a machine that was busy is not the limit's fault. */
function ask(limit: RiskLimit, question: Increase): Asked {
  const once = () => guarded(ANSWER_MS_MAX, () => readAnswer(limit.check(question)));
  const answer = once();
  return { question, answer: answer.kind === "failed" ? once() : answer };
}

/** In the other order, so that a limit that remembers is seen, too; each answer's time is that of the quicker one. */
function checkAgain(limit: RiskLimit, first: readonly Asked[]): readonly ExtensionCheck[] {
  const pairs = first.toReversed().map((before) => ({ before, again: ask(limit, before.question) }));
  const other = pairs.find(({ before, again }) => !isSame(before.answer, again.answer));
  const slowest = Math.max(
    ...pairs.map(({ before, again }) => Math.min(before.answer.tookMs, again.answer.tookMs)),
  );
  const time = `slowest ${slowest.toFixed(2)} ms; all limits together have ${ANSWER_MS_MAX} ms`;
  return [
    other === undefined
      ? { check: "repeat", result: "ok", message: "the same answer each time" }
      : {
          check: "repeat",
          result: "fail",
          message: `the same question got another answer the second time; ${asked(other.before.question)}`,
        },
    { check: "time", result: slowest > ANSWER_MS_MAX / 2 ? "fail" : "ok", message: time },
  ];
}

function isSame(first: Guarded<LimitAnswer>, again: Guarded<LimitAnswer>): boolean {
  if (first.kind === "failed" || again.kind === "failed") return first.kind === again.kind;
  return isDeepStrictEqual(first.value, again.value);
}

function counted(answers: readonly Asked[]): string {
  const counts = new Map<string, number>();
  for (const { answer } of answers) {
    if (answer.kind === "answered") counts.set(answer.value.kind, (counts.get(answer.value.kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(", ");
}

function asked({ side, quantity, symbol, atMs, follower }: Increase): string {
  return `asked about ${side} ${quantity} ${symbol} at ${new Date(atMs).toISOString()}, equity ${follower.equity}`;
}

/** Of what keeps a process alive, what an extension has no business with. */
function runningThings(): number {
  return process.getActiveResourcesInfo().filter((kind) => /Timeout|Immediate|TCP|UDP|FSEvent/.test(kind))
    .length;
}
