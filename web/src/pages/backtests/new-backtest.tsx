/** Asks for a backtest: which strategies, over which days, with how much money and which costs. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { startJob } from "../../api/jobs.ts";
import { KEYS, useStrategies } from "../../api/queries.ts";
import type { StrategiesReport } from "../../api/types.ts";
import { ActionDialog } from "../../components/action-dialog.tsx";
import { Checks } from "../../components/checks.tsx";
import { Choice } from "../../components/choice.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Loading, ProblemNotice } from "../../components/notice.tsx";
import { fieldErrors, RequestFields } from "../../components/request-fields.tsx";
import { backtestRequest, formErrors, MAIN_FIELDS, MORE_FIELDS, usualTexts } from "./form.ts";
import { words } from "./strings.ts";

export function NewBacktest({ onClose }: { readonly onClose: () => void }) {
  const { data, error, refetch } = useStrategies();
  if (data !== undefined) return <Form strategies={data.strategies} onClose={onClose} />;
  return (
    <Dialog title={words.newTitle} onClose={onClose}>
      {error === null ? (
        <Loading what={words.strategy} />
      ) : (
        <ProblemNotice error={error} again={() => void refetch()} />
      )}
    </Dialog>
  );
}

interface FormProps {
  readonly strategies: StrategiesReport["strategies"];
  readonly onClose: () => void;
}

function Form({ strategies, onClose }: FormProps) {
  const client = useQueryClient();
  const [nowMs] = useState(Date.now);
  const [texts, setTexts] = useState(() => usualTexts(nowMs));
  const [strategy, setStrategy] = useState(
    strategies.find(({ isInForce }) => isInForce)?.name ?? words.usualStrategy,
  );
  const [others, setOthers] = useState<readonly string[]>([words.copyAll]);
  const [refused, setRefused] = useState<Readonly<Record<string, string>>>({});
  const found = formErrors(texts, nowMs);
  const errors = { ...refused, ...found };
  const names = [...strategies.map(({ name }) => name), words.copyAll];
  const fields = {
    texts,
    errors,
    onText: (key: string, text: string) => {
      setRefused(Object.fromEntries(Object.entries(refused).filter(([field]) => field !== key)));
      setTexts({ ...texts, [key]: text });
    },
  };
  return (
    <ActionDialog
      title={words.newTitle}
      confirm={words.confirm}
      isIncomplete={Object.keys(found).length > 0}
      act={async () => {
        try {
          return await startJob("backtest", backtestRequest(texts, strategy, others));
        } catch (error) {
          setRefused(fieldErrors(error));
          throw error;
        }
      }}
      onDone={() => {
        void client.invalidateQueries({ queryKey: KEYS.jobs });
        onClose();
      }}
      onClose={onClose}
    >
      <p className="small muted">{words.about}</p>
      <Choice
        label={words.strategy}
        value={strategy}
        options={[
          ...strategies.map(({ name, isInForce }) => ({
            value: name,
            text: isInForce ? words.inForce(name) : name,
          })),
          { value: words.copyAll, text: words.copyAll },
        ]}
        hint={strategies.find(({ name }) => name === strategy)?.description ?? words.copyAllAbout}
        onValue={setStrategy}
      />
      <Checks
        label={words.against}
        options={names.filter((name) => name !== strategy).map((value) => ({ value, text: value }))}
        chosen={others}
        onChosen={setOthers}
      />
      <RequestFields fields={MAIN_FIELDS} {...fields} />
      <details>
        <summary>{words.more}</summary>
        <RequestFields fields={MORE_FIELDS} {...fields} />
      </details>
    </ActionDialog>
  );
}
