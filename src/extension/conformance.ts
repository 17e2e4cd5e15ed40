/**
 * Whether an extension keeps its contract, as far as asking shows: `copytrader extension check FILE`. It is loaded like at a start
 * and asked every sample question, twice.
 */
import { AsyncLocalStorage, createHook } from "node:async_hooks";
import { isDeepStrictEqual } from "node:util";
import { decideStrategy } from "../strategies/rebalance.ts";
import type { OwnStrategy } from "../strategies/strategy.ts";
import { AnswerError, readAnswer, readStyleAnswer } from "./answer.ts";
import { ANSWER_MS_MAX } from "./asker.ts";
import type { Increase, LimitAnswer, StyleAnswer } from "./contract.ts";
import { type Guarded, guarded } from "./guard.ts";
import { loadExtension } from "./load.ts";
import type { ReportSectionMaker } from "./report-contract.ts";
import { sampleOrders, sampleQuestions } from "./samples.ts";
import { sampleReports } from "./section-samples.ts";
import { readSection, SECTION_MS_MAX } from "./sections.ts";
import type { Extension } from "./shape.ts";
import { CHOOSE_MS_MAX, readChoice } from "./strategies.ts";
import { sampleEvidence } from "./strategy-samples.ts";
import type { TraderFilter, TraderImporter } from "./trader-contract.ts";
import { sampleTraders } from "./trader-samples.ts";
import { FIGURE_MS_MAX, readFigure, readRecognised, readRows } from "./traders.ts";

export interface ExtensionCheck {
  readonly check: "load" | "answer" | "repeat" | "time" | "left-running";
  readonly result: "ok" | "fail";
  readonly message: string;
}

export async function checkExtension(file: string): Promise<readonly ExtensionCheck[]> {
  const { result: loaded, left } = await withLeftRunning(() => loadExtension(file));
  if (!loaded.ok) {
    const { keyPath, message } = loaded.problem;
    return [{ check: "load", result: "fail", message: keyPath === "" ? message : `${keyPath}: ${message}` }];
  }
  const { extension } = loaded.extension;
  return [
    { check: "load", result: "ok", message: `${extension.name}: ${extension.description}` },
    ...checkAnswers(casesOf(extension)),
    left > 0
      ? { check: "left-running", result: "fail", message: "timers or connections are open after loading" }
      : { check: "left-running", result: "ok", message: "nothing" },
  ];
}

/** A question in words, how it is asked, and within which time. */
interface Case {
  readonly told: string;
  readonly maxMs: number;
  /** The answer, and what it is counted as. */
  readonly ask: () => Counted;
}

interface Counted {
  readonly kind: string;
  readonly answer: unknown;
}

interface Asked extends Case {
  readonly answer: Guarded<Counted>;
}

function casesOf(extension: Extension): readonly Case[] {
  switch (extension.kind) {
    case "risk-limit":
      return sampleQuestions().map((question) =>
        orderCase(question, () => readAnswer(extension.check(question))),
      );
    case "execution-style":
      return sampleOrders().map((question) =>
        orderCase(question, () => readStyleAnswer(extension.work(question))),
      );
    case "trader-filter":
      return filterCases(extension);
    case "trader-importer":
      return importerCases(extension);
    case "strategy":
      return strategyCases(extension);
    case "report-section":
      return sectionCases(extension);
  }
}

function orderCase(question: Increase, ask: () => LimitAnswer | StyleAnswer): Case {
  const counted = () => {
    const answer = ask();
    return { kind: answer.kind, answer };
  };
  return { told: told(question), maxMs: ANSWER_MS_MAX, ask: counted };
}

function filterCases(filter: TraderFilter): readonly Case[] {
  return sampleTraders().map((trader) => ({
    told: `asked about ${trader.id}`,
    maxMs: FIGURE_MS_MAX,
    ask: () => {
      const answer = readFigure(filter.figure(trader));
      return { kind: typeof answer === "number" ? "figure" : "cannot-tell", answer };
    },
  }));
}

function sectionCases({ section }: ReportSectionMaker): readonly Case[] {
  return sampleReports().map(({ told, report }) => ({
    told: `asked about ${told}`,
    maxMs: SECTION_MS_MAX,
    ask: () => {
      const answer = readSection(section(report));
      return { kind: answer === null ? "nothing" : "section", answer };
    },
  }));
}

