/** The path from what the leaders hold to the order, or to why there is none: every step with its numbers. */
import { useExplain } from "../../api/queries.ts";
import type { PositionPath } from "../../api/types.ts";
import { Dialog } from "../../components/dialog.tsx";
import { Loading, ProblemNotice } from "../../components/notice.tsx";
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

function OnePath({ path: { symbol, leg, leaders, account } }: { readonly path: PositionPath }) {
  return (
    <section className="stack path" aria-label={`${symbol} ${leg}`}>
      {leg !== "net" && (
        <h3>
          {symbol} {leg}
        </h3>
      )}
      {leaders.map(({ leader, steps }) => (
        <Steps key={leader} title={words.fromLeader(leader)} steps={steps} />
      ))}
      <Steps title={words.account} steps={account} />
    </section>
  );
}

interface StepsProps {
  readonly title: string;
  readonly steps: PositionPath["account"];
}

function Steps({ title, steps }: StepsProps) {
  return (
    <div>
      <h3>{title}</h3>
      <ol className="steps">
        {steps.map(({ step, text }) => (
          <li key={`${step} ${text}`}>{text}</li>
        ))}
      </ol>
    </div>
  );
}
