/** Any of several words. */
export interface ChecksProps {
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly text: string; readonly isFixed?: boolean }[];
  readonly chosen: readonly string[];
  readonly onChosen: (chosen: readonly string[]) => void;
}

export function Checks({ label, options, chosen, onChosen }: ChecksProps) {
  const turn = (value: string, isOn: boolean) =>
    onChosen(isOn ? [...chosen, value] : chosen.filter((one) => one !== value));
  return (
    <fieldset className="field">
      <legend className="field-label">{label}</legend>
      <div className="checks">
        {options.map(({ value, text, isFixed = false }) => (
          <label key={value} className="check">
            <input
              type="checkbox"
              checked={isFixed || chosen.includes(value)}
              disabled={isFixed}
              onChange={(event) => turn(value, event.target.checked)}
            />
            {text}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
