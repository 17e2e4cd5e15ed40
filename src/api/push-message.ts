/** What a device shows of an alert: the title is read first, often alone, on a locked phone. Pure. */
import { type Alert, describeAlert, describeWaited } from "../alerts/alert.ts";
import { seenBy } from "../alerts/waited.ts";
import type { PushMessage } from "../alerts/web-push/push.ts";

const BODY_MAX = 1_200;

/** Of a summary only what is about these accounts: its count and its worst severity, too. */
export function messageOf(alert: Alert, accounts: ReadonlySet<string> | "all"): PushMessage {
  const seen = seenBy(alert, accounts);
  const body = seen.waited === undefined ? describeAlert(seen) : describeWaited(seen).join("\n");
  return {
    id: seen.id,
    severity: seen.severity,
    title: titleOf(seen),
    body: body.length <= BODY_MAX ? body : `${body.slice(0, BODY_MAX)}...`,
  };
}

/** `Copytrader, warning: order rejected`; `Copytrader, warning and less: 12 alerts waited` */
function titleOf({ severity, kind, waited }: Alert): string {
  const what =
    waited === undefined
      ? kind.replaceAll("-", " ")
      : `${waited.length} alert${waited.length === 1 ? "" : "s"} waited`;
  if (severity === "info") return `Copytrader: ${what}`;
  const most = waited === undefined || waited.length === 1 ? severity : `${severity} and less`;
  return `Copytrader, ${most}: ${what}`;
}
