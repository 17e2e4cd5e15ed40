/** A failing seed made small and told: the smallest history that still breaks the same invariant. */
import { invariantOf } from "./invariant-name.ts";
import type { Mode } from "./modes.ts";
import type { Recording } from "./recording.ts";
import { shrink } from "./shrink.ts";
import { replayRecording, simulateRecorded } from "./simulate.ts";
import { runWire, type WireRecording } from "./simulate-wire.ts";
import { smallerLists } from "./smaller-lists.ts";
import { storyOf } from "./story.ts";
import { wireStoryOf } from "./wire-story.ts";

export interface Failing {
  readonly seed: number;
  readonly mode: Mode;
  readonly events: number;
}

export interface Explained {
  /** Of the first breach. */
  readonly invariant: string;
  readonly story: readonly string[];
  readonly recording: Recording | WireRecording;
}

/** At most `triesMax` histories are run for it. */
export async function explain({ seed, mode, events }: Failing, triesMax: number): Promise<Explained> {
  if (mode === "wire") return explainWire(seed, events, triesMax);
  const { outcome, recording } = simulateRecorded(seed, events, mode);
  const invariant = invariantOf(outcome.breaches[0] ?? "");
  const breaks = (candidate: Recording): boolean => breaksIt(invariant, replayRecording(candidate));
  const shrunk = shrink(recording, breaks, triesMax);
  const count = shrunk.recording.happenings.length;
  const about = aboutText(count, recording.happenings.length, shrunk.tries);
  return { invariant, story: [about, ...storyOf(shrunk.recording)], recording: shrunk.recording };
}

/** First fewer events of the same seed, which is mostly the beginning of the same history; then without what those do not need. */
async function explainWire(seed: number, events: number, triesMax: number): Promise<Explained> {
  const { outcome } = await runWire({ seed, events });
  const invariant = invariantOf(outcome.breaches[0] ?? "");
  let tries = 0;
  let [sound, broken] = [0, events];
  while (broken - sound > 1 && tries < triesMax) {
    tries += 1;
    const middle = Math.floor((sound + broken) / 2);
    if (breaksIt(invariant, (await runWire({ seed, events: middle })).outcome)) broken = middle;
    else sound = middle;
  }
  const { beats, endMark } = await runWire({ seed, events: broken });
  let kept: readonly number[] = [...beats.keys()];
  for (let before = Number.POSITIVE_INFINITY; kept.length < before && tries < triesMax; ) {
    before = kept.length;
    const lists = smallerLists(kept);
    for (let next = lists.next(); !next.done && tries < triesMax; ) {
      tries += 1;
      const excerpt = { beats, endMark, kept: next.value };
      const isEnough = breaksIt(invariant, (await runWire({ seed, events: broken, excerpt })).outcome);
      if (isEnough) kept = next.value;
      next = lists.next(isEnough);
    }
  }
  const recording = { seed, events: broken, excerpt: { beats, endMark, kept } };
  const about = aboutText(kept.length, events, tries);
  return { invariant, story: [about, ...(await wireStoryOf(recording))], recording };
}

function breaksIt(invariant: string, { breaches }: { readonly breaches: readonly string[] }): boolean {
  return breaches.map(invariantOf).includes(invariant);
}

function aboutText(count: number, all: number, tries: number): string {
  return `${count} of ${all} happenings are enough (${tries} tries):`;
}
