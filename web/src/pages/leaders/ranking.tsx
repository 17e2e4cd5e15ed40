/** The ranking: an estimate with its interval for each, greyed where nothing can be concluded. */
import { useState } from "react";
import type { FilteredTraders, RankedTrader, RankingQuery } from "../../api/types.ts";
import { keptState } from "../../components/kept-state.ts";
import { LookAgain } from "../../components/look-again.tsx";
import { Empty, Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { decimalText } from "../../format/decimal.ts";
import { figureText } from "../figure-text.ts";
import { Filters, type Who } from "./filters.tsx";
import { keyed, useFilters, useRanking } from "./queries.ts";
import { RankingTable } from "./ranking-table.tsx";
import { words } from "./strings.ts";

const USUAL: RankingQuery = { by: "net", equity: "10000", delay_ms: 1_000, min_days: 30, min_trips: 10 };
const SHOWN_FIRST = 25;

/** Still there after a look at one of the traders. */
const [useQuery, useSearchText, useWho] = [keptState(USUAL), keptState(""), keptState<Who>("all")];

export function RankingPanel() {
  const [query, setQuery] = useQuery();
  const [search, setSearch] = useSearchText();
  const [who, setWho] = useWho();
  const [isWhole, setWhole] = useState(false);
  const ranking = useRanking(query);
  const { data, error, refetch, isPlaceholderData } = ranking;
  const filters = useFilters(query, who === "passing");
  const filtered = keyed(filters.data?.traders);
  const passes = (trader: RankedTrader) => filtered(trader)?.passes === true;
  const shown =
    data?.traders.filter(
      (trader) => isFound(trader, search) && (who === "passing" ? passes(trader) : isMeant(trader, who)),
    ) ?? [];
  return (
    <Panel
      title={words.title}
      note={query.by === "gross" ? words.noteGross : words.note}
      actions={<LookAgain query={ranking} reading={words.reading} />}
    >
      <div className="panel-body">
        <Filters
          query={query}
          setQuery={setQuery}
          search={search}
          setSearch={setSearch}
          who={who}
          setWho={setWho}
        />
      </div>
      {data === undefined && error === null && <Loading what={words.what} />}
      {error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
      {filters.error !== null && <ProblemNotice error={filters.error} again={() => void filters.refetch()} />}
      {data !== undefined && (
        <>
          <p className="panel-note">
            {sentence(data.traders)}{" "}
            {words.screened(
              data.screened,
              data.luckiestSharpe === null ? "" : decimalText(data.luckiestSharpe.toFixed(1)),
            )}
          </p>
          {shown.length === 0 ? (
            <Empty>{data.traders.length === 0 ? words.none : words.noneFound}</Empty>
          ) : (
            <RankingTable
              traders={isWhole ? shown : shown.slice(0, SHOWN_FIRST)}
              by={data.by}
              filtered={filters.data === undefined ? null : filtered}
              isStale={isPlaceholderData}
            />
          )}
          {!isWhole && shown.length > SHOWN_FIRST && (
            <p className="panel-note">
              <button type="button" className="button" onClick={() => setWhole(true)}>
                {words.showMore(shown.length - SHOWN_FIRST)}
              </button>
            </p>
          )}
          {shown.length > 0 && <p className="panel-note">{words.legend}</p>}
          {filters.data !== undefined && <p className="panel-note">{filtersText(filters.data)}</p>}
        </>
      )}
    </Panel>
  );
}

function sentence(traders: readonly RankedTrader[]): string {
  const judged = traders.filter(({ verdict }) => verdict === "judgeable");
  const proven = judged.filter(
    ({ figures, follower }) => (follower?.figures ?? figures)?.conclusion === "skill-likely",
  );
  return words.conclusions(proven.length, judged.length, traders.length);
}

function isFound({ id, venue, leader }: RankedTrader, search: string): boolean {
  return `${id} ${venue} ${leader ?? ""}`.toLowerCase().includes(search.trim().toLowerCase());
}

function isMeant({ verdict, leader }: RankedTrader, who: Exclude<Who, "passing">): boolean {
  return who === "all" || (who === "judged" ? verdict === "judgeable" : leader !== null);
}

function filtersText({ filters }: FilteredTraders): string {
  const inForce = filters.flatMap(({ filter, asks, bound, unit }) => {
    if (asks === null || bound === null) return [];
    const value = typeof bound === "number" ? figureText(bound, unit) : bound.join(", ");
    return [`${filter.replaceAll("_", " ")} ${words.asks[asks]} ${value}`];
  });
  return words.filtersInForce(inForce);
}
