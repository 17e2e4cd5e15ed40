/**
 * The browser's own modal dialog: it keeps the focus, makes the rest inert and closes by Escape, without a style of its own in the
 * page, which the content security policy would refuse.
 */
import { type ReactNode, useEffect, useId, useRef } from "react";
import { strings } from "../strings.ts";
import { Icon } from "./icon.tsx";

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons; the one that goes on is last. */
  readonly foot?: ReactNode;
}

/** Is open as long as it is there. */
export function Dialog({ title, onClose, children, foot }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={onClose}
    >
      <div className="dialog-head">
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          className="button button-plain button-icon"
          onClick={onClose}
          aria-label={strings.close}
        >
          <Icon name="close" />
        </button>
      </div>
      {/* It scrolls where it is long. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls with the arrow keys */}
      <div className="dialog-body" tabIndex={0}>
        {children}
      </div>
      {foot !== undefined && <div className="dialog-foot">{foot}</div>}
    </dialog>
  );
}
