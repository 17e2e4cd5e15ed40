/** What the processes of the benchmark agree on. */
export const SECRET = "benchmark-secret";
export const SYMBOL = "BTCUSDT";
export const LEADER_QUANTITY = "0.1";
/** What each follower trades when the leader trades its quantity. */
export const FOLLOWER_QUANTITY = "0.01";
export const MULTIPLIER = "0.1";
export const WINDOW_MS = 5_000;

/** Accounts on the exchange; the key of a follower is its group's name with a number. */
export const LEADERS = {
  engine: "lead-engine",
  floor: "lead-floor",
  undici: "lead-undici",
  copier: "lead-copier",
};
export const GROUPS = { engine: "eng-", floor: "flo-", undici: "und-", copier: "cop-" } as const;
export type Contender = keyof typeof GROUPS;

/** How orders are entered. */
export type Path = "ws" | "rest";

/** Nothing came in for this long: everything that a trade caused is over. */
export const QUIET_MS = 3;
