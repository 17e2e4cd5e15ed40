/** What is written into the fields of a request: whether it can be sent, and as what. What is empty is left out. Pure. */
import { strings } from "../strings.ts";

export interface RequestField {
  /** Of the request, as the contract names it. */
  readonly key: string;
  readonly label: string;
  readonly hint?: string;
  /** `amount`: exact, as a text. `share`: a number above zero, of which `most` says how much. `numbers`: several with commas between. */
  readonly kind: "date" | "amount" | "number" | "share" | "count" | "numbers" | "choice";
  readonly isNeeded?: boolean;
  readonly most?: number;
  readonly options?: readonly { readonly value: string; readonly text: string }[];
}

export type Texts = Readonly<Record<string, string>>;

const words = strings.fields;

export function requestValues(
  fields: readonly RequestField[],
  texts: Texts,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fields.flatMap(({ key, kind }) => {
      const text = textOf(texts, key);
      return text === "" ? [] : [[key, sentAs(kind, text)] as const];
    }),
  );
}

function sentAs(kind: RequestField["kind"], text: string): unknown {
  if (kind === "numbers") return text.split(",").map(Number);
  return kind === "number" || kind === "share" || kind === "count" ? Number(text) : text;
}

/** By key, in words for who wrote it; none where it can be sent. */
export function requestErrors(
  fields: readonly RequestField[],
  texts: Texts,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const found = errorOf(field, textOf(texts, field.key));
      return found === null ? [] : [[field.key, found] as const];
    }),
  );
}

function errorOf({ kind, isNeeded = false, most = Infinity }: RequestField, text: string): string | null {
  if (text === "") return isNeeded ? words.needed : null;
  switch (kind) {
    case "date":
      return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? null : words.date;
    case "amount":
      return /^\d{1,15}(\.\d{1,18})?$/.test(text) && /[1-9]/.test(text) ? null : words.amount;
    case "count":
      return /^\d{1,15}$/.test(text) && Number(text) <= most ? null : words.count(most);
    case "number":
      return isNumber(text) && Number(text) <= most ? null : words.number(most);
    case "share":
      return isNumber(text) && Number(text) > 0 && Number(text) <= most ? null : words.share(most);
    case "numbers":
      return text.split(",").every((one) => isNumber(one.trim()) && Number(one) > 0 && Number(one) <= most)
        ? null
        : words.numbers(most);
    case "choice":
      return null;
  }
}

function isNumber(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text);
}

function textOf(texts: Texts, key: string): string {
  return (texts[key] ?? "").trim();
}
