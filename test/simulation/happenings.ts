/**
 * What happens in a simulated history, as plain data: whoever draws it records it, and a recorded list runs again without any
 * drawing. Amounts are whole quantity steps, prices whole ticks. What is about an account that a history does not have, or has no
 * ground any more (an order that is gone), does nothing, so that any part of a list is a history too.
 */
import type { Command, FollowedMarginMode, Leg, Side } from "../../src/core/event.ts";
import type { AccountGuards } from "../../src/core/guard/guard-settings.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import type { OrderForm } from "../../src/core/order.ts";
import type { RiskLimits } from "../../src/core/risk-settings.ts";
import type { Allocation } from "../../src/core/settings.ts";
import type { Measured } from "./broad.ts";
import type { Faults } from "./model-connection.ts";
import { isOpen, type VenueAccount, type VenueOrder } from "./model-venue.ts";
import type { World } from "./world.ts";

/** About one account. */
type AccountHappening =
  /** A leader, or a follower's owner, at market. */
  | {
      readonly kind: "trade";
      readonly account: string;
      readonly symbol: string;
      readonly leg: Leg;
      readonly side: Side;
      readonly steps: number;
      readonly reduceOnly: boolean;
      readonly executions: number;
    }
  /** A leader's take profit, stop or limit exit; or an order of its that waits to open or to add. */
  | {
      readonly kind: "exit" | "wait";
      readonly account: string;
      readonly symbol: string;
      readonly leg: Leg;
      readonly side: Side;
      readonly steps: number;
      readonly form: OrderForm;
    }
  /** A leader changes the open order at this place of all it has: its price (or its trigger), its quantity, or both. */
  | {
      readonly kind: "edit";
      readonly account: string;
      readonly place: number;
      readonly price: number;
      readonly steps: number;
    }
  /** A part of one account's order that rests at this place of all that are open is filled, and nobody else's. */
  | { readonly kind: "met"; readonly account: string; readonly place: number; readonly share: number }
  /** A leader takes back the open order at this place of all it has. */
  | { readonly kind: "withdraw"; readonly account: string; readonly place: number }
  | {
      readonly kind: "volatility";
      readonly account: string;
      readonly volatility: string;
      readonly measured?: Measured;
    }
  /** A leader, as its owner chooses; the venue refuses where something is held. */
  | { readonly kind: "margin-mode"; readonly account: string; readonly mode: FollowedMarginMode }
  | { readonly kind: "equity"; readonly account: string; readonly equity: number }
  | {
      readonly kind: "leverage";
      readonly account: string;
      readonly symbol: string;
      readonly leverage: number;
    }
  | { readonly kind: "stream-break"; readonly account: string; readonly ms: number }
  /** Every read of an account fails for so long; `streamToo`: nothing is told either. */
  | {
      readonly kind: "outage";
      readonly account: string;
      readonly ms: number;
      readonly streamToo: boolean;
    };

export type PlainHappening =
  | AccountHappening
  /** Time passes. */
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "price"; readonly symbol: string; readonly ticks: number }
  | { readonly kind: "faults"; readonly faults: Faults }
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "settings"; readonly allocations: readonly Allocation[] }
  /** An account has other limits from now on. */
  | { readonly kind: "limits"; readonly account: string; readonly limits: RiskLimits }
  /** Other guards, or none. */
  | { readonly kind: "guards"; readonly account: string; readonly guards: AccountGuards | null };

/** The copier is stopped, or dies and loses so many records of its journal; it begins again after what happens meanwhile. */
interface Down {
  readonly kind: "down";
  readonly by: "stop" | "kill";
  readonly lostRecords: number;
  readonly meanwhile: readonly Happening[];
}

export type Happening = PlainHappening | Down;

/** `told` is called with each happening before it happens, in order, those of a pause of the copier too. */
export function happen(world: World, happening: Happening, told: (happening: Happening) => void): void {
  told(happening);
  if (happening.kind !== "down") return happenOnce(world, happening);
  goDown(world, happening);
  for (const inner of happening.meanwhile) happen(world, inner, told);
  begin(world);
}

export function goDown(world: World, { by, lostRecords }: Down): void {
  if (by === "stop") world.stop();
  else world.kill(lostRecords);
}

/** A life of the copier begins, and it is told all prices and what was measured. */
export function begin(world: World): void {
  world.start();
  for (const [symbol, ticks] of world.venue.prices) world.setPrice(symbol, ticks);
}

export function happenOnce(world: World, happening: PlainHappening): void {
  switch (happening.kind) {
    case "pass":
      return world.clock.runUntil(world.clock.nowMs() + happening.ms);
    case "price":
      return world.setPrice(happening.symbol, happening.ticks);
    case "faults":
      world.faults = happening.faults;
      return;
    case "command":
      return world.command(happening.command);
    case "settings":
      return world.configure({ ...world.settings, allocations: happening.allocations });
    case "limits":
      return world.limit(happening.account, happening.limits);
    case "guards":
      return world.guard(happening.account, happening.guards);
    default: {
      const account = world.venue.accounts.get(happening.account);
      if (account !== undefined) happenTo(world, account, happening);
    }
  }
}

function happenTo(world: World, account: VenueAccount, happening: AccountHappening): void {
  const { venue } = world;
  switch (happening.kind) {
    case "trade": {
      const { symbol, leg, side, steps, reduceOnly, executions } = happening;
      venue.trade(account, { symbol, leg, side, steps, reduceOnly }, executions);
      return;
    }
    case "exit":
    case "wait": {
      const { symbol, leg, side, steps, form } = happening;
      const reduceOnly = happening.kind === "exit";
      const ticket = { symbol, leg, side, steps, reduceOnly, clientOrderId: "", form };
      const answer = venue.place(account, ticket);
      if (answer.kind === "accepted") venue.match(account, answer.order, { share: 1, executions: 1 });
      return;
    }
    case "edit": {
      const order = openAt(account, happening.place);
      const { price, steps } = happening;
      if (order === undefined) return;
      const moved = order.status === "untriggered" ? { trigger: price } : { price };
      venue.edit(account, order, { ...moved, steps });
      return;
    }
    case "met": {
      const order = openAt(account, happening.place);
      if (order !== undefined) venue.fillResting(account, order, happening.share);
      return;
    }
    case "withdraw": {
      const order = openAt(account, happening.place);
      if (order !== undefined) venue.withdraw(account, order);
      return;
    }
    case "volatility":
      return world.setVolatility(AccountId(account.name), happening.volatility, happening.measured);
    case "margin-mode":
      venue.setMarginMode(account, happening.mode);
      return;
    case "equity":
      return world.setEquity(account.name, happening.equity);
    case "leverage":
      account.leverage.set(happening.symbol, happening.leverage);
      return;
    case "stream-break":
      world.connection(account.name)?.dropStream(happening.ms);
      return;
    case "outage":
      world.cutOff(AccountId(account.name), happening.ms, happening.streamToo);
  }
}

function openAt({ orders }: VenueAccount, place: number): VenueOrder | undefined {
  return [...orders.values()].filter(isOpen)[place];
}
