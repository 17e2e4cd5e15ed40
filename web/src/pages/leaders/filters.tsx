/** Whom the ranking shows, and for which follower it is made. */
import { type FormEvent, useState } from "react";
import type { RankingQuery } from "../../api/types.ts";
import { Choice } from "../../components/choice.tsx";
import { TextField } from "../../components/text-field.tsx";
import { words } from "./strings.ts";

export type Who = "all" | "judged" | "leaders" | "passing";

export interface FiltersProps {
  readonly query: RankingQuery;
  readonly setQuery: (query: RankingQuery) => void;
  readonly search: string;
  readonly setSearch: (search: string) => void;
  readonly who: Who;
  readonly setWho: (who: Who) => void;
}

const SECOND_MS = 1_000;

export function Filters({ query, setQuery, search, setSearch, who, setWho }: FiltersProps) {
  const [by, setBy] = useState<"net" | "gross">(query.by === "gross" ? "gross" : "net");
  const [equity, setEquity] = useState(String(query.equity));
  const [delay, setDelay] = useState(String(Number(query.delay_ms) / SECOND_MS));
  const [days, setDays] = useState(String(query.min_days));
  const [trips, setTrips] = useState(String(query.min_trips));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setQuery({
      by,
      equity: equity.trim(),
      delay_ms: Number(delay) * SECOND_MS,
      min_days: Number(days),
      min_trips: Number(trips),
    });
  };
  return (
    <form className="filters" onSubmit={submit}>
      <TextField
        label={words.search}
        placeholder={words.searchHint}
        type="search"
        value={search}
        onValue={setSearch}
      />
      <Choice
        label={words.who}
        value={who}
        options={[
          { value: "all", text: words.whoAll },
          { value: "judged", text: words.whoJudged },
          { value: "leaders", text: words.whoLeaders },
          { value: "passing", text: words.whoPassing },
        ]}
        onValue={setWho}
      />
      <Choice
        label={words.by}
        value={by}
        options={[
          { value: "net", text: words.byNet },
          { value: "gross", text: words.byGross },
        ]}
        onValue={setBy}
      />
      <TextField label={words.equity} inputMode="decimal" value={equity} onValue={setEquity} />
      <TextField label={words.delay} inputMode="decimal" value={delay} onValue={setDelay} />
      <TextField label={words.minDays} inputMode="numeric" value={days} onValue={setDays} />
      <TextField label={words.minTrips} inputMode="numeric" value={trips} onValue={setTrips} />
      <button type="submit" className="button">
        {words.apply}
      </button>
    </form>
  );
}
