/** State of a page that is there again when somebody comes back to it; until the page is loaded anew. */
import { useState } from "react";

/** Makes a hook: all who call it share one value, one after the other. */
export function keptState<Value>(initial: Value): () => readonly [Value, (value: Value) => void] {
  let kept = initial;
  return () => {
    const [value, setValue] = useState(kept);
    return [
      value,
      (next) => {
        kept = next;
        setValue(next);
      },
    ];
  };
}
