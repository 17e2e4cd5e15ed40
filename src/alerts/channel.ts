/**
 * THE CONTRACT of a channel. There are two ways to be one:
 *
 * - `AlertChannel`: the engine's process hands over one alert at a time, and is told what came of it. Retrying, order and giving up
 *   are not the channel's business (delivery.ts).
 * - Collected: another process comes for what waits, over the control facade (`alert-collector` says that it wants alerts for a name
 *   of `COLLECTED`, `alerts-waiting` gives critical ones first, then the oldest, `alert-ended` says what came of one). What it was told once may be told
 *   again after a death: it remembers whom it sent which `id`. Whom it sends one is its own decision, see `isAbout`.
 */
import type { Alert } from "./alert.ts";
import type { ChannelFamily } from "./rules.ts";

export type ChannelOutcome =
  /** `answer` in the words of the receiver, for people. */
  | { readonly kind: "delivered"; readonly answer: string }
  | {
      readonly kind: "failed";
      readonly cause: string;
      /** The receiver does not take this alert, and will not later either. */
      readonly isRefusal: boolean;
      /** The receiver asks not to be tried again before. */
      readonly retryAfterMs?: number;
    };

export interface AlertChannel {
  /** Stable: what waits in the outbox waits for a name. The family's, or with a recipient behind it: `email:me@example.com`. */
  readonly name: string;
  /** Whose settings are its own (`alerts.webhook`, ...). */
  readonly family: ChannelFamily;
  /** Whether an alert is for whom it reaches; every one is when left out. */
  readonly isFor?: (alert: Alert) => boolean;
  /** Calls `done` exactly once, never before `deliver` returned. */
  deliver(alert: Alert, done: (outcome: ChannelOutcome) => void): void;
}

/** What a channel answered to a test. */
export interface ChannelTest {
  readonly channel: string;
  readonly result: "ok" | "fail" | "off";
  /** What it answered, or why it is off. */
  readonly answer: string;
}

/** Past outbox and rules. */
export async function testChannel(channel: AlertChannel, alert: Alert): Promise<ChannelTest> {
  const outcome = await new Promise<ChannelOutcome>((resolve) => channel.deliver(alert, resolve));
  return outcome.kind === "delivered"
    ? { channel: channel.name, result: "ok", answer: outcome.answer }
    : { channel: channel.name, result: "fail", answer: outcome.cause };
}

/** Channels that other processes come for. */
export const COLLECTED = ["web-push", "telegram"] as const satisfies readonly ChannelFamily[];

export type CollectedChannel = (typeof COLLECTED)[number];
