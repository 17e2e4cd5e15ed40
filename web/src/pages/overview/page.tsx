/**
 * The overview answers three questions in their order: is my money where it should be, what is it doing, what should I do.
 */
import "./overview.css";
import { useState } from "react";
import { useStatus } from "../../api/queries.ts";
import { Choice } from "../../components/choice.tsx";
import { Loading, Notice, ProblemNotice } from "../../components/notice.tsx";
import { useWhose } from "../../session/whose.ts";
import { strings } from "../../strings.ts";
import { Alerts } from "./alerts.tsx";
import { Attention } from "./attention.tsx";
import { AccountFigures } from "./figures.tsx";
import { Followers } from "./followers.tsx";
import { Health } from "./health.tsx";
import { Leaders } from "./leaders.tsx";
import { Course, LatelyFigures } from "./performance.tsx";
import { words } from "./strings.ts";
import { Verdict } from "./verdict.tsx";

export default function Overview() {
  const { data: status, error, refetch, atMs } = useStatus();
  const [chosen, setChosen] = useState("");
  const { follower, followers, seesAll, isNone } = useWhose(chosen);
  if (status === undefined)
    return error === null ? (
      <Loading what={words.status} />
    ) : (
      <ProblemNotice error={error} again={() => void refetch()} />
    );
  if (isNone) return <Notice>{strings.seesNoFollower}</Notice>;
  return (
    <>
      <Verdict status={status} atMs={atMs} />
      <AccountFigures status={status} atMs={atMs} />
      {!seesAll && followers.length > 1 && (
        <div className="whose">
          <Choice
            label={words.whose}
            value={follower}
            options={followers.map((value) => ({ value, text: value }))}
            onValue={setChosen}
          />
        </div>
      )}
      <LatelyFigures follower={follower} />
      <Attention status={status} />
      <Followers status={status} atMs={atMs} />
      <Alerts />
      <Course follower={follower} />
      <Leaders status={status} atMs={atMs} />
      <Health />
    </>
  );
}
