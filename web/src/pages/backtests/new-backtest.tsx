/** Asks for a backtest: which strategies, over which days, with how much money and which costs. */
import { useState } from "react";
import { useStrategies } from "../../api/queries.ts";
import type { StrategiesReport } from "../../api/types.ts";
import { Checks } from "../../components/checks.tsx";
import { Choice } from "../../components/choice.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { JobDialog } from "../../components/job-dialog.tsx";
import { Loading, ProblemNotice } from "../../components/notice.tsx";
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
  const [nowMs] = useState(Date.now);
  const [strategy, setStrategy] = useState(
    strategies.find(({ isInForce }) => isInForce)?.name ?? words.usualStrategy,
  );
  const [others, setOthers] = useState<readonly string[]>([words.copyAll]);
  const names = [...strategies.map(({ name }) => name), words.copyAll];
  return (
    <JobDialog
      kind="backtest"
      title={words.newTitle}
      about={words.about}
      confirm={words.confirm}
      fields={MAIN_FIELDS}
      more={{ title: words.more, fields: MORE_FIELDS }}
      usual={usualTexts(nowMs)}
      errorsOf={(texts) => formErrors(texts, nowMs)}
      requestOf={(texts) => backtestRequest(texts, strategy, others)}
      onClose={onClose}
    >
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
    </JobDialog>
  );
}
