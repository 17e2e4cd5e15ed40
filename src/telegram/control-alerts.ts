/** The engine's outbox of alerts, as the bot comes for it over the facade. */
import type { ControlSource } from "../api/control-source.ts";
import type { AlertSource } from "./alert-post.ts";

const CHANNEL = "telegram";
/** While the engine runs, and while it does not. */
const RUNNING_MS = 1_000;
const STOPPED_MS = 15_000;

export function controlAlerts(control: ControlSource): AlertSource {
  let isKnown = false;
  return {
    get everyMs() {
      return control.running ? RUNNING_MS : STOPPED_MS;
    },
    async waiting() {
      // Said anew until it was heard: from then on alerts wait for the bot.
      if (!isKnown) await control.ask({ kind: "alert-collector", channel: CHANNEL, wants: true });
      isKnown = true;
      const { alerts } = await control.ask({ kind: "alerts-waiting", channel: CHANNEL });
      return alerts;
    },
    async taken(id, answer) {
      await control.ask({ kind: "alert-ended", channel: CHANNEL, id, ending: { kind: "delivered", answer } });
    },
  };
}
