/** A name with its definition, shown while it is pointed at or has the focus; Escape hides it. */
import { useId, useState } from "react";

export interface DefinedProps {
  readonly children: string;
  readonly definition: string;
}

export function Defined({ children, definition }: DefinedProps) {
  const id = useId();
  const [isHidden, setHidden] = useState(false);
  return (
    <span className="defined" data-hidden={isHidden || undefined}>
      <button
        type="button"
        aria-describedby={id}
        onKeyDown={(event) => event.key === "Escape" && setHidden(true)}
        onFocus={() => setHidden(false)}
        onPointerEnter={() => setHidden(false)}
      >
        {children}
      </button>
      <span role="tooltip" id={id}>
        {definition}
      </span>
    </span>
  );
}
