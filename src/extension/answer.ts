/**
 * Reads what an extension answered: into the contract's words, or an AnswerError that names the field. To be called within the guard,
 * as a value of the owner's code may do anything when it is looked at.
 */
import { Decimal } from "../core/model/decimal.ts";
import type { LimitAnswer, Numbers, StyleAnswer } from "./contract.ts";

export class AnswerError extends Error {
  override readonly name = "AnswerError";
}

const NUMBERS_MAX = 12;
const TEXT_MAX = 200;

/** A copy that holds nothing of the owner's objects. */
export function readAnswer(answer: unknown): LimitAnswer {
  const fields = answerFields(answer);
  const { kind } = fields;
  switch (kind) {
    case "allow":
      only(fields, ["kind"]);
      return { kind };
    case "at-most":
      only(fields, ["kind", "quantity", "numbers"]);
      return { kind, quantity: readQuantity(fields.quantity), numbers: readNumbers(fields.numbers) };
    case "deny":
      only(fields, ["kind", "giveUp", "numbers"]);
      return { kind, giveUp: readGiveUp(fields.giveUp), numbers: readNumbers(fields.numbers) };
    default:
      throw new AnswerError(`kind must be "allow", "at-most" or "deny", got ${shown(kind)}`);
  }
}

/** The same of a style. */
export function readStyleAnswer(answer: unknown): StyleAnswer {
  const fields = answerFields(answer);
  const { kind } = fields;
  switch (kind) {
    case "default":
      only(fields, ["kind"]);
      return { kind };
    case "wait":
      only(fields, ["kind", "ms"]);
      return { kind, ms: readWait(fields.ms) };
    case "send": {
      only(fields, ["kind", "quantity", "limit"]);
      const { quantity, limit } = fields;
      return {
        kind,
        ...(quantity === undefined ? {} : { quantity: readAmount(quantity, "quantity") }),
        ...(limit === undefined ? {} : { limit: readLimit(limit) }),
      };
    }
    default:
      throw new AnswerError(`kind must be "default", "send" or "wait", got ${shown(kind)}`);
  }
}

function answerFields(answer: unknown): Readonly<Record<string, unknown>> {
  if (answer instanceof Promise) {
    // Nobody waits for it: what becomes of it may not end the process.
    Promise.prototype.then.call(answer, undefined, () => {});
    throw new AnswerError("the answer is a promise; an extension answers at once");
  }
  return fieldsOf(answer, "the answer");
}

function readWait(ms: unknown): number {
  if (typeof ms === "number" && ms >= 100 && ms <= 600_000) return Math.round(ms);
  throw new AnswerError(`ms must be a number from 100 to 600000, got ${shown(ms)}`);
}

function readLimit(limit: unknown): { readonly price: string; readonly timeInForce: "IOC" | "FOK" } {
  const fields = fieldsOf(limit, "limit");
  only(fields, ["price", "timeInForce"]);
  const { price, timeInForce } = fields;
  if (timeInForce !== "IOC" && timeInForce !== "FOK")
    throw new AnswerError(`limit.timeInForce must be "IOC" or "FOK", got ${shown(timeInForce)}`);
  return { price: readAmount(price, "limit.price"), timeInForce };
}

function readAmount(amount: unknown, field: string): string {
  const value = typeof amount === "string" ? Decimal.tryParse(amount) : undefined;
  if (value !== undefined && value.sign > 0) return value.toString();
  throw new AnswerError(`${field} must be a decimal string above zero, got ${shown(amount)}`);
}

function fieldsOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new AnswerError(`${what} must be an object, got ${shown(value)}`);
  return Object.fromEntries(Object.entries(value));
}

function only(fields: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  const strange = Object.keys(fields).find((name) => !known.includes(name));
  if (strange !== undefined)
    throw new AnswerError(`${shown(strange)} is no field of it; there are ${known.join(", ")}`);
}

function readQuantity(quantity: unknown): string {
  const value = typeof quantity === "string" ? Decimal.tryParse(quantity) : undefined;
  if (value === undefined || value.sign < 0)
    throw new AnswerError(`quantity must be a decimal string of zero or more, got ${shown(quantity)}`);
  return value.toString();
}

function readGiveUp(giveUp: unknown): boolean {
  if (giveUp === undefined || typeof giveUp === "boolean") return giveUp === true;
  throw new AnswerError(`giveUp must be true or false, got ${shown(giveUp)}`);
}

function readNumbers(numbers: unknown): Numbers {
  if (numbers === undefined) return {};
  const entries = Object.entries(fieldsOf(numbers, "numbers"));
  if (entries.length > NUMBERS_MAX)
    throw new AnswerError(`numbers has ${entries.length} entries, more than ${NUMBERS_MAX}`);
  return Object.fromEntries(entries.map(([name, value]) => [cut(name), readNumber(name, value)]));
}

function readNumber(name: string, value: unknown): number | string {
  if (typeof value === "string") return cut(value);
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new AnswerError(`numbers.${cut(name)} must be a finite number or a string, got ${shown(value)}`);
}

function cut(text: string): string {
  return text.slice(0, TEXT_MAX);
}

/** Of a value of the owner's, as much as a person needs. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return String(value).slice(0, 60);
}
