/** Why a position is as it is: the path to it, as of now. */
import { useExplain } from "../../api/queries.ts";
import { Dialog } from "../../components/dialog.tsx";
import { Loading, ProblemNotice } from "../../components/notice.tsx";
import { OnePath } from "../position-path.tsx";
import { words } from "./strings.ts";

export interface ExplainProps {
  readonly follower: string;
  readonly symbol: string;
  readonly onClose: () => void;
}

export function Explain({ follower, symbol, onClose }: ExplainProps) {
  const { data, error, refetch } = useExplain(follower, symbol);
  return (
    <Dialog title={words.explainTitle(symbol, follower)} onClose={onClose}>
      <p className="muted small">{words.explainAbout}</p>
      {error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
      {data === undefined && error === null && <Loading what={words.path} />}
      {data?.positions.length === 0 && <p>{words.noPath}</p>}
      {data?.positions.map((path) => (
        <OnePath key={`${path.symbol} ${path.leg}`} path={path} />
      ))}
    </Dialog>
  );
}
