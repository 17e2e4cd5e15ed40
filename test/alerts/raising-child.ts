/**
 * Raises numbered alerts to the webhook at the given url until it is killed, and reports each once it was accepted. After the
 * number that it is given it raises no more and only delivers.
 */
import { writeSync } from "node:fs";
import { Alerts } from "../../src/alerts/alerts.ts";
import { webhookChannel } from "../../src/alerts/webhook.ts";
import { createRealOutside } from "../../src/exchange/net/outside.ts";
import { RealDisk } from "../../src/journal/real-disk.ts";
import { Redactor, silentLog } from "../../src/log.ts";
import { Credentials } from "../../src/security/secrets.ts";
import { rulesFor } from "./rules.ts";

const [folder = "", url = "", secret = "", first = "0", last = "0"] = process.argv.slice(2);
const { clock, http } = createRealOutside();
const alerts = new Alerts({
  disk: new RealDisk(folder),
  channels: [webhookChannel({ url, signer: new Credentials("webhook", secret), http, clock })],
  clock,
  // No pause longer than need be.
  chance: () => 0,
  log: silentLog,
  redactor: new Redactor(),
  rules: rulesFor({ quietMs: 1, giveUpAfterMs: 600_000 }),
});
alerts.open();
let number = Number(first);
raise();

function raise(): void {
  if (number > Number(last)) return;
  const raised = number;
  number += 1;
  alerts.raise({ kind: "test", topic: String(raised), numbers: { number: raised } });
  // Written in the next turn; the one after that is too late to be early.
  clock.setTimer(1, () => {
    writeSync(1, `${raised}\n`);
    clock.setTimer(3, raise);
  });
}
