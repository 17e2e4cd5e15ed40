/** The keys of alerts: when something that lasts is told, how often, and where to. The webhook's secret is no key: see alert-values.ts. */
import { defaults, severities } from "./defaults.ts";
import { choice, number, text } from "./forms.ts";
import { key, section } from "./key-facts.ts";

const own = defaults.alerts;

export function alertsSection() {
  return section({
    quiet_seconds: key(number({ min: 1, max: 86_400 }), {
      meaning: "The same alert again within this time is counted, and told once at its end.",
      status: "in-force",
      default: own.quietSeconds,
    }),
    connection_down_after_seconds: key(number({ min: 1, max: 86_400 }), {
      meaning: "A connection that is down for longer than this is told.",
      status: "in-force",
      default: own.connectionDownAfterSeconds,
    }),
    parity_after_seconds: key(number({ min: 5, max: 86_400 }), {
      meaning: "A follower that has not reached its target for longer than this, without a reason, is told.",
      status: "in-force",
      default: own.parityAfterSeconds,
    }),
    give_up_after_hours: key(number({ min: 0.1, max: 720 }), {
      meaning: "An alert that could not be delivered for so long is given up, with a record.",
      status: "in-force",
      default: own.giveUpAfterHours,
    }),
    webhook: section({
      url: key(text("an address such as https://example.com/alerts", 2_000), {
        meaning:
          "Where alerts are posted: https, or http to this machine. Needs COPYTRADER_WEBHOOK_SECRET in the environment or .env.",
        status: "in-force",
      }),
      least_severity: key(choice(severities), {
        meaning: "Least severe alerts that are posted.",
        status: "in-force",
        default: own.webhookLeastSeverity,
      }),
    }).optional(),
  });
}
