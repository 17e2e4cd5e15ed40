/** The parameters of a call, whichever way they came: query, form, JSON or multipart; and the ways to read one. */
import type { IncomingMessage } from "node:http";
import { readMultipart, type UploadedFile } from "./multipart.ts";
import { badRequest } from "./refusal.ts";

export interface Parameters {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly files: ReadonlyMap<string, UploadedFile>;
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function readParameters(request: IncomingMessage, body: Buffer): Parameters {
  const query = Object.fromEntries(new URL(request.url ?? "/", "http://localhost").searchParams);
  const type = request.headers["content-type"] ?? "";
  if (/^multipart\/form-data/i.test(type)) {
    const read = readMultipart(type, body);
    if (read === null) throw badRequest("can't parse multipart/form-data");
    return { fields: { ...query, ...read.fields }, files: read.files };
  }
  return { fields: { ...query, ...fieldsOf(type, body.toString("utf8")) }, files: new Map() };
}

function fieldsOf(type: string, text: string): object {
  if (text === "") return {};
  if (/^application\/x-www-form-urlencoded/i.test(type)) return Object.fromEntries(new URLSearchParams(text));
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === "object" && read !== null && !Array.isArray(read)) return read;
  } catch {
    // Refused below like everything that is no object.
  }
  throw badRequest("can't parse JSON object");
}

type Fields = Parameters["fields"];

/** Text of a field; undefined when it is left out. */
export function textOf(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  if (value === undefined || value === null) return undefined;
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  if (!text.isWellFormed()) throw badRequest("strings must be encoded in UTF-8");
  return text;
}

/** A whole number of a field, written as a number or as text; undefined when it is left out. */
export function numberOf(fields: Fields, key: string): number | undefined {
  const text = textOf(fields, key);
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw badRequest(`invalid ${key} specified`);
  return value;
}

export function isSet(fields: Fields, key: string): boolean {
  return ["true", "1", "yes"].includes(textOf(fields, key)?.toLowerCase() ?? "");
}

/** An object or list, which forms carry as JSON text; undefined when it is left out. */
export function jsonOf(fields: Fields, key: string): unknown {
  const value = fields[key];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    throw badRequest(`can't parse ${key} JSON object`);
  }
}
