/** The fields of a request to a computation, each with what is wrong with it: seen here at once, or said by the server. */
import { isProblem } from "../api/problem.ts";
import type { RequestField, Texts } from "../format/request-values.ts";
import { Choice } from "./choice.tsx";
import { TextField } from "./text-field.tsx";

export interface RequestFieldsProps {
  readonly fields: readonly RequestField[];
  readonly texts: Texts;
  readonly errors: Readonly<Record<string, string>>;
  readonly onText: (key: string, text: string) => void;
}

export function RequestFields({ fields, texts, errors, onText }: RequestFieldsProps) {
  return (
    <div className="settings-fields">
      {fields.map(({ key, label, hint, kind, isNeeded = false, options = [] }) =>
        kind === "choice" ? (
          <Choice
            key={key}
            label={label}
            value={texts[key] ?? ""}
            options={options}
            {...(hint === undefined ? {} : { hint })}
            onValue={(text) => onText(key, text)}
          />
        ) : (
          <TextField
            key={key}
            label={label}
            hint={hint}
            error={errors[key]}
            type={kind === "date" ? "date" : "text"}
            {...(kind === "date" ? {} : { inputMode: "decimal" as const, autoComplete: "off" })}
            required={isNeeded}
            value={texts[key] ?? ""}
            onValue={(text) => onText(key, text)}
          />
        ),
      )}
    </div>
  );
}

/** What the server said of single fields, by the first part of their names. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> {
  if (!isProblem(error, "bad-request")) return {};
  return Object.fromEntries(
    error.fields.map(({ field, message }) => [field.split(".")[0] ?? field, message]),
  );
}
