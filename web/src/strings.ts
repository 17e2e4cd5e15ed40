/**
 * The words of the shell and of what all pages share. A page's own words are in `strings.ts` of its folder. English only so far; one
 * place to translate.
 */
export const strings = {
  product: "Copytrader",
  notKnown: "not known",
  failed: "That did not work",
  tryAgain: "Try again",
  chart: "the chart",
  chartDay: "Day (UTC)",
  chartTime: "UTC",
  close: "Close",
  cancel: "Cancel",
  back: "Back",
  done: "Done",
  near: "near",
  reached: "reached",
  loading: (what: string) => `Asking for ${what} …`,
  stale: (span: string) => `stale: ${span} old`,
  skipToContent: "Skip to content",
  pages: {
    overview: "Overview",
    copies: "Copies",
    leaders: "Leaders",
    quality: "Copy quality",
    portfolio: "Portfolio",
    backtests: "Backtests",
    risk: "Risk",
    journal: "Journal",
    settings: "Settings",
  },
  all: "all",
  seesNoFollower: "You see no follower: an owner can give you accounts, under Settings, Users.",
  none: "none",
  copyText: "Copy",
  copied: "Copied",

  noConnection: {
    title: "No connection to Copytrader",
    detail:
      'The server did not answer. Whether copying goes on cannot be known from here; on its machine, "copytrader status" tells. What is shown is as old as it says.',
  },
  noAnswerToCommand:
    "It is not known whether the command arrived. Nothing is sent twice: trying again repeats the same command.",
  strangeAnswer: (status: number) => ({
    title: "An answer that was not understood",
    detail: `The server answered ${status} in a form that is not its own: perhaps a proxy in between.`,
  }),

  worlds: {
    live: { name: "Live", about: "real money at the exchange" },
    demo: { name: "Demo", about: "no real money: the exchange's demo or testnet" },
    paper: { name: "Paper", about: "no order leaves: filled inside at public prices" },
    simulated: { name: "Simulated", about: "no real money: an exchange of our own" },
    stopped: { name: "Stopped", about: "nothing is copied" },
    starting: { name: "Starting", about: "the engine does not answer yet" },
    unknown: { name: "Not known", about: "no follower is known yet" },
  },

  connection: {
    live: "live",
    polled: "asked every 3 s",
    connecting: "connecting …",
    stale: (span: string) => `stale, ${span} old`,
    gone: (span: string) => `no connection for ${span}`,
    engineGone: "engine not reached",
    stopped: (moment: string) => `as of ${moment}`,
    goneTitle: "No connection to Copytrader",
    goneBody: (span: string) =>
      `Nothing was heard for ${span}. What you see is from then. Whether copying goes on cannot be known from here; on its machine, "copytrader status" tells.`,
    goneStopped: (span: string) =>
      `Nothing was heard for ${span}, and the engine was stopped then: nothing is copied, and stops are not watched. On its machine: copytrader start.`,
    stoppedTitle: "The engine is stopped: nothing is copied",
    stoppedBody: (moment: string) =>
      `What you see is as of ${moment}; positions stay as they are, stops are not watched. On its machine: copytrader start.`,
    engineGoneTitle: "The engine cannot be asked",
    engineGoneBody:
      "The server answers, the engine behind it does not. What you see is the last that it said. On its machine: copytrader status.",
  },

  navigation: {
    label: "Pages",
    more: "More",
    account: "Account",
    theme: { label: "Appearance", device: "As the device", light: "Light", dark: "Dark" },
    signedInAs: (name: string, role: string) => `${name}, ${role}`,
    signOut: "Sign out",
    documentation: "API documentation",
    notFoundTitle: "No such page",
    notFoundBody: "The address leads to nothing here.",
    toOverview: "To the overview",
    oldVersion: "This page could not be loaded: Copytrader was probably updated meanwhile.",
    reload: "Load again",
    crashed: "This page has a fault of its own",
    crashedBody: "It concerns what is shown here, not copying. Another page may still work.",
  },

  killSwitch: {
    button: "Kill switch",
    title: "Kill switch",
    about:
      "Closes at the market what was copied, and buys nothing until you resume. Your own positions and orders are not touched.",
    scope: "What",
    everything: "Everything, on every follower",
    followers: "One follower",
    leaders: "The copies of one leader",
    wouldClose: "This would be closed:",
    nothing:
      "Nothing of ours is held there. Pulling it still keeps anything from being bought until you resume.",
    unresolved: (count: number) =>
      count === 1 ? "1 order of ours may still fill." : `${count} orders of ours may still fill.`,
    inAll: "In all about",
    confirm: "Close it now",
    confirmLater: "Leave it for the engine",
    ways: {
      file: {
        title: "The engine does not answer: it cannot be told to close now",
        body: (command: string) =>
          `A file PANIC is left for it: it closes as soon as it looks there. Until then every position may stay open. To close now, stop its process and run on its machine: ${command}`,
      },
      "next-start": {
        title: "The engine is stopped: nothing can be closed from here now",
        body: (command: string) =>
          `It is written down, and closed when the engine starts. Until then every position stays open, and no stop is watched. To close now, on its machine: ${command}`,
      },
    },
    withoutUs: (command: string) => `To close at once without this page, on its machine: ${command}`,
    waits: "Written down: nothing is closed yet",
    lasts: (seconds: number) => `This preview can be confirmed for ${seconds} s.`,
    expired: "The preview is too old to confirm.",
    undo: "Not undoable: what is closed is closed. Copying goes on only after Resume.",
    done: "Kill switch pulled",
    doneBody: "Everything of ours there is being closed. Watch it on Copies until nothing is held.",
    notAllowed: "You may not pull it: it needs the right to trade.",
    follower: "Follower",
    symbol: "Instrument",
    held: "Held",
    value: "Worth about",
  },

  proposals: {
    title: "Waits for approval",
    about: "about",
    after: (leader: string) => `as ${leader} did`,
    position: "position",
    price: "price",
    asked: (age: string) => `asked ${age}`,
    ends: (span: string) => `ends by itself in ${span}`,
    approve: "Approve",
    decline: "Decline",
    approveAbout: (target: string) =>
      `Trades up to the position that you see here, ${target}, and no further if the leader goes on meanwhile. Not undoable by itself: what is bought can be closed on Copies.`,
    declineAbout:
      "Nothing is traded, and the journal says that it was not approved. Release on Copies brings it back.",
    notAllowed: "Whoever may trade can approve or decline it.",
  },

  path: {
    fromLeader: (leader: string) => `From ${leader}`,
    account: "On the account",
  },

  preview: {
    asking: "the preview",
    stopped:
      "The engine is stopped: this takes effect at its next start. As of its last moment that would be:",
    changes: "Would be set",
    setting: "Setting",
    before: "Now",
    after: "Then",
    notSet: "not set",
    ended: "Would be copied no more",
    paused: "Would be paused",
    resumed: "Would be paused no more",
    begun: "Would stop or cut at once",
    lifted: "Would be lifted",
    orders: "Would be sent",
    noOrders: "No order would be sent.",
    proposals: "Would wait for approval",
    upTo: (target: string) => `up to ${target}`,
    denied: "Would not be done",
    why: "Why",
    more: "There is more than was looked at.",
    follower: "Follower",
    symbol: "Instrument",
    leader: "Leader",
    side: "Order",
    value: "About",
    reduceOnly: "reduce-only",
    note: "How",
    inAll: "In all:",
    adds: "adds about",
    reduces: "reduces by about",
    lookedAt: "Looked at",
    lookAgain: "Look again",
    exposure: "Exposure then, against limits",
    exposureOf: (follower: string) => `Exposure of ${follower}`,
    sameExposure: (followers: readonly string[]) =>
      `${followers.join(", ")}: exposure stays, and no limit is near.`,
    gross: "Exposure",
    margin: "Margin",
    most: "At most",
    used: "Used",
    otherLimits: (count: number) =>
      count === 1 ? "1 limit stays as it is" : `${count} limits stay as they are`,
  },

  act: {
    sending: "Sending …",
    secondFactor: "Code of your second factor",
    secondFactorWhy: "This needs a fresh code. It counts for ten minutes.",
    given: (command: string) => `${command}: done`,
    taken: "The engine has it.",
    atNextStart: "Written down for the next start of the engine.",
    followers: (names: readonly string[]) => (names.length === 0 ? "" : `On ${names.join(", ")}.`),
    dismiss: "Dismiss",
    reports: "Reports",
  },

  fields: {
    needed: "is needed",
    date: "must be a day, such as 2026-05-01",
    amount: "must be an amount above zero, such as 10000",
    count: (most: number) =>
      Number.isFinite(most) ? `must be a whole number from 0 to ${most}` : "must be a whole number",
    number: (most: number) =>
      Number.isFinite(most) ? `must be a number from 0 to ${most}` : "must be a number",
    share: (most: number) => `must be a number above 0 and up to ${most}`,
    numbers: (most: number) => `must be numbers above 0 and up to ${most}, with commas between`,
    order: "must not be before the first day",
    future: "lies in the future",
  },

  jobs: {
    states: {
      queued: "waits",
      running: "at work",
      finished: "done",
      failed: "failed",
      cancelled: "cancelled",
      interrupted: "interrupted",
    },
    interrupted: "the server ended meanwhile; what was finished is kept: start the same again",
    forget: "Forget",
    number: (id: number) => `#${id}`,
    state: "State",
    actions: "Actions",
  },

  settings: {
    how: 'Write a new value; the preview comes next. An empty field takes back what was decided here; lists as ["BTCUSDT", "ETHUSDT"].',
    confirm: "Change it",
    toPreview: "Preview",
    changed: (count: number) =>
      count === 0 ? "nothing changed yet" : count === 1 ? "1 change" : `${count} changes`,
    source: (source: string, before: string | null) =>
      before === null ? `from ${source}` : `now ${before === "" ? "not set" : before}, from ${source}`,
  },

  signIn: {
    title: "Sign in",
    name: "Name",
    password: "Password",
    code: "Code of your second factor; can wait until it is asked for",
    submit: "Sign in",
    ended: "Your session has ended.",
    session: "your session",
    lost: 'Nobody here yet? On the machine that Copytrader runs on, "copytrader users setup-link" prints a one-time link that makes the owner. No password yet, or lost? There "copytrader users invite NAME" prints one.',
  },

  setUp: {
    title: "Set up",
    about:
      "This link works once: for the owner, who may do everything and adds others later, or for who was invited.",
    nameHint: "Who was invited has one already and leaves this empty.",
    name: "Name",
    password: "Password",
    again: "Password again",
    differ: "The two passwords differ.",
    hint: "At least 12 characters; a sentence is good.",
    submit: "Set the password and sign in",
  },

  roles: { owner: "owner", operator: "operator", viewer: "viewer" },
  followerStates: { "in-sync": "in sync", syncing: "syncing", paused: "paused", halted: "halted" },
  /** Words that stand where a reason does, and are none of the closed list. */
  otherReasons: {
    "awaits-approval": "waits for approval",
  } as Readonly<Record<string, string>>,
  streamDown: "stream down",
  sides: { long: "long", short: "short" },

  advice: {
    "not-signed-in": "Sign in again.",
    "engine-stopped": 'Start it on its machine: "copytrader start".',
    "engine-starting": "Wait a moment; it answers once every account is read.",
    "engine-unreachable":
      'Whether copying goes on cannot be known from here. On its machine: "copytrader status".',
    "changed-meanwhile": "Go back, look at what it is now, and change it again.",
    "unknown-confirmation": "Look at the preview again.",
    throttled: "Wait before you try again; each failed attempt makes it longer.",
    forbidden: "Ask an owner for the permission.",
  } as Readonly<Record<string, string>>,
} as const;

/** A column's unit stands once, in its heading. */
export function inUsdt(title: string): string {
  return `${title}, USDT`;
}
