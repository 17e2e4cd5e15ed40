/** The words of the page of copies. */
import { decimalText } from "../../format/decimal.ts";

export const words = {
  status: "the copies",
  noFollowers: "No follower is configured.",
  nothingHeld: "Nothing is held or wanted here now.",
  copies: (leaders: readonly string[]) =>
    leaders.length === 0 ? "copies nobody" : `copies ${leaders.join(", ")}`,
  equity: "equity",
  read: "account read",
  neverRead: "account not read yet",
  showFlat: "Show instruments that are flat everywhere",

  instrument: "Instrument",
  who: "Who",
  holds: "Holds",
  target: "Target",
  inFlight: "In flight",
  drift: "Drift",
  why: "State and reason",
  leaders: "leaders",
  netted: "netted",
  leader: "leader",
  follower: "follower",
  steps: (steps: number) =>
    Math.abs(steps) === 1 ? "1 step" : `${decimalText(String(Math.abs(steps)))} steps`,
  working: (slice: number, slices: number, filled: string, wanted: string) =>
    `worked: slice ${slice} of ${slices}, ${filled} of ${wanted}`,
  foreign: (quantity: string) => `${quantity} of your own, never touched`,
  resting: "resting orders",
  restingParts: {
    entries: "entries",
    exits: "exits",
    takeProfits: "take profits",
    stopLosses: "stop losses",
  },
  states: {
    "at-target": "at target",
    "in-flight": "on its way",
    explained: "away, with a reason",
    drifting: "away without a reason",
  },

  actions: "Actions",
  on: (what: string, follower: string) => `${what} on ${follower}`,
  explain: "Why",
  pause: "Pause",
  resume: "Resume",
  close: "Close",
  closeAll: "Close all",
  release: "Release",
  settings: "Settings",

  pauseAbout: (follower: string) => `${follower} adds no more risk; reductions go on. Undone by Resume.`,
  resumeAbout: (follower: string) =>
    `${follower} takes up its targets again. What the kill switch or a stop holds back is let go of, too.`,
  closeAbout: (follower: string, symbol: string) =>
    `Closes at the market what ${follower} copied in ${symbol}. Your own position there is not touched. Not undoable: it is copied again only after Release.`,
  closeAllAbout: (follower: string) =>
    `Closes at the market everything that ${follower} copied. Your own positions are not touched. Not undoable: it is copied again only after Release.`,
  releaseAbout: (follower: string) =>
    `What you or a stop closed on ${follower} is wanted again: it is brought to its targets now.`,

  stopCopying: "Stop copying",
  stopModes: {
    close: "What was copied is closed at the market: not undoable.",
    leave: "What was copied stays as it is, and is yours.",
    "with-leader": "What was copied goes on following the leader down, and is never added to.",
  },
  relations: "Copied leaders",
  relationsOf: (count: number) =>
    count === 1 ? "1 copied leader, and how" : `${count} copied leaders, and how`,
  leaderTitle: "Leader",
  state: "State",
  sizing: "Sized by",
  scaled: (factor: string) => `scaled × ${factor}`,
  relationState: { copying: "copying", paused: "paused", halted: "halted", ending: "ending", ended: "ended" },
  result: "Result, USDT",
  resultNote: "net of fees and funding, since this copy began",
  settingsTitle: (leader: string, follower: string) => `How ${follower} copies ${leader}`,
  settingsAbout:
    "In force at once, and after every restart, before what files say. Undone by setting the old value.",
  otherSettings: "All other settings of this copy",

  explainTitle: (symbol: string, follower: string) =>
    `${symbol} on ${follower}: from the leader to the order`,
  explainAbout: "Told by the very functions that decide, as of now.",
  path: "the path",
  noPath: "There is nothing to explain: no leader holds anything here.",
} as const;
