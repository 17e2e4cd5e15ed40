/**
 * The way to changes that trade nothing: a form or a question, one button that does it, and a code of the second factor where that is
 * asked for. Commands that may trade have a dialog of their own, with a preview.
 */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { giveSecondFactor } from "../api/session-calls.ts";
import { strings } from "../strings.ts";
import { Outcome } from "./command-dialog.tsx";
import { Dialog } from "./dialog.tsx";

export interface ActionDialogProps<Done> {
  readonly title: string;
  readonly children: ReactNode;
  /** On the button that does it: the verb. */
  readonly confirm: string;
  readonly isDangerous?: boolean;
  /** What was filled in does not suffice yet. */
  readonly isIncomplete?: boolean;
  readonly act: () => Promise<Done>;
  readonly onDone: (done: Done) => void;
  readonly onClose: () => void;
}

export function ActionDialog<Done>(props: ActionDialogProps<Done>) {
  const { title, children, confirm, isDangerous = false, isIncomplete = false, act, onDone, onClose } = props;
  const form = useId();
  const [code, setCode] = useState("");
  const acting = useMutation({
    mutationFn: async () => {
      if (code !== "") await giveSecondFactor(code);
      return act();
    },
    onSuccess: onDone,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isIncomplete && !acting.isPending) acting.mutate();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      foot={
        <>
          <Outcome error={acting.error} code={code} setCode={setCode} />
          <div className="row">
            <button type="button" className="button" onClick={onClose}>
              {strings.cancel}
            </button>
            <button
              type="submit"
              form={form}
              className={isDangerous ? "button button-danger-main" : "button button-main"}
              disabled={isIncomplete || acting.isPending}
            >
              {acting.isPending ? strings.act.sending : confirm}
            </button>
          </div>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={submit}>
        {children}
      </form>
    </Dialog>
  );
}
