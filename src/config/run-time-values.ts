/** Settings as somebody writes them on a command line, `key=value`, in the form that a file would hold them in. */
import { parse } from "yaml";
import { schemaOf } from "./changeable-keys.ts";
import { takesList } from "./key-facts.ts";
import { runTimeSchema } from "./run-time-schema.ts";

/** Whose settings: one relation's, one follower's, those that are for all, or those of alerts. */
export type SettingsPlace = "relation" | "follower" | "portfolio" | "alerts";

/** So many characters of a number survive as a double; longer ones stay texts. */
const EXACT_DIGITS = 15;

/**
 * Numbers, true and false, lists and groups as in JSON or YAML; a list also as `BTCUSDT,ETHUSDT`; everything else is a text. Nothing
 * after the sign is null: the value is taken back. Undefined where there is no sign. Whether key and value are right is checked
 * where all settings are; which keys take a list depends on the place.
 */
export function parseSetting(
  text: string,
  place: SettingsPlace = "relation",
): { readonly key: string; readonly value: unknown } | undefined {
  const sign = text.indexOf("=");
  if (sign < 1) return undefined;
  const key = text.slice(0, sign).trim();
  const written = text.slice(sign + 1).trim();
  const schema = place === "relation" ? runTimeSchema : schemaOf({ kind: place });
  return { key, value: parsedValue(written, takesList(schema, key.split("."))) };
}

function parsedValue(written: string, isList: boolean): unknown {
  if (written === "") return null;
  const parsed = asJson(written) ?? asFlow(written);
  if (isList && typeof parsed !== "object") return written.split(",").map((one) => one.trim());
  const isPlain = typeof parsed !== "number" || written.length <= EXACT_DIGITS;
  return parsed !== undefined && isPlain ? parsed : written;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It is a plain text.
    return undefined;
  }
}

/** `{share: 0.05, from: peak}`, as the guide writes groups in YAML. */
function asFlow(text: string): unknown {
  if (!/^[{[]/.test(text)) return undefined;
  try {
    return parse(text);
  } catch {
    // It is a plain text, which the key refuses with what would be right.
    return undefined;
  }
}
