/** How report pages look: calm, one accent, aligned figures; light or dark as the reader's device is, readable from 360 pixels on. */
export const STYLE = `
:root { color-scheme: light dark; --page: #ffffff; --ink: #1c2126; --quiet: #59626b; --line: #d9dee3; }
@media (prefers-color-scheme: dark) { :root { --page: #14171a; --ink: #e4e8ec; --quiet: #a3acb5; --line: #333a41; } }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; } h2 { font-size: 1.25rem; margin: 2rem 0 0.25rem; border-top: 1px solid var(--line); padding-top: 1rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 0.25rem; }
a { color: inherit; margin-right: 0.75rem; } .quiet { color: var(--quiet); font-size: 0.875rem; }
.chart { overflow-x: auto; } .chart svg { display: block; width: 100%; min-width: 35rem; height: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; font-weight: normal; }
thead th { font-weight: 600; } td:nth-child(2), td:nth-child(3) { white-space: nowrap; text-align: right; }
footer { margin-top: 2rem; }
@media print { .chart { overflow: visible; } .chart svg { min-width: 0; } section { break-inside: avoid-page; } }
`;
