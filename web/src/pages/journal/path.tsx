/** How the decision on an entry came about, from the leader's position to the order or to the reason why there was none. */
import { useQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import type { ChangeExplanation, JournalEntry } from "../../api/types.ts";
import { Loading, ProblemNotice } from "../../components/notice.tsx";
import { OnePath } from "../position-path.tsx";
import { words } from "./strings.ts";

export function PathOf({ entry }: { readonly entry: JournalEntry }) {
  const { change, leader, follower, symbol, leg } = entry;
  const { data, error, refetch } = useQuery({
    queryKey: ["journal-path", change, leader, follower],
    queryFn: ({ signal }) =>
      call<ChangeExplanation>(`/journal/${change}/explain`, { query: { leader, follower }, signal }),
    retry: false,
    // What was decided stays as it was.
    staleTime: Number.POSITIVE_INFINITY,
  });
  const path = data?.items.find((one) => one.symbol === symbol && one.leg === leg)?.path;
  return (
    <section className="stack" aria-label={words.path}>
      <h3>{words.path}</h3>
      {data === undefined && error === null && <Loading what={words.pathWhat} />}
      {error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
      {data !== undefined && (path ? <OnePath path={path} /> : <p className="muted">{words.noPath}</p>)}
    </section>
  );
}
