/** The path from what leaders hold to the order, or to why there is none: every step with its numbers, as of now or of a past decision. */
import "./position-path.css";
import { useReasons } from "../api/queries.ts";
import type { PositionPath } from "../api/types.ts";
import { readableText } from "../format/readable.ts";
import { strings } from "../strings.ts";

const words = strings.path;

export function OnePath({ path: { symbol, leg, leaders, account } }: { readonly path: PositionPath }) {
  return (
    <section className="stack" aria-label={`${symbol} ${leg}`}>
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
  const sentenceOf = useReasons();
  if (steps.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ol className="steps">
        {steps.map(({ step, text }) => (
          <li key={`${step} ${text}`}>{readableText(sentenceOf(text), Date.now())}</li>
        ))}
      </ol>
    </div>
  );
}
