/** Rules that hold nothing back, and what a test wants of them otherwise. */
import type { AlertRules, ChannelFamily, ChannelRules } from "../../src/alerts/rules.ts";

const EVERYTHING: ChannelRules = {
  leastSeverity: "info",
  kindsOff: new Set(),
  isQuietAtNight: true,
  hourlyMax: null,
};

export function rulesFor(
  own: Partial<Omit<AlertRules, "channels">> & {
    readonly channels?: Partial<Record<ChannelFamily, Partial<ChannelRules>>>;
  } = {},
): AlertRules {
  const { channels = {}, ...others } = own;
  const of = (family: ChannelFamily) => ({ ...EVERYTHING, ...channels[family] });
  return {
    quietMs: 60_000,
    giveUpAfterMs: 86_400_000,
    kindsOff: new Set(),
    quietHours: [],
    escalation: null,
    ...others,
    channels: {
      terminal: { ...of("terminal"), leastSeverity: channels.terminal?.leastSeverity ?? "warning" },
      webhook: of("webhook"),
      email: of("email"),
      "web-push": of("web-push"),
      telegram: of("telegram"),
    },
  };
}
