/** What is searched for; what was typed counts once the field is left or Enter is pressed. */
import { type FormEvent, useState } from "react";
import { type JournalFilter, useCopies, useReasonWords, useStatus } from "../../api/queries.ts";
import { Choice } from "../../components/choice.tsx";
import { TextField } from "../../components/text-field.tsx";
import type { Whose } from "../../session/whose.ts";
import { words } from "./strings.ts";

export interface FiltersProps {
  readonly filter: JournalFilter;
  readonly setFilter: (filter: JournalFilter) => void;
  readonly whose: Whose;
}

export function Filters({ filter, setFilter, whose: { followers, seesAll } }: FiltersProps) {
  const { data: status } = useStatus();
  const copies = useCopies();
  const reasons = useReasonWords();
  // Those that are copied, too: their accounts are not for everybody to see.
  const leaders = new Set([
    ...(status?.leaders.map(({ nickname }) => nickname) ?? []),
    ...(copies?.map(({ leader }) => leader) ?? []),
  ]);
  const [symbol, setSymbol] = useState(filter.symbol ?? "");
  const search = (event: FormEvent) => {
    event.preventDefault();
    setFilter({ ...filter, symbol: symbol.trim().toUpperCase() });
  };
  return (
    <form className="filters" onSubmit={search}>
      <Choice
        label={words.leaderTitle}
        value={filter.leader ?? ""}
        options={optionsOf([...leaders].sort(), words.anyLeader)}
        onValue={(leader) => setFilter({ ...filter, leader })}
      />
      <Choice
        label={words.follower}
        value={filter.follower ?? ""}
        options={optionsOf(followers, seesAll ? words.anyFollower : null)}
        onValue={(follower) => setFilter({ ...filter, follower })}
      />
      <TextField
        label={words.symbol}
        value={symbol}
        onValue={setSymbol}
        onBlur={() => setFilter({ ...filter, symbol: symbol.trim().toUpperCase() })}
        placeholder="BTCUSDT"
        autoCapitalize="characters"
        spellCheck={false}
      />
      <Choice
        label={words.reason}
        value={filter.reason ?? ""}
        options={optionsOf(reasons, words.anyReason)}
        onValue={(reason) => setFilter({ ...filter, reason })}
      />
      <TextField
        label={words.from}
        type="datetime-local"
        value={filter.from ?? ""}
        onValue={(from) => setFilter({ ...filter, from })}
      />
      <TextField
        label={words.to}
        type="datetime-local"
        value={filter.to ?? ""}
        onValue={(to) => setFilter({ ...filter, to })}
      />
    </form>
  );
}

/** `any`: what nothing chosen means; null where one has to be. */
function optionsOf(names: readonly string[], any: string | null) {
  const options = names.map((name) => ({ value: name, text: name }));
  return any === null ? options : [{ value: "", text: any }, ...options];
}
