/** How wide an element is, so that what is drawn in it keeps the size of its text on a phone. 0 before it is known. */
import { type RefObject, useEffect, useRef, useState } from "react";

export function useWidth(): readonly [RefObject<HTMLElement | null>, number] {
  const element = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    const fit = new ResizeObserver(() => setWidth(target.clientWidth));
    fit.observe(target);
    return () => fit.disconnect();
  }, []);
  return [element, width];
}