function strategyCases(strategy: OwnStrategy): readonly Case[] {
  return sampleEvidence().map(({ told, evidence }) => ({
    told: `asked about ${told}`,
    maxMs: CHOOSE_MS_MAX,
    ask: () => {
      const answer = readChoice(strategy.choose(evidence));
      const { allocations } = decideStrategy({ ...strategy, choose: () => answer }, evidence);
      return { kind: allocations.length === 0 ? "nobody chosen" : "some chosen", answer };
    },
  }));
}

function importerCases(importer: TraderImporter): readonly Case[] {
  const { sample } = importer;
  const heads = ["", "{}", "time,symbol,side,price,quantity\n", sample];
  return [
    ...heads.map((head) => ({
      told: `asked to recognise ${JSON.stringify(head.slice(0, 40))}`,
      maxMs: FIGURE_MS_MAX,
      ask: () => {
        const answer = readRecognised(importer.recognises(head));
        if (!answer && head === sample) throw new AnswerError("its own sample is not recognised");
        return { kind: answer ? "recognised" : "not recognised", answer };
      },
    })),
    {
      told: "asked to read its own sample",
      maxMs: FIGURE_MS_MAX,
      ask: () => {
        const rows = readRows(importer.read(sample));
        if (!rows.some((row) => "fill" in row)) throw new AnswerError("its own sample gives no fill");
        return { kind: "rows", answer: rows };
      },
    },
  ];
}

function checkAnswers(questions: readonly Case[]): readonly ExtensionCheck[] {
  // What is compiled while it answers for the first time is no part of what it takes.
  for (const question of questions.slice(0, 3)) asked(question);
  const first = questions.map(asked);
  const failed = first.find(({ answer }) => answer.kind === "failed");
  if (failed?.answer.kind === "failed")
    return [{ check: "answer", result: "fail", message: `${failed.answer.cause}; ${failed.told}` }];
  return [
    { check: "answer", result: "ok", message: `${questions.length} questions: ${counted(first)}` },
    ...checkAgain(first),
  ];
}

/** What fails is asked once more: a machine that was busy is not its fault. */
function asked({ told, maxMs, ask }: Case): Asked {
  const answer = guarded(maxMs, ask);
  return { told, maxMs, ask, answer: answer.kind === "failed" ? guarded(maxMs, ask) : answer };
}

/** In the other order, so that one that remembers is seen, too; each answer's time is that of the quicker one. */
function checkAgain(first: readonly Asked[]): readonly ExtensionCheck[] {
  const pairs = first.toReversed().map((before) => ({ before, again: asked(before) }));
  const other = pairs.find(({ before, again }) => !isSame(before.answer, again.answer));
  const slowest = Math.max(
    ...pairs.map(({ before, again }) => Math.min(before.answer.tookMs, again.answer.tookMs)),
  );
  const maxMs = Math.min(...first.map((one) => one.maxMs));
  const time = `slowest ${slowest.toFixed(2)} ms; all of a kind together have ${maxMs} ms`;
  return [
    other === undefined
      ? { check: "repeat", result: "ok", message: "the same answer each time" }
      : {
          check: "repeat",
          result: "fail",
          message: `the same question got another answer the second time; ${other.before.told}`,
        },
    { check: "time", result: slowest > maxMs / 2 ? "fail" : "ok", message: time },
  ];
}

function isSame(first: Asked["answer"], again: Asked["answer"]): boolean {
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

function told({ side, quantity, symbol, atMs, follower }: Increase): string {
  return `asked about ${side} ${quantity} ${symbol} at ${new Date(atMs).toISOString()}, equity ${follower.equity}`;
}

/** Of what keeps a process alive, what an extension has no business with; in the words of async_hooks. */
const RUNNING = /^(Timeout|Immediate|TCP|UDP|PIPE|FSEVENT|PROCESS|WORKER)/;

/** How much of that an action began and did not end; what others begin at the same time is not counted. */
async function withLeftRunning<Result>(
  action: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly left: number }> {
  const begun = new AsyncLocalStorage<Set<number>>();
  const left = new Set<number>();
  const hook = createHook({
    init: (id, type) => {
      if (RUNNING.test(type)) begun.getStore()?.add(id);
    },
    destroy: (id) => {
      left.delete(id);
    },
  }).enable();
  try {
    const result = await begun.run(left, action);
    // What has just ended is told in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    return { result, left: left.size };
  } finally {
    hook.disable();
  }
}
