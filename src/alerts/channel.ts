/** THE CONTRACT of a channel: takes one alert at a time and says what came of it. */
import type { Alert } from "./alert.ts";
import type { Severity } from "./kinds.ts";

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
  /** Stable: what waits in the outbox waits for a name. */
  readonly name: string;
  readonly leastSeverity: Severity;
  /** Calls `done` exactly once, never before `deliver` returned. */
  deliver(alert: Alert, done: (outcome: ChannelOutcome) => void): void;
}
