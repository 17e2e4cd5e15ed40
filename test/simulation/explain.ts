/** A failing seed made small and told: the smallest history that still breaks the same invariant. */
import { invariantOf } from "./invariant-name.ts";
import { type Mode, simulateIn } from "./modes.ts";
import type { Recording } from "./recording.ts";
import { shrink } from "./shrink.ts";
import { replayRecording } from "./simulate.ts";
import { storyOf } from "./story.ts";

export interface Failing {
  readonly seed: number;
  readonly mode: Mode;
  readonly events: number;
}

export interface Explained {
  /** Of the first breach. */
  readonly invariant: string;
  readonly story: readonly string[];
  /** Null where what happens is not recorded. */
  readonly recording: Recording | null;
}

/** At most `triesMax` histories are run for it. */
export async function explain(failing: Failing, triesMax: number): Promise<Explained> {
  const { outcome, recording } = await simulateIn(failing.mode, failing.seed, failing.events);
  const invariant = invariantOf(outcome.breaches[0] ?? "");
  if (recording === null) return fewestEvents(failing, invariant, triesMax);
  const breaks = (candidate: Recording): boolean =>
    replayRecording(candidate).breaches.map(invariantOf).includes(invariant);
  const shrunk = shrink(recording, breaks, triesMax);
  const count = shrunk.recording.happenings.length;
  const about = `${count} of ${recording.happenings.length} happenings are enough (${shrunk.tries} tries):`;
  return { invariant, story: [about, ...storyOf(shrunk.recording)], recording: shrunk.recording };
}

/** The beginning of a longer history is the shorter one of the same seed. */
async function fewestEvents(
  { seed, mode, events }: Failing,
  invariant: string,
  triesMax: number,
): Promise<Explained> {
  let [sound, broken, tries] = [0, events, 0];
  const breachesOf = async (count: number): Promise<readonly string[]> =>
    (await simulateIn(mode, seed, count)).outcome.breaches;
  while (broken - sound > 1 && tries < triesMax) {
    tries += 1;
    const middle = Math.floor((sound + broken) / 2);
    if ((await breachesOf(middle)).map(invariantOf).includes(invariant)) broken = middle;
    else sound = middle;
  }
  const story = (await breachesOf(broken)).map((breach) => `BROKEN  ${breach}`);
  return { invariant, story: [`--events ${broken} is enough (${tries} tries):`, ...story], recording: null };
}
