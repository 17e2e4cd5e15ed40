/** Nothing is opened or added to on Saturday and Sunday (UTC), and what was missed is not bought on Monday. */
import type { RiskLimit } from "./contract.ts";

export default {
  contract: 1,
  kind: "risk-limit",
  name: "no-weekends",
  description: "opens nothing on Saturday and Sunday (UTC)",
  check({ atMs }) {
    const day = new Date(atMs).getUTCDay();
    return day === 0 || day === 6 ? { kind: "deny", giveUp: true, numbers: { day } } : { kind: "allow" };
  },
} satisfies RiskLimit;
