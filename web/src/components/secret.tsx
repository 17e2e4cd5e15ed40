/** What is shown once, to be taken elsewhere. */
import { useState } from "react";
import { strings } from "../strings.ts";

export function Secret({ label, value }: { readonly label: string; readonly value: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  return (
    <div className="field">
      <span className="field-label">{label}</span>
      <div className="secret">
        <code>{value}</code>
        {/* Only a page of this machine or under TLS may write there. */}
        {window.isSecureContext && (
          <button type="button" className="button" onClick={() => void copy()}>
            {isCopied ? strings.copied : strings.copyText}
          </button>
        )}
      </div>
    </div>
  );
}
