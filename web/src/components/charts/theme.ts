/** The page's colours as a canvas needs them, renewed when the appearance changes. */
import { useSyncExternalStore } from "react";

const NAMES = ["text", "muted", "line", "accent", "loss", "warn"] as const;

export type ChartColours = Readonly<Record<(typeof NAMES)[number], string>>;

let colours: ChartColours | null = null;
const listeners = new Set<() => void>();
const dark = matchMedia("(prefers-color-scheme: dark)");
const chosen = new MutationObserver(renew);

/** A variable with two themes is resolved only where an element uses it. */
function read(): ChartColours {
  const probe = document.createElement("span");
  document.body.append(probe);
  const entries = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(entries) as ChartColours;
}

function renew(): void {
  colours = null;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    dark.addEventListener("change", renew);
    chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    colours = null;
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    dark.removeEventListener("change", renew);
    chosen.disconnect();
  };
}

function coloursNow(): ChartColours {
  colours ??= read();
  return colours;
}

export function useChartColours(): ChartColours {
  return useSyncExternalStore(subscribe, coloursNow);
}
