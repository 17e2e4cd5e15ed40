/**
 * Asks the owner's strategies, within their time and with a copy that they cannot change, and reads what they answer: plain values of our
 * own, or an error that names the file. Whether a choice keeps the contract as a whole is asked where every strategy's is.
 */
import { isReason, STRATEGY_REASONS } from "../strategies/reasons.ts";
import type { Choice, OwnStrategy, Strategy, StrategyEvidence, Wish } from "../strategies/strategy.ts";
import { AnswerError, shown } from "./answer.ts";
import { guarded } from "./guard.ts";
import { deeplyFrozen } from "./question.ts";
import { fieldsOf, type Loaded } from "./traders.ts";

export const CHOOSE_MS_MAX = 10_000;
const WISHES_MAX = 10_000;
const NOTES_MAX = 20;
const NUMBERS_MAX = 20;
const TEXT_MAX = 300;
const REASONS = Object.keys(STRATEGY_REASONS);

/** Throws where it does not answer by the contract. */
export function askingStrategy({ file, extension }: Loaded<OwnStrategy>): Strategy {
  return {
    name: extension.name,
    rebalancingHours: extension.rebalancingHours,
    choose: (evidence) => {
      const question = frozenCopy(evidence);
      const answer = guarded(CHOOSE_MS_MAX, () => readChoice(extension.choose(question)));
      if (answer.kind === "answered") return answer.value;
      throw new AnswerError(`the strategy ${file} failed: ${answer.cause}`);
    },
  };
}

/** Plain lists: a typed array cannot be frozen. */
export function frozenCopy(evidence: StrategyEvidence): StrategyEvidence {
  return deeplyFrozen({
    ...evidence,
    candidates: evidence.candidates.map((candidate) => ({
      ...candidate,
      returns: Array.from(candidate.returns),
      figures: { ...candidate.figures },
      failedFilters: candidate.failedFilters.map((failed) => ({ ...failed })),
    })),
    correlations: Array.from(evidence.correlations),
  });
}

/** A copy that holds nothing of the owner's objects. To be called within the guard. */
export function readChoice(answer: unknown): Choice {
  const { wishes, notes = [], ...more } = fieldsOf(answer, "the answer must be an object with wishes");
  const [strange] = Object.keys(more);
  if (strange !== undefined)
    throw new AnswerError(`${strange} is no field of an answer; there are wishes and notes`);
  if (!Array.isArray(wishes) || wishes.length > WISHES_MAX)
    throw new AnswerError(`wishes must be a list of at most ${WISHES_MAX}, got ${shown(wishes)}`);
  if (!Array.isArray(notes) || notes.length > NOTES_MAX || notes.some((note) => typeof note !== "string"))
    throw new AnswerError(`notes must be a list of at most ${NOTES_MAX} texts`);
  return { wishes: wishes.map(readWish), notes: notes.map((note) => String(note).slice(0, TEXT_MAX)) };
}

const WISH_FIELDS = ["trader", "weight", "scale", "isRebalanced", "reason", "numbers"];

function readWish(wish: unknown, place: number): Wish {
  const where = `wish ${place + 1}`;
  const fields = fieldsOf(wish, `${where} must be an object`);
  const strange = Object.keys(fields).find((field) => !WISH_FIELDS.includes(field));
  if (strange !== undefined)
    throw new AnswerError(`${where}: ${strange} is no field; there are ${WISH_FIELDS.join(", ")}`);
  const { trader, weight, scale, isRebalanced, reason, numbers = {} } = fields;
  if (typeof trader !== "string")
    throw new AnswerError(`${where}: trader must be a text, got ${shown(trader)}`);
  if (typeof reason !== "string" || !isReason(reason))
    throw new AnswerError(`${where}: reason must be one of ${REASONS.join(", ")}, got ${shown(reason)}`);
  if (isRebalanced !== undefined && typeof isRebalanced !== "boolean")
    throw new AnswerError(`${where}: isRebalanced must be true or false, got ${shown(isRebalanced)}`);
  return {
    trader,
    weight: numberIn(weight, `${where}: weight`),
    ...(scale === undefined ? {} : { scale: numberIn(scale, `${where}: scale`) }),
    ...(isRebalanced === undefined ? {} : { isRebalanced }),
    reason,
    numbers: readNumbers(numbers, where),
  };
}

function numberIn(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new AnswerError(`${what} must be a finite number, got ${shown(value)}`);
}

function readNumbers(numbers: unknown, where: string): Wish["numbers"] {
  const entries = Object.entries(fieldsOf(numbers, `${where}: numbers must be an object`));
  if (entries.length > NUMBERS_MAX)
    throw new AnswerError(`${where}: numbers has more than ${NUMBERS_MAX} entries`);
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (value === null || typeof value === "number") return [name.slice(0, TEXT_MAX), value];
      if (typeof value === "string") return [name.slice(0, TEXT_MAX), value.slice(0, TEXT_MAX)];
      throw new AnswerError(
        `${where}: numbers.${name} must be a number, a text or null, got ${shown(value)}`,
      );
    }),
  );
}
