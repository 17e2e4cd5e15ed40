/** What is done about a leader whose record becomes worse than it was, as a protection: `traders.monitoring.on_decay`. */
import type { DecayTerms, GuardTerms } from "../../config.ts";
import { replacementNames } from "./replacement-names.ts";
import type { Ladder, LadderQuestion, Rung, RungLabel } from "./rung.ts";

/** Of false alarms a year: more of them are more alarms. */
const TIMES = 4;
const MOST_ALARMS = 0.5;

export function decayLadder({ configured, others, asked }: LadderQuestion): Ladder {
  const { monitoring, decay } = configured;
  const windowDays = monitoring.decayWindowDays.value;
  const falseAlarms = monitoring.decayFalseAlarms.value;
  const named = (rule: DecayTerms): DecayTerms => {
    if (rule.action !== "replace") return rule;
    const known = (rule.replacements ?? []).filter((name) => others.includes(name));
    return { ...rule, replacements: known.length > 0 ? known : others };
  };
  const begun = named(decay ?? { action: "replace", replacements: null, windowDays, falseAlarms });
  const guardsBy = (rule: DecayTerms): GuardTerms => ({ ...configured, decay: rule });
  const rung = (label: RungLabel, rule: DecayTerms, sooner: DecayTerms | null): Rung => ({
    label,
    rule: describeDecay(rule),
    guards: guardsBy(rule),
    strikesAfter: sooner === null ? null : guardsBy(sooner),
  });
  const tighter = { ...begun, falseAlarms: Math.min(MOST_ALARMS, begun.falseAlarms * TIMES) };
  const looser = { ...begun, falseAlarms: begun.falseAlarms / TIMES };
  const usual = [
    // More false alarms are a lower bound for the same sum.
    rung(
      decay === null ? "example" : "as configured",
      begun,
      begun.falseAlarms <= MOST_ALARMS ? tighter : null,
    ),
    rung("tighter", tighter, null),
    rung("looser", looser, begun),
    ...(begun.action === "replace" ? [rung("close only", { ...begun, action: "close" }, null)] : []),
  ];
  return {
    protection: "leader_decay",
    key: "on_decay",
    inUse: decay === null ? null : describeDecay(decay),
    source: monitoring.onDecay.source,
    without: { ...configured, decay: null },
    rungs: asked.length === 0 ? usual : [],
    guard: "monitoring",
  };
}

/** In words. */
function describeDecay({ action, replacements, windowDays, falseAlarms }: DecayTerms): string {
  const by =
    action === "replace" && replacements !== null ? ` by the best of ${replacementNames(replacements)}` : "";
  return `${action}${by} when its newest ${windowDays} days are worse than those before, at ${falseAlarms} false alarms a year; until released`;
}
