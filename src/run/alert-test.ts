/** `copytrader alerts test`: one alert through every channel, past the outbox, and what each answered. */
import { type Alert, alertOf } from "../alerts/alert.ts";
import { type ChannelTest, testChannel } from "../alerts/channel.ts";
import { terminalChannel } from "../alerts/terminal.ts";
import { SMTP_PASSWORD } from "../config/email-values.ts";
import { type Configuration, WEBHOOK_SECRET } from "../config.ts";
import { systemClock } from "../exchange/net/system-clock.ts";
import { alertClient, emailOf, webhookOf } from "./alerting.ts";

export async function testChannels(
  configuration: Configuration,
  print: (alert: Alert) => void,
): Promise<readonly ChannelTest[]> {
  const http = alertClient();
  try {
    const alert = alertOf({ kind: "test" }, systemClock.nowMs());
    const channels = [
      terminalChannel(print),
      ...webhookOf(configuration, http, systemClock),
      ...emailOf(configuration),
    ];
    const tests: ChannelTest[] = [];
    for (const channel of channels) tests.push(await testChannel(channel, alert));
    return [...tests, ...offWebhook(configuration), ...offEmail(configuration)];
  } finally {
    http.close();
  }
}

function offWebhook({ alerts: { webhook } }: Configuration): readonly ChannelTest[] {
  if (webhook === null)
    return [{ channel: "webhook", result: "off", answer: "alerts.webhook.url is not set" }];
  if (webhook.secret !== null) return [];
  return [{ channel: "webhook", result: "fail", answer: `${WEBHOOK_SECRET} is not set` }];
}

function offEmail({ alerts: { email } }: Configuration): readonly ChannelTest[] {
  if (email === null) return [{ channel: "email", result: "off", answer: "alerts.email is not set" }];
  if (email.user === null || email.password !== null) return [];
  return [{ channel: "email", result: "fail", answer: `${SMTP_PASSWORD} is not set` }];
}
