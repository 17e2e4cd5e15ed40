/** What the venue's answer to a cancellation or an amendment means: done comes by report, gone and unknown are looked up. */
import { expect, test } from "vitest";
import { AccountId, ClientOrderId } from "../../core/model/identifiers.ts";
import { ExchangeError } from "../exchange-error.ts";
import { changeOutcomeOfAnswer, changeOutcomeOfCode, type OutcomeOf } from "./order-outcomes.ts";

const of = (action: "cancel" | "amend"): OutcomeOf => ({
  account: AccountId("follower"),
  submission: { action, clientOrderId: ClientOrderId("ct-1"), body: "{}", reduces: true, validUntilMs: 5 },
  atMs: 1,
  expiresAtServerMs: 6,
});

test.each([
  [0, null],
  [34040, null],
  [110001, "already-gone"],
  [110008, "already-gone"],
  [110010, "already-gone"],
  [170213, "already-gone"],
  [10000, "unknown"],
  [10016, "unknown"],
  [110079, "unknown"],
  [999_999, "unknown"],
  [10002, "try-again"],
  [10006, "rate-limited"],
  [10001, "bad-request"],
  [110003, "price-out-of-band"],
  [110007, "insufficient-margin"],
  [110064, "bad-request"],
  [10005, "account-refused"],
])("code %d is %s", (code, meant) => {
  expect(changeOutcomeOfCode(of("cancel"), code, "text")?.refusal.class ?? null).toBe(meant);
});

test("the request that was refused is named", () => {
  const kinds = (["cancel", "amend"] as const).map(
    (action) => changeOutcomeOfCode(of(action), 110001, "")?.kind,
  );
  expect(kinds).toEqual(["order-cancel-refused", "order-amend-refused"]);
});

test.each([
  [{ kind: "answered", code: 0, text: "OK", result: {}, serverTimeMs: 1 }, null],
  [{ kind: "failed", mayHaveArrived: true, cause: "time-out" }, "unknown"],
  [{ kind: "failed", mayHaveArrived: false, cause: "refused" }, "try-again"],
  [{ kind: "not-sent", cause: "no room" }, "rate-limited"],
  [{ kind: "turned-away", status: 403, error: new ExchangeError("retry", 403, "") }, "rate-limited"],
  [{ kind: "turned-away", status: 404, error: new ExchangeError("give-up", 404, "") }, "bad-request"],
] as const)("an answer by REST of %j is %s", (answer, meant) => {
  expect(changeOutcomeOfAnswer(of("amend"), answer)?.refusal.class ?? null).toBe(meant);
});
