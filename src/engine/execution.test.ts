/** A decision is carried out in its order: what is taken back goes first, then what is new, then what changes. */
import { expect, it } from "vitest";
import { at, decideToRest, limitAt } from "../../test/core/resting-orders.ts";
import { FOLLOWER, Story } from "../../test/core/story.ts";
import { emptyDraft } from "../core/decision.ts";
import { ClientOrderId } from "../core/model/identifiers.ts";
import { restoreChange } from "../core/risk/check-risk.ts";
import type { AccountConnection } from "../exchange/exchange.ts";
import { carryOut } from "./execution.ts";
import { Snapshots } from "./snapshots.ts";

it("cancels, then submits, then amends, all in one go", () => {
  const story = new Story();
  const [order] = decideToRest(story, { purpose: "entry-rest", lots: 4, form: limitAt(55_000) });
  if (order === undefined) throw new Error("one was wished for");
  const done: string[] = [];
  const connection: Partial<AccountConnection> = {
    cancel: (id) => done.push(`cancel ${id}`),
    submit: (orders) => done.push(...orders.map(({ clientOrderId }) => `submit ${clientOrderId}`)),
    amend: (id, instrument, { price }) => done.push(`amend ${id} ${instrument} ${price}`),
  };
  const connections = new Map([[FOLLOWER, connection as AccountConnection]]);
  const { market } = story.leg();
  const decision = {
    ...emptyDraft(),
    amends: [
      {
        market,
        clientOrderId: ClientOrderId("third"),
        change: restoreChange({ price: at(56_000), reduceOnly: false }),
      },
    ],
    orders: [{ market, order, shares: null }],
    cancels: [{ market, clientOrderId: ClientOrderId("first") }],
  };
  const clock = { nowMs: () => 0, elapsedMs: () => 0, setTimer: () => ({ cancel: () => {} }) };
  const snapshots = new Snapshots({ clock, chanceOf: () => () => 0.5, connections });
  carryOut(decision, connections, snapshots, (action) => {
    done.push("together");
    action();
  });
  expect(done).toEqual([
    "together",
    "cancel first",
    `submit ${order.clientOrderId}`,
    `amend third ${market.instrument.id} 560000`,
  ]);
});
