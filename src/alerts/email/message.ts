/** The words of an alert as an e-mail: plain text, and the same as simple HTML. Pure. */
import { type Alert, describeAlert, describeWaited } from "../alert.ts";

const SUBJECT_MAX = 150;

export interface MailMessage {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly priority: "high" | "normal";
}

export function messageOf(alert: Alert, from: string): MailMessage {
  const { id, severity, kind, escalates } = alert;
  const line = describeAlert(alert);
  const subject = `[copytrader] ${severity}: ${line}`;
  const domain = from.split("@")[1] ?? "copytrader";
  const rows = rowsOf(alert);
  const waited = describeWaited(alert);
  const foot =
    severity === "critical"
      ? `Acknowledge it, so that it is not told again: copytrader alerts ack ${escalates ?? id}`
      : "copytrader alerts lists what you were told.";
  return {
    subject: subject.length <= SUBJECT_MAX ? subject : `${subject.slice(0, SUBJECT_MAX)}...`,
    text: [
      line,
      "",
      ...rows.map(([name, value]) => `${name}: ${value}`),
      ...(waited.length === 0 ? [] : ["", ...waited]),
      "",
      foot,
      "",
    ].join("\n"),
    html: htmlOf(line, rows, waited, foot),
    messageId: `<${id}@${domain}>`,
    headers: {
      "X-Copytrader-Alert": id,
      "X-Copytrader-Kind": kind,
      "Auto-Submitted": "auto-generated",
    },
    priority: severity === "critical" ? "high" : "normal",
  };
}

type Row = readonly [string, string];

function rowsOf({ kind, severity, leader, follower, instrument, numbers, atMs, id }: Alert): readonly Row[] {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["kind", kind],
    ["severity", severity],
    ["time", `${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")} UTC`],
    ["leader", leader],
    ["follower", follower],
    ["instrument", instrument],
    ...Object.entries(numbers).map(([name, value]) => [name, String(value)] as const),
    ["id", id],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function htmlOf(line: string, rows: readonly Row[], waited: readonly string[], foot: string): string {
  const cells = rows.map(
    ([name, value]) =>
      `<tr><td style="padding:2px 12px 2px 0;color:#666">${escaped(name)}</td><td>${escaped(value)}</td></tr>`,
  );
  const list =
    waited.length === 0 ? "" : `<ul>${waited.map((one) => `<li>${escaped(one)}</li>`).join("")}</ul>`;
  return [
    '<!doctype html><html lang="en"><body style="font-family:system-ui,sans-serif;font-size:15px;color:#111">',
    `<p style="font-size:17px"><strong>${escaped(line)}</strong></p>`,
    `<table style="border-collapse:collapse;font-size:14px">${cells.join("")}</table>`,
    list,
    `<p style="color:#666">${escaped(foot)}</p>`,
    "</body></html>",
  ].join("\n");
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
