/** What of a venue's answers counts as an error, and for how long. */
import { expect, test } from "vitest";
import type { HttpOutcome } from "../exchange/transport.ts";
import { ApiErrors } from "./api-errors.ts";

const answered = (status: number, body: string): HttpOutcome => ({
  kind: "answered",
  status,
  headers: {},
  body,
});

test.each<readonly [HttpOutcome, number]>([
  [answered(200, '{"retCode":0,"retMsg":"OK"}'), 0],
  [answered(200, '{"retCode":110007,"retMsg":"ab not enough"}'), 0],
  [answered(200, '{"retCode":10006,"retMsg":"Too many visits"}'), 1],
  [answered(429, ""), 1],
  [answered(503, ""), 1],
  [{ kind: "failed", mayHaveArrived: true, cause: "reset" }, 1],
])("%j counts %s for a minute", (outcome, errors) => {
  let nowMs = 1_000;
  const counted = new ApiErrors(() => nowMs);
  const told: HttpOutcome[] = [];
  const http = counted.counting({ send: (_, done) => done(outcome) });
  const request = {
    method: "GET",
    url: "https://api.example.com/v5/x?a=1",
    headers: {},
    timeoutMs: 1,
  } as const;
  http.send(request, (one) => told.push(one));
  expect(told).toEqual([outcome]);
  expect(counted.lastMinute()).toEqual([{ host: "api.example.com", errors }]);
  nowMs += 60_000;
  expect(counted.lastMinute()).toEqual([{ host: "api.example.com", errors: 0 }]);
});
