/** What a leader does in turn: opens, adds, closes a part, turns round and closes; side, quantity, and what is held then. */
export const LEADER_STEPS = [
  ["buy", "0.01", 0.01],
  ["buy", "0.02", 0.03],
  ["sell", "0.01", 0.02],
  ["sell", "0.05", -0.03],
  ["buy", "0.03", 0],
] as const;
