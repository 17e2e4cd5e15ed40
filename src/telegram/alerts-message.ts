/** Alerts as one message: a few in full, many as a count of what happened with the gravest in full. */
import { SEVERITIES, type Severity } from "../alerts/kinds.ts";
import { code, type Html, html, lines } from "./html.ts";
import type { Presses } from "./presses.ts";
import type { Recipient } from "./recipients.ts";
import type { Keyboard } from "./speaker.ts";
import type { TakenAlert } from "./taken-alert.ts";

/** Up to so many are told one by one. */
const IN_FULL = 6;
const DETAILS_SHOWN = 20;
const KINDS_SHOWN = 12;

export const SEEN = "seen";

export function alertsMessage(
  alerts: readonly TakenAlert[],
  presses: Presses,
  { mayAcknowledge }: Pick<Recipient, "mayAcknowledge">,
): { readonly text: Html; readonly keyboard: Keyboard } {
  const gravest = alerts.toSorted(
    (one, other) => rank(other.severity) - rank(one.severity) || one.atMs - other.atMs,
  );
  const shown = gravest.slice(0, IN_FULL);
  const isMany = alerts.length > IN_FULL;
  const text = lines([
    ...(isMany ? summaryLines(alerts) : []),
    ...shown.flatMap(alertLines),
    ...(isMany ? [html`<i>copytrader alerts and the dashboard list all of them</i>`] : []),
  ]);
  const critical = alerts.filter(({ severity }) => severity === "critical").map(({ id }) => id);
  const keyboard =
    critical.length === 0 || !mayAcknowledge
      ? []
      : [[{ label: "Seen", data: presses.data(null, SEEN, ...critical) }]];
  return { text, keyboard };
}

function summaryLines(alerts: readonly TakenAlert[]): readonly Html[] {
  const kinds = [...Map.groupBy(alerts, ({ kind }) => kind)].toSorted(
    ([, one], [, other]) => other.length - one.length,
  );
  const left = kinds.length - KINDS_SHOWN;
  const from = Math.min(...alerts.map(({ atMs }) => atMs));
  const until = Math.max(...alerts.map(({ atMs }) => atMs));
  return [
    html`<b>${alerts.length} alerts</b> from ${clockText(from)} to ${clockText(until)}:`,
    ...kinds.slice(0, KINDS_SHOWN).map(([kind, all]) => html`${all.length} \u00d7 ${code(kind)}`),
    ...(left > 0 ? [html`... and ${left} more kinds`] : []),
    html`The gravest:`,
  ];
}

function alertLines({ severity, text, details, atMs }: TakenAlert): readonly Html[] {
  const left = details.length - DETAILS_SHOWN;
  return [
    html`${severity === "info" ? "" : html`<b>${severity.toUpperCase()}</b> `}${text} <i>(${clockText(atMs)})</i>`,
    ...details.slice(0, DETAILS_SHOWN).map((detail) => html`\u00b7 ${detail}`),
    ...(left > 0 ? [html`\u00b7 ... and ${left} more`] : []),
  ];
}

function clockText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(5, 16).replace("T", " ")} UTC`;
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
