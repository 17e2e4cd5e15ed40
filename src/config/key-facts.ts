/**
 * What is known about each configuration key beside its form: meaning, default and whether it is in force in this version.
 * Kept next to the schema in a registry, so that the loader, the JSON Schema, the list of keys not in force and the table
 * in docs/configuration.md all come from the one place where the key is written.
 */
import { z } from "zod";

/**
 * `in-force`: it acts. `accepted`: it is read and checked, and acts in a later version.
 */
export type KeyStatus = "in-force" | "accepted";

export interface KeyFacts {
  readonly meaning: string;
  readonly status: KeyStatus;
  /** As the loader uses it when the key is absent. */
  readonly default?: string | number | boolean;
  /** For a key of which only some values act: the status of this value. */
  readonly statusOf?: (value: unknown) => KeyStatus;
}

export interface ConfigurationKey extends KeyFacts {
  readonly keyPath: string;
  readonly schema: z.ZodType;
}

const registry = z.registry<KeyFacts>();

/** An optional key with its facts. */
export function key<Schema extends z.ZodType>(schema: Schema, facts: KeyFacts): z.ZodOptional<Schema> {
  return described(schema, facts).optional();
}

/** A key that must be there. */
export function requiredKey<Schema extends z.ZodType>(schema: Schema, facts: KeyFacts): Schema {
  return described(schema, facts);
}

function described<Schema extends z.ZodType>(schema: Schema, facts: KeyFacts): Schema {
  const known = facts.default === undefined ? {} : { default: facts.default };
  const annotated = schema.meta({ description: `${facts.meaning}${remark(facts.status)}`, ...known });
  registry.add(annotated, facts);
  return annotated;
}

function remark(status: KeyStatus): string {
  return status === "in-force" ? "" : " Accepted, not yet in force.";
}

/** A group of keys. Anything but a mapping, and any key it does not have, is refused. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, { error: "must be a group of keys" });
}

/** Every key below the schema, in the order written. */
export function listKeys(schema: z.ZodType, prefix = ""): readonly ConfigurationKey[] {
  const facts = registry.get(schema);
  if (facts !== undefined) return [{ ...facts, keyPath: prefix, schema }];
  const inner = unwrapped(schema);
  if (inner !== schema) return listKeys(inner, prefix);
  return Object.entries(shapeOf(schema)).flatMap(([name, child]) =>
    listKeys(child, prefix === "" ? name : `${prefix}.${name}`),
  );
}

/** The names valid directly below a path, in the order written; empty when there is no group at that path. */
export function namesAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const found = schemaAt(schema, path);
  return found === undefined ? [] : Object.keys(shapeOf(found));
}

export function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  const inner = unwrapped(schema);
  const [first, ...rest] = path;
  if (first === undefined) return inner;
  const child = childOf(inner, String(first));
  return child === undefined ? undefined : schemaAt(child, rest);
}

/** Whether a value at a path is a list, in one of its forms. */
export function takesList(schema: z.ZodType, path: readonly PropertyKey[]): boolean {
  const found = schemaAt(schema, path);
  if (found === undefined) return false;
  const forms = found instanceof z.ZodUnion ? formsOf(found) : [found];
  return forms.some((form) => form instanceof z.ZodArray);
}

/** The entries of a record or a list have one form, whatever their names; of several forms of a value, a group counts. */
function childOf(schema: z.ZodType, name: string): z.ZodType | undefined {
  if (schema instanceof z.ZodUnion) {
    const children = formsOf(schema).flatMap((form) => childOf(form, name) ?? []);
    return children.find((child) => Object.keys(shapeOf(child)).length > 0) ?? children[0];
  }
  const entry =
    schema instanceof z.ZodRecord
      ? schema.valueType
      : schema instanceof z.ZodArray
        ? schema.element
        : shapeOf(schema)[name];
  return entry instanceof z.ZodType ? entry : undefined;
}

function formsOf({ options }: z.ZodUnion): readonly z.ZodType[] {
  return options.flatMap((form) => (form instanceof z.ZodType ? [unwrapped(form)] : []));
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodOptional)) return schema;
  const inner = schema.unwrap();
  return inner instanceof z.ZodType ? inner : schema;
}

function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> {
  if (schema instanceof z.ZodUnion) return Object.assign({}, ...formsOf(schema).map(shapeOf));
  return schema instanceof z.ZodObject ? schema.shape : {};
}
