/** `copytrader alerts test`: one alert through every channel, past the outbox, and what each answered. */
import { type Alert, alertOf } from "../alerts/alert.ts";
import type { AlertChannel, ChannelOutcome } from "../alerts/channel.ts";
import { terminalChannel } from "../alerts/terminal.ts";
import { type Configuration, WEBHOOK_SECRET } from "../config.ts";
import { systemClock } from "../exchange/net/system-clock.ts";
import { alertClient, webhookOf } from "./alerting.ts";

export interface ChannelTest {
  readonly channel: string;
  readonly result: "ok" | "fail" | "off";
  /** What it answered, or why it is off. */
  readonly answer: string;
}

export async function testChannels(
  configuration: Configuration,
  print: (alert: Alert) => void,
): Promise<readonly ChannelTest[]> {
  const http = alertClient();
  try {
    const alert = alertOf({ kind: "test" }, systemClock.nowMs());
    const channels = [terminalChannel(print), ...webhookOf(configuration, http, systemClock)];
    const tests: ChannelTest[] = [];
    for (const channel of channels) tests.push(await testChannel(channel, alert));
    return [...tests, ...offWebhook(configuration)];
  } finally {
    http.close();
  }
}

async function testChannel(channel: AlertChannel, alert: Alert): Promise<ChannelTest> {
  const outcome = await new Promise<ChannelOutcome>((resolve) => channel.deliver(alert, resolve));
  return outcome.kind === "delivered"
    ? { channel: channel.name, result: "ok", answer: outcome.answer }
    : { channel: channel.name, result: "fail", answer: outcome.cause };
}

function offWebhook({ alerts: { webhook } }: Configuration): readonly ChannelTest[] {
  if (webhook === null)
    return [{ channel: "webhook", result: "off", answer: "alerts.webhook.url is not set" }];
  if (webhook.secret !== null) return [];
  return [{ channel: "webhook", result: "fail", answer: `${WEBHOOK_SECRET} is not set` }];
}
