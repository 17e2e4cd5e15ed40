/** A state in a word, with a shape beside it: told apart without colours. */

export type Tone = "good" | "busy" | "warn" | "bad" | "off";

const SHAPES: Readonly<Record<Tone, string>> = {
  // Disc, ring segment, triangle, square with a gap, dash.
  good: "M5 0a5 5 0 1 1 0 10a5 5 0 1 1 0-10z",
  busy: "M5 0a5 5 0 0 1 5 5H7.4A2.4 2.4 0 1 0 5 7.4V10A5 5 0 1 1 5 0z",
  warn: "M5 .6L10 9.6H0z",
  bad: "M0 0h10v10H0zM2.6 2.6v4.8h4.8V2.6z",
  off: "M0 3.8h10v2.4H0z",
};

export function State({ tone, children }: { readonly tone: Tone; readonly children: React.ReactNode }) {
  return (
    <span className={`state state-${tone}`}>
      <svg viewBox="0 0 10 10" aria-hidden="true" fillRule="evenodd">
        <path d={SHAPES[tone]} />
      </svg>
      {children}
    </span>
  );
}
