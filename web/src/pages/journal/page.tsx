/** What happened and why: every change of a leader with the orders that it became, or the one reason why not. */
import "./journal.css";
import { useState } from "react";
import { useSearch } from "wouter";
import { type JournalFilter, useJournal } from "../../api/queries.ts";
import { Moment } from "../../components/age.tsx";
import { LookAgain } from "../../components/look-again.tsx";
import { Empty, Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { useTopic } from "../../live/live.tsx";
import { useWhose } from "../../session/whose.ts";
import { strings } from "../../strings.ts";
import { Entries } from "./entries.tsx";
import { Filters } from "./filters.tsx";
import { OtherOrders } from "./other-orders.tsx";
import { words } from "./strings.ts";

export default function Journal() {
  const search = useSearch();
  // A link may say what is meant.
  const [filter, setFilter] = useState(() => filterIn(search));
  const whose = useWhose(filter.follower);
  if (whose.isNone) return <Empty>{strings.seesNoFollower}</Empty>;
  const asked = { ...filter, follower: whose.follower };
  return (
    <>
      <Panel title={words.filters} isPadded>
        <Filters filter={asked} setFilter={setFilter} whose={whose} />
      </Panel>
      <Found filter={asked} isReady={whose.isReady} isSearched={isSearch(filter)} />
    </>
  );
}

function filterIn(search: string): JournalFilter {
  const asked = new URLSearchParams(search);
  const named = (["leader", "follower", "symbol", "reason", "from", "to"] as const).flatMap((key) => {
    const value = asked.get(key);
    return value === null ? [] : [[key, value] as const];
  });
  return Object.fromEntries(named);
}

function isSearch(filter: JournalFilter): boolean {
  return Object.values(filter).some((value) => value !== "");
}

interface FoundProps {
  readonly filter: JournalFilter;
  readonly isReady: boolean;
  readonly isSearched: boolean;
}

function Found({ filter, isReady, isSearched }: FoundProps) {
  useTopic("journal");
  const query = useJournal(filter, isReady);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetching } = query;
  if (data === undefined)
    return error === null ? (
      <Loading what={words.what} />
    ) : (
      <ProblemNotice error={error} again={() => void refetch()} />
    );
  const entries = data.pages.flatMap(({ items }) => items);
  const others = data.pages.flatMap(({ other_orders }) => other_orders);
  const kept = data.pages[0]?.kept ?? null;
  return (
    <>
      {error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
      <Panel
        title={words.entries}
        note={words.entriesNote}
        actions={<LookAgain query={query} atMs={query.atMs} reading={words.reading} />}
      >
        {entries.length === 0 ? (
          <Empty>{isSearched ? words.none : words.noneYet}</Empty>
        ) : (
          <Entries entries={entries} />
        )}
        {hasNextPage && (
          <p className="panel-note">
            <button
              type="button"
              className="button"
              disabled={isFetching}
              onClick={() => void fetchNextPage()}
            >
              {words.older}
            </button>
          </p>
        )}
      </Panel>
      {others.length > 0 && <OtherOrders orders={others} />}
      {kept !== null && (
        <p className="small muted">
          {words.kept} <Moment atMs={kept.sinceMs} />
        </p>
      )}
    </>
  );
}
