/** Asks for a computation in the background: its fields, what is wrong with them here or by the server's word, and the start. */
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type JobKind, type JobRequests, startJob } from "../api/jobs.ts";
import { KEYS } from "../api/queries.ts";
import type { RequestField, Texts } from "../format/request-values.ts";
import { ActionDialog } from "./action-dialog.tsx";
import { fieldErrors, RequestFields } from "./request-fields.tsx";

export interface JobDialogProps<Kind extends JobKind> {
  readonly kind: Kind;
  readonly title: string;
  readonly about: string;
  readonly confirm: string;
  /** Before the fields: what is not written but chosen. */
  readonly children?: ReactNode;
  readonly fields: readonly RequestField[];
  /** Folded away. */
  readonly more: { readonly title: string; readonly fields: readonly RequestField[] };
  /** What stands in the fields at first. */
  readonly usual: Texts;
  readonly errorsOf: (texts: Texts) => Readonly<Record<string, string>>;
  readonly requestOf: (texts: Texts) => JobRequests[Kind];
  readonly onClose: () => void;
}

export function JobDialog<Kind extends JobKind>(props: JobDialogProps<Kind>) {
  const { kind, title, about, confirm, children, fields, more, usual, errorsOf, requestOf, onClose } = props;
  const client = useQueryClient();
  const [texts, setTexts] = useState(usual);
  const [refused, setRefused] = useState<Readonly<Record<string, string>>>({});
  const found = errorsOf(texts);
  const written = {
    texts,
    errors: { ...refused, ...found },
    onText: (key: string, text: string) => {
      setRefused(Object.fromEntries(Object.entries(refused).filter(([field]) => field !== key)));
      setTexts({ ...texts, [key]: text });
    },
  };
  return (
    <ActionDialog
      title={title}
      confirm={confirm}
      isIncomplete={Object.keys(found).length > 0}
      act={async () => {
        try {
          return await startJob(kind, requestOf(texts));
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
      <p className="small muted">{about}</p>
      {children}
      <RequestFields fields={fields} {...written} />
      <details>
        <summary>{more.title}</summary>
        <RequestFields fields={more.fields} {...written} />
      </details>
    </ActionDialog>
  );
}
