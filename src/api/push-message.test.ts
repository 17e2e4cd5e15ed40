/** What a locked phone shows: how grave, what, and in a summary only what is of the reader's accounts. */
import { expect, it } from "vitest";
import { alertOf } from "../alerts/alert.ts";
import { summaryOf } from "../alerts/waited.ts";
import { AccountId } from "../core/model/identifiers.ts";
import { messageOf } from "./push-message.ts";

const AT_MS = Date.UTC(2026, 10, 21, 2, 13);
const rejected = alertOf({ kind: "order-rejected", follower: AccountId("anna"), cause: "too small" }, AT_MS);
const halted = alertOf({ kind: "account-halted", follower: AccountId("ben") }, AT_MS);
const back = alertOf({ kind: "connection-restored", follower: AccountId("anna") }, AT_MS);

it("says in its title how grave it is and what it is about", () => {
  expect(messageOf(rejected, "all")).toMatchObject({
    severity: "warning",
    title: "Copytrader, warning: order rejected",
    body: "anna: the venue rejected an order: too small",
  });
  expect(messageOf(back, "all").title).toBe("Copytrader: connection restored");
});

it("says of what waited how much it is and how grave the worst, of the reader's accounts only", () => {
  const summary = summaryOf([rejected, back, halted], "web-push", AT_MS);
  const title = (accounts: readonly string[] | "all") =>
    messageOf(summary, accounts === "all" ? accounts : new Set(accounts)).title;
  expect(title("all")).toBe("Copytrader, critical and less: 3 alerts waited");
  expect(title(["anna"])).toBe("Copytrader, warning and less: 2 alerts waited");
  expect(title(["ben"])).toBe("Copytrader, critical: 1 alert waited");
  expect(messageOf(summary, new Set(["ben"])).body).toBe(
    "2026-11-21 02:13 UTC  ben: the account is halted: nothing is opened there",
  );
});
