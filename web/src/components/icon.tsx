/** The few icons there are, drawn by us on a grid of 24. Always beside a word or with a label of the button. */

const PATHS = {
  overview: "M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z",
  copies: "M8 8h12v12H8zM16 8V4H4v12h4",
  leaders: "M5 20v-8M12 20V4M19 20v-5",
  quality: "M4 6h4v6H4zM10 12h4v3h-4zM16 15h4v5h-4zM4 20h8",
  portfolio: "M12 3v9h9a9 9 0 1 1-9-9zM16 3.5A9 9 0 0 1 20.5 8H16z",
  risk: "M12 3l8 3v6c0 5-3.5 7.5-8 9-4.5-1.5-8-4-8-9V6z",
  backtests: "M4 12a8 8 0 1 0 2.5-5.8M4 4v4h4M12 8v4l3 2",
  journal: "M6 3h12v18H6zM9 8h6M9 12h6M9 16h3",
  settings: "M4 7h9M19 7h1M16 5v4M4 17h3M13 17h7M10 15v4",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  account: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-4 4-6 8-6s7 2 8 6",
  close: "M6 6l12 12M18 6L6 18",
  stop: "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 8v5M12 16.5v.01",
  chevron: "M9 5l7 7-7 7",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
