/**
 * The owner's execution styles as the core asks them: the first that has a wish says how an approved increase goes. Whatever goes
 * wrong in them denies that increase, as nobody knows then how the owner wants it worked.
 */
import { Ticks } from "../core/model/amounts.ts";
import { Decimal } from "../core/model/decimal.ts";
import { type Instrument, priceText } from "../core/model/instrument.ts";
import type { ApprovedIncrease, ExecutionStyles, StyleVerdict } from "../core/risk/execution-style.ts";
import type { State } from "../core/state.ts";
import { readStyleAnswer } from "./answer.ts";
import { Asker, type ExtensionFailure } from "./asker.ts";
import type { ExecutionStyle, ApprovedIncrease as Question, StyleAnswer } from "./contract.ts";
import { deeplyFrozen, questionOf } from "./question.ts";

export function askingStyles(
  styles: readonly ExecutionStyle[],
  onFailure: (failure: ExtensionFailure) => void,
  answerMsMax?: number,
): ExecutionStyles {
  const asker = new Asker(styles, onFailure, answerMsMax);
  return (state, increase) => {
    if (styles.length === 0) return null;
    const question = approvedQuestion(state, increase);
    const asked = asker.askAll(state, (style) => ({
      style: style.name,
      answer: readStyleAnswer(style.work(question)),
    }));
    if (asked.kind === "failed") {
      const { extension: style, detail } = asked;
      return { style, failed: true, lots: 0, limit: null, waitMs: 0, detail };
    }
    const first = asked.value.find(({ answer }) => answer.kind !== "default");
    return first === undefined ? null : verdictOf(increase, question, first);
  };
}

function approvedQuestion(state: State, increase: ApprovedIncrease): Question {
  const { leg, form, changedAtMs } = increase;
  const { instrument } = leg.market;
  return deeplyFrozen({
    ...questionOf(state, increase),
    changedAtMs,
    lastOrderAtMs: leg.increasedAtMs === 0 ? null : leg.increasedAtMs,
    worstPrice: form.kind === "limit" ? priceText(instrument, form.price) : null,
    tickSize: instrument.tickSize.toString(),
  });
}

interface Answered {
  readonly style: string;
  readonly answer: StyleAnswer;
}

function verdictOf(
  { leg, lots }: ApprovedIncrease,
  { quantity: approved }: Question,
  { style, answer }: Answered,
): StyleVerdict | null {
  const whole = Math.abs(lots);
  const base = { style, failed: false, limit: null, waitMs: 0, detail: { approved } };
  if (answer.kind === "default") return null;
  if (answer.kind === "wait") return { ...base, lots: 0, waitMs: answer.ms };
  const { instrument } = leg.market;
  const { quantity = approved, limit } = answer;
  const part = Decimal.parse(quantity).dividedBy(instrument.lotSize, 0, "floor").units;
  const room = part >= BigInt(whole) ? whole : Math.max(Number(part), 1);
  if (limit === undefined) return { ...base, lots: room };
  const price = onGrid(instrument, limit.price, lots > 0 ? "floor" : "ceiling");
  return { ...base, lots: room, limit: { price, timeInForce: limit.timeInForce } };
}

/** The nearest price of the grid that is no worse, within what the venue takes at all. */
function onGrid(instrument: Instrument, price: string, mode: "floor" | "ceiling"): Ticks {
  const { units } = Decimal.parse(price).dividedBy(instrument.tickSize, 0, mode);
  const [least, most] = [BigInt(instrument.minTicks), BigInt(instrument.maxTicks)];
  return Ticks(Number(units < least ? least : units > most ? most : units));
}
