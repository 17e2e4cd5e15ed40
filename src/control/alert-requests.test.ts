/** Acknowledging: what a summary told is acknowledged with it, as far as whoever does it was told. */
import { expect, test } from "vitest";
import { type Alert, alertOf } from "../alerts/alert.ts";
import { Outbox } from "../alerts/outbox.ts";
import { summaryOf } from "../alerts/waited.ts";
import { AccountId } from "../core/model/identifiers.ts";
import { MemoryDisk } from "../journal/memory-disk.ts";
import { answerAlerts, bookOf } from "./alert-requests.ts";

test("a summary is acknowledged with what waited in it, each by who sees it", async () => {
  const outbox = new Outbox(new MemoryDisk(), () => {});
  const halted = (follower: string): Alert =>
    alertOf({ kind: "account-halted", follower: AccountId(follower) }, 1_000);
  const [one, two] = [halted("one"), halted("two")];
  outbox.accept([one, two].map((alert) => ({ alert, channels: [], held: ["telegram"] })));
  const summary = summaryOf([one, two], "telegram", 2_000);
  outbox.accept([{ alert: summary, channels: ["telegram"], sums: [one.id, two.id] }]);
  const book = bookOf(outbox, () => 3_000);
  const acknowledge = (by: string, accounts: { readonly accounts?: readonly string[] }) =>
    answerAlerts(book, { kind: "acknowledge-alerts", ids: [summary.id], by, ...accounts }, 3_000);
  expect(await acknowledge("operator", { accounts: ["one"] })).toEqual({
    acknowledged: [summary.id, one.id],
  });
  expect(outbox.view.entries.get(two.id)?.acknowledged).toBeNull();
  expect(await acknowledge("owner", {})).toEqual({ acknowledged: [two.id] });
  expect(await answerAlerts(book, { kind: "alerting" }, 3_000)).toMatchObject({ unacknowledged: [] });
});
