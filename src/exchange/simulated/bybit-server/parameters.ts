/**
 * The one reader of what clients send: query strings and JSON bodies into typed values. A null counts as absent. What
 * is missing or malformed throws a ParameterError, which the dispatcher turns into 10001.
 */
import { badParameter, type Refusal } from "./error-table.ts";

export class ParameterError extends Error {
  readonly refusal: Refusal;

  constructor(text: string) {
    super(text);
    this.name = "ParameterError";
    this.refusal = badParameter(text);
  }
}

type Values = Readonly<Record<string, unknown>>;

export class Parameters {
  readonly #values: Values;
  readonly #integersAsText: boolean;

  constructor(values: Values, integersAsText = true) {
    this.#values = values;
    this.#integersAsText = integersAsText;
  }

  /** Of a raw query string. The last of repeated names counts. */
  static ofQuery(query: string): Parameters {
    const values: Record<string, string> = Object.create(null);
    if (query === "") return new Parameters(values);
    for (const part of query.split("&")) {
      const equals = part.indexOf("=");
      const name = equals < 0 ? part : part.slice(0, equals);
      if (name !== "") values[decodeText(name)] = equals < 0 ? "" : decodeText(part.slice(equals + 1));
    }
    return new Parameters(values);
  }

  /** Of a JSON body; an empty body counts as an empty object. */
  static ofBody(body: string, integersAsText: boolean): Parameters {
    if (body === "") return new Parameters({}, integersAsText);
    return Parameters.ofValue(parseJson(body), integersAsText);
  }

  static ofValue(value: unknown, integersAsText: boolean): Parameters {
    if (!isRecord(value)) throw new ParameterError("params error: a JSON object is expected");
    return new Parameters(value, integersAsText);
  }

  has(name: string): boolean {
    const value = this.#values[name];
    return value !== undefined && value !== null && value !== "";
  }

  /** A non-empty text; undefined when absent or empty. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value !== "string") throw new ParameterError(`params error: ${name} must be a string`);
    return value;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new ParameterError(`params error: ${name} is required`);
    return value;
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = words.find((word) => word === value);
    if (found === undefined) throw new ParameterError(`params error: ${name} invalid`);
    return found;
  }

  requiredOneOf<Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.oneOf(name, words);
    if (value === undefined) throw new ParameterError(`params error: ${name} is required`);
    return value;
  }

  integer(name: string): number | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "number" && Number.isSafeInteger(value)) return value;
    if (typeof value === "string" && this.#integersAsText && /^-?\d{1,15}$/.test(value)) return Number(value);
    throw new ParameterError(`params error: ${name} invalid`);
  }

  /** A whole number brought into [min, max], or the default. */
  limit(name: string, fallback: number, max: number): number {
    const value = this.integer(name) ?? fallback;
    if (value < 1) throw new ParameterError(`params error: ${name} invalid`);
    return Math.min(value, max);
  }

  flag(name: string): boolean {
    const value = this.#values[name];
    if (value === undefined || value === null || value === "") return false;
    if (typeof value === "boolean") return value;
    if (value === "true") return true;
    if (value === "false") return false;
    throw new ParameterError(`params error: ${name} invalid`);
  }

  list(name: string): readonly unknown[] {
    const value = this.#values[name];
    if (!Array.isArray(value)) throw new ParameterError(`params error: ${name} must be a list`);
    return value;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new ParameterError("params error: body is not JSON");
    throw error;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function decodeText(text: string): string {
  if (!text.includes("%") && !text.includes("+")) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (error) {
    if (error instanceof URIError) throw new ParameterError("params error: bad percent-encoding");
    throw error;
  }
}
