/** The chosen appearance; `theme.js` puts it in force before the first paint. */
import { useState } from "react";

export const THEMES = ["device", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(chosen);
  return [
    theme,
    (next) => {
      keep(next);
      setTheme(next);
    },
  ];
}

function chosen(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === "dark" || theme === "light" ? theme : "device";
}

function keep(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === "device") delete dataset.theme;
  else dataset.theme = theme;
  try {
    if (theme === "device") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Where storage is forbidden it lasts until the page is left.
  }
}
