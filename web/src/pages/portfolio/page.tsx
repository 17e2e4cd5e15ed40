/** How equity is parted among leaders, how a strategy would part it, and who brings how much of the risk. */
import "./portfolio.css";
import { CopiedRisk } from "./copied-risk.tsx";
import { Strategy } from "./strategy.tsx";

export default function Portfolio() {
  return (
    <>
      <Strategy />
      <CopiedRisk />
    </>
  );
}
