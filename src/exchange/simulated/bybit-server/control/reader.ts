/**
 * Strict reading of control bodies: unknown keys and wrong types are refused with the key's name.
 */
import { isRecord } from "../parameters.ts";

export class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ControlError";
    this.status = status;
  }
}

export class ControlReader {
  readonly #values: Readonly<Record<string, unknown>>;

  /** Throws a ControlError when the value is no object or has a key that is not listed. */
  constructor(value: unknown, known: readonly string[]) {
    if (!isRecord(value)) throw new ControlError(400, "a JSON object is expected");
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) {
        throw new ControlError(400, `unknown key ${JSON.stringify(key)}; known are ${known.join(", ")}`);
      }
    }
    this.#values = value;
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined;
  }

  text(key: string): string | undefined {
    const value = this.#values[key];
    if (value === undefined) return undefined;
    if (typeof value !== "string" || value === "") throw new ControlError(400, `${key}: a text is expected`);
    return value;
  }

  requiredText(key: string): string {
    const value = this.text(key);
    if (value === undefined) throw new ControlError(400, `${key} is missing`);
    return value;
  }

  /** A decimal number as text; a JSON number is accepted too. */
  decimal(key: string): string | undefined {
    const value = this.#values[key];
    if (value === undefined) return undefined;
    return decimalText(value, key);
  }

  requiredDecimal(key: string): string {
    const value = this.decimal(key);
    if (value === undefined) throw new ControlError(400, `${key} is missing`);
    return value;
  }

  number(key: string, min: number, max: number): number | undefined {
    const value = this.#values[key];
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !(value >= min && value <= max)) {
      throw new ControlError(400, `${key}: a number from ${min} to ${max} is expected`);
    }
    return value;
  }

  flag(key: string): boolean | undefined {
    const value = this.#values[key];
    if (value !== undefined && typeof value !== "boolean") {
      throw new ControlError(400, `${key}: true or false is expected`);
    }
    return value;
  }

  /** `[min, max]` of non-negative numbers. */
  range(key: string, max: number): readonly [number, number] | undefined {
    const value = this.#values[key];
    if (value === undefined) return undefined;
    const [low, high]: unknown[] = Array.isArray(value) && value.length === 2 ? value : [];
    if (typeof low === "number" && typeof high === "number" && low >= 0 && low <= high && high <= max) {
      return [low, high];
    }
    throw new ControlError(400, `${key}: [min, max] with 0 <= min <= max <= ${max} is expected`);
  }

  texts(key: string): readonly string[] | undefined {
    const value = this.#values[key];
    return value === undefined ? undefined : textList(value, key);
  }

  list(key: string): readonly unknown[] | undefined {
    const value = this.#values[key];
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw new ControlError(400, `${key}: a list is expected`);
    return value;
  }

  record(key: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.#values[key];
    if (value === undefined) return undefined;
    if (!isRecord(value)) throw new ControlError(400, `${key}: an object is expected`);
    return value;
  }
}

export function decimalText(value: unknown, key: string): string {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !/^-?\d+(\.\d+)?$/.test(text)) {
    throw new ControlError(400, `${key}: a decimal number as text is expected`);
  }
  return text;
}

export function textList(value: unknown, key: string): readonly string[] {
  if (Array.isArray(value) && value.every((item): item is string => typeof item === "string")) return value;
  throw new ControlError(400, `${key}: a list of texts is expected`);
}
