/**
 * THE WAY to every command that may trade: it shows what the core says the command would lead to, asks once, and reports what
 * happened. One idempotency key from opening to closing: trying again after a lost answer repeats the same command.
 */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { newIdempotencyKey } from "../api/client.ts";
import { isProblem } from "../api/problem.ts";
import { CHANGED_BY_COMMANDS } from "../api/queries.ts";
import { giveSecondFactor } from "../api/session-calls.ts";
import type { CommandReport, PreviewReport } from "../api/types.ts";
import { strings } from "../strings.ts";
import { Age } from "./age.tsx";
import { Dialog } from "./dialog.tsx";
import { Loading, Notice, ProblemNotice } from "./notice.tsx";
import { Preview } from "./preview.tsx";
import { report } from "./reports.tsx";
import { TextField } from "./text-field.tsx";

const words = strings.act;

export interface CommandDialogProps {
  readonly title: string;
  /** What it does, and whether it can be undone. */
  readonly about: ReactNode;
  /** On the button that does it: the verb. */
  readonly confirm: string;
  readonly isDangerous?: boolean;
  readonly preview: (signal: AbortSignal) => Promise<PreviewReport>;
  readonly give: (idempotencyKey: string) => Promise<CommandReport>;
  readonly onClose: () => void;
  /** To what was filled in before; in place of Cancel. */
  readonly onBack?: () => void;
}

export function CommandDialog(props: CommandDialogProps) {
  const { title, about, preview, onClose } = props;
  const [key] = useState(newIdempotencyKey);
  // Of this opening only: nothing of an earlier one is shown.
  const asked = useQuery({
    queryKey: ["preview", key],
    queryFn: ({ signal }) => preview(signal),
    retry: false,
    gcTime: 0,
  });
  return (
    <Dialog
      title={title}
      onClose={onClose}
      foot={
        <Foot
          {...props}
          idempotencyKey={key}
          isReady={asked.data !== undefined && !asked.isFetching}
          lookedAtMs={asked.dataUpdatedAt}
          lookAgain={() => void asked.refetch()}
        />
      }
    >
      <div>{about}</div>
      {asked.data !== undefined && <Preview preview={asked.data} />}
      {asked.isPending && <Loading what={strings.preview.asking} />}
      {asked.error !== null && <ProblemNotice error={asked.error} again={() => void asked.refetch()} />}
    </Dialog>
  );
}

interface FootProps extends CommandDialogProps {
  readonly idempotencyKey: string;
  readonly isReady: boolean;
  readonly lookedAtMs: number;
  readonly lookAgain: () => void;
}

function Foot({
  title,
  confirm,
  isDangerous = false,
  give,
  onClose,
  onBack,
  idempotencyKey,
  ...looked
}: FootProps) {
  const client = useQueryClient();
  const [code, setCode] = useState("");
  const giving = useMutation({
    mutationFn: async () => {
      if (code !== "") await giveSecondFactor(code);
      return give(idempotencyKey);
    },
    onSuccess: (done) => {
      report({ title: words.given(title), body: reportText(done) });
      onClose();
    },
    onSettled: () => {
      for (const queryKey of CHANGED_BY_COMMANDS) void client.invalidateQueries({ queryKey });
    },
  });
  return (
    <>
      <Outcome error={giving.error} code={code} setCode={setCode} />
      <div className="row small muted">
        {looked.isReady && (
          <span>
            {strings.preview.lookedAt} <Age atMs={looked.lookedAtMs} />
          </span>
        )}
        <button
          type="button"
          className="button button-plain"
          onClick={looked.lookAgain}
          disabled={!looked.isReady}
        >
          {strings.preview.lookAgain}
        </button>
      </div>
      <div className="row">
        <button type="button" className="button" onClick={onBack ?? onClose}>
          {onBack === undefined ? strings.cancel : strings.back}
        </button>
        <button
          type="button"
          className={isDangerous ? "button button-danger-main" : "button button-main"}
          // What was seen is no more: the same again would be refused again.
          disabled={!looked.isReady || giving.isPending || isProblem(giving.error, "changed-meanwhile")}
          onClick={() => giving.mutate()}
        >
          {giving.isPending ? words.sending : confirm}
        </button>
      </div>
    </>
  );
}

interface OutcomeProps {
  readonly error: Error | null;
  readonly code: string;
  readonly setCode: (code: string) => void;
}

/** What went wrong, and the code of a second factor where that is what is missing. */
export function Outcome({ error, code, setCode }: OutcomeProps) {
  if (error === null) return null;
  if (isProblem(error, "second-factor-needed"))
    return (
      <TextField
        label={words.secondFactor}
        hint={words.secondFactorWhy}
        value={code}
        onValue={setCode}
        inputMode="numeric"
        autoComplete="one-time-code"
      />
    );
  return (
    <div className="stack">
      <ProblemNotice error={error} />
      {isProblem(error, "no-connection") && <Notice tone="warn">{strings.noAnswerToCommand}</Notice>}
    </div>
  );
}

function reportText({ running, followers }: CommandReport): string {
  return [running ? words.taken : words.atNextStart, words.followers(followers)].join(" ").trim();
}
