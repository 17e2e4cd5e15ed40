/** What a command would lead to, for a phone. */
import type { WrittenValue } from "../control/control.ts";
import type { PreviewReport, SettingChange } from "../control/owner-commands.ts";
import { sizeText } from "./amounts.ts";
import { code, type Html, html } from "./html.ts";

/** Of each kind; the rest is counted. */
const SHOWN_MAX = 12;

export function previewLines(preview: PreviewReport): readonly Html[] {
  const {
    engine,
    changes,
    ended = [],
    paused = [],
    resumed = [],
    begun = [],
    lifted,
    orders,
    proposals,
    isCutOff,
  } = preview;
  return [
    ...(engine.running ? [] : [html`The engine is stopped: this takes effect at its next start.`]),
    ...shown(changes, changeLine),
    ...(ended.length === 0 ? [] : [html`Copied no more: ${ended.join(", ")}`]),
    ...(paused.length === 0 ? [] : [html`Would be paused: ${paused.join(", ")}`]),
    ...(resumed.length === 0 ? [] : [html`Would be paused no more: ${resumed.join(", ")}`]),
    ...shown(begun, ({ follower, text }) => html`Would stop: ${code(follower)}: ${text}`),
    ...shown(lifted, ({ follower, text }) => html`Would be lifted: ${code(follower)}: ${text}`),
    ...(orders.length === 0 ? [html`No order would be sent.`] : [html`Would be sent:`]),
    ...shown(orders, (order) => {
      const worth = order.value === "" ? "" : `, about ${sizeText(order.value)}`;
      return html`${order.side} ${order.quantity} ${code(placeText(order))} on ${code(order.follower)}${worth}${order.reduceOnly ? " (reduces)" : ""}`;
    }),
    ...(isCutOff ? [html`... and more`] : []),
    ...shown(
      proposals,
      (one) =>
        html`Would wait for approval: ${code(one.follower)} up to ${one.target} ${code(placeText(one))}`,
    ),
    ...deniedLines(preview),
  ];
}

function deniedLines({ command, denied }: PreviewReport): readonly Html[] {
  // That what is closed is not bought again is what a close means.
  const told = command === "close" ? denied.filter(({ reason }) => reason !== "waived") : denied;
  if (told.length === 0) return [];
  return [
    html`Would not be done:`,
    ...shown(
      told,
      (one) => html`${code(placeText(one))} on ${code(one.follower)}: ${one.reason}, ${one.explanation}`,
    ),
  ];
}

function changeLine({ leader, follower, keyPath, value, before }: SettingChange): Html {
  const whose = [leader, follower].filter((name) => name !== undefined).join(" > ");
  const was = before === undefined ? "" : `, was ${settingText(before)}`;
  return html`Would be set: ${whose === "" ? "" : html`${code(whose)} `}${code(keyPath)} ${settingText(value)}${was}`;
}

export function settingText(value: WrittenValue): string {
  if (value === null) return "not set";
  if (typeof value !== "object") return String(value);
  const isPlainList = Array.isArray(value) && value.every((one) => typeof one !== "object");
  if (isPlainList) return value.length === 0 ? "none" : value.join(", ");
  return JSON.stringify(value);
}

export function placeText({
  symbol,
  positionIdx,
}: {
  readonly symbol: string;
  readonly positionIdx?: 1 | 2;
}): string {
  if (positionIdx === undefined) return symbol;
  return `${symbol} ${positionIdx === 1 ? "long" : "short"}`;
}

function shown<Row>(rows: readonly Row[], lineOf: (row: Row) => Html): readonly Html[] {
  const left = rows.length - SHOWN_MAX;
  return [...rows.slice(0, SHOWN_MAX).map(lineOf), ...(left > 0 ? [html`... and ${left} more`] : [])];
}
