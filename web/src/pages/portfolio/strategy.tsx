/** The strategies that there are: what the chosen one would do now on each follower, and all of them side by side. */
import { useState } from "react";
import { useStrategies } from "../../api/queries.ts";
import type { StrategiesReport } from "../../api/types.ts";
import { Choice } from "../../components/choice.tsx";
import { LookAgain } from "../../components/look-again.tsx";
import { Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { Comparison } from "./comparison.tsx";
import { FollowerDecision } from "./follower-decision.tsx";
import { useRebalance } from "./queries.ts";
import { words } from "./strings.ts";

export function Strategy() {
  const { data, error, refetch } = useStrategies();
  if (data === undefined)
    return error === null ? (
      <Loading what={words.what} />
    ) : (
      <ProblemNotice error={error} again={() => void refetch()} />
    );
  return (
    <>
      <Chosen strategies={data.strategies} />
      <Comparison strategies={data.strategies} />
    </>
  );
}

function Chosen({ strategies }: { readonly strategies: StrategiesReport["strategies"] }) {
  const [chosen, setChosen] = useState(
    strategies.find(({ isInForce }) => isInForce)?.name ?? strategies[0]?.name ?? "",
  );
  const query = useRebalance(chosen);
  const { data, error, refetch, isFetching } = query;
  return (
    <>
      <Panel
        title={words.strategyTitle}
        note={words.strategyNote}
        actions={<LookAgain query={query} reading={words.reading} />}
        isPadded
      >
        <div className="strategy-choice">
          <Choice
            label={words.strategy}
            value={chosen}
            options={strategies.map(({ name, isInForce }) => ({
              value: name,
              text: isInForce ? words.inForce(name) : name,
            }))}
            onValue={setChosen}
          />
          <p className="small muted">{strategies.find(({ name }) => name === chosen)?.description}</p>
        </div>
      </Panel>
      {error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
      {data === undefined && error === null && <Loading what={words.decisionWhat} />}
      {error === null &&
        data?.followers.map((one) => (
          <FollowerDecision key={one.follower} of={one} strategy={data.strategy} isStale={isFetching} />
        ))}
    </>
  );
}
