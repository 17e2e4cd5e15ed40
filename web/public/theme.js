// Before anything is painted: the theme that was chosen here; without a choice, the device's.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden: then the device's theme it is.
}
