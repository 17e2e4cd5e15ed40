/** Lines of the log become traces: one for each change of a leader, with what each follower did about it and for how long. */
import { expect, test } from "vitest";
import type { LogRecord } from "../log/query.ts";
import { otlpBody, spansOf } from "./traces.ts";

const START_MS = Date.parse("2026-11-21T12:00:00.000Z");

function line(ms: number, message: string, fields: object): LogRecord {
  const time = new Date(START_MS + ms).toISOString();
  return { time, level: "info", channel: "trading", message, ...fields };
}

const lines: readonly LogRecord[] = [
  line(-5, "order", { account: "slave1", clientOrderId: "before", correlation: "c6" }),
  line(0, "leader changed", { leader: "alice", instrument: "BTCUSDT@bybit", by: "1", correlation: "c7" }),
  line(1, "order", {
    account: "slave1",
    instrument: "BTCUSDT@bybit",
    quantity: "0.5",
    clientOrderId: "a",
    correlation: "c7",
  }),
  line(1, "order", {
    account: "slave2",
    instrument: "BTCUSDT@bybit",
    clientOrderId: "b",
    correlation: "c5,c7",
  }),
  line(2, "not copied", {
    leader: "alice",
    follower: "slave3",
    instrument: "BTCUSDT@bybit",
    reason: "paused",
    correlation: "c7",
  }),
  line(9, "accepted", { account: "slave1", clientOrderId: "a", correlation: "c7" }),
  line(30, "filled", { account: "slave1", clientOrderId: "a", correlation: "c7" }),
  line(40, "rejected", { account: "slave2", clientOrderId: "b", correlation: "c5,c7" }),
  line(50, "filled", { account: "slave1", clientOrderId: "before", correlation: "c6" }),
  line(60, "order", { account: "slave1", clientOrderId: "stop" }),
];

test("a change is a trace that lasts until the last that is told of it", () => {
  const spans = spansOf(lines);
  const [root] = spans;
  expect(
    spans.map(({ name, startMs, endMs, isError }) => [name, startMs - START_MS, endMs - START_MS, isError]),
  ).toEqual([
    ["alice changed", 0, 40, false],
    ["order slave1", 1, 30, false],
    ["order slave2", 1, 40, true],
    ["not copied slave3", 2, 2, false],
  ]);
  expect(root?.parentSpanId).toBeUndefined();
  expect(spans.slice(1).map(({ parentSpanId }) => parentSpanId)).toEqual([
    root?.spanId,
    root?.spanId,
    root?.spanId,
  ]);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(
    new Set([expect.stringMatching(/^[0-9a-f]{32}$/)]),
  );
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(4);
  expect(spans[3]?.attributes).toMatchObject({
    "copytrader.reason": "paused",
    "copytrader.correlation": "c7",
  });
  expect(spansOf(lines)).toEqual(spans);
});

test("is sent as the protocol writes it", () => {
  const [, , order] = spansOf(lines);
  if (order === undefined) throw new Error("no order");
  expect(JSON.parse(otlpBody([order]))).toEqual({
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "copytrader" } }] },
        scopeSpans: [
          {
            scope: { name: "copytrader" },
            spans: [
              {
                ...{
                  traceId: order.traceId,
                  spanId: order.spanId,
                  parentSpanId: order.parentSpanId,
                  name: "order slave2",
                },
                ...{
                  kind: 1,
                  startTimeUnixNano: `${START_MS + 1}000000`,
                  endTimeUnixNano: `${START_MS + 40}000000`,
                },
                attributes: [
                  { key: "copytrader.account", value: { stringValue: "slave2" } },
                  { key: "copytrader.instrument", value: { stringValue: "BTCUSDT@bybit" } },
                  { key: "copytrader.clientOrderId", value: { stringValue: "b" } },
                  { key: "copytrader.correlation", value: { stringValue: "c5,c7" } },
                ],
                status: { code: 2 },
              },
            ],
          },
        ],
      },
    ],
  });
});
