/**
 * A client's WebSocket message, parsed: `{op, args, req_id | reqId, header}`.
 */
import { isRecord } from "../parameters.ts";

export interface Operation {
  readonly op: string;
  readonly args: unknown;
  /** JSON text of the request id as sent, so that it is echoed with its type; undefined when there was none. */
  readonly requestId: string | undefined;
  readonly header: Readonly<Record<string, unknown>>;
}

/** Undefined when the text is no such message. */
export function parseOperation(text: string, idName: "req_id" | "reqId"): Operation | undefined {
  const value = tryParse(text);
  if (!isRecord(value) || typeof value.op !== "string") return undefined;
  const id = value[idName];
  const header = value.header;
  return {
    op: value.op,
    args: value.args,
    requestId: typeof id === "string" || typeof id === "number" ? JSON.stringify(id) : undefined,
    header: isRecord(header) ? header : {},
  };
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The topics of a subscribe request; undefined when args are not a list of names. */
export function topicsOf(args: unknown): readonly string[] | undefined {
  if (!Array.isArray(args)) return undefined;
  const topics = args.filter((topic): topic is string => typeof topic === "string");
  return topics.length === args.length && topics.length > 0 ? topics : undefined;
}
