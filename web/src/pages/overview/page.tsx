/**
 * The overview answers three questions in their order: is my money where it should be, what is it doing, what should I do.
 */
import "./overview.css";
import { useStatus } from "../../api/queries.ts";
import { Loading, ProblemNotice } from "../../components/notice.tsx";
import { Alerts } from "./alerts.tsx";
import { Attention } from "./attention.tsx";
import { AccountFigures } from "./figures.tsx";
import { Followers } from "./followers.tsx";
import { Health } from "./health.tsx";
import { Leaders } from "./leaders.tsx";
import { Course, LatelyFigures } from "./performance.tsx";
import { Verdict } from "./verdict.tsx";

export default function Overview() {
  const { data: status, error, refetch, atMs } = useStatus();
  if (status === undefined)
    return error === null ? (
      <Loading what="the status" />
    ) : (
      <ProblemNotice error={error} again={() => void refetch()} />
    );
  return (
    <>
      <Verdict status={status} atMs={atMs} />
      <AccountFigures status={status} atMs={atMs} />
      <LatelyFigures />
      <Attention status={status} />
      <Followers status={status} />
      <Alerts />
      <Course />
      <Leaders status={status} />
      <Health />
    </>
  );
}
