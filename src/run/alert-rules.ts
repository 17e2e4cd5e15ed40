/** The rules of alerts as the configuration in force has them. */
import type { AlertRules, ChannelRules } from "../alerts/rules.ts";
import { parseWindow } from "../config/trading-hours.ts";
import type { Configuration } from "../config.ts";

export function alertRulesOf({ alerts }: Pick<Configuration, "alerts">): AlertRules {
  const { settings, giveUpAfterHours } = alerts;
  const { channels, escalation } = settings;
  const { afterMinutes, times, channels: to } = escalation;
  return {
    quietMs: settings.quietSeconds.value * 1_000,
    giveUpAfterMs: giveUpAfterHours.value * 3_600_000,
    kindsOff: new Set(settings.kindsOff.value),
    quietHours: settings.quietHours.value.flatMap((text) => {
      const window = parseWindow(text);
      return window === undefined ? [] : [{ ...window, timeZone: settings.timeZone.value }];
    }),
    escalation:
      afterMinutes.value === 0
        ? null
        : {
            afterMs: afterMinutes.value * 60_000,
            times: times.value,
            families: to.value.length === 0 ? null : new Set(to.value.map(familyOf)),
          },
    channels: {
      terminal: rulesOf(channels.terminal),
      webhook: rulesOf(channels.webhook),
      email: rulesOf(channels.email),
      "web-push": rulesOf(channels.web_push),
      telegram: rulesOf(channels.telegram),
    },
  };
}

type Channels = Configuration["alerts"]["settings"]["channels"];

function familyOf(name: keyof Channels) {
  return name === "web_push" ? "web-push" : name;
}

function rulesOf({
  leastSeverity,
  kindsOff,
  heedQuietHours,
  mostPerHour,
}: Channels[keyof Channels]): ChannelRules {
  return {
    leastSeverity: leastSeverity.value,
    kindsOff: new Set(kindsOff.value),
    isQuietAtNight: heedQuietHours.value,
    hourlyMax: mostPerHour.value === "off" ? null : mostPerHour.value,
  };
}
