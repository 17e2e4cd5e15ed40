/** What is searched for; what was typed counts once the field is left or Enter is pressed. */
import { type FormEvent, useId, useState } from "react";
import { type JournalFilter, useCopies, useReasonWords, useStatus } from "../../api/queries.ts";
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
        any={words.anyLeader}
        value={filter.leader ?? ""}
        options={[...leaders].sort()}
        onValue={(leader) => setFilter({ ...filter, leader })}
      />
      <Choice
        label={words.follower}
        any={seesAll ? words.anyFollower : null}
        value={filter.follower ?? ""}
        options={followers}
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
        any={words.anyReason}
        value={filter.reason ?? ""}
        options={reasons}
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

interface ChoiceProps {
  readonly label: string;
  /** What nothing chosen means; null where one has to be. */
  readonly any: string | null;
  readonly value: string;
  readonly options: readonly string[];
  readonly onValue: (value: string) => void;
}

function Choice({ label, any, value, options, onValue }: ChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="input" value={value} onChange={(event) => onValue(event.target.value)}>
        {any !== null && <option value="">{any}</option>}
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </div>
  );
}
