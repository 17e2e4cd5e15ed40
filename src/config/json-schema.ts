/**
 * JSON Schema files for editors and the table of keys for the documents, made from the loader's own schemas, so that they
 * cannot disagree with it. Written by scripts/generate-schemas.ts; a test holds them up to date.
 */
import { z } from "zod";
import { accountSchema, telegramAuthSchema } from "./account-schema.ts";
import { type ConfigurationKey, listKeys } from "./key-facts.ts";
import { yamlSchema } from "./yaml-schema.ts";

/** File name in `config/schema/` to its content. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["configuration.schema.json", schemaText(yamlSchema, "Copytrader configuration")],
    ["account.schema.json", schemaText(accountSchema, "Copytrader account")],
    ["telegram-auth.schema.json", schemaText(telegramAuthSchema, "Copytrader Telegram users")],
  ]);
}

function schemaText(schema: z.ZodType, title: string): string {
  const made = z.toJSONSchema(schema, { io: "input", target: "draft-7" });
  return `${JSON.stringify({ title, ...made }, null, 2).replace(SHORT_LIST, onOneLine)}\n`;
}

/** A list of texts, spread over lines by JSON.stringify; written on one where it fits, as the project's formatter does. */
const SHORT_LIST = /\[\n(?:\s+"[^"\n]*",?\n)+\s*\],?/g;
const LINE_WIDTH = 110;

function onOneLine(list: string, offset: number, text: string): string {
  const line = list.replace(/\[\s+/, "[").replace(/\s+\]/, "]").replaceAll(/\n\s+/g, " ");
  const start = offset - text.lastIndexOf("\n", offset) - 1;
  return start + line.length <= LINE_WIDTH ? line : list;
}

/** Tables by heading, as Markdown. */
export function keyTables(): string {
  const yaml = table(listKeys(yamlSchema));
  const account = table(listKeys(accountSchema).filter(({ keyPath }) => keyPath !== "$schema"));
  return `### Keys of the YAML files\n\n${yaml}\n\n### Keys of an account file\n\n${account}`;
}

function table(keys: readonly ConfigurationKey[]): string {
  const head = "| Key | Default | In force | Meaning |\n|---|---|---|---|";
  return [head, ...keys.map(row)].join("\n");
}

function row(key: ConfigurationKey): string {
  const initial = key.default === undefined ? "" : `\`${key.default}\``;
  const choices =
    key.schema instanceof z.ZodEnum
      ? ` One of ${key.schema.options.map((one) => `\`${one}\``).join(", ")}.`
      : "";
  return `| \`${key.keyPath}\` | ${initial} | ${inForce(key)} | ${key.meaning}${choices} |`;
}

function inForce({ status, statusOf }: ConfigurationKey): string {
  if (status === "in-force") return statusOf === undefined ? "yes" : "in part";
  return "no";
}
