/**
 * The form of an order as whole numbers for the journal: kind, then what belongs to it. Every word is recorded by its place
 * in its list; new ones are added at the end.
 */
import { Ticks } from "./model/amounts.ts";
import {
  type ConditionalForm,
  type LimitForm,
  MARKET,
  type MarketForm,
  type OrderForm,
  type TimeInForce,
} from "./order.ts";

const KINDS: readonly OrderForm["kind"][] = ["market", "limit", "conditional"];
const TIMES_IN_FORCE: readonly TimeInForce[] = ["GTC", "IOC", "FOK", "PostOnly"];
const WATCHED: readonly ConditionalForm["by"][] = ["last", "mark"];
const DIRECTIONS: readonly ConditionalForm["direction"][] = ["rises", "falls"];

/** Market: its kind alone. Limit: price, time in force. Conditional: trigger, watched price, direction, what it becomes. */
export function encodeForm(form: OrderForm): number[] {
  const kind = KINDS.indexOf(form.kind);
  switch (form.kind) {
    case "market":
      return [kind];
    case "limit":
      return [kind, form.price, TIMES_IN_FORCE.indexOf(form.timeInForce)];
    case "conditional":
      return [
        kind,
        form.trigger,
        WATCHED.indexOf(form.by),
        DIRECTIONS.indexOf(form.direction),
        ...encodeForm(form.becomes),
      ];
  }
}

/** Throws an Error that shows the numbers when they are no form. */
export function decodeForm(numbers: readonly number[]): OrderForm {
  const [kind = -1, ...rest] = numbers;
  if (KINDS[kind] !== "conditional") return decodeSimple(numbers);
  const [trigger, watched = -1, way = -1, ...becomes] = rest;
  const [by, direction] = [WATCHED[watched], DIRECTIONS[way]];
  if (trigger === undefined || by === undefined || direction === undefined) throw unreadable(numbers);
  return { kind: "conditional", trigger: Ticks(trigger), by, direction, becomes: decodeSimple(becomes) };
}

function decodeSimple(numbers: readonly number[]): MarketForm | LimitForm {
  const [kind = -1, price, force = -1] = numbers;
  if (KINDS[kind] === "market") return MARKET;
  const timeInForce = TIMES_IN_FORCE[force];
  if (KINDS[kind] !== "limit" || price === undefined || timeInForce === undefined) throw unreadable(numbers);
  return { kind: "limit", price: Ticks(price), timeInForce };
}

function unreadable(numbers: readonly number[]): Error {
  return new Error(`the journal names an order form of ${JSON.stringify(numbers)}`);
}
