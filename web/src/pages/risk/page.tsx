/** Every limit and stop with its use, what happens when it is reached, and what is locked until when and why. */
import "./risk.css";
import { useLimits, useStatus, useTrueAt } from "../../api/queries.ts";
import { Empty, Loading, ProblemNotice } from "../../components/notice.tsx";
import { useWhose } from "../../session/whose.ts";
import { strings } from "../../strings.ts";
import { FollowerRisk } from "./follower-risk.tsx";
import { Locked } from "./locked.tsx";
import { words } from "./strings.ts";

export default function Risk() {
  const { data: limits, error, refetch, dataUpdatedAt } = useLimits();
  const { data: status } = useStatus();
  const atMs = useTrueAt(dataUpdatedAt);
  const { isNone } = useWhose();
  if (limits === undefined)
    return error === null ? (
      <Loading what={words.what} />
    ) : (
      <ProblemNotice error={error} again={() => void refetch()} />
    );
  if (limits.followers.length === 0) return <Empty>{isNone ? strings.seesNoFollower : words.none}</Empty>;
  return (
    <>
      {status !== undefined && <Locked followers={status.followers} />}
      {limits.followers.map((one) => (
        <FollowerRisk key={one.follower} of={one} atMs={atMs} />
      ))}
      <p className="small muted">{words.pages}</p>
    </>
  );
}
