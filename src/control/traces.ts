/**
 * What copying did as traces, made of the log: each change of a leader is one, with a span for each follower's order, from its decision
 * to what was told of it last, and one for each copy that got none, with the reason. Ids follow from what the spans are of, so that
 * the same lines make the same spans. In the form of OTLP over HTTP with JSON (OpenTelemetry protocol 1.x, "OTLP/HTTP", "JSON Protobuf Encoding").
 */
import { createHash } from "node:crypto";
import type { LogRecord } from "../log/query.ts";

export interface Span {
  /** 32 and 16 hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly isError: boolean;
}

interface Building extends Omit<Span, "endMs" | "isError"> {
  endMs: number;
  isError: boolean;
}

/** Messages of `run/logging-observer.ts` that end or extend an order. */
const OF_ORDERS: ReadonlySet<string> = new Set(["accepted", "filled", "rejected", "outcome unknown"]);
const FAILURES: ReadonlySet<string> = new Set(["rejected", "outcome unknown"]);

/** `records` in order of time; what belongs to a change that is not among them is left out. */
export function spansOf(records: readonly LogRecord[]): readonly Span[] {
  const roots = new Map<string, Building>();
  const orders = new Map<string, Building>();
  const spans: Building[] = [];
  for (const record of records) {
    const ids = String(record.correlation ?? "").split(",");
    const parent = roots.get(ids.at(-1) ?? "");
    if (record.message === "leader changed") {
      const root = rootOf(record);
      roots.set(ids[0] ?? "", root);
      spans.push(root);
    } else if (parent !== undefined && (record.message === "order" || record.message === "not copied")) {
      const child = childOf(parent, record);
      spans.push(child);
      if (record.message === "order") orders.set(String(record.clientOrderId), child);
    } else if (OF_ORDERS.has(record.message)) {
      const order = orders.get(String(record.clientOrderId));
      if (order !== undefined) extend(order, record, parent);
    }
  }
  return spans;
}

function rootOf(record: LogRecord): Building {
  const startMs = Date.parse(record.time);
  const traceId = digits(`${record.time} ${record.correlation}`, 32);
  return {
    ...{ traceId, spanId: digits(traceId, 16), name: `${record.leader} changed`, startMs, endMs: startMs },
    ...{ attributes: attributesOf(record), isError: false },
  };
}

function childOf(parent: Building, record: LogRecord): Building {
  const { traceId, spanId: parentSpanId } = parent;
  const startMs = Date.parse(record.time);
  const who = String(record.account ?? record.follower);
  const spanId = digits(`${traceId} ${record.clientOrderId ?? `${who} ${record.instrument}`}`, 16);
  parent.endMs = Math.max(parent.endMs, startMs);
  return {
    ...{ traceId, spanId, parentSpanId, name: `${record.message} ${who}`, startMs, endMs: startMs },
    ...{ attributes: attributesOf(record), isError: false },
  };
}

/** It lasts until then, and what is around it with it. */
function extend(order: Building, record: LogRecord, parent: Building | undefined): void {
  const atMs = Date.parse(record.time);
  order.endMs = Math.max(order.endMs, atMs);
  if (FAILURES.has(record.message)) order.isError = true;
  if (parent !== undefined) parent.endMs = Math.max(parent.endMs, atMs);
}

const NO_ATTRIBUTES: ReadonlySet<string> = new Set(["time", "level", "channel", "message"]);

function attributesOf(record: LogRecord): Readonly<Record<string, string>> {
  const own = Object.entries(record).filter(([key]) => !NO_ATTRIBUTES.has(key));
  return Object.fromEntries(
    own.map(([key, value]) => [
      `copytrader.${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

function digits(text: string, count: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, count);
}

const KIND_INTERNAL = 1;
const STATUS_ERROR = 2;

/** The body of one request. */
export function otlpBody(spans: readonly Span[]): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [keyValue(["service.name", "copytrader"])] },
        scopeSpans: [{ scope: { name: "copytrader" }, spans: spans.map(otlpSpan) }],
      },
    ],
  });
}

function otlpSpan({ startMs, endMs, attributes, isError, ...ids }: Span) {
  return {
    ...ids,
    kind: KIND_INTERNAL,
    startTimeUnixNano: `${startMs}000000`,
    endTimeUnixNano: `${endMs}000000`,
    attributes: Object.entries(attributes).map(keyValue),
    status: isError ? { code: STATUS_ERROR } : {},
  };
}

function keyValue([key, stringValue]: readonly [string, string]) {
  return { key, value: { stringValue } };
}
