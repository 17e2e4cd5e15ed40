/**
 * The owner's limits as the core asks them. Whatever goes wrong in them denies that increase and nothing else: what throws, makes
 * no sense or takes too long.
 */
import { Decimal } from "../core/model/decimal.ts";
import type { AskedIncrease, LimitVerdict, OwnLimits } from "../core/risk/extension-limit.ts";
import { readAnswer } from "./answer.ts";
import { Asker, type ExtensionFailure } from "./asker.ts";
import type { LimitAnswer, Increase as Question, RiskLimit } from "./contract.ts";
import { questionOf } from "./question.ts";

export function askingLimits(
  limits: readonly RiskLimit[],
  onFailure: (failure: ExtensionFailure) => void,
  answerMsMax?: number,
): OwnLimits {
  const asker = new Asker(limits, onFailure, answerMsMax);
  return (state, increase) => {
    if (limits.length === 0) return null;
    const question = questionOf(state, increase);
    const asked = asker.askAll(state, (limit) => ({
      limit: limit.name,
      answer: readAnswer(limit.check(question)),
    }));
    if (asked.kind === "answered") return tightest(increase, question, asked.value);
    const { extension: limit, detail } = asked;
    return { limit, failed: true, room: 0, givesUp: false, detail };
  };
}

interface Answered {
  readonly limit: string;
  readonly answer: LimitAnswer;
}

function tightest(
  increase: AskedIncrease,
  question: Question,
  answers: readonly Answered[],
): LimitVerdict | null {
  let least: LimitVerdict | null = null;
  for (const answered of answers) {
    const verdict = verdictOf(increase, question, answered);
    if (verdict !== null && (least === null || verdict.room < least.room)) least = verdict;
  }
  return least;
}

function verdictOf(
  { leg, lots }: AskedIncrease,
  question: Question,
  { limit, answer }: Answered,
): LimitVerdict | null {
  if (answer.kind === "allow") return null;
  const asked = { asked: question.quantity, ...answer.numbers };
  if (answer.kind === "deny")
    return { limit, failed: false, room: 0, givesUp: answer.giveUp === true, detail: asked };
  const { lotSize } = leg.market.instrument;
  const whole = Decimal.parse(answer.quantity).dividedBy(lotSize, 0, "floor").units;
  if (whole >= BigInt(Math.abs(lots))) return null;
  const detail = { ...asked, atMost: answer.quantity };
  return { limit, failed: false, room: Number(whole), givesUp: false, detail };
}
