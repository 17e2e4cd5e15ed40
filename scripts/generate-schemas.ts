/**
 * Writes what is made from the configuration's schema: `config/schema/*.schema.json` and the tables of keys in
 * docs/configuration.md. Run after every change of a key: `node scripts/generate-schemas.ts`.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { keyTables, schemaFiles } from "../src/config/json-schema.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const BEGIN = "<!-- keys: begin -->";
const END = "<!-- keys: end -->";

mkdirSync(`${root}config/schema`, { recursive: true });
for (const [name, content] of schemaFiles()) writeFileSync(`${root}config/schema/${name}`, content);

const document = `${root}docs/configuration.md`;
const text = readFileSync(document, "utf8");
const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
if (before < 0 || after < before) throw new Error(`${document} has no place for the tables of keys`);
writeFileSync(document, `${text.slice(0, before + BEGIN.length)}\n\n${keyTables()}\n\n${text.slice(after)}`);
