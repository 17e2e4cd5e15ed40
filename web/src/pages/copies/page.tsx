/** Leader and follower side by side, per follower and instrument: what should be held, what is, what is on its way, and why they differ. */
import "./copies.css";
import { useState } from "react";
import { useStatus } from "../../api/queries.ts";
import { Empty, Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { useSeesAll } from "../../session/session.tsx";
import { strings } from "../../strings.ts";
import { ProposalList, useProposals } from "../proposals.tsx";
import { Follower } from "./follower.tsx";
import { words } from "./strings.ts";

export default function Copies() {
  const { data: status, error, refetch } = useStatus();
  const seesAll = useSeesAll();
  const [isFlatShown, setFlatShown] = useState(false);
  if (status === undefined)
    return error === null ? (
      <Loading what={words.status} />
    ) : (
      <ProblemNotice error={error} again={() => void refetch()} />
    );
  if (status.followers.length === 0)
    return <Empty>{seesAll ? words.noFollowers : strings.seesNoFollower}</Empty>;
  return (
    <>
      <Waiting />
      {status.followers.map((follower) => (
        <Follower key={follower.nickname} follower={follower} isFlatShown={isFlatShown} />
      ))}
      <label className="small muted row">
        <input
          type="checkbox"
          checked={isFlatShown}
          onChange={(event) => setFlatShown(event.target.checked)}
        />
        {words.showFlat}
      </label>
    </>
  );
}

/** Not there while nothing waits. */
function Waiting() {
  const proposals = useProposals();
  if (proposals.length === 0) return null;
  return (
    <Panel title={strings.proposals.title} isPadded>
      <ProposalList proposals={proposals} />
    </Panel>
  );
}
