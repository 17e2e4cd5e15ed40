/** Every word of the notifications. */
export const words = {
  what: "what you are told",
  waitTitle: "Waiting for you",
  waitNote: "critical, and acknowledged by nobody",
  none: "Nothing critical waits to be acknowledged.",
  acknowledge: "Acknowledge",
  acknowledgeAll: "Acknowledge all",
  acknowledged: (count: number) =>
    count === 1 ? "1 alert is acknowledged" : `${count} alerts are acknowledged`,
  actions: "Actions",
  time: "When",
  about: "About",
  alert: "What happened",

  muteTitle: "Mute",
  muteNote: "for everybody, until then",
  muteAbout:
    "What is critical comes through all the same. What happens meanwhile comes in one summary at the end.",
  nothingMuted: "Nothing is muted.",
  muteFor: (text: string) => `Mute for ${text}`,
  muteTimes: [
    { minutes: 30, text: "30 minutes" },
    { minutes: 120, text: "2 hours" },
    { minutes: 480, text: "8 hours" },
  ],
  everything: "everything but what is critical",
  mutedUntil: "is muted until",
  by: (name: string) => `by ${name}`,
  unmute: "End it",
  muted: "Alerts are muted",
  unmuted: "Alerts are told again",

  devicesTitle: "Your devices",
  devicesNote: "notified while the dashboard is closed, too",
  noDevices: "No device of yours is notified.",
  notify: "Notify this device",
  notified: "This device is notified of alerts",
  refusedTitle: "Your browser does not allow it",
  refused: "Allow notifications for this page in the settings of your browser, and try again.",
  unregistered: (cause: string) =>
    `Your browser could not register at its push service: ${cause}. In a private window it never can; else look whether this device reaches the internet, and try again.`,
  impossible:
    "This browser notifies only of pages that are reached over https or on this machine; on an iPhone or iPad of those on the home screen.",
  device: "Device",
  since: "Since",
  test: "Test",
  testedWell: "The push service has taken it: the notification should be there in a moment.",
  testedGone: "The push service does not know this device any more. Take it away, and notify it anew.",
  testedBadly: (cause: string) => `The push service could not be told: ${cause}`,
  remove: "Take away",
  removed: "The device is notified no more",

  channelsTitle: "Channels",
  channelsNote: "those of the engine; addresses and secrets stand in the files",
  testChannels: "Test all of them",
  testing: "Testing...",
  channel: "Channel",
  result: "Result",
  answer: "Answer",
  untested: "One alert through each, and what it answered.",

  settingsTitle: "What is told, when and where",
  settingsNote: "for everybody; what may be changed while everything runs",
  settingsOthers: "Single channels",
  settingsAbout:
    "It is in force at once, survives restarts and comes before the files. An empty field gives a value back to them.",
} as const;
