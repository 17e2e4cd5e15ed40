/** Leader and follower side by side, per follower and instrument: what should be held, what is, what is on its way, and why they differ. */
import "./copies.css";
import { useState } from "react";
import { useStatus } from "../../api/queries.ts";
import { Empty, Loading, ProblemNotice } from "../../components/notice.tsx";
import { Follower } from "./follower.tsx";
import { words } from "./strings.ts";

export default function Copies() {
  const { data: status, error, refetch } = useStatus();
  const [isFlatShown, setFlatShown] = useState(false);
  if (status === undefined)
    return error === null ? (
      <Loading what={words.status} />
    ) : (
      <ProblemNotice error={error} again={() => void refetch()} />
    );
  if (status.followers.length === 0) return <Empty>{words.noFollowers}</Empty>;
  return (
    <>
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
