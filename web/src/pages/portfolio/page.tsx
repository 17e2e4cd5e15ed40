/** How equity is parted among leaders, how a strategy would part it, and who brings how much of the risk. */
import "./portfolio.css";
import { Notice } from "../../components/notice.tsx";
import { useSeesAll } from "../../session/session.tsx";
import { CopiedRisk } from "./copied-risk.tsx";
import { Strategy } from "./strategy.tsx";
import { words } from "./strings.ts";

export default function Portfolio() {
  const seesAll = useSeesAll();
  return (
    <>
      {seesAll ? <Strategy /> : <Notice>{words.forAll}</Notice>}
      <CopiedRisk />
    </>
  );
}
